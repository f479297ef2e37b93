/// A 64-bit seed, written as hexadecimal text because JSON numbers end at 2^53.
package struct Seed: Sendable, Hashable, Codable, CustomStringConvertible {
    package var value: UInt64

    package init(_ value: UInt64) { self.value = value }

    package init(from decoder: any Decoder) throws {
        self = try decodeNamed(from: decoder, "seed") { UInt64($0, radix: 16).map(Seed.init) }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    package var description: String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

/// A device of a backend that takes part in a run.
package struct Subject: Sendable, Hashable, Codable {
    /// The backend's id, as in its manifest.
    package var backend: String
    /// The index of the device in the backend.
    package var device: Int
    /// 0: what was asked for. 1: what it is set against, launch by launch, in the same run.
    package var side: Int

    package init(backend: String, device: Int, side: Int = 0) {
        self.backend = backend
        self.device = device
        self.side = side
    }

    /// The backend that does nothing: what it costs is the harness's own.
    package static let harness = Subject(backend: "null", device: 0)
}

extension Subject: Comparable {
    /// By backend, device and side: the order of reports.
    package static func < (left: Subject, right: Subject) -> Bool {
        (left.backend, left.device, left.side) < (right.backend, right.device, right.side)
    }
}

extension Subject {
    private enum Key: String, CodingKey { case backend, device, side }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        backend = try container.decode(String.self, forKey: .backend)
        device = try container.decode(Int.self, forKey: .device)
        side = try container.decodeIfPresent(Int.self, forKey: .side) ?? 0
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(backend, forKey: .backend)
        try container.encode(device, forKey: .device)
        if side != 0 { try container.encode(side, forKey: .side) }
    }
}

/// A point with everything the plan decided about it.
package struct PlannedPoint: Sendable, Hashable, Codable {
    package var point: Point
    /// SHA-256 of the point's canonical form, hexadecimal.
    package var pointHash: String
    package var work: Work
    /// Memory of all tensors and working arrays.
    package var memory: Bytes
    package var profile: Profile
    /// What the point is expected to cost on one subject, all launches together.
    package var cost: Nanoseconds
    /// Nil: it runs. Otherwise why it does not: `skipped: …` or `notScheduled: …`.
    package var exclusion: Exclusion?

    package init(
        point: Point, pointHash: String, work: Work, memory: Bytes, profile: Profile,
        cost: Nanoseconds, exclusion: Exclusion? = nil
    ) {
        self.point = point
        self.pointHash = pointHash
        self.work = work
        self.memory = memory
        self.profile = profile
        self.cost = cost
        self.exclusion = exclusion
    }
}

/// Why a planned point will not run.
package struct Exclusion: Sendable, Hashable, Codable {
    package var outcome: Outcome
    package var reason: String

    package init(outcome: Outcome, reason: String) {
        self.outcome = outcome
        self.reason = reason
    }
}

/// How the energy of points is measured, apart from their time (measurement method, section 11).
package struct EnergyPlan: Sendable, Hashable, Codable {
    /// The length of one window of steady work.
    package var window: Nanoseconds
    /// Windows of each point on each subject.
    package var windows: Int
    /// How long the machine is left idle before and after.
    package var idle: Nanoseconds

    /// The method's: three windows of at least 10 s and 100 periods of the slowest sensor, and
    /// idle for 30 s.
    package init(window: Nanoseconds, windows: Int = 3, idle: Nanoseconds = .seconds(30)) {
        self.window = window
        self.windows = windows
        self.idle = idle
    }

    /// Idle power is measured again after this.
    package static let idleEvery = Nanoseconds.seconds(1800)

    /// All windows, and a fifth of one for their beginnings and the last sample of each.
    package var measuring: Nanoseconds {
        Nanoseconds(window.value * UInt64(windows) + window.value / 5)
    }

    /// What one point costs on one subject; idle comes once in a while.
    package var cost: Nanoseconds { measuring + .seconds(1) }
}

/// The immutable list of what will run, made before anything runs; its SHA-256 is its identity.
package struct Plan: Sendable, Hashable, Codable {
    /// `assay.plan/1`.
    package var schema: String
    /// What was asked for: suite or case names, as typed.
    package var request: [String]
    package var methodology: String
    package var seed: Seed
    package var subjects: [Subject]
    package var points: [PlannedPoint]
    /// Points that measure the harness itself, on ``Subject/harness``.
    package var harnessPoints: [PlannedPoint]
    /// The logical processors that measuring may use, ascending.
    package var cpus: [Int]
    /// The memory that workloads may use.
    package var memoryLimit: Bytes
    /// The host clock of the run: `monotonic_raw` or `monotonic`.
    package var clock: String
    /// What it was allowed to cost; nil: no limit, so that a pilot may ask for more launches.
    package var budget: Nanoseconds?
    /// A debug build was allowed to measure.
    package var debugBuild: Bool
    /// Whether sides are variants of an audit; nil: they are backends.
    package var isAudit: Bool?
    /// How energy is measured in a phase of its own; nil: it is an indication only.
    package var energy: EnergyPlan?

    package init(
        request: [String], seed: Seed, subjects: [Subject], points: [PlannedPoint],
        harnessPoints: [PlannedPoint] = [], cpus: [Int], memoryLimit: Bytes, clock: String,
        budget: Nanoseconds? = nil, debugBuild: Bool
    ) {
        self.schema = "assay.plan/1"
        self.request = request
        self.methodology = Profile.methodology
        self.seed = seed
        self.subjects = subjects
        self.points = points
        self.harnessPoints = harnessPoints
        self.cpus = cpus
        self.memoryLimit = memoryLimit
        self.clock = clock
        self.budget = budget
        self.debugBuild = debugBuild
    }

    /// What the whole plan is expected to cost.
    package var cost: Nanoseconds {
        let running = points.filter { $0.exclusion == nil }
        let own = harnessPoints.reduce(Nanoseconds.zero) { $0 + $1.cost }
        var each = running.reduce(Nanoseconds.zero) { $0 + $1.cost }
        if let energy { each = each + energy.cost * UInt64(running.count) + energy.idle * 2 }
        return each * UInt64(subjects.count) + own
    }
}

/// What became of a point on a backend.
package enum Outcome: String, Sendable, Hashable, Codable, CaseIterable {
    case ok
    case invalid
    case error
    /// Known beforehand not to fit.
    case skipped
    /// The backend says it cannot: a difference, not a defect.
    case unsupported
    case notScheduled
    case notReached
}
