import Model
import Testing

@Suite struct HostQuietTests {
    private func counters(
        clock: (Double, Double)? = nil, throughput: (Double, Double)? = nil, wait: UInt64 = 0
    ) -> LaunchCounters {
        var counters = LaunchCounters()
        counters.measuringNanoseconds = 1_000_000_000
        counters.runQueueWaitNanoseconds = wait
        (counters.clockHertzBefore, counters.clockHertzAfter) = (clock?.0, clock?.1)
        (counters.throughputBefore, counters.throughputAfter) = (throughput?.0, throughput?.1)
        return counters
    }

    @Test func `A launch is disturbed when a canary changes by more than five per cent`() {
        #expect(!counters(clock: (3e9, 3.1e9), throughput: (100, 96)).wasDisturbed(threads: 1))
        #expect(counters(clock: (3e9, 3.1e9), throughput: (100, 94)).wasDisturbed(threads: 1))
        #expect(counters(clock: (3e9, 3.2e9)).wasDisturbed(threads: 1))
        #expect(counters(throughput: (100, 94)).hostSpeedChange?.canary == "throughput")
    }

    @Test func `A launch is disturbed when its threads wait for more than a hundredth`() {
        #expect(counters(wait: 11_000_000).wasDisturbed(threads: 1))
        #expect(!counters(wait: 11_000_000).wasDisturbed(threads: 2))
    }

    @Test
    func `Without canaries and without a measuring time nothing is known, so nothing is done`() {
        var counters = LaunchCounters()
        counters.runQueueWaitNanoseconds = 5
        #expect(counters.hostSpeedChange == nil)
        #expect(!counters.wasDisturbed(threads: 1))
    }
}
