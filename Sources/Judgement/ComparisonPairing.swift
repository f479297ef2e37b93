import Model

/// A point on both sides.
struct ComparisonPair {
    var baseline: PointRecord
    var candidate: PointRecord
}

/// Which point of the candidate stands beside which of the baseline.
struct ComparisonPairing {
    private(set) var pairs: [ComparisonPair] = []
    private(set) var excluded: [NotCompared] = []

    init(_ judge: ComparisonJudge) throws(ComparisonError) {
        let subjects = try SubjectChoice(judge)
        let (old, new) = (judge.baseline.record.points, judge.candidate.record.points)
        var used: Set<Int> = []
        for point in new where subjects.candidates.contains(point.subject) {
            guard let counterpart = subjects.counterpart(of: point) else {
                excluded.append(
                    alone(candidate: point, "the baseline has no such backend or device"))
                continue
            }
            let index = old.firstIndex {
                $0.pointHash == point.pointHash && $0.subject == counterpart
            }
            guard let index else {
                let isChanged = old.contains {
                    $0.point.label == point.point.label && $0.subject == counterpart
                }
                excluded.append(
                    alone(
                        candidate: point,
                        isChanged
                            ? "the case was changed between the runs: same name, other content"
                            : "only the candidate has it"))
                continue
            }
            used.insert(index)
            add(ComparisonPair(baseline: old[index], candidate: point))
        }
        for (index, point) in old.enumerated()
        where subjects.baselines.contains(point.subject) && !used.contains(index) {
            // A changed case was named with the candidate's point.
            let isNamed = new.contains {
                $0.point.label == point.point.label && $0.pointHash != point.pointHash
            }
            guard !isNamed else { continue }
            excluded.append(
                NotCompared(
                    point: point.point.label, metric: nil, baseline: Self.name(point.subject),
                    candidate: "", reason: "only the baseline has it"))
        }
    }

    private mutating func add(_ pair: ComparisonPair) {
        for (side, point) in [("baseline", pair.baseline), ("candidate", pair.candidate)]
        where point.outcome != .ok {
            let why = point.reasons.isEmpty ? "" : ": " + point.reasons.joined(separator: "; ")
            excluded.append(
                notCompared(pair, metric: nil, "the \(side) is \(point.outcome.rawValue)\(why)"))
            return
        }
        pairs.append(pair)
    }

    func notCompared(_ pair: ComparisonPair, metric: String?, _ reason: String) -> NotCompared {
        NotCompared(
            point: pair.candidate.point.label, metric: metric,
            baseline: Self.name(pair.baseline.subject),
            candidate: Self.name(pair.candidate.subject), reason: reason)
    }

    private func alone(candidate: PointRecord, _ reason: String) -> NotCompared {
        NotCompared(
            point: candidate.point.label, metric: nil, baseline: "",
            candidate: Self.name(candidate.subject), reason: reason)
    }

    /// The value that all pairs share; nil where they do not, or where there are none.
    func only<Value: Hashable>(_ value: (ComparisonPair) -> Value) -> Value? {
        let all = Set(pairs.map(value))
        return all.count == 1 ? all.first : nil
    }

    static func name(_ subject: Subject) -> String {
        subject.device == 0 ? subject.backend : "\(subject.backend):\(subject.device)"
    }
}

/// The subjects of either side, and which belongs to which.
private struct SubjectChoice {
    let baselines: Set<Subject>
    let candidates: Set<Subject>
    private let judge: ComparisonJudge

    init(_ judge: ComparisonJudge) throws(ComparisonError) {
        self.judge = judge
        let isSame = judge.isSameRun
        let request = judge.request
        // Within one run the baseline is what the others were set against.
        baselines = try Self.choose(
            judge.baseline, request.baselineBackend ?? (isSame ? nil : request.candidateBackend),
            isNamed: request.baselineBackend != nil, side: isSame ? 1 : 0)
        candidates = try Self.choose(
            judge.candidate, request.candidateBackend ?? (isSame ? nil : request.baselineBackend),
            isNamed: request.candidateBackend != nil, side: 0)
        if isSame, baselines.isEmpty {
            throw ComparisonError(
                .wrongUse,
                "the run set nothing against anything; name two of its backends with "
                    + "--backend-a and --backend-b")
        }
        if isSame, !baselines.isDisjoint(with: candidates) {
            throw ComparisonError(.wrongUse, "both sides are the same subject of the same run")
        }
    }

    /// The subjects of a run that a name stands for; without one, all of the side.
    private static func choose(
        _ run: ComparedRun, _ name: String?, isNamed: Bool, side: Int
    ) throws(ComparisonError) -> Set<Subject> {
        let all = Set(run.record.points.map(\.subject))
        guard let name else { return all.filter { $0.side == side } }
        let parts = name.split(separator: ":", maxSplits: 1)
        let device = parts.count == 2 ? Int(parts[1]) : nil
        let named = all.filter {
            $0.backend == parts.first.map(String.init) ?? name
                && (device == nil || $0.device == device)
        }
        guard !named.isEmpty || !isNamed else {
            let known = Set(all.map(\.backend)).sorted().joined(separator: ", ")
            throw ComparisonError(
                .wrongUse, "'\(run.name)' has no results of '\(name)'; it has: \(known)")
        }
        let onSide = named.filter { $0.side == side }
        return onSide.isEmpty ? named : onSide
    }

    /// The baseline's subject to set the point against; nil where there is none.
    func counterpart(of point: PointRecord) -> Subject? {
        let subject = point.subject
        let ordered = baselines.sorted()
        if let exact = ordered.first(where: {
            $0.backend == subject.backend && $0.device == subject.device
        }) {
            return exact
        }
        // Another device of the same kind, as after a card was moved to another slot.
        let type = point.backend?.device?.type
        let alike = judge.baseline.record.points.first { other in
            baselines.contains(other.subject) && other.subject.backend == subject.backend
                && type != nil && other.backend?.device?.type == type
        }
        if let alike { return alike.subject }
        let isNamed = judge.request.baselineBackend != nil || judge.isSameRun
        return isNamed && ordered.count == 1 ? ordered[0] : nil
    }
}
