import Foundation
import Glibc
import Testing

/// A plug-in that misbehaves, and what must come of it.
struct Misbehaviour: Sendable, CustomTestStringConvertible {
    var plugin: String
    /// The exit code of the run.
    var code: Int32
    var outcome: String
    /// The finding that names what happened; nil: there is none.
    var flag: String?
    /// What the reason or the finding says.
    var words: [String]
    var options: [String] = []
    /// Behaves while it is listed.
    var isLoaded = false

    var testDescription: String { plugin }
}

/// Whatever a plug-in does, the run goes on, says what happened, and leaves nothing behind.
@Suite struct ContainmentTests {
    static let deadline = ["--deadline", "3s"]

    static let failures = [
        Misbehaviour(
            plugin: "segfault", code: 4, outcome: "error", flag: "crashed",
            words: ["signal 11 (SIGSEGV)", "in the first call"]),
        Misbehaviour(
            plugin: "abort", code: 4, outcome: "error", flag: "crashed",
            words: ["signal 6 (SIGABRT)", "in the first call"]),
        Misbehaviour(
            plugin: "stops-after-a-few", code: 4, outcome: "error", flag: "crashed",
            words: ["signal 11 (SIGSEGV)", "while warming up"]),
        Misbehaviour(
            plugin: "exit0", code: 4, outcome: "error", flag: "exitedEarly",
            words: ["exit(0)", "in the first call"]),
        Misbehaviour(
            plugin: "error", code: 4, outcome: "error", flag: "deviceLost",
            words: ["the device fell off the bus", "status -4", "code 719"]),
        Misbehaviour(
            plugin: "garbage-descriptors", code: 4, outcome: "error", flag: "protocolViolation",
            words: ["private descriptor"]),
        Misbehaviour(
            plugin: "hang", code: 4, outcome: "error", flag: "timedOut",
            words: ["no sign of life for 3.0 s in the first call"], options: deadline),
        Misbehaviour(
            plugin: "spin", code: 4, outcome: "error", flag: "timedOut",
            words: ["no sign of life for 3.0 s in the first call"], options: deadline),
        Misbehaviour(
            plugin: "floods", code: 4, outcome: "error", flag: "timedOut",
            words: ["in the first call", "wrote to standard output"], options: deadline),
        Misbehaviour(
            plugin: "logs", code: 4, outcome: "error", flag: "timedOut",
            words: ["in the first call"], options: deadline),
        Misbehaviour(
            plugin: "allocate", code: 4, outcome: "error", flag: "outOfMemory",
            words: ["MiB were allowed"], options: ["--memory", "64M"]),
        Misbehaviour(
            plugin: "allocate-shared", code: 4, outcome: "error", flag: "outOfMemory",
            words: ["MiB were allowed"], options: ["--memory", "64M"]),
    ]

    /// These behave once, so that they can be listed, and then fail as they are loaded.
    static let failuresAtLoad = [
        Misbehaviour(
            plugin: "segfault-load", code: 4, outcome: "error", flag: "crashed",
            words: ["signal 11 (SIGSEGV)", "while loading the library"], isLoaded: true),
        Misbehaviour(
            plugin: "hang-load", code: 4, outcome: "error", flag: "timedOut",
            words: ["no sign of life for 3.0 s while loading the library"], options: deadline,
            isLoaded: true),
        Misbehaviour(
            plugin: "exit0-startup", code: 4, outcome: "error", flag: "exitedEarly",
            words: ["exit(0)", "while starting the backend"], isLoaded: true),
        Misbehaviour(
            plugin: "refuses", code: 4, outcome: "error", flag: "backendError",
            words: ["starting the backend", "the driver is too old", "fixture code 35"],
            isLoaded: true),
    ]

    static let wrongAnswers = [
        Misbehaviour(
            plugin: "wrong-answer", code: 4, outcome: "invalid", flag: "accuracyFailed",
            words: ["Y[32, 0]", "1 of 3072"]),
        Misbehaviour(
            plugin: "lowprec", code: 4, outcome: "invalid", flag: "accuracyFailed",
            words: ["compared outputs are off"]),
        Misbehaviour(
            plugin: "partial-output", code: 4, outcome: "invalid", flag: "accuracyFailed",
            words: ["1536 outputs are not numbers"]),
        // Outputs are poisoned before the last sample, so an answer that was not computed shows.
        Misbehaviour(
            plugin: "cache-by-pointer", code: 4, outcome: "invalid", flag: "accuracyFailed",
            words: ["3072 outputs are not numbers"]),
    ]

