package import Model

/// A comparison as Markdown tables, for issues, pull requests and wikis.
package enum ComparisonMarkdown {
    /// The whole text; it ends with a line break.
    package static func render(_ record: ComparisonRecord) -> String {
        var lines = [
            "# Assay comparison", "",
            ComparisonWords.sides(record).map { "- \($0.label): \(Markdown.cell($0.text))" }
                .joined(separator: "\n"),
            "- Machine: " + machine(record),
            "- Methodology: \(Markdown.cell(record.methodology))",
            "- \(Markdown.cell(ComparisonWords.counts(record)))",
        ]
        if !record.differences.isEmpty {
            lines += ["", "## Differences besides what is compared", ""]
            lines += [
                Markdown.row(["condition", "baseline", "candidate"]),
                Markdown.row(["---", "---", "---"]),
            ]
            lines += record.differences.map { Markdown.row([$0.name, $0.baseline, $0.candidate]) }
        }
        for table in ComparisonTable.all(of: record) { lines += section(table) }
        let excluded = ComparisonExclusion.all(of: record)
        if !excluded.isEmpty {
            lines += ["", "## Not compared", ""]
            lines += excluded.map { "- \(Markdown.cell($0.what)): \(Markdown.cell($0.reason))" }
        }
        lines += ["", ComparisonWords.verdicts, "", ComparisonWords.ratio, ""]
        var foot = [ComparisonWords.chance(record)].compactMap { $0 }
        foot += record.noise + [ComparisonWords.order, ComparisonWords.scope]
        lines.append(foot.map(Markdown.cell).joined(separator: " "))
        return lines.joined(separator: "\n") + "\n"
    }

    private static func machine(_ record: ComparisonRecord) -> String {
        let both = [record.baseline, record.candidate].map {
            Markdown.cell("\($0.machineID), \($0.processor)")
        }
        return both[0] == both[1] ? both[0] : "baseline \(both[0]); candidate \(both[1])"
    }

    private static func section(_ table: ComparisonTable) -> [String] {
        var lines = ["", "## \(Markdown.cell(table.id))", ""]
        let heading = table.constants + [table.conditions].compactMap { $0 }
        if !heading.isEmpty { lines += [Markdown.cell(heading.joined(separator: " · ")), ""] }
        let namesSubjects = table.lines.contains { !$0.subjects.isEmpty }
        let lead = table.axes + (namesSubjects ? ["subjects"] : []) + ["metric"]
        let numbers = ["baseline", "candidate", "ratio"]
        let tail = ["95 % interval", "verdict", "reason"]
        lines.append(Markdown.row(lead + numbers + tail))
        lines.append(
            Markdown.row(
                lead.map { _ in "---" } + numbers.map { _ in "---:" } + tail.map { _ in "---" }))
        for line in table.lines {
            let reasons = ([line.conditions] + line.reasons).filter { !$0.isEmpty }
            let cells =
                line.values + (namesSubjects ? [line.subjects] : [])
                + [
                    line.metric, line.baseline, line.candidate, line.ratio, line.interval,
                    line.verdict, reasons.joined(separator: "; "),
                ]
            lines.append(Markdown.row(cells))
        }
        return lines
    }
}
