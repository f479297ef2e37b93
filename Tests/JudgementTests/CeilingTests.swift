import Bundle
import Model
import Testing

@testable import Judgement

/// Percentages of what the same device reached in the same run.
@Suite struct CeilingTests {
    /// A peak of `flops` operations in two milliseconds.
    private func peak(_ flops: UInt64, dtype: String = "f32", threads: Int = 1) -> SampleRun {
        var run = SampleRun(work: Work(flops: flops))
        run.point = Point(
            caseID: "peak/fma", parameters: [Parameter(axis: "n", value: "\(flops)")],
            operation: Operation(
                domain: "assay", name: "Peak", opset: 1, inputs: [], outputs: [],
                attributes: [
                    Attribute("dtype", .string(dtype)), Attribute("operations", .int(Int64(flops))),
                ]), threads: .exactly(threads))
        return run
    }

    /// A kernel that moves `moved` bytes over arrays of `bytes` in two milliseconds.
    private func triad(_ bytes: Int64, moved: UInt64) -> SampleRun {
        var run = SampleRun(work: Work(bytesRead: Bytes(moved)))
        run.point = Point(
            caseID: "memory/triad", parameters: [Parameter(axis: "bytes", value: "\(bytes)")],
            operation: Operation(
                domain: "assay", name: "MemoryTriad", opset: 1, inputs: [], outputs: [],
                attributes: [Attribute("bytes", .int(bytes))]), threads: .exactly(1))
        return run
    }

    @Test func `The share of the fastest peak of the same type and threads is told`() throws {
        let runs = [
            peak(2_000_000), peak(4_000_000), peak(9_000_000, dtype: "f64"),
            peak(8_000_000, threads: 2), SampleRun(),
        ]
        let record = SampleRun.judged(runs)[4]
        let share = try #require(record.metric("utilization.compute"))
        #expect(abs((share.estimate?.value ?? 0) - 0.25) < 1e-12)
        #expect(share.unit == "1")
        #expect(share.references.map(\.kind) == [.measuredCeiling])
        #expect(share.references[0].citation.contains("n=4000000"))
        #expect(share.comparabilityKey.count == 64)
        let interval = try #require(share.estimate?.interval)
        // Both sides' uncertainty is in it.
        let own = try #require(record.estimate("throughput.flop")?.interval)
        #expect(interval.high - interval.low > (own.high - own.low) / 2e9)
        #expect(record.metric("throughput.flop")?.references.count == 1)
    }

    @Test func `Shares of different ceilings are not comparable`() throws {
        let keys = [4_000_000, 5_000_000].map {
            SampleRun.judged([peak($0), SampleRun()])[1].metric("utilization.compute")?
                .comparabilityKey
        }
        #expect(keys[0] != nil)
        #expect(keys[0] != keys[1])
    }

    @Test func `The bandwidth of the working set nearest in size is the reference`() throws {
        // The product touches 4 000 bytes.
        let runs = [triad(1 << 26, moved: 5_000), triad(8_000, moved: 8_000), SampleRun()]
        let record = SampleRun.judged(runs)[2]
        let share = try #require(record.metric("utilization.bandwidth"))
        #expect(abs((share.estimate?.value ?? 0) - 0.5) < 1e-12)
        #expect(share.references[0].citation.contains("bytes=8000"))
    }

    @Test func `A bandwidth of another cache level says nothing`() {
        let record = SampleRun.judged([triad(1 << 26, moved: 8_000), SampleRun()])[1]
        #expect(record.metric("utilization.bandwidth") == nil)
    }

    @Test func `Without ceilings there are no shares`() {
        let record = SampleRun().judged()
        #expect(!record.metrics.contains { $0.name.hasPrefix("utilization") })
    }

    @Test func `Faster than the compute ceiling by more than five percent is implausible`() {
        let record = SampleRun.judged([peak(900_000), SampleRun()])[1]
        #expect(record.flags.map(\.id) == ["implausible"])
        #expect(record.metrics.allSatisfy { $0.status == .invalid })
        // Shown, flagged and not clipped.
        #expect((record.estimate("utilization.compute")?.value ?? 0) > 1.1)
    }

    @Test func `A little above a ceiling is a warning about the ceiling`() throws {
        let record = SampleRun.judged([peak(980_000), SampleRun()])[1]
        #expect(record.flags == [])
        let share = try #require(record.metric("utilization.compute"))
        #expect(share.flags.map(\.id) == ["aboveReference"])
        #expect(share.status == .valid)
        // Caches may well be faster than the memory they were held against.
        let memory = SampleRun.judged([triad(8_000, moved: 2_000), SampleRun()])[1]
        #expect(memory.flags == [])
        #expect(memory.metric("utilization.bandwidth")?.flags.map(\.id) == ["aboveReference"])
    }

    @Test func `A disturbed ceiling is a reference and no proof`() {
        var disturbed = peak(900_000)
        disturbed.change = { $0.counters.runQueueWaitNanoseconds = 50_000_000 }
        let record = SampleRun.judged([disturbed, SampleRun()])[1]
        #expect(record.flags == [])
        #expect(
            record.metric("utilization.compute")?.flags.map(\.id) == ["aboveReference"])
    }

    @Test func `What is invalid is no ceiling`() {
        var invalid = peak(400_000)
        invalid.change = { $0.counters.suspendedNanoseconds = 10_000_000 }
        let record = SampleRun.judged([invalid, SampleRun()])[1]
        #expect(record.metric("utilization.compute") == nil)
        #expect(record.flags == [])
    }

    @Test func `Ceilings have no share of themselves`() {
        let records = SampleRun.judged([peak(1_000_000), peak(2_000_000), triad(4_000, moved: 1)])
        for record in records {
            #expect(!record.metrics.contains { $0.name.hasPrefix("utilization") })
        }
    }
}
