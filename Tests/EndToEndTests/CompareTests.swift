import Foundation
import Testing

/// `assay compare` on bundles that were really measured; JudgementTests look at the numbers.
@Suite struct CompareTests {
    /// Two runs of one point, and a run of the same point on two backends.
    private static let measured = Result<[String], any Error> {
        let scratch = try Scratch()
        for backends in [["cpu-simd"], ["cpu-simd"], ["cpu-simd", "good"]] {
            let options = backends.flatMap { ["--backend", $0] }
            let done = try scratch.finish(
                scratch.runArguments(["t/product", "--set", "size=tiny"] + options))
            try #require(done.code == 0, "\(done.error)")
        }
        scratch.keepUntilExit()
        // Run ids begin with the time, so names stand in the order of the runs.
        return scratch.bundles
    }

    private func compare(_ arguments: String...) throws -> Finished {
        try Scratch().finish([Programs.assay, "compare"] + arguments)
    }

    private func json(_ done: Finished) throws -> [String: Any] {
        try #require(
            try JSONSerialization.jsonObject(with: Data(done.output.utf8)) as? [String: Any])
    }

    @Test func `Help has an example`() throws {
        let done = try compare("--help")
        #expect(done.code == 0)
        #expect(done.output.contains("USAGE: assay compare") && done.output.contains("Example"))
    }

    @Test func `Two smoke runs are compared without a verdict, and that is no finding`() throws {
        let bundles = try Self.measured.get()
        let done = try compare(bundles[0], bundles[1])
        #expect(done.code == 0 && done.error.isEmpty)
        for part in ["Baseline", "Candidate", "t/product", "INCONCLUSIVE", "profile smoke"] {
            #expect(done.output.contains(part), "\(part)")
        }
        #expect(try compare(bundles[0], bundles[1]).output == done.output)
        let asked = try compare(bundles[0], bundles[1], "--require-verdict")
        #expect(asked.code == 3 && asked.output == done.output)
    }

    @Test func `The comparison is also JSON and Markdown`() throws {
        let bundles = try Self.measured.get()
        let done = try compare(bundles[0], bundles[1], "--json")
        let record = try json(done)
        #expect(record["schema"] as? String == "assay.comparison/1")
        let rows = try #require(record["rows"] as? [[String: Any]])
        let row = try #require(rows.first { $0["metric"] as? String == "throughput.flop" })
        #expect(row["verdict"] as? String == "inconclusive")
        #expect(row["basis"] as? String == "unpaired")
        let one = try json(try compare(bundles[0], bundles[1], "--json", "--metric", "firstCall"))
        let names =
            (one["rows"] as? [[String: Any]] ?? []).compactMap { $0["metric"] as? String }
            + (one["excluded"] as? [[String: Any]] ?? []).compactMap { $0["metric"] as? String }
        #expect(Set(names) == ["firstCall"])
        let table = try compare(bundles[0], bundles[1], "--format", "markdown")
        #expect(table.output.hasPrefix("# Assay comparison"))
    }

    @Test func `Two backends of one run are set against each other by name`() throws {
        let bundle = try Self.measured.get()[2]
        let unnamed = try compare(bundle)
        #expect(unnamed.code == 2 && unnamed.error.contains("--backend-a"))
        let done = try compare(
            bundle, "--backend-a", "good", "--backend-b", "cpu-simd", "--json", "--metric", "time")
        let record = try json(done)
        let rows = record["rows"] as? [[String: Any]] ?? []
        let excluded = record["excluded"] as? [[String: Any]] ?? []
        #expect(rows.count + excluded.count == 1)
        #expect(done.code == (rows.isEmpty ? 3 : 0))
        let missing = try compare(bundle, "--backend-a", "blas", "--backend-b", "cpu-simd")
        #expect(missing.code == 2 && missing.error.contains("no results of 'blas'"))
        let same = try compare(bundle, bundle, "--backend-a", "good", "--backend-b", "good")
        #expect(same.code == 2 && same.error.contains("same subject"))
    }

    @Test func `Nothing comparable ends with 3`() throws {
        let bundles = try Self.measured.get()
        let done = try compare(bundles[0], bundles[1], "--metric", "no.such.metric")
        #expect(done.code == 3)
        #expect(done.output.contains("0 compared"))
    }

    @Test func `What is no bundle, or was changed, is refused`() throws {
        let bundles = try Self.measured.get()
        #expect(try compare(bundles[0], "/nowhere").code == 2)
        #expect(try compare().code == 2)
        let scratch = try Scratch()
        let copy = scratch.path + "/copy"
        try FileManager.default.copyItem(atPath: bundles[1], toPath: copy)
        let file = URL(filePath: copy + "/launches.jsonl")
        var data = try Data(contentsOf: file)
        data.append(contentsOf: " ".utf8)
        try data.write(to: file)
        let done = try compare(bundles[0], copy)
        #expect(done.code == 3)
        #expect(done.error.contains("changed after sealing"))
        let calibration = try compare(bundles[0], bundles[1], "--calibration", "/nowhere")
        #expect(calibration.code == 2)
    }
}
