import Model

extension TerminalReport {
    // MARK: - Cases

    /// Adds one case: heading, one row for each point and backend, what its ceilings are.
    mutating func add(_ group: CaseGroup) {
        lines.append("")
        let title = group.title.map { "  " + $0 } ?? ""
        lines.append(paint(oneLine(group.id), .strong) + oneLine(title))
        let constants = group.constants.map { "\($0.axis)=\($0.value)" }
        let backend = group.onlyBackend.map { ["on \($0)"] } ?? []
        let conditions = (backend + constants + group.conditions).joined(separator: " · ")
        for line in Columns.hanging("", oneLine(conditions), indent: 2, width: width) {
            lines.append(paint(line, .faint))
        }
        let citations = Citations(group)
        add(CaseTable(group, citations: citations, width: width))
        for whole in group.wholes { add(whole) }
        for (letter, citation) in citations.listed {
            let text = oneLine(citation)
            for line in Columns.hanging("  \(letter)", text, indent: 5, width: width) {
                lines.append(paint(line, .faint))
            }
        }
    }

    private mutating func add(_ whole: CaseGroup.Whole) {
        let name = Words.name(whole.outcome).uppercased()
        let reason =
            whole.reasons.isEmpty
            ? "no reason was recorded" : whole.reasons.joined(separator: "; ")
        let label = "  \(oneLine(Words.name(whole.subject)))  "
        let text = oneLine("\(name): all \(Words.count(whole.count, "point")): \(reason)")
        for (index, line) in Columns.hanging(
            label, text, indent: label.count, width: width
        ).enumerated() {
            lines.append(index == 0 ? painted(line, name, .caution) : line)
        }
    }

    private mutating func add(_ table: CaseTable) {
        guard !table.rows.isEmpty else { return }
        lines.append(paint(table.header, .faint))
        for row in table.rows {
            if let heading = row.heading { lines.append("  " + heading) }
            switch row.content {
            case .number(let cells, let status, let flags):
                addNumber(cells, status, flags, row, table)
            case .reason(let reason):
                let name = row.standing.name.uppercased()
                let text = Columns.hanging(
                    row.lead, "\(name): \(reason)", indent: row.lead.count, width: width)
                for (index, line) in text.enumerated() {
                    lines.append(index == 0 ? painted(line, name, row.standing.style) : line)
                }
            }
        }
    }

    private mutating func addNumber(
        _ cells: String, _ status: String, _ flags: String, _ row: CaseTable.Row,
        _ table: CaseTable
    ) {
        let line = row.lead + cells
        let head = line + paint(status, row.standing.style)
        guard !flags.isEmpty else {
            lines.append(head)
            return
        }
        let start = line.count + status.count + 2
        if width - start >= flags.count {
            lines.append(head + "  " + flags)
        } else {
            lines.append(head)
            let indent = table.isFolded ? 6 : row.lead.count
            lines += Columns.hanging("", "└ " + flags, indent: indent, width: width)
        }
    }

    private func painted(_ line: String, _ word: String, _ style: Paint.Style) -> String {
        guard let start = line.firstIndex(of: word[word.startIndex]), paint.isOn,
            let range = Self.range(of: word, in: line, from: start)
        else { return line }
        return line[..<range.lowerBound] + paint(word, style) + line[range.upperBound...]
    }

    private static func range(
        of word: String, in line: String, from start: String.Index
    ) -> Range<String.Index>? {
        var index = start
        while index < line.endIndex {
            if line[index...].hasPrefix(word) {
                return index..<line.index(index, offsetBy: word.count)
            }
            index = line.index(after: index)
        }
        return nil
    }
}
