import Foundation
import Model
import Testing

@testable import Reports

@Suite struct TerminalReportTests {
    private let record = SampleRecord.record

    @Test(arguments: [80, 100, 120])
    func `No line is wider than the terminal`(width: Int) {
        let text = TerminalReport.render(record, width: width, color: false)
        for line in text.split(separator: "\n") { #expect(line.count <= width, "\(line)") }
    }

    @Test func `Without colour there is no escape, with colour the words are the same`() {
        let plain = TerminalReport.render(record, width: 80, color: false)
        let colored = TerminalReport.render(record, width: 80, color: true)
        #expect(!plain.contains("\u{1B}"))
        #expect(colored.replacing(/\u{1B}\[[0-9]+m/, with: "") == plain)
    }

    @Test func `Names from a plug-in cannot steer the terminal`() {
        let text = TerminalReport.render(Hostile.record, width: 80, color: false)
        #expect(!text.unicodeScalars.contains { $0.value < 32 && $0 != "\n" })
        #expect(!text.unicodeScalars.contains { (0x7F...0x9F).contains($0.value) })
        #expect(!text.unicodeScalars.contains { $0.value == 0x202E })
    }

    @Test func `Every outcome is a row with its reason, and a wrong result shows no number`() {
        let text = TerminalReport.render(record, width: 120, color: false)
        for expected in [
            "UNSUPPORTED: no f16 matrix product", "SKIPPED: needs 128 pages of 2 MiB",
            "NOT REACHED: the run's time was used up",
            "WRONG RESULT: 3 of 65536 outputs differ",
            "ERROR: the worker <pid 4711> was stopped", "(timedOut)",
            "UNSUPPORTED: all 84 points: the backend has no kernel for this operator",
        ] {
            #expect(text.contains(expected), "\(expected)")
        }
        let wrong = text.split(separator: "\n").first { $0.contains("WRONG RESULT") }
        #expect(wrong?.contains("[") == false)
    }

    @Test func `A small run reads as the file beside this test`() throws {
        let run = Snapshot.record
        for width in [80, 120] {
            let text = TerminalReport.render(
                run, width: width, color: false,
                files: [FileLocation(label: "Bundle", path: "results/\(run.run.id)")])
            try Snapshot.check(text, "small-\(width).txt")
        }
    }

    @Test func `A run without points is still a report`() {
        var empty = record
        empty.points = []
        empty.flags = []
        let text = TerminalReport.render(empty, width: 80, color: false)
        #expect(text.contains("0 planned"))
        #expect(HTMLReport.render(empty).contains("No flag was raised"))
    }
}

/// A run of a few points for comparison by eye and by byte.
enum Snapshot {
    static var record: Record {
        var record = SampleRecord.record
        let wanted: Set<String> = ["op/matmul", "op/softmax", "launch/empty"]
        record.points = record.points.filter { wanted.contains($0.point.caseID) }
        return record
    }

    /// Compares with the fixture; ASSAY_UPDATE_FIXTURES writes it instead.
    static func check(_ text: String, _ name: String) throws {
        if ProcessInfo.processInfo.environment["ASSAY_UPDATE_FIXTURES"] != nil {
            let file = Fixture.folder.appending(path: name)
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(try Fixture.text(name) == text, "\(name) differs")
    }
}
