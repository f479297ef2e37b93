import Foundation
import Model
import Reports
import Testing

/// Writes the reports of the sample record where ASSAY_SHOTS says, for looking at them.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["ASSAY_SHOTS"] != nil))
struct Shots {
    @Test func `The sample reports are written`() throws {
        let folder = try #require(ProcessInfo.processInfo.environment["ASSAY_SHOTS"])
        let record = SampleRecord.record
        try HTMLReport.render(record).write(
            toFile: "\(folder)/report.html", atomically: true, encoding: .utf8)
        try MarkdownReport.render(record).write(
            toFile: "\(folder)/report.md", atomically: true, encoding: .utf8)
        try CSVReport.render(record).write(
            toFile: "\(folder)/report.csv", atomically: true, encoding: .utf8)
        let files = [FileLocation(label: "Bundle", path: "results/\(record.run.id)")]
        for width in [80, 120] {
            let text = TerminalReport.render(record, width: width, color: true, files: files)
            try text.write(
                toFile: "\(folder)/terminal-\(width).txt", atomically: true, encoding: .utf8)
        }
    }
}
