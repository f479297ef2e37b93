import Foundation
import Model
import Testing

@testable import Cases

@Suite struct SchemaTests {
    /// `ASSAY_UPDATE_SCHEMA=1 swift test --filter SchemaTests` writes the files anew.
    @Test(arguments: ["case.schema.json", "suite.schema.json"])
    func `The published schema is the one that the tables make`(name: String) throws {
        let text = name.hasPrefix("case") ? JSONSchema.cases : JSONSchema.suites
        let file = Fixtures.cases.appending(path: "schema").appending(path: name)
        if ProcessInfo.processInfo.environment["ASSAY_UPDATE_SCHEMA"] != nil {
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == text)
    }

    @Test func `The schemas accept the shipped files and refuse those that are wrong`() throws {
        let output = try python("validate.py", Fixtures.cases.path, Fixtures.folder.path)
        #expect(output == "")
    }

    @Test(arguments: ["cases", "suites"])
    func `What the schema refuses, the reader refuses too`(kind: String) throws {
        let text = try String(
            contentsOf: Fixtures.folder.appending(path: "refused-\(kind).yaml"), encoding: .utf8)
        let documents = text.split(separator: "---\n")
        #expect(documents.count > 5)
        for document in documents {
            let file = CaseFile(path: "x.yaml", isSuite: kind == "suites", text: String(document))
            #expect(!errorLines(file).isEmpty, "\(document)")
        }
    }

    @Test func `Each format's expression and code agree`() throws {
        let formats: [(String, TextFormat)] = [
            ("any", .any), ("id", .id), ("suiteName", .suiteName), ("name", .name),
            ("identifier", .identifier), ("dataPattern", .dataPattern),
            ("threadCount", .threadCount), ("duration", .duration), ("casePattern", .casePattern),
        ]
        let samples = [
            "", "a", "A", "a1", "1a", "op/matmul", "op/", "/op", "op//x", "op/mat-mul", "op/-x",
            "op/x-", "op/a--b", "op/*", "*", "op*", "**", "o*p", "op", "op/a_b", "auto_pad", "_a",
            "a.b", "é", "normal", "zeros", "sparse(0)", "sparse(0.5)", "sparse(1)", "sparse(1.0)",
            "sparse(1.5)", "sparse()", "sparse(.5)", "sparse(0.)", "sparse(-0)", "sparse(5e-1)",
            "sparse(00)", "all", "0", "1", "01", "64", "999999", "1000000", "+1", "-1", "2h",
            "0.4s",
            "90 s", "10m", "5ms", ".5s", "5.s", "1d", "s", "ms", "1234567890s", "0.1234567890s",
            "-",
            "a-", "A-b", "a b",
        ]
        let lines = formats.flatMap { name, format in
            samples.map { "\(name)\t\(format.pattern ?? "")\t\($0)\t\(format.accepts($0) ? 1 : 0)" }
        }
        let list = FileManager.default.temporaryDirectory
            .appending(path: "formats-\(UUID().uuidString).tsv")
        defer { try? FileManager.default.removeItem(at: list) }
        try lines.joined(separator: "\n").write(to: list, atomically: true, encoding: .utf8)
        #expect(try python("formats.py", list.path) == "")
    }

    private func python(_ script: String, _ arguments: String...) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", Fixtures.folder.appending(path: script).path] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: output, as: UTF8.self)
    }
}
