import Testing

@testable import Statistics

@Suite struct StoppingTests {
    private let limits = StoppingRule.Limits(
        samplesMin: 30, samplesMax: 1000, timeMin: 2_000, timeMax: 20_000, targetHalfWidth: 0.01)

    /// Feeds samples one time unit apart until the rule stops; returns what it looked like then.
    private func run(
        _ limits: StoppingRule.Limits, spacing: UInt64, sample: (Int) -> Double
    ) -> (count: Int, reason: StoppingRule.Reason?) {
        var rule = StoppingRule(limits: limits)
        for index in 0..<100_000 {
            let reason = rule.add(sample(index), elapsed: UInt64(index + 1) * spacing)
            if let reason { return (index + 1, reason) }
        }
        return (100_000, nil)
    }

    @Test func `Constant samples converge at the first look after both minimums`() {
        #expect(run(limits, spacing: 100) { _ in 5 } == (30, .converged))
        // The time minimum of 2 000 is reached at sample 46, the next look is at 50.
        #expect(run(limits, spacing: 44) { _ in 5 } == (50, .converged))
    }

    @Test func `The minimum number of samples need not be a multiple of ten`() {
        var certify = limits
        certify.samplesMin = 71
        #expect(run(certify, spacing: 100) { _ in 5 } == (80, .converged))
    }

    @Test func `Noisy samples stop where the interval is half the target`() throws {
        var simulation = Simulation(seed: 2)
        var rule = StoppingRule(limits: limits)
        var reason: StoppingRule.Reason?
        for index in 0..<1000 where reason == nil {
            reason = rule.add(100 + simulation.normal(), elapsed: UInt64(index) * 20 + 2_000)
        }
        #expect(reason == .converged)
        let last = try #require(rule.halfWidths.last)
        #expect(last <= 0.005)
        #expect(rule.halfWidths.dropLast().allSatisfy { $0 > 0.005 })
        // The rule's running order must be the samples' order.
        let estimate = try #require(MedianEstimate(rule.samples))
        #expect(estimate.relativeHalfWidth == last)
    }

    @Test func `Caps win over minimums`() {
        #expect(run(limits, spacing: 5_000) { _ in 5 } == (4, .timeCap))
        var few = limits
        few.samplesMax = 7
        #expect(run(few, spacing: 1) { _ in 5 } == (7, .sampleCap))
    }

    @Test func `Without a target only a plateau or a cap ends a launch`() {
        var open = limits
        open.targetHalfWidth = nil
        open.samplesMax = 60
        #expect(run(open, spacing: 100) { Double($0 % 7) + 10 } == (60, .sampleCap))
    }

    @Test func `An interval that no longer narrows is a plateau`() {
        // Two values in turn: the median's interval spans both however many samples come.
        // The first look is at 40, and 16 looks make a plateau.
        #expect(run(limits, spacing: 50) { $0 % 2 == 0 ? 1 : 2 } == (190, .plateau))
    }

    @Test func `No plateau is called below a hundred samples`() {
        var early = limits
        early.samplesMin = 10
        early.samplesMax = 99
        early.timeMin = 0
        #expect(run(early, spacing: 1) { $0 % 2 == 0 ? 1 : 2 } == (99, .sampleCap))
    }

    @Test(arguments: [
        (20.0, 19.0, 1_000_000 as UInt64), (41.67, 500, 1_000_000), (1, 20_000, 2_000_000),
        (2_000, 10, 2_000_000),
    ])
    func `The least time of a sample follows resolution and overhead`(
        resolution: Double, overhead: Double, target: UInt64
    ) {
        #expect(BatchSizeSearch.target(resolution: resolution, overhead: overhead) == target)
    }

    @Test func `A batch grows tenfold while far from the target, then by proportion`() {
        var search = BatchSizeSearch(target: 1_000_000)
        #expect(search.batch == 1)
        var tried: [UInt64] = []
        while !search.isDone {
            tried.append(search.batch)
            search.record(elapsed: search.batch * 370)
        }
        // 1 000 events take 370 µs: 1 000 · 1.2 · 1 000 / 370, rounded up.
        #expect(tried == [1, 10, 100, 1000, 3244])
        #expect(search.batch == 3244)
    }

    @Test func `An event longer than the target is its own batch`() {
        var search = BatchSizeSearch(target: 1_000_000)
        search.record(elapsed: 1_000_000)
        #expect(search.isDone)
        #expect(search.batch == 1)
    }

    @Test func `A batch size search ends whatever the clock says`() {
        var still = BatchSizeSearch(target: 1_000_000, batchMax: 5000)
        var rounds = 0
        while !still.isDone && rounds < 100 {
            still.record(elapsed: 0)
            rounds += 1
        }
        #expect(still.batch == 5000)
        #expect(rounds == 5)
        // Just below the target each time: the batch still grows.
        var close = BatchSizeSearch(target: 1_000_000, batchMax: 1000)
        rounds = 0
        while !close.isDone && rounds < 1000 {
            close.record(elapsed: 999_999)
            rounds += 1
        }
        #expect(close.isDone)
    }
}
