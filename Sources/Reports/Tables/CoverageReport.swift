package import Model

/// Which backend has which operator with which element types, as a Markdown page.
///
/// What counts is what a run showed: a type stands there only if the backend's output was checked.
package enum CoverageReport {
    /// The whole text; it ends with a line break. Backends and operators in alphabetical order.
    package static func render(_ record: Record) -> String {
        let backends = sortedUnique(record.points.map { Words.name($0.subject) })
        var lines = [
            "# Coverage", "",
            "Element types of each operator that a backend computed with its output verified, as "
                + "run `\(record.run.id)` found on \(Markdown.cell(record.machine.processor)). "
                + "Types in parentheses are unsupported at some of the points. "
                + "A dash: the backend says that it does not have the operator.", "",
        ]
        lines.append(Markdown.row(["operator", "cases"] + backends))
        lines.append(Markdown.row((0..<backends.count + 2).map { _ in "---" }))
        let groups = Dictionary(grouping: record.points) { title(of: $0.point.operation) }
        for (name, points) in groups.sorted(by: { $0.key < $1.key }) {
            let cells = backends.map { backend in
                cell(points.filter { Words.name($0.subject) == backend })
            }
            let cases = sortedUnique(points.map(\.point.caseID)).joined(separator: ", ")
            lines.append(Markdown.row([name, cases] + cells))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func sortedUnique(_ words: [String]) -> [String] { Set(words).sorted() }

    private static func title(of operation: Operation) -> String {
        operation.domain.isEmpty ? operation.name : "\(operation.domain).\(operation.name)"
    }

    /// The types with what became of them, such as `f32 f64 (f16) i32: invalid`.
    private static func cell(_ points: [PointRecord]) -> String {
        let types = Dictionary(grouping: points) { typeName(of: $0.point) }
        let words = types.sorted { $0.key < $1.key }.compactMap { name, points -> String? in
            let outcomes = Set(points.map(\.outcome))
            if let bad = [Outcome.invalid, .error].first(where: outcomes.contains) {
                return "\(name): \(bad.rawValue)"
            }
            guard outcomes.contains(.ok) else { return nil }
            return outcomes.contains(.unsupported) ? "(\(name))" : name
        }
        if !words.isEmpty { return words.joined(separator: " ") }
        let isRefused = points.contains { $0.outcome == .unsupported }
        return isRefused ? "–" : "not run"
    }

    /// What the case calls its types, or the type of the first input.
    private static func typeName(of point: Point) -> String {
        let named = point.parameters.first { ["types", "dtype"].contains($0.axis) }
        return named?.value ?? point.operation.inputs.first?.dtype.name ?? "none"
    }
}