    /// These did their work: the numbers stand, qualified, and the run is done.
    static let violations = [
        Misbehaviour(
            plugin: "fake-stdout", code: 0, outcome: "ok", flag: "ruleViolation",
            words: ["wrote to standard output"]),
        Misbehaviour(
            plugin: "hygiene", code: 0, outcome: "ok", flag: "ruleViolation",
            words: [
                "changed floating-point control", "installed signal handlers",
                "changed the working directory", "changed the locale", "changed the umask",
                "wrote to standard output",
            ]),
        Misbehaviour(
            plugin: "fork", code: 0, outcome: "ok", flag: "ruleViolation",
            words: ["started a process", "left 1 process(es) behind"]),
        Misbehaviour(
            plugin: "fork-escape", code: 0, outcome: "ok", flag: "ruleViolation",
            words: ["started a process", "left 1 process(es) behind"]),
    ]

    /// These lack something, or try what does not work: nothing is wrong.
    static let harmless = [
        Misbehaviour(plugin: "null-slots", code: 0, outcome: "ok", words: []),
        Misbehaviour(plugin: "old-header", code: 0, outcome: "ok", words: []),
        Misbehaviour(plugin: "new-header", code: 0, outcome: "ok", words: []),
        Misbehaviour(plugin: "truncates", code: 0, outcome: "ok", words: []),
        // Threads that only wait break no rule; they stand in the journal's counters.
        Misbehaviour(plugin: "threads", code: 0, outcome: "ok", words: []),
        Misbehaviour(
            plugin: "no-tables", code: 0, outcome: "unsupported",
            words: ["the plug-in offers no operations"]),
        Misbehaviour(
            plugin: "null-op", code: 0, outcome: "unsupported",
            words: ["the plug-in offers no operations"]),
    ]

    @Test(arguments: failures) func `A failure is contained and named`(
        _ bad: Misbehaviour
    ) throws {
        try check(bad)
    }

    @Test(arguments: failuresAtLoad) func `A failure at load is contained and named`(
        _ bad: Misbehaviour
    ) throws {
        try check(bad)
    }

    @Test(arguments: wrongAnswers) func `A wrong answer is no result`(
        _ bad: Misbehaviour
    ) throws {
        let point = try check(bad)
        #expect(point.passed == false)
        #expect(point.values.isEmpty, "no number stands beside a failed check")
    }

    @Test(arguments: violations) func `A broken rule qualifies what was measured`(
        _ bad: Misbehaviour
    ) throws {
        let point = try check(bad)
        #expect(point.passed == true)
        #expect((point.values["time"] ?? 0) > 0)
    }

    @Test(arguments: harmless) func `What a plug-in lacks is no failure`(
        _ odd: Misbehaviour
    ) throws {
        let point = try check(odd)
        #expect(!point.flags.contains("ruleViolation"))
        if odd.outcome == "unsupported" { #expect(point.reasons == odd.words) }
    }

    /// Runs the plug-in beside good ones and checks everything that holds for all.
    @discardableResult
    private func check(_ bad: Misbehaviour) throws -> RecordedPoint {
        let scratch = try Scratch()
        let arguments =
            scratch.runArguments(["t/product", "--set", "size=small"])
            + ["--backend", bad.plugin, "--backend", "good", "--backend", "cpu-simd"] + bad.options
        let once = bad.isLoaded ? ["ASSAY_FIXTURE_ONCE": scratch.path + "/once"] : [:]
        let (child, _, error) = try scratch.start(arguments, environment: once)
        var seen: [pid_t: Double] = [:]
        let ending = child.wait {
            // A process that ended is waited for at once, and not at the end of the run.
            let zombies = Processes.zombies(of: child.pid)
            seen = seen.filter { zombies.contains($0.key) }
            for zombie in zombies { seen[zombie] = seen[zombie] ?? Clock.seconds() }
            let oldest = seen.values.min() ?? .infinity
            #expect(Clock.seconds() - oldest < 2, "a zombie stays")
        }
        #expect(ending == .exited(bad.code), "\(Scratch.text(error))")
        #expect(Processes.marked(scratch.mark).isEmpty, "a process was left behind")
        #expect(Scratch.files(below: scratch.path + "/tmp").isEmpty, "files were left behind")

        let bundle = try scratch.bundle()
        let point = try bundle.point(on: bad.plugin)
        #expect(point.outcome == bad.outcome)
        if let flag = bad.flag { #expect(point.flags.contains(flag), "\(point.flags)") }
        let said = point.messages + point.reasons.joined(separator: "\n")
        for words in bad.words { #expect(said.contains(words), "\(said)") }
        for good in ["good", "cpu-simd"] {
            let other = try bundle.point(on: good)
            #expect(other.outcome == "ok", "\(other.reasons)")
            #expect(other.passed == true)
            #expect((other.values["time"] ?? 0) > 0)
            #expect(!other.flags.contains("ruleViolation"), "\(other.messages)")
        }
        #expect(try scratch.assay("verify", bundle.path).ending == .exited(0))
        return point
    }
}
