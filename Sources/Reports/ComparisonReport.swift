package import Model

/// A comparison as text for a terminal.
package struct ComparisonReport {
    private let record: ComparisonRecord
    private let width: Int
    private let paint: Paint
    private var lines: [String] = []

    /// The whole text; it ends with a line break.
    ///
    /// - Parameters:
    ///   - width: columns of the terminal; fewer than 60 are treated as 60.
    ///   - color: whether ANSI weights may be used. No colour ever says better or worse.
    package static func render(_ record: ComparisonRecord, width: Int, color: Bool) -> String {
        var report = ComparisonReport(
            record: record, width: max(60, width), paint: Paint(isOn: color))
        report.head()
        for table in ComparisonTable.all(of: record) { report.add(table) }
        report.exclusions()
        report.foot()
        return report.lines.map(trimmed).joined(separator: "\n") + "\n"
    }

    private init(record: ComparisonRecord, width: Int, paint: Paint) {
        self.record = record
        self.width = width
        self.paint = paint
    }

    // MARK: - Head

    private mutating func head() {
        lines.append(paint("Assay", .strong) + "  comparison")
        for (label, text) in ComparisonWords.sides(record) { item(label, text) }
        let machine = [record.baseline, record.candidate].map {
            "\($0.machineID) · \($0.processor)"
        }
        if machine[0] == machine[1] {
            item("Machine", machine[0])
        } else {
            item("Machines", "baseline \(machine[0]); candidate \(machine[1])")
        }
        item("Method", record.methodology)
        item("Rows", ComparisonWords.counts(record))
        guard !record.differences.isEmpty else { return }
        lines += ["", paint("Differences besides what is compared", .strong)]
        for fact in record.differences {
            let text = "\(fact.baseline)  against  \(fact.candidate)"
            lines += Columns.hanging(
                "  " + oneLine(fact.name) + "  ", oneLine("baseline \(text)"), indent: 24,
                width: width)
        }
    }

    private mutating func item(_ label: String, _ text: String) {
        let wrapped = Columns.hanging(label, oneLine(text), indent: 11, width: width)
        for (index, line) in wrapped.enumerated() {
            lines.append(index == 0 ? paint(label, .faint) + line.dropFirst(label.count) : line)
        }
    }

    // MARK: - Cases

    private mutating func add(_ table: ComparisonTable) {
        lines += ["", paint(oneLine(table.id), .strong)]
        let heading = (table.constants + [table.conditions].compactMap { $0 })
            .joined(separator: " · ")
        faint(heading, indent: 2)
        let leads = leads(table)
        let numbers = numbers(table)
        let isFolded = 2 + leads[0].count + 2 + numbers[0].count > width
        if !isFolded {
            lines.append(paint(Self.trimmed("  " + leads[0] + "  " + numbers[0]), .faint))
        }
        for (index, line) in table.lines.enumerated() {
            let (lead, cells) = (leads[index + 1], numbers[index + 1])
            if isFolded {
                lines += Columns.hanging(
                    "", lead.split(separator: " ").joined(separator: " "),
                    indent: 2, width: width)
                if index == 0 { lines.append(paint(Self.trimmed("    " + numbers[0]), .faint)) }
                lines.append("    " + strong(cells, line.verdict))
            } else {
                lines.append("  " + lead + "  " + strong(cells, line.verdict))
            }
            if !line.conditions.isEmpty { faint(line.conditions, indent: 6) }
            for reason in line.reasons {
                lines += Columns.hanging("    └ ", oneLine(reason), indent: 6, width: width)
            }
        }
    }

    private mutating func faint(_ text: String, indent: Int) {
        for line in Columns.hanging("", oneLine(text), indent: indent, width: width) {
            lines.append(paint(line, .faint))
        }
    }

    /// What a row is about: values on the axes, subjects where they vary, the metric.
    private func leads(_ table: ComparisonTable) -> [String] {
        var columns: [[String]] = table.axes.indices.map { index in
            [table.axes[index]] + table.lines.map { $0.values[index] }
        }
        if table.lines.contains(where: { !$0.subjects.isEmpty }) {
            columns.append(["subjects"] + table.lines.map(\.subjects))
        }
        columns.append(["metric"] + table.lines.map(\.metric))
        return joined(columns.map { Columns.aligned($0.map(oneLine), .left) })
    }

    private func numbers(_ table: ComparisonTable) -> [String] {
        let lines = table.lines
        return joined([
            Columns.aligned(["baseline"] + lines.map(\.baseline), .right),
            Columns.aligned(["candidate"] + lines.map(\.candidate), .right),
            Columns.aligned(["ratio"] + lines.map(\.ratio), .right),
            Columns.aligned(["95 % interval"] + lines.map(\.interval), .left),
            Columns.aligned(["verdict"] + lines.map(\.verdict), .left),
        ])
    }

    private func joined(_ columns: [[String]]) -> [String] {
        (columns.first ?? []).indices.map { row in
            columns.map { $0[row] }.joined(separator: "  ")
        }
    }

    /// The verdict stands last; every verdict has the same weight.
    private func strong(_ cells: String, _ verdict: String) -> String {
        let text = Self.trimmed(cells)
        guard text.hasSuffix(verdict) else { return text }
        return text.dropLast(verdict.count) + paint(verdict, .strong)
    }

    // MARK: - Foot

    private mutating func exclusions() {
        let all = ComparisonExclusion.all(of: record)
        guard !all.isEmpty else { return }
        lines += ["", paint("Not compared", .strong)]
        for one in all {
            lines += Columns.hanging(
                "", oneLine("\(one.what): \(one.reason)"), indent: 2, width: width)
        }
    }

    private mutating func foot() {
        lines.append("")
        var sentences = [ComparisonWords.verdicts, ComparisonWords.ratio]
        sentences +=
            [ComparisonWords.chance(record)].compactMap { $0 } + record.noise + [
                ComparisonWords.order + " " + ComparisonWords.scope
            ]
        for sentence in sentences { lines += Columns.wrapped(oneLine(sentence), width) }
    }

    private static func trimmed(_ line: String) -> String {
        var line = line
        while line.last == " " { line.removeLast() }
        return line
    }
}
