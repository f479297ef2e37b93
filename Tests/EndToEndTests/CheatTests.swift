import Foundation
import Testing

/// A backend that cheats, and the finding that must name what it does.
struct Cheat: Sendable, CustomTestStringConvertible {
    var plugin: String
    var flag: String
    /// What the finding's message says.
    var words: [String] = []
    /// The metric that the finding is about; nil: the whole point.
    var metric: String?
    /// Nil: it depends on how late the work is.
    var code: Int32? = 0
    var options: [String] = []

    var testDescription: String { plugin }
}

/// Every cheat is named in the report, and what is honest never is.
@Suite struct CheatTests {
    static let skipping = [
        Cheat(
            plugin: "cache-by-pointer", flag: "workSkipped", words: ["wrote no outputs"], code: 4),
        Cheat(
            plugin: "cache-by-content", flag: "workSkipped", words: ["inputs never seen"]),
        Cheat(plugin: "skip-when-right", flag: "workSkipped", words: ["inputs never seen"]),
        // It takes some overwritten bytes for nothing special, and then answers wrongly.
        Cheat(plugin: "detects-poison", flag: "workSkipped", words: ["wrote no outputs"], code: 4),
        Cheat(plugin: "skips-in-batches", flag: "workSkipped", words: ["looked at"]),
        Cheat(
            plugin: "coalesces", flag: "workSkipped", words: ["each one's outputs are looked at"]),
    ]

    static let lying = [
        Cheat(
            plugin: "lowprec", flag: "precisionLowered", words: ["tolerance of arithmetic in"],
            code: 4),
        Cheat(plugin: "partial-output", flag: "outputIncomplete", words: ["first call"], code: 4),
        Cheat(
            plugin: "completes-early", flag: "completedEarly", words: ["changed after"], code: nil),
        Cheat(plugin: "host-only", flag: "ranOnHost", words: ["kept busy"]),
        Cheat(plugin: "throttles", flag: "slowedDown", words: ["end of the warm-up"]),
        Cheat(
            plugin: "more-threads", flag: "ruleViolation", words: ["cores that were not given"],
            options: ["--threads", "1"]),
    ]

    static let bending = [
        Cheat(
            plugin: "device-clock-fast", flag: "timerMismatch", words: ["fast"],
            metric: "time.device"),
        Cheat(
            plugin: "device-clock-slow", flag: "timerMismatch", words: ["slow"],
            metric: "time.device"),
        Cheat(
            plugin: "device-clock-drifting", flag: "timerMismatch", words: [],
            metric: "time.device"),
        Cheat(plugin: "forges-samples", flag: "samplesAltered", words: ["not those"], code: 4),
    ]

    @Test(arguments: skipping) func `Work that is left out is named`(_ cheat: Cheat) throws {
        try check(cheat)
    }

    @Test(arguments: lying) func `Work that is done otherwise than claimed is named`(
        _ cheat: Cheat
    ) throws {
        try check(cheat)
    }

    @Test(arguments: bending) func `Times that were bent are named`(_ cheat: Cheat) throws {
        try check(cheat)
    }

    #if arch(x86_64)
        @Test func `A clock that was replaced in the worker is named`() throws {
            try check(
                Cheat(plugin: "patches-clock", flag: "hostClockAltered", words: ["outside"]))
        }
    #endif

    @Test func `What is expected of a backend is out of its reach`() throws {
        // It fails with the way in that it found, so that a failure here names the hole.
        let findings = try findings(plugin: "reads-harness", options: [])
        #expect(findings.code == 0, "\(findings.said)")
        #expect(findings.outcome == "ok")
        #expect(findings.audits.isEmpty, "\(findings.audits)")
    }

    @Test(arguments: ["good", "device-clock-good", "cpu-simd", "blas"])
    func `An honest backend is accused of nothing`(plugin: String) throws {
        let findings = try findings(plugin: plugin, options: ["--profile", "trend"])
        #expect(findings.code == 0, "\(findings.said)")
        #expect(findings.audits.isEmpty, "\(findings.audits) \(findings.said)")
    }

    // MARK: -

    /// The findings of which an honest backend has none.
    static let accusations: Set<String> = [
        "workSkipped", "outputIncomplete", "precisionLowered", "completedEarly", "samplesAltered",
        "hostClockAltered", "timerMismatch", "timerDeviation", "ranOnHost", "auditFailed",
        "slowedDown", "worksWhenIdle", "threadsExceeded", "accuracyFailed", "ruleViolation",
    ]

    private struct Findings {
        var code: Int32?
        var outcome = ""
        var said = ""
        /// Metric (empty: the point), id and message of each.
        var flags: [(metric: String, id: String, message: String)] = []
        var audits: [String] { flags.map(\.id).filter(CheatTests.accusations.contains) }
    }

    private func check(_ cheat: Cheat) throws {
        let findings = try findings(plugin: cheat.plugin, options: cheat.options)
        if let code = cheat.code { #expect(findings.code == code, "\(findings.said)") }
        let found = findings.flags.filter {
            $0.id == cheat.flag && (cheat.metric == nil || $0.metric == cheat.metric)
        }
        #expect(!found.isEmpty, "\(findings.flags) \(findings.said)")
        let messages = found.map(\.message).joined(separator: "\n")
        for words in cheat.words { #expect(messages.contains(words), "\(messages)") }
    }

    private func findings(plugin: String, options: [String]) throws -> Findings {
        let scratch = try Scratch()
        let done = try scratch.finish(
            scratch.runArguments(["t/product", "--set", "size=small"])
                + ["--backend", plugin] + options)
        let bundle = try scratch.bundle()
        let points = try #require(try bundle.json("run.json")["points"] as? [[String: Any]])
        let point = try #require(points.first)
        var findings = Findings(code: done.code)
        findings.outcome = point["outcome"] as? String ?? "?"
        findings.said = done.error
        var lists = [("", point["flags"])]
        for metric in point["metrics"] as? [[String: Any]] ?? [] {
            lists.append((metric["name"] as? String ?? "?", metric["flags"]))
        }
        for (metric, list) in lists {
            for flag in list as? [[String: Any]] ?? [] {
                findings.flags.append(
                    (
                        metric, flag["id"] as? String ?? "?", flag["message"] as? String ?? ""
                    ))
            }
        }
        return findings
    }
}
