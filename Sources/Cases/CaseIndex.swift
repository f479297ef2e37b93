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
        for point in points {
            for (position, parameter) in point.parameters.enumerated() {
                // Points of one case have the same axes in the same places.
                let isInPlace = position < axes.count && axes[position].name == parameter.axis
                let known =
                    isInPlace ? position : axes.firstIndex { $0.name == parameter.axis }
                guard let index = known else {
                    axes.append((parameter.axis, [parameter.value]))
                    continue
                }
                if !axes[index].values.contains(parameter.value) {
                    axes[index].values.append(parameter.value)
                }
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
