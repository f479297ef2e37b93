/// A word that is given, or that an axis gives.
enum Term: Sendable {
    case literal(String)
    case reference(Reference)

    /// Reads a checked scalar; what a reference stands for is checked here.
    init(
        _ node: Node, as requirement: AxisTable.Requirement, axes: inout AxisTable
    ) throws(Fault) {
        let text = node.text ?? ""
        guard text.hasPrefix("$") else {
            self = .literal(text)
            return
        }
        self = .reference(
            try axes.resolve(String(text.dropFirst()), at: node.place, as: requirement))
    }

    func text(at combination: Combination) -> String {
        switch self {
        case .literal(let text): text
        case .reference(let reference): combination.cell(reference).text
        }
    }
}
