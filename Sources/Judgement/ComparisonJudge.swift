package import Bundle
package import Model
import Statistics

/// A sealed run that takes part in a comparison.
package struct ComparedRun: Sendable {
    /// As the user named it.
    package var name: String
    package var record: Record
    package var contents: BundleContents
    /// SHA-256 of the manifest; empty where it has none.
    package var seal: String

    package init(name: String, record: Record, contents: BundleContents, seal: String) {
        self.name = name
        self.record = record
        self.contents = contents
        self.seal = seal
    }
}

/// What a comparison is asked for.
package struct ComparisonRequest: Sendable {
    /// `backend` or `backend:device` of the baseline; nil: every subject with a counterpart.
    package var baselineBackend: String?
    package var candidateBackend: String?
    /// Names of metrics, or `all`; empty: each point's headline and what does not restate it.
    package var metrics: [String]
    /// What is known of the machines' noise; one for each machine at most is used.
    package var calibrations: [Calibration]
    /// Whether two machines may be compared.
    package var crossMachine: Bool

    package init(
        baselineBackend: String? = nil, candidateBackend: String? = nil, metrics: [String] = [],
        calibrations: [Calibration] = [], crossMachine: Bool = false
    ) {
        self.baselineBackend = baselineBackend
        self.candidateBackend = candidateBackend
        self.metrics = metrics
        self.calibrations = calibrations
        self.crossMachine = crossMachine
    }
}

/// Why two runs cannot be compared at all.
package struct ComparisonError: Error, Equatable, CustomStringConvertible {
    /// What kind of thing is in the way, which decides the exit code.
    package enum Code: Sendable {
        /// A backend that is not there, or a side that has to be named.
        case wrongUse
        /// The runs are of different machines.
        case otherMachine
    }

    package var code: Code
    package var description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}

/// Sets a candidate against a baseline, metric by metric (measurement method, section 8).
///
/// Pure: the same bundles give the same record.
package struct ComparisonJudge {
    let baseline: ComparedRun
    let candidate: ComparedRun
    let request: ComparisonRequest
    let noise: ComparisonNoise

    /// The whole comparison.
    package static func compare(
        baseline: ComparedRun, candidate: ComparedRun, request: ComparisonRequest
    ) throws(ComparisonError) -> ComparisonRecord {
        let (first, second) = (baseline.record.machine, candidate.record.machine)
        let isSameMachine =
            first.fingerprint == second.fingerprint && first.machineID == second.machineID
        guard isSameMachine || request.crossMachine else {
            throw ComparisonError(
                .otherMachine,
                "the runs are of different machines (\(first.machineID), \(first.processor); "
                    + "\(second.machineID), \(second.processor)); --cross-machine compares them")
        }
        let judge = ComparisonJudge(
            baseline: baseline, candidate: candidate, request: request,
            noise: ComparisonNoise(request.calibrations, baseline: first, candidate: second))
        return try judge.record()
    }

    var isSameRun: Bool { baseline.record.run.id == candidate.record.run.id }

    private func record() throws(ComparisonError) -> ComparisonRecord {
        let pairing = try ComparisonPairing(self)
        var excluded = pairing.excluded
        var outcomes: [ComparisonOutcome] = []
        for pair in pairing.pairs {
            for metric in metrics(of: pair.candidate) {
                if let reason = reasonAgainst(metric, pair) {
                    excluded.append(pairing.notCompared(pair, metric: metric.name, reason))
                } else {
                    outcomes.append(outcome(metric, pair))
                }
            }
        }
        Self.correct(&outcomes)
        return ComparisonRecord(
            methodology: candidate.record.run.methodology,
            baseline: side(baseline, pairing.only(\.baseline.subject)),
            candidate: side(candidate, pairing.only(\.candidate.subject)),
            differences: ComparisonDifferences(self, pairing.pairs).facts,
            noise: noise.sentences(
                isNeeded: outcomes.contains { $0.row.basis == .unpaired }),
            rows: outcomes.map(\.row),
            excluded: excluded,
            expectedFalseFindings: outcomes.reduce(0) { $0 + $1.falseVerdictProbability })
    }

    private func side(_ run: ComparedRun, _ subject: Subject?) -> ComparedSide {
        let record = run.record
        return ComparedSide(
            bundle: run.name, run: record.run.id, started: record.run.started,
            machineID: record.machine.machineID, fingerprint: record.machine.fingerprint,
            processor: record.machine.processor,
            harness: "\(record.run.harness.name) \(record.run.harness.version) "
                + "(\(record.run.harness.commit))", seal: run.seal, subject: subject)
    }

    // MARK: - Which metrics

    /// The metrics asked for; by default the headline, and what is not computed from it.
    private func metrics(of point: PointRecord) -> [Metric] {
        if request.metrics.contains("all") { return point.metrics }
        guard request.metrics.isEmpty else {
            return point.metrics.filter { request.metrics.contains($0.name) }
        }
        let headline = point.headline?.name ?? ""
        return point.metrics.filter { metric in
            if metric.name == headline { return true }
            // The time is told by the rate made of it.
            let isRestated = point.headline?.derivation?.inputs.contains(metric.name) ?? false
            return metric.derivation == nil && !isRestated
        }
    }

    /// Why a metric cannot stand beside its counterpart; nil: it can.
    private func reasonAgainst(_ metric: Metric, _ pair: ComparisonPair) -> String? {
        guard let other = pair.baseline.metric(metric.name) else {
            return "the baseline does not have it"
        }
        if metric.comparabilityKey != other.comparabilityKey {
            return ComparisonDifferences.keyDifference(pair, other, metric)
        }
        for (side, found) in [("baseline", other), ("candidate", metric)] {
            if let reason = found.unavailable { return "unavailable in the \(side): \(reason)" }
        }
        if metric.direction == .none { return "neither more nor less of it is better" }
        let isRestated = metric.name.hasPrefix("utilization")
        if isRestated { return "it is a share of another metric, which is compared itself" }
        // What was asked for is shown even where there is nothing to judge it by.
        let isWanted =
            metric.name == pair.candidate.headline?.name || request.metrics.contains(metric.name)
        let hasIntervals = metric.estimate?.interval != nil && other.estimate?.interval != nil
        return isWanted || hasIntervals
            ? nil : "it has no interval, so that no difference can be judged"
    }

    // MARK: - Many comparisons

    /// Corrects for the number of comparisons, and selects what to measure again.
    private static func correct(_ outcomes: inout [ComparisonOutcome]) {
        let tested = outcomes.indices.filter { outcomes[$0].row.pValue != nil }
        let adjusted = MultipleTesting.benjaminiHochberg(
            tested.map { outcomes[$0].row.pValue ?? 1 })
        for (index, value) in zip(tested, adjusted) {
            outcomes[index].row.isSelected = value <= ComparisonRules.selectionRate
        }
        // What may not yield a verdict is no test, so that it costs the others nothing.
        let family = tested.filter {
            outcomes[$0].mayYieldVerdict && outcomes[$0].row.basis != .unpaired
        }
        let confirmed = MultipleTesting.holm(family.map { outcomes[$0].row.pValue ?? 1 })
        for (index, value) in zip(family, confirmed) {
            outcomes[index].row.adjustedPValue = value
            let isFinding =
                outcomes[index].row.verdict.isWorse || outcomes[index].row.verdict.isBetter
            if isFinding, value > ComparisonRow.familyWiseLevel {
                outcomes[index].row.reasons.append(
                    "not confirmed over \(family.count) comparisons (Holm): measure it again")
            }
        }
    }
}
