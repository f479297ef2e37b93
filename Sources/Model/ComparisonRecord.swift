/// What a comparison allows to say of a metric.
package enum Verdict: String, Sendable, Hashable, Codable, CaseIterable {
    case faster
    case slower
    /// For amounts, such as energy, where faster is no word.
    case less
    case more
    case same
    case inconclusive

    /// Whether the candidate is the worse one, beyond δ.
    package var isWorse: Bool { self == .slower || self == .more }
    /// Whether the candidate is the better one, beyond δ.
    package var isBetter: Bool { self == .faster || self == .less }
}

/// How launches of the two sides stand to each other.
package enum ComparisonBasis: String, Sendable, Hashable, Codable, CaseIterable {
    /// Blocks of one launch of either side in one session; a t interval of their log ratios.
    case pairedInterleaved
    /// Launches of both sides in turn in one session; Welch's t of their logarithms.
    case interleaved
    /// Two single sessions: the interval includes what sessions of the machine differ by.
    case unpaired
}

/// One of the two things that are compared: a run, or a subject of it.
package struct ComparedSide: Sendable, Hashable, Codable {
    /// The bundle as it was named.
    package var bundle: String
    package var run: String
    package var started: String
    package var machineID: String
    package var fingerprint: String
    package var processor: String
    /// Program and version that measured.
    package var harness: String
    /// SHA-256 of the bundle's manifest; empty where it has none.
    package var seal: String
    /// The only subject that takes part; nil: every subject with a counterpart.
    package var subject: Subject?

    package init(
        bundle: String, run: String, started: String, machineID: String, fingerprint: String,
        processor: String, harness: String, seal: String, subject: Subject?
    ) {
        self.bundle = bundle
        self.run = run
        self.started = started
        self.machineID = machineID
        self.fingerprint = fingerprint
        self.processor = processor
        self.harness = harness
        self.seal = seal
        self.subject = subject
    }
}

/// A condition that was not the same on both sides.
package struct ComparedFact: Sendable, Hashable, Codable {
    package var name: String
    package var baseline: String
    package var candidate: String

    package init(name: String, baseline: String, candidate: String) {
        self.name = name
        self.baseline = baseline
        self.candidate = candidate
    }
}

/// The smallest difference that counts, and why it is that large.
package struct ComparedDelta: Sendable, Hashable, Codable {
    /// As a share: 0.01 is 1 %.
    package var value: Double
    /// `least δ`, `timer quantum` or `A/A floor`, with where it came from.
    package var source: String

    package init(value: Double, source: String) {
        self.value = value
        self.source = source
    }
}

/// A ratio of two values with its interval.
package struct ComparedRatio: Sendable, Hashable, Codable {
    /// Candidate over baseline, in the metric's own sense.
    package var value: Double
    /// Nil where what sessions differ by is not known.
    package var interval: Interval?

    package init(value: Double, interval: Interval?) {
        self.value = value
        self.interval = interval
    }
}

/// A metric of one side.
package struct ComparedValue: Sendable, Hashable, Codable {
    package var subject: Subject
    /// What did the work, as far as the backend says.
    package var implementation: String
    package var estimate: Estimate
    package var status: Validity
    /// Ids of the findings about it and its point.
    package var flags: [String]
    /// The standard deviation of launch values, relative; nil for fewer than two launches.
    package var launchDeviation: Double?

    package init(
        subject: Subject, implementation: String, estimate: Estimate, status: Validity,
        flags: [String], launchDeviation: Double?
    ) {
        self.subject = subject
        self.implementation = implementation
        self.estimate = estimate
        self.status = status
        self.flags = flags
        self.launchDeviation = launchDeviation
    }
}

/// One metric of one point on both sides.
package struct ComparisonRow: Sendable, Hashable, Codable {
    package var point: Point
    package var pointHash: String
    package var metric: String
    package var quantity: String
    package var unit: String
    package var direction: Direction
    package var comparabilityKey: String
    package var baseline: ComparedValue
    package var candidate: ComparedValue
    package var basis: ComparisonBasis
    package var ratio: ComparedRatio?
    package var delta: ComparedDelta
    package var verdict: Verdict
    /// Why it is inconclusive, and what a reader of any verdict should know; a sentence each.
    package var reasons: [String]
    /// Launches of each side that would settle it; nil: not inconclusive, or none would do.
    package var launchesNeeded: Int?
    /// The p-value of the difference being at most δ; nil without an interval.
    package var pValue: Double?
    /// That p-value after Holm, over all interleaved comparisons; nil for others.
    package var adjustedPValue: Double?
    /// Whether to measure it again, both sides interleaved (Benjamini–Hochberg at 20 %).
    package var isSelected: Bool

    package init(
        point: Point, pointHash: String, metric: Metric, baseline: ComparedValue,
        candidate: ComparedValue, basis: ComparisonBasis, delta: ComparedDelta
    ) {
        self.point = point
        self.pointHash = pointHash
        self.metric = metric.name
        quantity = metric.quantity
        unit = metric.unit
        direction = metric.direction
        comparabilityKey = metric.comparabilityKey
        self.baseline = baseline
        self.candidate = candidate
        self.basis = basis
        self.delta = delta
        verdict = .inconclusive
        reasons = []
        isSelected = false
    }

    /// Worse by launches that were interleaved, also after Holm: a regression is confirmed.
    package var isConfirmedWorse: Bool { verdict.isWorse && isConfirmed }

    /// Better by launches that were interleaved, also after Holm.
    package var isConfirmedBetter: Bool { verdict.isBetter && isConfirmed }

    private var isConfirmed: Bool {
        basis != .unpaired && (adjustedPValue ?? 1) <= Self.familyWiseLevel
    }

    /// The probability of any false finding among those that are confirmed.
    package static let familyWiseLevel = 0.05
}

/// A point or a metric that has no counterpart to stand beside.
package struct NotCompared: Sendable, Hashable, Codable {
    /// The point's label.
    package var point: String
    /// Nil: the whole point.
    package var metric: String?
    /// The subjects, as `backend` or `backend:device`; empty where that side has none.
    package var baseline: String
    package var candidate: String
    package var reason: String

    package init(
        point: String, metric: String?, baseline: String, candidate: String, reason: String
    ) {
        self.point = point
        self.metric = metric
        self.baseline = baseline
        self.candidate = candidate
        self.reason = reason
    }
}

/// Two sealed runs, or two subjects of one run, metric by metric.
package struct ComparisonRecord: Sendable, Hashable, Codable {
    /// `assay.comparison/1`.
    package var schema: String
    package var methodology: String
    package var baseline: ComparedSide
    package var candidate: ComparedSide
    /// What was not the same on both sides, besides what is compared.
    package var differences: [ComparedFact]
    /// Where the machine's A/A noise is from, or why it is not known; a sentence each.
    package var noise: [String]
    /// Points in the candidate's declared order; within a point, subjects and metrics in order.
    package var rows: [ComparisonRow]
    package var excluded: [NotCompared]
    /// How many verdicts at most would be FASTER or SLOWER by chance if nothing differed.
    package var expectedFalseFindings: Double

    package init(
        methodology: String, baseline: ComparedSide, candidate: ComparedSide,
        differences: [ComparedFact], noise: [String], rows: [ComparisonRow],
        excluded: [NotCompared], expectedFalseFindings: Double
    ) {
        schema = "assay.comparison/1"
        self.methodology = methodology
        self.baseline = baseline
        self.candidate = candidate
        self.differences = differences
        self.noise = noise
        self.rows = rows
        self.excluded = excluded
        self.expectedFalseFindings = expectedFalseFindings
    }
}
