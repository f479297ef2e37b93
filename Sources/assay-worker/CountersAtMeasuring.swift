import Measurement
import Model

/// The counters of process and machine over the measuring phase alone.
final class CountersAtMeasuring {
    private let cpus: [Int]
    private let clock: HostClock
    private var start: UInt64 = 0
    private var before = ProcessFacts()
    private var machineBefore = MachineCounters()

    /// - Parameters:
    ///   - cpus: the processors that are measured on.
    ///   - clock: the run's.
    init(cpus: [Int], clock: HostClock) {
        self.cpus = cpus
        self.clock = clock
    }

    func begin() {
        machineBefore = MachineCounters.read(cpus: cpus)
        before = ProcessFacts.read()
        start = clock.now()
    }

    func end(measuring: Nanoseconds) -> LaunchCounters {
        let after = ProcessFacts.read()
        let machine = MachineCounters.read(cpus: cpus).since(machineBefore)
        var counters = LaunchCounters(measuringNanoseconds: measuring.value)
        counters.runQueueWaitNanoseconds = difference(\.runQueueWaitNanoseconds, after)
        counters.processorNanoseconds = difference(\.processorNanoseconds, after)
        counters.involuntarySwitches = difference(\.involuntarySwitches, after)
        counters.majorFaults = difference(\.majorFaults, after)
        counters.peakResidentBytes = after.peakResidentBytes
        counters.threads = after.threads
        counters.measuringStartNanoseconds = start
        counters.busyNanoseconds = machine.busyNanoseconds
        counters.stolenNanoseconds = machine.stolenNanoseconds
        counters.pressureNanoseconds = machine.pressureNanoseconds
        counters.cgroupThrottles = machine.cgroupThrottles
        counters.throttleEvents = machine.throttleEvents
        return counters
    }

    private func difference(
        _ field: KeyPath<ProcessFacts, UInt64>, _ after: ProcessFacts
    ) -> UInt64 {
        // A thread that ended takes its share of a sum with it.
        let (now, then) = (after[keyPath: field], before[keyPath: field])
        return now > then ? now - then : 0
    }
}

/// Compares the run's clock with the system's others over a launch.
struct ClockRateCheck {
    private let clock: HostClock
    private let start: Readings

    private struct Readings {
        var run: UInt64
        var monotonic: UInt64
        var boot: UInt64
    }

    init(clock: HostClock) {
        self.clock = clock
        start = Self.read(clock)
    }

    private static func read(_ clock: HostClock) -> Readings {
        Readings(
            run: clock.now(), monotonic: HostClock.monotonic.now(), boot: HostClock.boot.now())
    }

    /// How much faster CLOCK_MONOTONIC ran than the run's clock; nil below half a second.
    func deviation() -> Double? {
        let now = Self.read(clock)
        let elapsed = Double(now.run - start.run)
        guard elapsed >= 5e8 else { return nil }
        return Double(now.monotonic - start.monotonic) / elapsed - 1
    }

    /// How long the machine was suspended since the start.
    func suspended() -> UInt64 {
        let now = Self.read(clock)
        let (boot, monotonic) = (now.boot - start.boot, now.monotonic - start.monotonic)
        // Readings a few microseconds apart are no suspension.
        return boot > monotonic + 1_000_000 ? boot - monotonic : 0
    }
}
