package import Model

/// A run as Markdown tables, for issues, pull requests and wikis.
package enum MarkdownReport {
    /// The whole text; it ends with a line break.
    package static func render(_ record: Record) -> String {
        let run = record.run
        var lines = [
            "# Assay report: \(cell(record.machine.processor))", "",
            "Run `\(cell(run.id))`, plan `\(cell(String(run.planSha256.prefix(12))))`, methodology "
                + "\(cell(run.methodology)), measured \(cell(run.started)), machine "
                + "\(cell(record.machine.machineID)).",
            TerminalReport.counts(record.points.map(Standing.init)) + ".",
        ]
        for group in CaseGroup.all(of: record) { lines += section(group) }
        let uses = FlagUse.all(of: record)
        if !uses.isEmpty { lines += ["", "## Flags", ""] }
        for use in uses {
            lines.append(
                "- **\(cell(use.id))** (\(use.severity.rawValue)): \(cell(use.example.message)). "
                    + "\(cell(use.example.hint))")
        }
        lines += ["", Words.order + " " + Words.scope]
        return lines.joined(separator: "\n") + "\n"
    }

    private static func section(_ group: CaseGroup) -> [String] {
        let title = group.title ?? ""
        let constants = group.constants.map { "\($0.axis)=\($0.value)" }
        var lines = ["", "## \(cell(group.id))", ""]
        lines.append(cell(([title] + constants + group.conditions).joined(separator: " · ")))
        lines.append("")
        let head =
            group.axes + [
                "backend", "value", "95 % interval", "n/launches", "of ceiling", "status",
            ]
        let numeric = group.axes.count + 1
        lines.append(row(head))
        lines.append(row(head.indices.map { $0 == numeric ? "---:" : "---" }))
        for (point, members) in zip(group.points, ResultRow.all(of: group)) {
            for result in members {
                lines.append(row(group.values(of: point.point) + cells(result)))
            }
        }
        for whole in group.wholes {
            let reason = whole.reasons.joined(separator: "; ")
            lines.append(
                row(
                    group.axes.map { _ in "all" }
                        + [
                            Words.name(whole.subject), reason, "", "", "",
                            Words.name(whole.outcome),
                        ]))
        }
        return lines
    }

    private static func cells(_ result: ResultRow) -> [String] {
        let flags = result.record.headlineFlags.map(\.id).joined(separator: ", ")
        let status = result.standing.name + (flags.isEmpty ? "" : ": " + flags)
        guard let reading = result.reading else {
            return [result.backend, result.record.reason, "", "", "", status]
        }
        return [
            result.backend, reading.valueAndUnit, reading.interval, result.counts,
            result.ceiling.map { "\($0.percent) (\($0.reference.citation))" } ?? "–", status,
        ]
    }

    private static func row(_ cells: [String]) -> String {
        "| " + cells.map(cell).joined(separator: " | ") + " |"
    }

    /// Text that cannot end a cell, start a tag or change its emphasis.
    private static func cell(_ text: String) -> String {
        var result = ""
        for character in oneLine(text) {
            switch character {
            case "|", "*", "_", "`", "[", "]", "\\": result += "\\\(character)"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "&": result += "&amp;"
            default: result.append(character)
            }
        }
        return result
    }
}
