package import Model

/// Points that were asked for, with the profile to measure them by.
package struct AskedPoint: Sendable {
    package var point: Point
    package var profile: Profile
    /// Whether it takes turns over the nights instead of always running.
    package var rotates: Bool

    package init(point: Point, profile: Profile, rotates: Bool = false) {
        self.point = point
        self.profile = profile
        self.rotates = rotates
    }
}

/// What a run has at its disposal, and what it was told.
package struct RunLimits: Sendable {
    package var subjects: [Subject]
    /// Logical processors to measure on, ascending.
    package var cpus: [Int]
    package var memory: Bytes
    /// The time the plan may cost on all subjects together; nil: no limit.
    package var budget: Nanoseconds?
    package var seed: Seed
    package var clock: String
    /// Days since 1970-01-01 UTC, so that nights take turns.
    package var night: UInt64
    package var debugBuild: Bool

    package init(
        subjects: [Subject], cpus: [Int], memory: Bytes, budget: Nanoseconds?, seed: Seed,
        clock: String, night: UInt64, debugBuild: Bool
    ) {
        self.subjects = subjects
        self.cpus = cpus
        self.memory = memory
        self.budget = budget
        self.seed = seed
        self.clock = clock
        self.night = night
        self.debugBuild = debugBuild
    }
}
