package import LaunchProtocol
package import Model

/// How long each phase of a launch may take; the harness's own, whatever a plug-in promises.
package struct Deadlines: Sendable, Hashable {
    /// Stands in for every phase's own deadline, shorter or longer; nil: each has its own.
    package var every: Nanoseconds?

    package init(every: Nanoseconds? = nil) { self.every = every }

    /// A sample may take this many times its estimate, but never less than the floor is allowed.
    static let estimateFactor: UInt64 = 10
    static let sampleFloor = Nanoseconds.seconds(5)
    /// How long a killed process may linger before it is given up.
    static let afterKill = Nanoseconds.seconds(10)
    /// How long a worker that samples sensors may take to end.
    static let afterStop = Nanoseconds.seconds(5)
    /// No sample may take longer, whatever its estimate says: it lies where the plug-in can write.
    static let sampleCeiling = Nanoseconds.seconds(3600)

    /// Those of a health check, which nobody waits for as long as for a measurement.
    var forHealth: Deadlines { Deadlines(every: min(every ?? Self.healthMax, Self.healthMax)) }
    private static let healthMax = Nanoseconds.seconds(30)

    /// The time a phase may take from its beginning; just-in-time compilers of 99 s were seen.
    package func limit(of phase: LaunchPhase) -> Nanoseconds {
        let own: Nanoseconds =
            switch phase {
            case .start: .seconds(10)
            case .load: .seconds(30)
            case .startup, .open, .close, .calibrate, .seal: .seconds(60)
            case .inputs: .seconds(300)
            case .prepare, .firstCall, .verify: .seconds(600)
            case .warmup, .measure: .seconds(600)
            }
        return every ?? own
    }

    /// The time from one sign of life to the next while samples are taken.
    package func silence(estimate: UInt64) -> Nanoseconds {
        // Before there is an estimate the first call's limit holds.
        guard estimate > 0 else { return limit(of: .firstCall) }
        let (product, overflow) = estimate.multipliedReportingOverflow(by: Self.estimateFactor)
        let allowed = overflow ? Self.sampleCeiling : Nanoseconds(product)
        let floored = min(max(Self.sampleFloor, allowed), Self.sampleCeiling)
        return every ?? floored
    }
}
