import Foundation
import Testing

/// Work that goes on for a given time.
@Suite struct SustainedTests {
    @Test func `A launch goes on for as long as the case says, in samples that long runs can keep`()
        throws
    {
        let scratch = try Scratch()
        let done = try scratch.run("t/sustained", "--backend", "cpu-simd")
        #expect(done.code == 0, "\(done.error)")
        let bundle = try scratch.bundle()
        let point = try bundle.point(on: "cpu-simd")
        #expect(point.outcome == "ok" && (point.values["sustained"] ?? 0) > 0)
        let line = try #require(bundle.journalLines.first { $0.contains("cpu-simd") })
        let entry = try #require(
            try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        let counters = try #require(entry["counters"] as? [String: Any])
        let measuring = try #require(counters["measuringNanoseconds"] as? Double)
        // The last sample begins within the second; whoever waits for a core may be late.
        #expect(measuring >= 1e9 && measuring < 3e9)
        let samples = try #require(entry["samples"] as? Int)
        #expect((10...2100).contains(samples))
    }
}
