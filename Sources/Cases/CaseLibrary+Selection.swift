package import Model

/// Points that were asked for together, with the terms of the suite they come from.
package struct PointRequest: Sendable, Hashable {
    /// Nil: the cases were named directly.
    package var suite: Suite?
    /// By case id, then in declared order.
    package var always: [Point]
    /// Those of the rotation that are not in `always`.
    package var rotate: [Point]

    package init(suite: Suite?, always: [Point], rotate: [Point] = []) {
        self.suite = suite
        self.always = always
        self.rotate = rotate
    }
}

/// A limit on an axis, as in `--set size=small,model`.
package struct AxisLimit: Sendable, Hashable {
    package var axis: String
    package var values: [String]

    package init(axis: String, values: [String]) {
        self.axis = axis
        self.values = values
    }

    /// Reads `axis=value[,value]`.
    package init(parsing text: String) throws(CaseErrors) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let values = parts.last?.split(separator: ",", omittingEmptySubsequences: false) ?? []
        guard parts.count == 2, !parts[0].isEmpty, !values.contains(where: \.isEmpty) else {
            throw CaseErrors(
                request: "\(quoted(text)) is not of the form axis=value or axis=value,value")
        }
        self.init(axis: String(parts[0]), values: values.map(String.init))
    }
}

extension CaseLibrary {
    /// The points of suites, cases and patterns such as `op/*`, by name, within the limits.
    ///
    /// One request for each suite, in the order of the names, and one for all cases together.
    /// Limits apply to all; a point without the limited axis is not selected.
    package func select(
        _ names: [String], limits: [AxisLimit] = []
    ) throws(CaseErrors) -> [PointRequest] {
        var messages: [String] = []
        var requests: [PointRequest] = []
        var direct: [Selection] = []
        for name in unique(names) {
            if let suite = suites.first(where: { $0.name == name }) {
                requests.append(request(suite))
            } else if cases.contains(where: { Selection.matches($0.id, pattern: name) }) {
                direct.append(Selection(pattern: name))
            } else {
                let known = suites.map(\.name) + cases.map(\.id)
                messages.append(
                    "there is no suite or case \(quoted(name))"
                        + (nearest(to: name, among: known).map { "; did you mean '\($0)'?" }
                            ?? "; 'assay list cases' and 'assay list suites' show what there is"))
            }
        }
        if !direct.isEmpty { requests.append(PointRequest(suite: nil, always: points(direct))) }
        if messages.isEmpty { requests = limited(requests, limits, &messages) }
        guard messages.isEmpty else {
            throw CaseErrors(
                messages.map { CaseError(file: "", line: 0, column: 0, message: $0) })
        }
        return requests
    }

    /// The points of a suite.
    package func request(_ suite: Suite) -> PointRequest {
        let always = points(suite.always)
        let alwaysSet = Set(always)
        return PointRequest(
            suite: suite, always: always,
            rotate: points(suite.rotate).filter { !alwaysSet.contains($0) })
    }

    private func points(_ selections: [Selection]) -> [Point] {
        var selected: [Point] = []
        for value in cases {
            let relevant = selections.filter { Selection.matches(value.id, pattern: $0.pattern) }
            guard !relevant.isEmpty else { continue }
            selected += value.points.filter { point in
                relevant.contains { $0.includes(point) }
            }
        }
        return selected
    }

    private func limited(
        _ requests: [PointRequest], _ limits: [AxisLimit], _ messages: inout [String]
    ) -> [PointRequest] {
        guard !limits.isEmpty else { return requests }
        let axes = CaseIndex.axes(of: requests.flatMap { $0.always + $0.rotate })
        for limit in limits {
            guard let axis = axes.first(where: { $0.name == limit.axis }) else {
                messages.append(
                    "no selected point has the axis \(quoted(limit.axis))"
                        + suggestion(for: limit.axis, among: axes.map(\.name)))
                continue
            }
            for value in limit.values where !axis.values.contains(value) {
                messages.append(
                    "the axis '\(axis.name)' has no value \(quoted(value))"
                        + suggestion(for: value, among: axis.values))
            }
        }
        var wanted = Selection(pattern: "*")
        for limit in limits { wanted.axes[limit.axis, default: []] += limit.values }
        let remaining = requests.map { request in
            PointRequest(
                suite: request.suite, always: request.always.filter(wanted.includes),
                rotate: request.rotate.filter(wanted.includes))
        }.filter { !$0.always.isEmpty || !$0.rotate.isEmpty }
        if messages.isEmpty, remaining.isEmpty {
            messages.append("no selected point has all of these values")
        }
        return remaining
    }
}
