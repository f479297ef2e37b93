import Model
import Testing

@testable import Measurement

/// The only tests that look at a real clock, so their limits are wide.
@Suite struct HostClockTests {
    @Test(arguments: [HostClock.raw, .monotonic])
    func `Calibrating the machine's clocks gives plausible numbers`(clock: HostClock) throws {
        let found = try clock.calibrate()
        #expect(found.resolutionNanoseconds >= 1)
        #expect(found.resolutionNanoseconds < 1_000_000)
        #expect(found.overheadNanoseconds >= 0)
        #expect(found.overheadNanoseconds < 100_000)
        #expect(found.overheadP99Nanoseconds >= found.overheadNanoseconds)
        // A pair of readings that moved cost at least the finest step seen.
        #expect(
            found.overheadNanoseconds == 0
                || found.overheadNanoseconds >= found.resolutionNanoseconds)
    }

    @Test(arguments: [HostClock.raw, .monotonic, .boot])
    func `A clock never goes back`(clock: HostClock) {
        var last = clock.now()
        for _ in 0..<100_000 {
            let now = clock.now()
            if now < last { Issue.record("from \(last) back to \(now)") }
            last = now
        }
    }

    @Test func `A clock that is too coarse is unusable, with how often it moved`() {
        // CLOCK_MONOTONIC_COARSE moves once a tick: not a hundred times in 50 ms.
        #expect(throws: ClockUnusable.self) { try HostClock(id: 6).calibrate() }
        #expect(
            "\(ClockUnusable(detail: "it moved 3 times in 50 ms"))"
                == "the clock cannot be used: it moved 3 times in 50 ms")
    }

    @Test func `The canary's readings are rates of this century's machines`() {
        let reading = Canary(clock: HostClock.raw.id).read(milliseconds: 20)
        #expect(reading.clock > 1e8 && reading.clock < 2e10)
        #expect(reading.throughput > 1e6 && reading.throughput < 1e11)
        #expect(reading.memory > 1e8 && reading.memory < 1e13)
    }
}
