import Foundation
import TestSupport
import Testing

/// Every command, as it is typed.
@Suite struct CommandTests {
    private func json(_ text: String) throws -> Any {
        try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
    }

    @Test(arguments: ["run", "list", "show", "machine", "report", "verify", "schema"])
    func `Help ends well and has an example`(command: String) throws {
        let scratch = try Scratch()
        for arguments in [[command, "--help"], ["help", command]] {
            let done = try scratch.finish([Programs.assay] + arguments)
            #expect(done.code == 0 && done.error.isEmpty)
            #expect(done.output.contains("USAGE: assay \(command)"))
            #expect(done.output.contains("Example"))
        }
        #expect(try scratch.assay("--help").output.contains(command))
    }

    @Test func `The version is a number`() throws {
        let done = try Scratch().assay("--version")
        #expect(done.code == 0)
        #expect(
            done.output.trimmingCharacters(in: .newlines).wholeMatch(of: /\d+\.\d+\.\d+/) != nil)
    }

    @Test(arguments: [
        ("cases", ["t/product", "t/double", "t/empty"]), ("suites", ["both"]),
        ("backends", ["cpu-simd", "blas", "null", "good", "segfault-load"]),
    ])
    func `What there is, is listed`(kind: String, names: [String]) throws {
        let scratch = try Scratch()
        let options = ["--cases", Programs.cases, "--plugin-path", Programs.plugins]
        let text = try scratch.finish([Programs.assay, "list", kind] + options)
        let data = try scratch.finish([Programs.assay, "list", kind, "--json"] + options)
        #expect(text.code == 0 && data.code == 0)
        let rows = try #require(try json(data.output) as? [[String: Any]])
        let listed = rows.compactMap { ($0["id"] ?? $0["name"]) as? String }
        for name in names {
            #expect(text.output.contains(name))
            #expect(listed.contains(name))
        }
        #expect(text.output.split(separator: "\n").count == rows.count + 1, "a line each")
    }

    @Test func `Devices are listed, and those that are not available with the reason`() throws {
        let scratch = try Scratch()
        let folder = scratch.path + "/plugins"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        for name in ["good", "segfault-load", "refuses"] {
            for suffix in [".json", ".so"] {
                try FileManager.default.copyItem(
                    atPath: Programs.plugins + "/" + name + suffix,
                    toPath: folder + "/" + name + suffix)
            }
        }
        let done = try scratch.assay("list", "devices", "--json", "--plugin-path", folder)
        #expect(done.code == 0)
        let rows = try #require(try json(done.output) as? [[String: Any]])
        func row(_ backend: String) -> [String: Any]? {
            rows.first { $0["backend"] as? String == backend }
        }
        #expect(row("cpu-simd")?["device"] as? String == "0")
        #expect(row("good")?["device"] as? String == "0")
        let problem = row("segfault-load")?["problem"] as? String
        #expect(problem?.contains("SIGSEGV") == true)
        #expect((row("refuses")?["problem"] as? String)?.contains("driver is too old") == true)
        let text = try scratch.assay("list", "devices", "--plugin-path", folder)
        #expect(text.output.contains("not available: it crashed with signal 11 (SIGSEGV)"))
    }

    @Test func `A case is shown point by point`() throws {
        let scratch = try Scratch()
        let text = try scratch.assay("show", "t/product", "--cases", Programs.cases)
        #expect(text.code == 0)
        // 2·64·48·80 operations, (64·80 + 80·48 + 64·48)·4 bytes.
        #expect(text.output.contains("491520") && text.output.contains("48128"))
        let data = try scratch.assay("show", "t/*", "--json", "--cases", Programs.cases)
        let rows = try #require(try json(data.output) as? [[String: Any]])
        #expect(rows.count == 19)
        let hashes = Set(rows.compactMap { $0["hash"] as? String })
        #expect(hashes.count == 19 && hashes.allSatisfy { $0.count == 64 })
    }

    @Test func `The machine is shown`() throws {
        let scratch = try Scratch()
        let text = try scratch.assay("machine")
        #expect(text.code == 0 && text.output.contains("fingerprint"))
        let data = try scratch.assay("machine", "--json", environment: ["ASSAY_MACHINE_ID": "m7"])
        let facts = try #require(try json(data.output) as? [String: Any])
        #expect(facts["machineID"] as? String == "m7")
        #expect((facts["threads"] as? Int ?? 0) >= 1)
    }

    @Test func `A dry run says what it would cost and writes nothing`() throws {
        let scratch = try Scratch()
        let done = try scratch.run("both", "--backend", "cpu-simd", "--dry-run")
        #expect(done.code == 0 && done.error.isEmpty)
        #expect(done.output.hasPrefix("2 points on 1 backend(s): cpu-simd; about "))
        #expect(done.output.contains("t/product size=tiny") && done.output.contains("smoke"))
        #expect(!FileManager.default.fileExists(atPath: scratch.results))
    }

    @Test func `A report is rendered in every format`() throws {
        let bundle = try VerifyTests.sealed.get().path
        let scratch = try Scratch()
        func report(_ format: String) throws -> String {
            let done = try scratch.assay("report", bundle, "--format", format)
            #expect(done.code == 0 && done.error.isEmpty, "\(format): \(done.error)")
            #expect(try scratch.assay("report", bundle, "--format", format).output == done.output)
            return done.output
        }
        #expect(try report("terminal").contains("t/product"))
        #expect(try report("html").hasPrefix("<!DOCTYPE html>"))
        #expect(try report("markdown").contains("t/product"))
        let csv = try report("csv").split(whereSeparator: \.isNewline)
        #expect(csv.count > 2 && csv[1].contains("t/product"))
        let record = try #require(try json(try report("json")) as? [String: Any])
        #expect(record["schema"] as? String == "assay.run/1")
        let short = try scratch.assay("report", bundle, "--json")
        #expect(try short.output == report("json"))
        #expect(try scratch.assay("verify", bundle).code == 0, "a report changes nothing")
    }

    @Test func `A bundle that was not sealed has no report`() throws {
        let scratch = try Scratch()
        let path = scratch.path + "/bundle"
        try FileManager.default.copyItem(
            atPath: try VerifyTests.sealed.get().path, toPath: path)
        for file in ["run.json", "manifest.sha256"] {
            try FileManager.default.removeItem(atPath: path + "/" + file)
        }
        let done = try scratch.assay("report", path)
        #expect(done.code == 3)
        #expect(done.errorLines.count == 1 && done.error.contains("--resume"))
        #expect(try scratch.assay("report", scratch.path).code == 2)
    }

    @Test func `A run prints its record as JSON and nothing else`() throws {
        let scratch = try Scratch()
        let done = try scratch.run(
            "t/product", "--set", "size=tiny", "--backend", "cpu-simd", "--json")
        #expect(done.code == 0)
        let record = try #require(try json(done.output) as? [String: Any])
        let points = try #require(record["points"] as? [[String: Any]])
        #expect(points.count == 1)
        #expect(
            try json(done.output) as? NSDictionary
                == scratch.bundle().json("run.json") as NSDictionary)
    }

    @Test func `Where validity was asked for, what is not valid ends with 3`() throws {
        // Two processors' worth of other work on the one processor that is measured on.
        let scratch = try Scratch()
        let busy = try (0..<2).map { _ in
            try scratch.start([
                "/usr/bin/env", "taskset", "-c", "0", "sh", "-c", "while :; do :; done",
            ])
        }
        defer { for (child, _, _) in busy { child.signal(SIGKILL) } }
        let done = try scratch.run(
            "t/product", "--set", "size=small", "--backend", "cpu-simd", "--cpus", "0",
            "--require-valid")
        let metrics = try #require(
            try scratch.bundle().json("run.json")["points"] as? [[String: Any]]
        )
        .flatMap { $0["metrics"] as? [[String: Any]] ?? [] }
        let statuses = Set(metrics.compactMap { $0["status"] as? String })
        #expect(statuses.contains("qualified") || statuses.contains("invalid"))
        #expect(done.code == 3, "\(statuses)")
    }

    @Test func `The published schema of records is the one that the program prints`() throws {
        let scratch = try Scratch()
        let done = try scratch.assay("schema", "run")
        let published = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../docs/schema/run.schema.json")
        #expect(done.code == 0)
        #expect(done.output == (try String(contentsOf: published, encoding: .utf8)))
    }

    @Test func `A real record is valid by the published schema, and one with a score is not`()
        throws
    {
        let scratch = try Scratch()
        try #require(scratch.run("t/product", "--backend", "good").code == 0)
        let file = try scratch.bundle().path + "/run.json"
        let schema = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../docs/schema/run.schema.json").path
        let check = """
            import json, jsonschema, sys
            record = json.load(open(sys.argv[1]))
            validator = jsonschema.Draft202012Validator(json.load(open(sys.argv[2])))
            validator.validate(record)
            record["points"][0]["score"] = 1
            sys.exit(0 if list(validator.iter_errors(record)) else 3)
            """
        let done = try Program.run("python3", ["-c", check, file, schema])
        #expect(done.exitCode == 0, "\(done.stderr)")
    }

    @Test func `The schemas are JSON`() throws {
        let scratch = try Scratch()
        for kind in ["case", "suite"] {
            let done = try scratch.assay("schema", kind)
            #expect(done.code == 0)
            #expect(try json(done.output) is [String: Any])
        }
    }
}
