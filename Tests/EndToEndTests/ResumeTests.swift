import Foundation
import Glibc
import Testing

/// A run that ends in its middle loses nothing and can be continued.
@Suite struct ResumeTests {
    static let arguments = ["t/empty", "t/product", "--backend", "good", "--backend", "cpu-simd"]
    /// Three of the null backend, then three points on two backends.
    static let launchCount = 9

    /// What a run of the same arguments gives that nobody disturbs.
    static let undisturbed = Result {
        let scratch = try Scratch()
        return try Shape(of: complete(scratch))
    }

    private static func complete(_ scratch: Scratch) throws -> Bundle {
        let done = try scratch.finish(scratch.runArguments(arguments))
        try #require(done.code == 0, "\(done.error)")
        return try scratch.bundle()
    }

    /// What does not depend on how fast the machine was.
    struct Shape: Equatable {
        var launches: Set<String>
        var points: [String]
        var keys: [String: [String]]

        init(of bundle: Bundle) throws {
            let lines = try bundle.launches()
            launches = Set(lines)
            try #require(launches.count == lines.count, "no launch is there twice")
            points = try bundle.points().map { point in
                let parts = [point.label, point.backend, point.outcome, "\(point.passed ?? false)"]
                return (parts + point.launches + point.metricNames.sorted())
                    .joined(separator: " | ")
            }
            let record = try bundle.json("run.json")
            keys = ["": record.keys.sorted()]
            for name in ["run", "machine", "calibration"] {
                keys[name] = (record[name] as? [String: Any])?.keys.sorted()
            }
        }
    }

    /// Starts a run and waits until its journal has that many lines.
    private func interrupted(
        _ scratch: Scratch, after count: Int, by signal: Int32
    ) throws -> (ending: Ending, error: String) {
        let (child, _, error) = try scratch.start(scratch.runArguments(Self.arguments))
        let reached = Clock.waits(30) {
            guard let bundle = scratch.bundles.first.map({ Bundle(path: $0) }) else {
                return false
            }
            return Scratch.text(bundle.path + "/launches.jsonl").isEmpty
                ? count == 0
                    && FileManager.default.fileExists(
                        atPath: bundle.path + "/launches.jsonl")
                : bundle.journalLines.count >= count
        }
        try #require(reached)
        child.signal(signal)
        return (child.wait(), Scratch.text(error))
    }

    private func resume(_ scratch: Scratch) throws -> Finished {
        try scratch.assay(
            "run", "--resume", scratch.bundles[0], "--plugin-path", Programs.plugins,
            Programs.allowDebug)
    }

    @Test(arguments: [0, 1, 4, 6, 8])
    func `A run that is killed after some launches continues`(count: Int) throws {
        let scratch = try Scratch()
        let (ending, _) = try interrupted(scratch, after: count, by: SIGKILL)
        #expect(ending == .killed(SIGKILL))
        let bundle = try scratch.bundle()
        let before = try bundle.launches()
        #expect(before.count >= count && before.count < Self.launchCount)
        let journal = Scratch.text(bundle.path + "/launches.jsonl")
        #expect(journal.isEmpty || journal.hasSuffix("\n"), "the journal has whole lines")

        let verified = try scratch.assay("verify", bundle.path)
        #expect(verified.code == 3)
        #expect(verified.error.contains("not sealed"), "\(verified.error)")
        let resumed = try resume(scratch)
        #expect(resumed.code == 0, "\(resumed.error)")
        #expect(Array(try bundle.launches().prefix(before.count)) == before, "nothing is redone")
        #expect(try Shape(of: bundle) == Self.undisturbed.get())
        #expect(try scratch.assay("verify", bundle.path).code == 0)
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func `An interruption ends a run with 130 and keeps all`(signal: Int32) throws {
        let scratch = try Scratch()
        let (ending, error) = try interrupted(scratch, after: 5, by: signal)
        #expect(ending == .exited(130))
        let bundle = try scratch.bundle()
        #expect(error.contains("interrupted") && error.contains("--resume \(bundle.path)"))
        #expect(try bundle.launches().count >= 5)
        #expect(Processes.marked(scratch.mark).isEmpty)
        #expect(Scratch.files(below: scratch.path + "/tmp").isEmpty)
        #expect(try scratch.assay("verify", bundle.path).code == 3)

        #expect(try resume(scratch).code == 0)
        #expect(try Shape(of: bundle) == Self.undisturbed.get())
    }

    @Test func `What an interrupted session measured beside it stays`() throws {
        let scratch = try Scratch()
        _ = try interrupted(scratch, after: 5, by: SIGINT)
        let bundle = try scratch.bundle()
        let file = try #require(
            bundle.files.first { $0.hasPrefix("telemetry/") && $0.hasSuffix(".i64") })
        let before = try Data(contentsOf: URL(filePath: bundle.path + "/" + file))
        try #require(!before.isEmpty)
        #expect(try resume(scratch).code == 0)
        let after = try Data(contentsOf: URL(filePath: bundle.path + "/" + file))
        #expect(after.count > before.count && after.prefix(before.count) == before)
    }

