import Model

/// The axes and values of a set of points, to check selections against.
struct CaseIndex {
    private(set) var ids: [String] = []
    /// For each case, its axes with their values in order of appearance.
    private var axes: [[(name: String, values: [String])]] = []
    private let cases: [Case]

    init(_ cases: [Case]) {
        self.cases = cases
        for value in cases {
            ids.append(value.id)
            axes.append(Self.axes(of: value.points))
        }
    }

    /// The axes that these points have, with their values, in order of appearance.
    static func axes(of points: some Sequence<Point>) -> [(name: String, values: [String])] {
        var axes: [(name: String, values: [String])] = []
        var seen: [String: Set<String>] = [:]
        for parameter in points.lazy.flatMap(\.parameters) {
            let isNewAxis = seen[parameter.axis] == nil
            guard seen[parameter.axis, default: []].insert(parameter.value).inserted else {
                continue
            }
            if isNewAxis {
                axes.append((parameter.axis, [parameter.value]))
            } else if let index = axes.firstIndex(where: { $0.name == parameter.axis }) {
                axes[index].values.append(parameter.value)
            }
        }
        return axes
    }

    func hasMatch(_ pattern: String) -> Bool {
        ids.contains { Selection.matches($0, pattern: pattern) }
    }

    /// What is wrong with the axis for the cases that match; nil when one of them has it.
    func fault(axis: String, pattern: String) -> String? {
        let known = unique(matching(pattern).map(\.name))
        if known.contains(axis) { return nil }
        return "no case that matches '\(pattern)' has the axis \(quoted(axis))"
            + suggestion(for: axis, among: known)
    }

    /// What is wrong with the value for the cases that match; nil when one of them has it.
    func fault(value: String, axis: String, pattern: String) -> String? {
        let known = unique(matching(pattern).filter { $0.name == axis }.flatMap(\.values))
        if known.contains(value) { return nil }
        return "the axis '\(axis)' has no value \(quoted(value))"
            + suggestion(for: value, among: known)
    }

    /// Whether any point is selected.
    func hasPoint(_ selection: Selection) -> Bool {
        cases.contains { value in
            Selection.matches(value.id, pattern: selection.pattern)
                && value.points.contains { selection.includes($0) }
        }
    }

    private func matching(_ pattern: String) -> [(name: String, values: [String])] {
        zip(ids, axes).filter { Selection.matches($0.0, pattern: pattern) }.flatMap(\.1)
    }
}

/// The elements without repetitions, in order.
func unique(_ words: [String]) -> [String] {
    var seen: Set<String> = []
    return words.filter { seen.insert($0).inserted }
}
