import Foundation
import Testing

/// What is right within its tolerance but not the same every time.
@Suite struct RepetitionTests {
    private func ran(_ case: String, on backend: String) throws -> (Int32?, RecordedPoint) {
        let scratch = try Scratch()
        let done = try scratch.finish(
            scratch.runArguments([`case`, "--set", "size=small"]) + ["--backend", backend])
        return (done.code, try scratch.bundle().point(on: backend))
    }

    @Test func `One corrupted element in a hundred thousand is found, and named`() throws {
        let (code, point) = try ran("t/repeated", on: "corrupts-outputs")
        #expect(code == 4)
        #expect(point.outcome == "invalid")
        #expect(point.flags.contains("outputsDiffer"), "\(point.flags)")
        // 200 calls of 64 · 48 elements, after a first call and a warm-up of unknown length.
        let words = point.messages
        #expect(
            words.contains("of 614400 output elements differed from the first call's"), "\(words)")
        let found = try #require(words.firstMatch(of: /(\d+) of 614400/))
        #expect((6...7).contains(Int(found.1) ?? 0), "\(words)")
        #expect(words.contains("of 200 calls; the first is Y["), "\(words)")
        #expect(point.metricNames.isEmpty, "a failed check has no result")
    }

    @Test func `The same corruption passes where outputs are held against a tolerance`() throws {
        let (code, point) = try ran("t/product", on: "corrupts-outputs")
        #expect(code == 0 && point.outcome == "ok")
        #expect(!point.metricNames.contains("corruption.bound"))
    }

    @Test(arguments: ["good", "cpu-simd"])
    func `Outputs that never differ bound what may have been missed`(backend: String) throws {
        let (code, point) = try ran("t/repeated", on: backend)
        #expect(code == 0 && point.outcome == "ok", "\(point.reasons)")
        // The rule of three, of 200 calls with 3072 elements each.
        #expect(abs((point.values["corruption.bound"] ?? 0) - 3 / 614_400) < 1e-12)
        #expect(abs((point.values["corruption.bound.call"] ?? 0) - 0.015) < 1e-12)
    }

    @Test func `A library that promises no equal bits is unsupported`() throws {
        let (code, point) = try ran("t/repeated", on: "blas")
        #expect(code == 0 && point.outcome == "unsupported", "\(point.reasons)")
        #expect(point.reasons.joined().contains("does not promise the same bits"))
    }
}
