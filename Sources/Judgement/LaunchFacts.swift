import Model
import Statistics

/// What a launch's samples and counters say, as facts that rules are about. Nothing is dropped.
enum LaunchFacts {
    /// - Parameters:
    ///   - threads: what the backend was given.
    ///   - steal: see ``stealShare(_:cpus:)``.
    static func facts(
        of launch: LaunchSeries, profile: Profile, threads: Int, steal: Double?
    ) -> Facts {
        var facts = Facts()
        facts.set("steal.share", steal)
        clock(launch, &facts)
        samples(launch, profile, &facts)
        machine(launch.entry.counters, threads: Double(threads), &facts)
        return facts
    }

    // MARK: - The clock and the length of a sample

    private static func clock(_ launch: LaunchSeries, _ facts: inout Facts) {
        let entry = launch.entry
        if let clock = entry.calibrationStart {
            facts.set(
                "clock.share",
                max(
                    clock.overheadNanoseconds / launch.sampleNanoseconds,
                    clock.resolutionNanoseconds / launch.sampleNanoseconds / 10))
            if let end = entry.calibrationEnd, clock.overheadNanoseconds > 0 {
                facts.set(
                    "clock.calibrationShift",
                    end.overheadNanoseconds / clock.overheadNanoseconds - 1)
            }
        }
        facts.set("clock.rateDeviation", entry.counters.clockRateDeviation)
        facts.set("suspended", Double(entry.counters.suspendedNanoseconds) * 1e-9)
    }

    // MARK: - The samples themselves

    /// Fewer samples have no interval at 95 % at all.
    private static let intervalSamplesMin = 6

    private static func samples(
        _ launch: LaunchSeries, _ profile: Profile, _ facts: inout Facts
    ) {
        facts.set("samples", Double(launch.seconds.count))
        facts.set(
            "samplesWanted", Double(max(intervalSamplesMin, profile.samplesMin)))
        facts.set("unsteady", launch.entry.warmupConverged ? 0 : 1)
        let correlation = launch.estimate.autocorrelation
        if correlation.measured.isFinite {
            // Samples that alternate narrow nothing and widen nothing.
            facts.set(
                "autocorrelation",
                max(0, correlation.measured) * Double(correlation.count).squareRoot())
        }
        facts.set(
            "outliers.severe",
            TukeyOutliers(launch.seconds, resolution: launch.resolution)?.severeShare)
        if let drift = DriftTest(launch.seconds) {
            facts.set("drift.shift", drift.shift)
            facts.set("drift.p", drift.pValue)
        }
        if launch.seconds.count >= DipTest.countMin {
            facts.set("dip.p", DipTest(launch.seconds)?.pValue)
        }
    }

    // MARK: - The machine around them

    /// Below this the kernel's ticks of 10 ms say nothing about shares.
    private static let countedTimeMin = 50_000_000.0
    /// Fewer ticks than this are chance.
    private static let foreignTimeMin = 40_000_000.0

    private static func machine(
        _ counters: LaunchCounters, threads: Double, _ facts: inout Facts
    ) {
        let wall = Double(counters.measuringNanoseconds)
        if wall > 0 {
            facts.set(
                "runQueue.share", Double(counters.runQueueWaitNanoseconds) / (wall * threads))
        }
        if wall > countedTimeMin {
            if let busy = counters.busyNanoseconds {
                let foreign = Double(busy) - Double(counters.processorNanoseconds)
                facts.set("foreign.share", foreign > foreignTimeMin ? foreign / wall : 0)
            }
            facts.set("pressure.share", counters.pressureNanoseconds.map { Double($0) / wall })
        }
        facts.set("stopped", Double(counters.stoppedNanoseconds ?? 0) * 1e-9)
        facts.set("cgroup.throttled", counters.cgroupThrottles.map(Double.init))
        facts.set("throttle.events", counters.throttleEvents.map(Double.init))
        facts.set("majorFaults", Double(counters.majorFaults))
        canaries(counters, &facts)
    }

    /// How far processor time went beyond the threads given, which concerns the whole point.
    static func processorFacts(_ counters: LaunchCounters, threads: Double) -> Facts {
        var facts = Facts()
        let wall = Double(counters.measuringNanoseconds)
        // Processor time is counted in ticks on some systems: short phases say nothing.
        guard wall > countedTimeMin else { return facts }
        facts.set("threads.excess", Double(counters.processorNanoseconds) / (wall * threads) - 1)
        return facts
    }

    private static func canaries(_ counters: LaunchCounters, _ facts: inout Facts) {
        let readings = [
            ("clock", counters.clockHertzBefore, counters.clockHertzAfter),
            ("throughput", counters.throughputBefore, counters.throughputAfter),
        ]
        let changes = readings.compactMap { name, before, after -> (String, Double)? in
            guard let before, let after, before > 0 else { return nil }
            return (name, after / before - 1)
        }
        let largest = changes.max { $0.1.magnitude < $1.1.magnitude }
        facts.set("canary.change", largest?.1, text: largest?.0)
    }

    /// The share of the cores' time that a hypervisor took, over all launches of a run together.
    ///
    /// One tick is 10 ms, so that ten seconds are needed to tell; nil below.
    static func stealShare(_ entries: [LaunchEntry], cpus: Int) -> Double? {
        let counted = entries.filter { $0.counters.stolenNanoseconds != nil }
        let wall = counted.reduce(0.0) { $0 + Double($1.counters.measuringNanoseconds) }
        guard wall >= 1e10 else { return nil }
        let stolen = counted.reduce(0.0) { $0 + Double($1.counters.stolenNanoseconds ?? 0) }
        return stolen / (wall * Double(cpus))
    }
}
