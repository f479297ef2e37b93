package import Model

/// A comparison as Markdown tables, for issues, pull requests and wikis.
package enum ComparisonMarkdown {
    /// The whole text; it ends with a line break.
    package static func render(_ record: ComparisonRecord) -> String {
        var lines = [
            "# Assay comparison", "",
            ComparisonWords.sides(record).map { "- \($0.label): \(cell($0.text))" }
                .joined(separator: "\n"),
            "- Machine: " + machine(record),
            "- Methodology: \(cell(record.methodology))",
            "- \(cell(ComparisonWords.counts(record)))",
        ]
        if !record.differences.isEmpty {
            lines += ["", "## Differences besides what is compared", ""]
            lines += [row(["condition", "baseline", "candidate"]), row(["---", "---", "---"])]
            lines += record.differences.map { row([$0.name, $0.baseline, $0.candidate].map(cell)) }
        }
        for table in ComparisonTable.all(of: record) { lines += section(table) }
        let excluded = ComparisonExclusion.all(of: record)
        if !excluded.isEmpty {
            lines += ["", "## Not compared", ""]
            lines += excluded.map { "- \(cell($0.what)): \(cell($0.reason))" }
        }
        lines += ["", ComparisonWords.verdicts, "", ComparisonWords.ratio, ""]
        var foot = [ComparisonWords.chance(record)].compactMap { $0 }
        foot += record.noise + [ComparisonWords.order, ComparisonWords.scope]
        lines.append(foot.map(cell).joined(separator: " "))
        return lines.joined(separator: "\n") + "\n"
    }

    private static func machine(_ record: ComparisonRecord) -> String {
        let both = [record.baseline, record.candidate].map {
            cell("\($0.machineID), \($0.processor)")
        }
        return both[0] == both[1] ? both[0] : "baseline \(both[0]); candidate \(both[1])"
    }

    private static func section(_ table: ComparisonTable) -> [String] {
        var lines = ["", "## \(cell(table.id))", ""]
        let heading = table.constants + [table.conditions].compactMap { $0 }
        if !heading.isEmpty { lines += [cell(heading.joined(separator: " · ")), ""] }
        let namesSubjects = table.lines.contains { !$0.subjects.isEmpty }
        let lead = table.axes + (namesSubjects ? ["subjects"] : []) + ["metric"]
        let numbers = ["baseline", "candidate", "ratio"]
        let tail = ["95 % interval", "verdict", "reason"]
        lines.append(row((lead + numbers + tail).map(cell)))
        lines.append(
            row(lead.map { _ in "---" } + numbers.map { _ in "---:" } + tail.map { _ in "---" }))
        for line in table.lines {
            let reasons = ([line.conditions] + line.reasons).filter { !$0.isEmpty }
            let cells =
                line.values + (namesSubjects ? [line.subjects] : [])
                + [
                    line.metric, line.baseline, line.candidate, line.ratio, line.interval,
                    line.verdict, reasons.joined(separator: "; "),
                ]
            lines.append(row(cells.map(cell)))
        }
        return lines
    }

    private static func row(_ cells: [String]) -> String {
        "| " + cells.joined(separator: " | ") + " |"
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
