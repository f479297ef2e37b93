import Foundation
import Glibc
import Testing

/// What containment means beyond one plug-in in one run.
@Suite struct ContainmentDetailTests {
    @Test func `Cheats that nothing looks for yet leave the run whole`() throws {
        // Skips the work when its last answer still stands in the output: only an audit shows it.
        let scratch = try Scratch()
        let done = try scratch.run(
            "t/product", "--set", "size=small", "--backend", "skip-when-right", "--backend", "good")
        #expect(done.code == 0 || done.code == 4)
        #expect(try scratch.bundle().point(on: "good").outcome == "ok")
    }

    @Test func `A worker holds no descriptor but the harness's own`() throws {
        let scratch = try Scratch()
        let run =
            scratch.runArguments(["t/product", "--set", "size=small"])
            + ["--backend", "reaches-out"]
        let quoted = run.map { "'\($0)'" }.joined(separator: " ")
        let done = try scratch.finish(["/bin/sh", "-c", "exec \(quoted) 8</dev/null 9>/dev/null"])
        #expect(done.code == 0, "\(done.error)")
        #expect(try scratch.bundle().point(on: "reaches-out").outcome == "ok")
    }

    @Test func `What a plug-in printed or logged is kept in part`() throws {
        for plugin in ["fake-stdout", "floods", "logs"] {
            let scratch = try Scratch()
            _ = try scratch.run(
                "t/product", "--set", "size=tiny", "--backend", plugin, "--deadline", "2s")
            let lines = try scratch.bundle().journalLines.filter { $0.contains("\"\(plugin)\"") }
            let entry = try #require(
                try JSONSerialization.jsonObject(with: Data((lines.last ?? "").utf8))
                    as? [String: Any])
            let output = try #require(entry["output"] as? String)
            #expect(!output.isEmpty && output.utf8.count <= 2048)
            let words = ["fake-stdout": "999999.9 GFLOP/s", "floods": "xxx", "logs": "still here"]
            #expect(output.contains(words[plugin] ?? ""))
        }
    }

    @Test func `Printed results are not taken for results`() throws {
        let scratch = try Scratch()
        _ = try scratch.run("t/product", "--set", "size=small", "--backend", "fake-stdout")
        let point = try scratch.bundle().point(on: "fake-stdout")
        #expect((point.values["time"] ?? 0) > 1e-7, "1e-9 s was printed")
    }

    @Test func `A worker dies with a harness that is killed`() throws {
        let scratch = try Scratch()
        let arguments =
            scratch.runArguments(["t/product", "--set", "size=small"])
            + ["--backend", "hang"]
        let (child, _, error) = try scratch.start(arguments)
        // Harness, telemetry, and the launch that hangs.
        let hangs = Clock.waits(20) {
            Scratch.text(error).contains("on hang") && Processes.marked(scratch.mark).count == 3
        }
        try #require(hangs)
        usleep(100_000)
        child.signal(SIGKILL)
        #expect(child.wait() == .killed(SIGKILL))
        #expect(Clock.waits(5) { Processes.marked(scratch.mark).isEmpty })
    }

    @Test func `An operation that is not supported has the backend's own sentence`() throws {
        let scratch = try Scratch()
        let done = try scratch.run("t/double", "--backend", "good", "--backend", "cpu-simd")
        #expect(done.code == 0)
        let point = try scratch.bundle().point(on: "good")
        #expect(point.outcome == "unsupported")
        #expect(point.reasons == ["other than matrices of f32"])
        #expect(point.flags.isEmpty)
        #expect(try scratch.bundle().point(on: "cpu-simd").outcome == "ok")
    }

    @Test(arguments: [
        ("segfault-load", "signal 11 (SIGSEGV) while loading the library"),
        ("exit0-startup", "exit(0) while starting the backend"),
        ("wrong-major", "no symbol assay_entry_v1"),
        ("refuses", "the driver is too old"),
    ])
    func `A named backend that cannot be listed ends the run before it begins`(
        plugin: String, words: String
    ) throws {
        let scratch = try Scratch()
        let done = try scratch.run("t/product", "--backend", plugin, "--backend", "good")
        #expect(done.code == 2 || done.code == 4)
        #expect(done.errorLines.count == 1, "\(done.error)")
        #expect(done.error.contains("'\(plugin)' is not available") && done.error.contains(words))
        #expect(scratch.bundles.isEmpty)
        #expect(Processes.marked(scratch.mark).isEmpty)
    }

    @Test func `A backend that nobody named and that cannot be listed is left out`() throws {
        let scratch = try Scratch()
        let folder = scratch.path + "/plugins"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        let plugins = ["segfault-load", "exit0-startup", "wrong-major", "refuses", "good"]
        for plugin in plugins {
            let text = Scratch.text("\(Programs.plugins)/\(plugin).json")
                .replacing("\"onlyWhenNamed\": true", with: "\"onlyWhenNamed\": false")
                .replacing("\"\(plugin).so\"", with: "\"\(Programs.plugins)/\(plugin).so\"")
            try text.write(
                toFile: "\(folder)/\(plugin).json", atomically: true, encoding: .utf8)
        }
        let done = try scratch.finish(
            scratch.runArguments(["t/product", "--set", "size=tiny"], plugins: folder))
        #expect(done.code == 0)
        for plugin in plugins.dropLast() {
            #expect(done.error.contains("the backend '\(plugin)' is not available"))
        }
        #expect(try scratch.bundle().point(on: "good").outcome == "ok")
    }

    @Test func `A plug-in folder may be named from where one is`() throws {
        let scratch = try Scratch()
        try FileManager.default.createSymbolicLink(
            atPath: scratch.path + "/here", withDestinationPath: Programs.plugins)
        let done = try scratch.finish([
            Programs.assay, "run", "t/product", "--set", "size=tiny", "--backend", "good",
            "--plugin-path", "here", "--cases", Programs.cases, "--results", "results",
            "--profile", "smoke",
        ])
        #expect(done.code == 0, "\(done.error)")
    }
}
