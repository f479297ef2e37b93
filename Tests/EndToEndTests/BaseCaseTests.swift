import Foundation
import Testing

/// Base cases whose numbers come of more than a time.
@Suite struct BaseCaseTests {
    private func ran(_ arguments: String...) throws -> RecordedPoint {
        let scratch = try Scratch()
        let done = try scratch.finish(
            scratch.runArguments(arguments) + ["--backend", "cpu-simd"])
        #expect(done.code == 0, "\(done.error)")
        return try scratch.bundle().point(on: "cpu-simd")
    }

    @Test(.enabled(if: ProcessInfo.processInfo.activeProcessorCount > 1))
    func `A walk under load has the bandwidth of the load beside its time`() throws {
        let loaded = try ran("t/loaded", "--set", "load=read")
        #expect(loaded.outcome == "ok" && loaded.passed == true, "\(loaded.reasons)")
        let time = try #require(loaded.values["time"])
        let access = try #require(loaded.values["latency.access"])
        // At least 16,384 steps in a call.
        #expect(abs(access * 16_384 / time - 1) < 1e-9)
        // A call reads a block of 64 KiB at the least; the mean time may be far from the median.
        let load = try #require(loaded.values["bandwidth.load"])
        #expect(load > 0 && load < 1e12)
        let alone = try ran("t/loaded", "--set", "load=none")
        #expect(alone.outcome == "ok" && alone.passed == true, "\(alone.reasons)")
        #expect(alone.metricNames.contains("bandwidth.load"))
        #expect(alone.values["bandwidth.load"] == nil, "no load is no bandwidth of zero")
    }

    @Test func `A file is read whole, and has a time for each block`() throws {
        let point = try ran("t/storage")
        #expect(point.outcome == "ok" && point.passed == true, "\(point.reasons)")
        #expect(point.coverage == 1)
        let time = try #require(point.values["time"])
        #expect(abs((point.values["latency.access"] ?? 0) * 16 / time - 1) < 1e-9)
        #expect(abs((point.values["bandwidth.storage"] ?? 0) * time / 65_536 - 1) < 1e-9)
        #expect(!point.metricNames.contains("bandwidth.stream"))
    }
}
