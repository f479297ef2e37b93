import Model

/// The rows of one case, laid out for a width.
///
/// Parameters stand in columns of their own as far as the width allows; the others, beginning with
/// the first, stand on a line above the rows that share them.
struct CaseTable {
    enum Content {
        case number(cells: String, status: String, flags: String)
        case reason(String)
    }

    struct Row {
        /// Parameters that stand above the row, where they differ from those of the row before.
        var heading: String?
        /// What comes before the numbers: indentation, parameters, backend.
        var lead: String
        var standing: Standing
        var content: Content
    }

    private(set) var rows: [Row] = []
    private(set) var header = ""
    /// Whether some parameters stand on lines of their own.
    private(set) var isFolded = false

    init(_ group: CaseGroup, citations: Citations, width: Int) {
        let grouped = ResultRow.all(of: group)
        let results = grouped.flatMap { $0 }
        guard !results.isEmpty else { return }
        let unit = Set(results.compactMap { $0.reading?.unit })
        let sharedUnit = unit.count == 1 ? unit.first : nil

        let numbers = Self.numbers(results, sharedUnit: sharedUnit, citations: citations)
        let backends = Self.backends(group, results)
        // The first number of axes above the rows with which everything else fits on a line.
        let rest = backends[0].count + numbers[0].count + 9
        let above =
            (0...group.axes.count).first { count in
                let columns = Self.parameters(group, grouped, from: count)
                return (count == 0 ? 2 : 4) + columns[0].count + rest <= width
            } ?? group.axes.count
        let parameters = Self.parameters(group, grouped, from: above)
        isFolded = above > 0
        let indent = isFolded ? "    " : "  "
        let leads = zip(parameters, backends).map { indent + $0 + $1 }
        header = leads[0] + numbers[0] + "status"
        var index = 0
        var previous = ""
        for (point, members) in zip(group.points, grouped) {
            let heading = Self.heading(group, point.point, axes: above)
            for result in members {
                index += 1
                rows.append(
                    Row(
                        heading: heading == previous ? nil : heading, lead: leads[index],
                        standing: result.standing, content: Self.content(result, numbers[index])))
                previous = heading
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
        let flags = result.record.headlineFlags.map { oneLine($0.id) }.joined(separator: ", ")
        guard result.standing.hasNumber else {
            let reason = oneLine(result.record.reason)
            return .reason(flags.isEmpty ? reason : "\(reason) (\(flags))")
        }
        return .number(cells: cells, status: result.standing.name.uppercased(), flags: flags)
    }

    /// The values of the first axes; empty when there are none.
    private static func heading(_ group: CaseGroup, _ point: Point, axes: Int) -> String {
        zip(group.axes, group.values(of: point)).prefix(axes).map { oneLine("\($0)=\($1)") }
            .joined(separator: " ")
    }

    /// Columns of the axes from the given one on, the header first, each with the gap after it.
    private static func parameters(
        _ group: CaseGroup, _ grouped: [[ResultRow]], from first: Int
    ) -> [String] {
        var lines = [String](repeating: "", count: grouped.map(\.count).reduce(1, +))
        for (column, axis) in group.axes.enumerated().dropFirst(first) {
            var cells = [oneLine(axis)]
            for (point, members) in zip(group.points, grouped) {
                let value = oneLine(group.values(of: point.point)[column])
                cells += members.map { _ in value }
            }
            let isNumeric = cells.dropFirst().allSatisfy { $0.first?.isNumber ?? false }
            let aligned = Columns.aligned(cells, isNumeric ? .right : .left)
            for index in lines.indices { lines[index] += aligned[index] + "  " }
        }
        return lines
    }

    /// Value, interval, counts and share, the header first, each with the gap that follows it.
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
        add(sharedUnit ?? "value", readings.map { $0?.value ?? "" }, .point)
        if sharedUnit == nil { add("", readings.map { $0?.unit ?? "" }, .left) }
        add("95 % interval", readings.map { $0?.interval ?? "" }, .left)
        add("n", results.map { $0.reading == nil ? "" : $0.counts }, .right)
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
