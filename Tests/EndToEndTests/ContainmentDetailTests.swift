import Foundation
import Glibc
import Testing

/// What containment means beyond one plug-in in one run.
@Suite struct ContainmentDetailTests {
    /// The fixture answers once, to be listed, and crashes in every process after that.
    @Test func `A device that does not answer after a crash is given up, and the rest says so`()
        throws
    {
        let scratch = try Scratch()
        let (child, _, _) = try scratch.start(
            scratch.runArguments(["t/product", "--backend", "segfault-load", "--backend", "good"]),
            environment: ["ASSAY_FIXTURE_ONCE": scratch.path + "/once"])
        #expect(child.wait() == .exited(4))
        let bundle = try scratch.bundle()
        #expect(bundle.journalLines.count { $0.contains("\"segfault-load\"") } == 1)
        let lost = try bundle.points().filter { $0.backend == "segfault-load" }
        #expect(lost.map(\.outcome) == ["error", "notReached"])
        let reason = try #require(lost.last?.reasons.first)
        #expect(reason.hasPrefix("the device was given up after 't/product size=small'"))
        #expect(reason.contains("signal 11 (SIGSEGV)"))
        #expect(
            try bundle.points().filter { $0.backend == "good" && $0.outcome == "ok" }.count == 2)
    }

    @Test func `A device that answers after a crash is used on`() throws {
        let scratch = try Scratch()
        let done = try scratch.run("t/product", "--backend", "segfault")
        #expect(done.code == 4)
        #expect(try scratch.bundle().points().map(\.outcome) == ["error", "error"])
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

    @Test(arguments: [
        ("fake-stdout", "999999.9 GFLOP/s"), ("floods", "xxx"), ("logs", "still here"),
    ])
    func `What a plug-in printed or logged is kept in part`(plugin: String, words: String) throws {
        let scratch = try Scratch()
        _ = try scratch.run(
            "t/product", "--set", "size=tiny", "--backend", plugin, "--deadline", "2s")
        let lines = try scratch.bundle().journalLines.filter { $0.contains("\"\(plugin)\"") }
        let line = try #require(lines.last)
        let entry = try #require(
            try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        let output = try #require(entry["output"] as? String)
        #expect(output.contains(words) && output.utf8.count <= 2048)
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
        ("segfault-load", "signal 11 (SIGSEGV) while loading the library", 4),
        ("exit0-startup", "exit(0) while starting the backend", 4),
        ("wrong-major", "no symbol assay_entry_v1", 2),
        ("refuses", "the driver is too old", 2),
    ])
    func `A named backend that cannot be listed ends the run before it begins`(
        plugin: String, words: String, code: Int32
    ) throws {
        let scratch = try Scratch()
        let done = try scratch.run("t/product", "--backend", plugin, "--backend", "good")
        #expect(done.code == code)
        #expect(done.errorLines.count == 1, "\(done.error)")
        #expect(done.error.contains("'\(plugin)' is not available") && done.error.contains(words))
        #expect(scratch.bundles.isEmpty)
        #expect(Processes.marked(scratch.mark).isEmpty)
    }

    @Test func `A library that hangs as it is listed is given up at the deadline`() throws {
        let scratch = try Scratch()
        let start = Clock.seconds()
        let done = try scratch.run("t/product", "--backend", "hang-load", "--deadline", "2s")
        #expect(Clock.seconds() - start < 20)
        #expect(done.code == 4)
        #expect(done.error.contains("no sign of life for 2.0 s while loading the library"))
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
            "--profile", "smoke", Programs.allowDebug,
        ])
        #expect(done.code == 0, "\(done.error)")
    }
}

/// Workers that are killed from outside. One at a time: the kernel counts what it ends for all.
@Suite(.serialized) struct KilledWorkerTests {
    @Test func `A worker that somebody else ends is one launch lost`() throws {
        let scratch = try Scratch()
        let arguments =
            scratch.runArguments(["t/product", "--set", "size=small"])
            + ["--backend", "hang", "--backend", "good"]
        let (child, _, error) = try scratch.start(arguments)
        var isEnded = false
        let ending = child.wait {
            guard !isEnded, Scratch.text(error).contains("on hang") else { return }
            usleep(200_000)
            // The telemetry worker is older.
            let workers = Processes.marked(scratch.mark).filter { $0 != child.pid }.sorted()
            if let worker = workers.last { kill(worker, SIGKILL) }
            isEnded = true
        }
        #expect(ending == .exited(4))
        let point = try scratch.bundle().point(on: "hang")
        #expect(point.flags == ["crashed"] && point.messages.contains("signal 9 (SIGKILL)"))
        #expect(try scratch.bundle().point(on: "good").outcome == "ok")
    }

    @Test(.enabled(if: Programs.canLimitMemory, "needs a memory control group"))
    func `Where the kernel ends a worker for its memory, that is said`() throws {
        let scratch = try Scratch()
        let group = "\(Programs.memoryGroups)/assay-\(UUID().uuidString)"
        let run =
            scratch.runArguments(["t/product", "--set", "size=small"])
            + ["--backend", "allocate", "--backend", "good"]
        let quoted = run.map { "'\($0)'" }.joined(separator: " ")
        try FileManager.default.createDirectory(
            atPath: group, withIntermediateDirectories: false)
        defer { rmdir(group) }
        let done = try scratch.finish([
            "/bin/sh", "-c",
            "cd \(group) && echo 300M > memory.limit_in_bytes && echo $$ > tasks && exec \(quoted)",
        ])
        #expect(done.code == 4, "\(done.error)")
        let point = try scratch.bundle().point(on: "allocate")
        #expect(point.flags == ["outOfMemory"], "\(point.messages)")
        #expect(point.messages.contains("the kernel ended it in the first call: memory ran out"))
        #expect(try scratch.bundle().point(on: "good").outcome == "ok")
    }
}
