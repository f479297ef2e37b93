package import Model

/// A run as Markdown tables, for issues, pull requests and wikis.
package enum MarkdownReport {
    /// The whole text; it ends with a line break.
    package static func render(_ record: Record) -> String {
        let run = record.run
        let plan = String(run.planSha256.prefix(12))
        var lines = [
            "# Assay report: \(Markdown.cell(record.machine.processor))", "",
            "Run `\(Markdown.cell(run.id))`, plan `\(Markdown.cell(plan))`, methodology "
                + "\(Markdown.cell(run.methodology)), measured \(Markdown.cell(run.started)), "
                + "machine \(Markdown.cell(record.machine.machineID)).",
            TerminalReport.counts(record.points.map(Standing.init)) + ".",
        ]
        for group in CaseGroup.all(of: record) { lines += section(group) }
        let uses = FlagUse.all(of: record)
        if !uses.isEmpty { lines += ["", "## Flags", ""] }
        for use in uses {
            let (message, hint) = (use.example.message, use.example.hint)
            lines.append(
                "- **\(Markdown.cell(use.id))** (\(use.severity.rawValue)): "
                    + "\(Markdown.cell(message)). \(Markdown.cell(hint))")
        }
        lines += ["", Words.order + " " + Words.scope]
        return lines.joined(separator: "\n") + "\n"
    }

    private static func section(_ group: CaseGroup) -> [String] {
        let title = group.title ?? ""
        let constants = group.constants.map { "\($0.axis)=\($0.value)" }
        var lines = ["", "## \(Markdown.cell(group.id))", ""]
        lines.append(
            Markdown.cell(([title] + constants + group.conditions).joined(separator: " · ")))
        lines.append("")
        let head =
            group.axes + [
                "backend", "value", "95 % interval", "n/launches", "of ceiling", "status",
            ]
        let numeric = group.axes.count + 1
        lines.append(Markdown.row(head))
        lines.append(Markdown.row(head.indices.map { $0 == numeric ? "---:" : "---" }))
        for (point, members) in zip(group.points, ResultRow.all(of: group)) {
            for result in members {
                lines.append(Markdown.row(group.values(of: point.point) + cells(result)))
            }
        }
        for whole in group.wholes {
            let reason = whole.reasons.joined(separator: "; ")
            lines.append(
                Markdown.row(
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
}
