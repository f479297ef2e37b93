import Model

/// The rows of one case, laid out for a width.
///
/// Parameters stand in columns of their own where everything fits on a line, and otherwise on a
/// line above the backends that share them.
struct CaseTable {
    enum Content {
        case number(cells: String, status: String, flags: String)
        case reason(String)
    }

    struct Row {
        /// Parameters of the point, when they stand above its rows.
        var heading: String?
        /// What comes before the numbers: indentation, parameters, backend.
        var lead: String
        var standing: Standing
        var content: Content
    }

    private(set) var rows: [Row] = []
    private(set) var header = ""
    private(set) var isFolded = false

    init(_ group: CaseGroup, citations: Citations, width: Int) {
        let grouped = ResultRow.all(of: group)
        let results = grouped.flatMap { $0 }
        guard !results.isEmpty else { return }
        let unit = Set(results.compactMap { $0.reading?.unit })
        let sharedUnit = unit.count == 1 ? unit.first : nil

        let numbers = Self.numbers(results, sharedUnit: sharedUnit, citations: citations)
        let backends = Self.backends(group, results)
        let parameters = Self.parameters(group, grouped)
        let wide = 2 + parameters[0].count + backends[0].count + numbers[0].count + 9
        isFolded = wide > width && !group.axes.isEmpty
        let folded = isFolded
        func lead(_ index: Int) -> String {
            folded
                ? "    \(backends[index])" : "  \(parameters[index])\(backends[index])"
        }
        header = lead(0) + numbers[0] + "status"
        var index = 0
        for (point, members) in zip(group.points, grouped) {
            for (position, result) in members.enumerated() {
                index += 1
                let heading =
                    isFolded && position == 0 ? Self.heading(group, point.point) : nil
                rows.append(
                    Row(
                        heading: heading, lead: lead(index), standing: result.standing,
                        content: Self.content(result, numbers[index])))
            }
        }
    }

    /// The backend column with its gap; empty where the heading names the only backend.
    private static func backends(_ group: CaseGroup, _ results: [ResultRow]) -> [String] {
        let names = ["backend"] + results.map { oneLine($0.backend) }
        return group.onlyBackend == nil
            ? Columns.aligned(names, .left).map { $0 + "  " } : names.map { _ in "" }
    }

    private static func content(_ result: ResultRow, _ cells: String) -> Content {
        guard result.standing.hasNumber else { return .reason(oneLine(result.record.reason)) }
        let flags = result.record.headlineFlags.map { oneLine($0.id) }.joined(separator: ", ")
        return .number(cells: cells, status: result.standing.name.uppercased(), flags: flags)
    }

    private static func heading(_ group: CaseGroup, _ point: Point) -> String {
        zip(group.axes, group.values(of: point)).map { oneLine("\($0)=\($1)") }
            .joined(separator: " ")
    }

    /// Parameter columns, the header first, each with the gap that follows it.
    private static func parameters(_ group: CaseGroup, _ grouped: [[ResultRow]]) -> [String] {
        var lines = [String](repeating: "", count: grouped.map(\.count).reduce(1, +))
        for (column, axis) in group.axes.enumerated() {
            var cells = [oneLine(axis)]
            for (point, members) in zip(group.points, grouped) {
                let value = oneLine(group.values(of: point.point)[column])
                cells += members.map { _ in value }
            }
            let numeric = cells.dropFirst().allSatisfy { $0.first?.isNumber ?? false }
            let aligned = Columns.aligned(cells, numeric ? .right : .left)
            for index in lines.indices { lines[index] += aligned[index] + "  " }
        }
        return lines
    }

    /// Median, interval, counts and share, the header first, each with the gap that follows it.
    private static func numbers(
        _ results: [ResultRow], sharedUnit: String?, citations: Citations
    ) -> [String] {
        let readings = results.map(\.reading)
        var columns: [[String]] = []
        func add(_ title: String, _ cells: [String], _ alignment: Columns.Alignment) {
            let body = Columns.aligned(cells, alignment)
            let width = max(title.count, body.map(\.count).max() ?? 0)
            let pad = alignment == .left ? Columns.left : Columns.right
            columns.append(([title] + body).map { pad($0, width) })
        }
        add(sharedUnit ?? "median", readings.map { $0?.value ?? "" }, .point)
        if sharedUnit == nil { add("", readings.map { $0?.unit ?? "" }, .left) }
        add("95 % interval", readings.map { $0?.interval ?? "" }, .left)
        add("n/launches", results.map { $0.reading == nil ? "" : $0.counts }, .right)
        if !citations.listed.isEmpty {
            add(
                "of ceiling",
                results.map { result in
                    result.ceiling.map { "\($0.percent) \(citations.letter(of: $0))" } ?? ""
                }, .right)
        }
        let isBetweenValueAndUnit = { (column: Int) in column == 0 && sharedUnit == nil }
        return (0...results.count).map { line in
            columns.enumerated().map { index, column in
                column[line] + (isBetweenValueAndUnit(index) ? " " : "  ")
            }.joined()
        }
    }
}
