import Bundle
import Model
import Statistics

/// What a launch's samples and counters say, as facts that rules are about. Nothing is dropped.
enum LaunchFacts {
    /// - Parameters:
    ///   - threads: what the backend was given.
    ///   - steal: see ``stealShare(_:cpus:)``.
    ///   - around: what the machine is, and how much of its memory the point touches.
    static func facts(
        of launch: LaunchSeries, profile: Profile, threads: Int, steal: Double?,
        around: Surroundings
    ) -> Facts {
        var facts = Facts()
        facts.set("steal.share", steal)
        clock(launch, &facts)
        samples(launch, profile, &facts)
        machine(launch.entry.counters, threads: threads, &facts)
        if around.leavesPrivateCaches { memoryCanary(launch.entry.counters, &facts) }
        if !around.hasSiblings { sharing(launch.entry.counters, &facts) }
        if let shape = launch.shape(profile) {
            facts.set("shape.unsteady", shape == .noSteadyState ? 1 : 0)
        }
        return facts
    }

    /// What of the machine decides which canaries say something about a point.
    struct Surroundings {
        /// Whether the point's tensors do not fit a cache that one core has for itself.
        let leavesPrivateCaches: Bool
        /// Whether cores have several threads: those share their units by design.
        let hasSiblings: Bool

        /// Where the machine does not say, the second level of most processors.
        private static let privateBytes: UInt64 = 1 << 20

        init(_ machine: MachineFacts, work: Work, threads: Int) {
            let own = machine.caches.filter { $0.sharedBy <= 1 && $0.type != "instruction" }
            let largest = own.map(\.bytes.value).max() ?? Self.privateBytes
            leavesPrivateCaches = work.bytes.value > largest * UInt64(max(1, threads))
            hasSiblings = machine.threads > machine.cores
        }
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

    // MARK: - The clock of the cores

    /// The median clock of a launch's cores while it measured, in hertz; nil where none was read.
    static func clock(_ entry: LaunchEntry, cpus: ArraySlice<Int>, in contents: BundleContents)
        -> Double?
    {
        guard let start = entry.counters.measuringStartNanoseconds else { return nil }
        let times =
            Int64(
                clamping: start)...Int64(
                clamping: start + entry.counters.measuringNanoseconds)
        var readings: [Double] = []
        for cpu in cpus {
            let values = contents.frequencies[cpu] ?? []
            for place in stride(from: 0, to: values.count - 1, by: 2)
            where times.contains(values[place]) && values[place + 1] > 0 {
                readings.append(Double(values[place + 1]))
            }
        }
        return Median.of(readings)
    }

    // MARK: - The machine around them

    /// Below this the kernel's ticks of 10 ms say nothing about shares.
    private static let countedTimeMin = 50_000_000.0
    /// Fewer ticks than this are chance.
    private static let foreignTimeMin = 40_000_000.0

    private static func machine(
        _ counters: LaunchCounters, threads: Int, _ facts: inout Facts
    ) {
        let wall = Double(counters.measuringNanoseconds)
        facts.set("runQueue.share", counters.waitShare(threads: threads))
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
        let canary = counters.hostSpeedChange
        facts.set("canary.change", canary?.change, text: canary?.canary)
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

    /// The walk through memory changes with every neighbour: only what uses memory is told of it.
    private static func memoryCanary(_ counters: LaunchCounters, _ facts: inout Facts) {
        guard let before = counters.memoryBefore, let after = counters.memoryAfter, before > 0
        else { return }
        facts.set("canary.memory", after / before - 1)
    }

    /// Multiply-adds for each cycle of the slowest core beside the others, against one alone.
    private static func sharing(_ counters: LaunchCounters, _ facts: inout Facts) {
        let clocks = [counters.clockHertzBefore, counters.clockHertzAfter].compactMap { $0 }
        let rates = [counters.throughputBefore, counters.throughputAfter].compactMap { $0 }
        guard let clock = counters.clockHertzTogether, let rate = counters.throughputTogether,
            let alone = zip(rates, clocks).map({ $0 / $1 }).max(), alone > 0, clock > 0
        else { return }
        facts.set("cores.apart", rate / clock / alone)
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
