import Model
import Testing

@testable import Judgement

@Suite struct LoadBandwidthTests {
    /// Launches of two samples, 3 ms and 5 ms, in which that many bytes moved beside.
    private func record(_ bytes: [UInt64?]) -> PointRecord {
        var run = SampleRun()
        run.work = Work(steps: 1000)
        run.launches = bytes.map { _ in [3_000_000, 5_000_000] }
        run.change = { entry in
            var facts = InspectionFacts()
            facts.talliedBytes = bytes[entry.launch].map(Bytes.init)
            entry.inspection = facts
        }
        return run.judged()
    }

    @Test func `A load is all bytes of a launch over the time of all its samples`() throws {
        // 80 MB and 20 MB in 8 ms each: 10 and 2.5 GB/s, whose geometric mean is 5 GB/s.
        let metric = try #require(record([80_000_000, 20_000_000]).metric("bandwidth.load"))
        let estimate = try #require(metric.estimate)
        #expect(abs(estimate.value - 5e9) < 1)
        #expect(estimate.n == 4 && estimate.launches == 2)
        #expect(metric.unit == "By/s" && metric.direction == .none && metric.kind == .measured)
        #expect(record([16_000_000]).estimate("bandwidth.load")?.value == 2e9)
    }

    @Test func `No load is no bandwidth of zero`() {
        let metric = record([0]).metric("bandwidth.load")
        #expect(metric?.estimate == nil && metric?.unavailable == "there was no load")
    }

    @Test func `What is not counted is no metric`() {
        #expect(record([nil]).metric("bandwidth.load") == nil)
    }
}
