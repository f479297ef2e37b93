package import Model

/// Every metric of every point as comma-separated values in base units (RFC 4180).
package enum CSVReport {
    private static let head = [
        "case", "parameters", "backend", "device", "pointHash", "profile", "outcome", "reasons",
        "metric", "unit", "value", "low", "high", "level", "basis", "n", "launches", "status",
        "flags", "unavailable",
    ]

    /// The whole text, lines ending in CR and LF; points without results have one line each.
    package static func render(_ record: Record) -> String {
        var lines = [line(head)]
        for point in CaseGroup.ordered(record) {
            // A failed check is never written as a result.
            let metrics = point.outcome == .ok ? point.metrics : []
            for metric in metrics { lines.append(line(cells(point) + cells(metric))) }
            if metrics.isEmpty {
                let empty = [String](repeating: "", count: head.count - 8)
                lines.append(line(cells(point) + empty))
            }
        }
        return lines.joined()
    }

    private static func cells(_ record: PointRecord) -> [String] {
        [
            record.point.caseID,
            record.point.parameters.map { "\($0.axis)=\($0.value)" }.joined(separator: " "),
            record.subject.backend, "\(record.subject.device)", record.pointHash,
            record.profile.rawValue, record.outcome.rawValue,
            record.reasons.joined(separator: "; "),
        ]
    }

    private static func cells(_ metric: Metric) -> [String] {
        let estimate = metric.estimate
        let interval = estimate?.interval
        return [
            metric.name, metric.unit, estimate.map { "\($0.value)" } ?? "",
            interval.map { "\($0.low)" } ?? "", interval.map { "\($0.high)" } ?? "",
            interval.map { "\($0.level)" } ?? "", interval?.basis.rawValue ?? "",
            estimate.map { "\($0.n)" } ?? "", estimate.map { "\($0.launches)" } ?? "",
            metric.status.rawValue, metric.flags.map(\.id).joined(separator: " "),
            metric.unavailable ?? "",
        ]
    }

    private static func line(_ cells: [String]) -> String {
        cells.map(quoted).joined(separator: ",") + "\r\n"
    }

    /// Quotes where needed. A cell that a spreadsheet would run as a formula gets an apostrophe.
    private static func quoted(_ text: String) -> String {
        let isFormula =
            "=+@".contains(text.first ?? " ") || (text.first == "-" && Double(text) == nil)
        let safe = isFormula ? "'" + text : text
        guard safe.contains(where: { ",\"\r\n".contains($0) || $0.isNewline }) else { return safe }
        return "\""
            + safe.split(separator: "\"", omittingEmptySubsequences: false)
            .joined(separator: "\"\"") + "\""
    }
}
