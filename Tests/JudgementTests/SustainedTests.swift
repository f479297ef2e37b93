import Model
import Testing

@testable import Judgement

@Suite struct SustainedTests {
    private func record(_ launches: [[Int64]], duration: Nanoseconds? = .seconds(60))
        -> PointRecord
    {
        var run = SampleRun()
        run.launches = launches
        run.point.duration = duration
        return run.judged()
    }

    @Test func `The last tenth of a launch is set against its first`() throws {
        // 2 ms at first and 2.5 ms at last: four fifths of the speed are left.
        let slowing = (0..<200).map {
            Int64($0 < 20 ? 2_000_000 : $0 < 180 ? 2_200_000 : 2_500_000)
        }
        let metric = try #require(record([slowing]).metric("sustained"))
        let estimate = try #require(metric.estimate)
        #expect(abs(estimate.value - 0.8) < 1e-12 && estimate.n == 200)
        #expect(metric.unit == "1" && metric.direction == .larger)
        // With one that keeps its speed: the geometric mean of 0.8 and 1.
        let both = record([slowing, slowing.map { _ in 2_000_000 }]).estimate("sustained")
        #expect(abs((both?.value ?? 0) - 0.894_427_190_999_916) < 1e-12)
    }

    @Test func `Too few samples have no tenth`() {
        let metric = record([[2_000_000, 2_000_000]]).metric("sustained")
        #expect(metric?.estimate == nil)
        #expect(metric?.unavailable == "a launch has fewer than ten samples")
    }

    @Test func `Only what goes on for a given time has it`() {
        #expect(record([SampleRun.clean(seed: 1)], duration: nil).metric("sustained") == nil)
    }
}
