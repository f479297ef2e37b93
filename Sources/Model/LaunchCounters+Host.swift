/// How quiet the host's processors must be for a launch to be trusted, as the rules say too.
package enum HostQuiet {
    /// The most that a canary may change over a launch, relative.
    package static let speedChangeMax = 0.05
    /// The most of the measuring time that a thread may wait for a core.
    package static let waitShareMax = 0.01
}

extension LaunchCounters {
    /// The largest relative change of a processor's canary over the launch; nil without canaries.
    package var hostSpeedChange: (canary: String, change: Double)? {
        let readings = [
            ("clock", clockHertzBefore, clockHertzAfter),
            ("throughput", throughputBefore, throughputAfter),
        ]
        let changes = readings.compactMap { name, before, after -> (String, Double)? in
            guard let before, let after, before > 0 else { return nil }
            return (name, after / before - 1)
        }
        return changes.max { $0.1.magnitude < $1.1.magnitude }
    }

    /// The share of the measuring time that each thread waited for a core; nil without that time.
    package func waitShare(threads: Int) -> Double? {
        guard measuringNanoseconds > 0 else { return nil }
        return Double(runQueueWaitNanoseconds) / (Double(measuringNanoseconds) * Double(threads))
    }

    /// Whether something else used the processors that a launch measured on.
    package func wasDisturbed(threads: Int) -> Bool {
        (hostSpeedChange?.change.magnitude ?? 0) > HostQuiet.speedChangeMax
            || (waitShare(threads: threads) ?? 0) > HostQuiet.waitShareMax
    }
}