    @Test func `A half-written line is a launch that did not finish`() throws {
        let scratch = try Scratch()
        _ = try interrupted(scratch, after: 4, by: SIGKILL)
        let bundle = try scratch.bundle()
        let line = try #require(bundle.journalLines.last)
        let journal = bundle.path + "/launches.jsonl"
        let text = Scratch.text(journal) + line.prefix(line.count / 2)
        try text.write(toFile: journal, atomically: false, encoding: .utf8)
        #expect(try scratch.assay("verify", bundle.path).code == 3)
        #expect(try resume(scratch).code == 0)
        #expect(try Shape(of: bundle) == Self.undisturbed.get())
        #expect(try scratch.assay("verify", bundle.path).code == 0)
    }

    @Test func `A run that was killed while it was sealed is sealed`() throws {
        let scratch = try Scratch()
        let bundle = try Self.complete(scratch)
        try FileManager.default.removeItem(atPath: bundle.path + "/manifest.sha256")
        #expect(try scratch.assay("verify", bundle.path).code == 3)
        #expect(try resume(scratch).code == 0)
        #expect(try Shape(of: bundle) == Self.undisturbed.get())
        #expect(try scratch.assay("verify", bundle.path).code == 0)
    }

    @Test func `A sealed bundle is not continued`() throws {
        let scratch = try Scratch()
        let bundle = try Self.complete(scratch)
        let sealed = Scratch.text(bundle.path + "/manifest.sha256")
        let done = try resume(scratch)
        #expect(done.code == 2)
        #expect(done.errorLines.count == 1 && done.error.contains("is complete"))
        #expect(Scratch.text(bundle.path + "/manifest.sha256") == sealed)
        #expect(try scratch.assay("verify", bundle.path).code == 0)
    }

    @Test func `What is no bundle is not continued`() throws {
        let scratch = try Scratch()
        for path in [scratch.path, scratch.path + "/nowhere"] {
            let done = try scratch.assay("run", "--resume", path, Programs.allowDebug)
            #expect(done.code == 2)
            #expect(done.errorLines.count == 1 && done.error.contains("--resume: \(path)"))
        }
    }

    @Test func `A run does not continue with another build of a backend`() throws {
        let scratch = try Scratch()
        _ = try interrupted(scratch, after: 4, by: SIGKILL)
        let bundle = try scratch.bundle()
        let file = URL(filePath: bundle.path + "/environment.json")
        let text = try String(contentsOf: file, encoding: .utf8)
        let environment = try bundle.json("environment.json")
        let uses = try #require(environment["backends"] as? [[String: Any]])
        let good = try #require(
            uses.first { ($0["manifest"] as? [String: Any])?["id"] as? String == "good" })
        let digest = try #require(good["sha256"] as? String)
        try text.replacing(digest, with: String(digest.reversed()))
            .write(to: file, atomically: true, encoding: .utf8)
        let done = try resume(scratch)
        #expect(done.code == 2)
        #expect(done.errorLines.count == 1)
        #expect(done.error.contains("the backend 'good' is not the one that began this run"))
    }

    @Test func `A killed run's temporary directory is gone after the next`() throws {
        let scratch = try Scratch()
        _ = try interrupted(scratch, after: 4, by: SIGKILL)
        let orphans = try FileManager.default.contentsOfDirectory(atPath: scratch.path + "/tmp")
        #expect(orphans.count == 1)
        #expect(try resume(scratch).code == 0)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: scratch.path + "/tmp").isEmpty)
    }

    @Test func `A run continues only with the backends it began with`() throws {
        let scratch = try Scratch()
        _ = try interrupted(scratch, after: 4, by: SIGKILL)
        let done = try scratch.assay(
            "run", "--resume", scratch.bundles[0], Programs.allowDebug)
        #expect(done.code == 2)
        #expect(done.errorLines.count == 1 && done.error.contains("no backend 'good'"))
    }
}
