import Glibc
import Model
import Statistics

/// A row and what only the whole comparison needs of it.
struct ComparisonOutcome {
    var row: ComparisonRow
    /// If the sides did not differ.
    var falseVerdictProbability = 0.0
    /// Whether nothing stood between it and a verdict.
    var mayYieldVerdict = false
}

extension ComparisonJudge {
    /// The launches of both sides and how they stand to each other.
    private struct Sides {
        var baseline: ComparisonLaunches
        var candidate: ComparisonLaunches
        var basis: ComparisonBasis
        /// The numbers of launches that make pairs; empty unless paired.
        var pairs: [Int]
    }

    /// The comparison of a metric that both points have.
    func outcome(_ metric: Metric, _ pair: ComparisonPair) -> ComparisonOutcome {
        guard let other = pair.baseline.metric(metric.name) else {
            preconditionFailure("only metrics of both sides are compared")
        }
        let sides = sides(metric, other, pair)
        let (threshold, delta) = noise.threshold(
            metric, pair, timerQuantum: timerQuantum(pair))
        var row = ComparisonRow(
            point: pair.candidate.point, pointHash: pair.candidate.pointHash, metric: metric,
            baseline: value(other, pair.baseline, sides.baseline),
            candidate: value(metric, pair.candidate, sides.candidate), basis: sides.basis,
            delta: delta)
        var objections =
            ComparisonRules.objections(pair.baseline, other, side: "baseline")
            + ComparisonRules.objections(pair.candidate, metric, side: "candidate")
            + unsteadiness(sides)
        if !threshold.isMachineFit {
            objections.append(
                "the machine is unfit for verdicts: its A/A floor is above "
                    + percent(VerdictThreshold.floorMax))
        }
        if let problem = sides.baseline.problem ?? sides.candidate.problem {
            objections.append(problem)
        }
        guard let plain = comparison(sides, sense(metric)) else {
            if objections.isEmpty {
                objections.append(
                    "\(Comparison.countMin) launches of either side are needed")
            }
            row.reasons = objections
            let (old, new) = (row.baseline.estimate.value, row.candidate.estimate.value)
            if old > 0, new > 0 { row.ratio = ComparedRatio(value: new / old, interval: nil) }
            return ComparisonOutcome(row: row)
        }
        var comparison = plain
        if sides.basis == .unpaired {
            guard let (first, second) = noise.noise(metric, pair) else {
                objections.append(
                    "unpaired: what sessions differ by on this machine is not known")
                row.reasons = objections
                row.ratio = ComparedRatio(value: ratio(plain, metric), interval: nil)
                return ComparisonOutcome(row: row)
            }
            comparison = plain.unpaired(
                candidate: second.noise.spread, baseline: first.noise.spread)
        }
        fill(&row, comparison, threshold, metric)
        row.reasons = objections
        if objections.isEmpty {
            conclude(&row, comparison, threshold, sides, pair)
            row.reasons += ComparisonRules.remarks(other, side: "baseline")
            row.reasons += ComparisonRules.remarks(metric, side: "candidate")
        }
        return ComparisonOutcome(
            row: row,
            falseVerdictProbability: objections.isEmpty
                ? comparison.falseVerdictProbability(threshold) : 0,
            mayYieldVerdict: objections.isEmpty)
    }

    // MARK: - Launches

    private func sides(_ metric: Metric, _ other: Metric, _ pair: ComparisonPair) -> Sides {
        let first = ComparisonLaunches(other, of: pair.baseline, in: baseline.contents)
        let second = ComparisonLaunches(metric, of: pair.candidate, in: candidate.contents)
        var sides = Sides(baseline: first, candidate: second, basis: .unpaired, pairs: [])
        guard isSameRun else { return sides }
        let blocks = ComparisonLaunches.blocks(
            ComparisonLaunches.entries(of: pair.baseline, in: baseline.contents),
            ComparisonLaunches.entries(of: pair.candidate, in: candidate.contents))
        guard let blocks else { return sides }
        sides.basis = .interleaved
        let pairs = blocks.filter { first.values[$0] != nil && second.values[$0] != nil }
        if pairs.count >= Comparison.pairCountMin {
            sides.basis = .pairedInterleaved
            sides.pairs = pairs
        }
        return sides
    }

    private func comparison(_ sides: Sides, _ sense: Comparison.Sense) -> Comparison? {
        if sides.basis == .pairedInterleaved {
            let pairs = sides.pairs.compactMap { launch in
                sides.candidate.values[launch].flatMap { candidate in
                    sides.baseline.values[launch].map {
                        (candidate: candidate, baseline: $0)
                    }
                }
            }
            return Comparison(pairs: pairs, sense: sense)
        }
        guard let second = sides.candidate.moments, let first = sides.baseline.moments else {
            return nil
        }
        return Comparison(candidate: second, baseline: first, sense: sense)
    }

    /// Sides whose launches differ by more than a clean session's do.
    private func unsteadiness(_ sides: Sides) -> [String] {
        let limit = VerdictThreshold.launchDeviationMax
        let wide = [("baseline", sides.baseline), ("candidate", sides.candidate)].compactMap {
            name, launches -> String? in
            guard let deviation = launches.moments?.standardDeviation, deviation > limit else {
                return nil
            }
            return "\(percent(deviation)) (\(name))"
        }
        guard !wide.isEmpty else { return [] }
        return [
            "launches vary by \(wide.joined(separator: " and ")), as a standard deviation; "
                + "a verdict needs \(percent(limit)) or less"
        ]
    }

