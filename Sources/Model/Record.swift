/// The program that measured.
package struct HarnessFacts: Sendable, Hashable, Codable {
    package var name: String
    package var version: String
    package var commit: String
    package var binarySha256: String
    /// `release` or `debug`.
    package var buildMode: String

    package init(
        name: String, version: String, commit: String, binarySha256: String, buildMode: String
    ) {
        self.name = name
        self.version = version
        self.commit = commit
        self.binarySha256 = binarySha256
        self.buildMode = buildMode
    }
}

/// One run of a plan on one machine.
package struct RunFacts: Sendable, Hashable, Codable {
    /// A UUIDv7.
    package var id: String
    /// UTC, ISO 8601.
    package var started: String
    package var ended: String
    /// `complete`, `partial` (interrupted or killed; can be resumed).
    package var status: String
    package var harness: HarnessFacts
    package var methodology: String
    /// The version of the table of findings that it was judged by; nil: 1.0, which was not named.
    package var rules: String?
    package var planSha256: String
    package var seed: Seed
    package var request: [String]
    /// Profiles in use, in the order of the profile table.
    package var profiles: [ProfileID]

    package init(
        id: String, started: String, ended: String, status: String, harness: HarnessFacts,
        methodology: String, rules: String?, planSha256: String, seed: Seed, request: [String],
        profiles: [ProfileID]
    ) {
        self.id = id
        self.started = started
        self.ended = ended
        self.status = status
        self.harness = harness
        self.methodology = methodology
        self.rules = rules
        self.planSha256 = planSha256
        self.seed = seed
        self.request = request
        self.profiles = profiles
    }
}

/// The backend and implementation behind a point's numbers.
package struct BackendFacts: Sendable, Hashable, Codable {
    package var id: String
    package var version: String
    /// SHA-256 of the plug-in's file; that of the worker for backends linked in.
    package var sha256: String
    package var device: DeviceFacts?
    /// Names the library, its version and the kernel.
    package var implementation: String
    package var execution: ExecutionInfo?

    package init(
        id: String, version: String, sha256: String, device: DeviceFacts?,
        implementation: String, execution: ExecutionInfo?
    ) {
        self.id = id
        self.version = version
        self.sha256 = sha256
        self.device = device
        self.implementation = implementation
        self.execution = execution
    }
}

/// One launch as the record shows it.
package struct LaunchSummary: Sendable, Hashable, Codable {
    package var index: Int
    package var outcome: Outcome
    package var stopReason: StopReason?
    package var n: Int
    package var batch: UInt64
    /// The launch's median seconds per call; nil when it gave none.
    package var value: Double?
    package var interval: Interval?
    package var counters: LaunchCounters
    /// How a long series went: `flat`, `warmup`, `slowdown`, `noSteadyState`; nil: not looked at.
    package var shape: String?
    /// Throttled and made again: its samples are kept and not used; nil: they are used.
    package var isReplaced: Bool?

    package init(
        index: Int, outcome: Outcome, stopReason: StopReason?, n: Int, batch: UInt64,
        value: Double?, interval: Interval?, counters: LaunchCounters, shape: String? = nil
    ) {
        self.index = index
        self.outcome = outcome
        self.stopReason = stopReason
        self.n = n
        self.batch = batch
        self.value = value
        self.interval = interval
        self.counters = counters
        self.shape = shape
    }
}

/// A point on one subject: what was asked, what happened, what was measured.
package struct PointRecord: Sendable, Hashable, Codable {
    package var point: Point
    package var pointHash: String
    package var work: Work
    package var profile: ProfileID
    /// `closed` or `open`.
    package var division: String
    package var deviations: [String]
    package var subject: Subject
    package var backend: BackendFacts?
    package var outcome: Outcome
    package var reasons: [String]
    package var correctness: Correctness?
    package var launches: [LaunchSummary]
    package var metrics: [Metric]
    /// Findings about the whole point; those of one metric stand with it.
    package var flags: [Flag]

    package init(
        point: Point, pointHash: String, work: Work, profile: ProfileID, subject: Subject,
        backend: BackendFacts?, outcome: Outcome, reasons: [String], correctness: Correctness?,
        launches: [LaunchSummary], metrics: [Metric], flags: [Flag]
    ) {
        self.point = point
        self.pointHash = pointHash
        self.work = work
        self.profile = profile
        self.division = "closed"
        self.deviations = []
        self.subject = subject
        self.backend = backend
        self.outcome = outcome
        self.reasons = reasons
        self.correctness = correctness
        self.launches = launches
        self.metrics = metrics
        self.flags = flags
    }

    /// The metric of that name; nil when the point has none.
    package func metric(_ name: String) -> Metric? { metrics.first { $0.name == name } }

    /// The metric that a table shows first; nil when the point has none.
    package var headline: Metric? {
        switch point.headline {
        case .time: metric("time") ?? metric("period") ?? metric("latency.p50")
        case .throughputFlop: metric("throughput.flop")
        case .bandwidth:
            metric("bandwidth.stream") ?? metric("bandwidth.transfer")
                ?? metric("bandwidth.storage")
        case .latencyAccess: metric("latency.access")
        case .corruption: metric("corruption.bound")
        }
    }
}

/// What the harness itself cost in this run.
package struct CalibrationFacts: Sendable, Hashable, Codable {
    package var clock: String
    package var clockPairNanoseconds: Metric?
    /// An empty operation through the plug-in ABI in the null backend.
    package var harnessOverhead: Metric?
    package var workerStart: Metric?

    package init(
        clock: String, clockPairNanoseconds: Metric? = nil, harnessOverhead: Metric? = nil,
        workerStart: Metric? = nil
    ) {
        self.clock = clock
        self.clockPairNanoseconds = clockPairNanoseconds
        self.harnessOverhead = harnessOverhead
        self.workerStart = workerStart
    }
}

/// Everything about one run: derived from the journal and the samples alone.
package struct Record: Sendable, Hashable, Codable {
    /// `assay.run/1`.
    package var schema: String
    package var run: RunFacts
    package var machine: MachineFacts
    package var calibration: CalibrationFacts
    /// Points in declared order; for each, backends in alphabetical order.
    package var points: [PointRecord]
    /// Findings about the whole run.
    package var flags: [Flag]

    package init(
        run: RunFacts, machine: MachineFacts, calibration: CalibrationFacts,
        points: [PointRecord], flags: [Flag]
    ) {
        self.schema = "assay.run/1"
        self.run = run
        self.machine = machine
        self.calibration = calibration
        self.points = points
        self.flags = flags
    }
}
