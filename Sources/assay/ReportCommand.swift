import ArgumentParser
import Bundle
import Model
import Reports

/// `assay report`: renders sealed data.
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Renders a sealed bundle.",
        discussion: "Example: assay report results/0199… --format html > report.html")

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case terminal, html, markdown, csv, json, coverage
    }

    @Argument(help: "The bundle's directory.")
    var bundle: String

    @Option(
        help:
            """
            terminal, html, markdown, csv, json, or coverage: operators by backend and element type.
            """)
    var format = Format.terminal

    @Flag(help: "The same as --format json.")
    var json = false

    func run() throws {
        let record: Record
        do throws(BundleError) {
            record = try BundleReader(bundle).record()
        } catch {
            let code = error.code == .notABundle ? ExitStatus.wrongUse : .notValid
            throw CommandFailure(code, "error: \(error)")
        }
        Terminal.print(try Self.render(record, as: json ? .json : format, bundle: bundle))
    }

    private static func files(of bundle: String) -> [FileLocation] {
        let page = bundle + "/report.html"
        return [FileLocation(label: "bundle", path: bundle)]
            + (Files.exists(page) ? [FileLocation(label: "report", path: page)] : [])
    }

    /// The record in a format, for a bundle that lies at a path.
    static func render(_ record: Record, as format: Format, bundle: String) throws -> String {
        switch format {
        case .terminal:
            return TerminalReport.render(
                record, width: Terminal.width, color: Terminal.isColorful,
                files: files(of: bundle))
        case .html:
            let seal = Hashing.sha256(ofFile: bundle + "/manifest.sha256")
            return HTMLReport.render(record, seal: seal)
        case .markdown: return MarkdownReport.render(record)
        case .coverage: return CoverageReport.render(record)
        case .csv: return CSVReport.render(record)
        case .json: return String(decoding: try JSONCoding.pretty(record), as: UTF8.self)
        }
    }
}