    private func sense(_ metric: Metric) -> Comparison.Sense {
        metric.direction == .larger ? .rate : .cost
    }

    /// The clock's resolution as a share of the shorter time of both sides.
    private func timerQuantum(_ pair: ComparisonPair) -> Double {
        [pair.baseline, pair.candidate].compactMap { point -> Double? in
            guard let time = point.metric("time") ?? point.metric("period"),
                let resolution = time.resolution, let value = time.estimate?.value, value > 0
            else { return nil }
            return resolution / value
        }.max() ?? 0
    }

    private func value(
        _ metric: Metric, _ point: PointRecord, _ launches: ComparisonLaunches
    ) -> ComparedValue {
        guard let estimate = metric.estimate else {
            preconditionFailure("only metrics with estimates are compared")
        }
        var seen: Set<String> = []
        let own = point.flags.filter { $0.metric == nil || $0.metric == metric.name }
        return ComparedValue(
            subject: point.subject, implementation: point.backend?.implementation ?? "",
            estimate: estimate, status: metric.status,
            flags: (metric.flags + own).map(\.id).filter { seen.insert($0).inserted },
            launchDeviation: launches.moments?.standardDeviation)
    }

    // MARK: - Result

    /// Candidate over baseline in the metric's own sense: rates are turned back.
    private func ratio(_ comparison: Comparison, _ metric: Metric) -> Double {
        sense(metric) == .cost ? comparison.ratio : exp(-comparison.logDifference)
    }

    private func fill(
        _ row: inout ComparisonRow, _ comparison: Comparison, _ threshold: VerdictThreshold,
        _ metric: Metric
    ) {
        let found = comparison.interval()
        let isCost = sense(metric) == .cost
        let (low, high) = isCost ? (found.low, found.high) : (-found.high, -found.low)
        let method =
            switch row.basis {
            case .pairedInterleaved: "Student t of log ratios of interleaved blocks"
            case .interleaved: "Welch t of log launch values, interleaved"
            case .unpaired: "Welch t of log launch values with session-to-session variance"
            }
        row.ratio = ComparedRatio(
            value: ratio(comparison, metric),
            interval: Interval(
                low: exp(low), high: exp(high), level: found.level, method: method,
                basis: row.basis == .unpaired ? .sessions : .launches))
        row.pValue = comparison.pValue(beyond: threshold.logDelta)
    }

    private func conclude(
        _ row: inout ComparisonRow, _ comparison: Comparison, _ threshold: VerdictThreshold,
        _ sides: Sides, _ pair: ComparisonPair
    ) {
        let verdict = comparison.verdict(threshold)
        row.verdict = Self.word(verdict, quantity: row.quantity)
        if verdict == .inconclusive {
            row.launchesNeeded = comparison.launchesNeeded(threshold)
            row.reasons.append(inconclusive(row, comparison, threshold))
        }
        guard row.metric == "time" || row.metric == "period",
            let cycles = cycles(sides, pair).flatMap({ self.comparison($0, .cost) }),
            ClockCheck(time: verdict, cycles: cycles, threshold: threshold) == .clockExplained
        else { return }
        row.reasons.append("clockExplained: times differ, cycles (time × clock) do not")
        // Between sessions the clock is a condition; within one it is the backend's own doing.
        if row.basis == .unpaired { row.verdict = .inconclusive }
    }

    private func inconclusive(
        _ row: ComparisonRow, _ comparison: Comparison, _ threshold: VerdictThreshold
    ) -> String {
        let text = "the interval lies neither within ±\(percent(threshold.delta)) nor beyond"
        if let needed = row.launchesNeeded {
            return text + "; about \(needed) launches of either side would settle it"
        }
        return comparison.sessionVariance > 0
            ? text + "; launches cannot settle what sessions differ by: interleave both sides"
            : text + "; the difference is too near to δ for any number of launches"
    }

    /// Verdicts are about speed; of an amount there is less or more.
    private static func word(_ verdict: ComparisonVerdict, quantity: String) -> Verdict {
        let isSpeed = quantity == "duration" || quantity.hasSuffix("rate")
        switch verdict {
        case .faster: return isSpeed ? .faster : .less
        case .slower: return isSpeed ? .slower : .more
        case .same: return .same
        case .inconclusive: return .inconclusive
        }
    }

    /// Launch values in cycles; nil where the clock was not read around every launch.
    ///
    /// Host processors only: a canary says nothing of another device's clock.
    private func cycles(_ sides: Sides, _ pair: ComparisonPair) -> Sides? {
        guard (pair.candidate.backend?.device?.type ?? "cpu") == "cpu" else { return nil }
        var result = sides
        guard result.baseline.scale(by: Self.clocks(pair.baseline)),
            result.candidate.scale(by: Self.clocks(pair.candidate))
        else { return nil }
        return result
    }

    private static func clocks(_ point: PointRecord) -> [Int: Double] {
        var clocks: [Int: Double] = [:]
        for launch in point.launches {
            guard let before = launch.counters.clockHertzBefore,
                let after = launch.counters.clockHertzAfter
            else { continue }
            clocks[launch.index] = (before + after) / 2
        }
        return clocks
    }
}
