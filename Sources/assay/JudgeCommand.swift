import ArgumentParser
import Bundle
import FoundationEssentials
import Judgement
import Model

/// `assay judge`: judges the raw samples of a bundle again, offline, by this or another table.
struct JudgeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "judge",
        abstract: "Judges a bundle's raw samples again, by this program's rules or by others.",
        discussion: """
            Examples:
              assay judge results/0199…
              assay judge --print-rules > rules.json     # change a limit, then
              assay judge results/0199… --rules rules.json
            The bundle stays as it is. What differs from its record is listed after the report.
            """)

    @Argument(help: "The bundle's directory.")
    var bundle: String?

    @Option(help: "A table of rules, as --print-rules writes it; default: this program's own.")
    var rules: String?

    @Flag(help: "Prints this program's table of rules and ends.")
    var printRules = false

    @Flag(help: "Prints the record as JSON instead of the report.")
    var json = false

    func run() throws {
        if printRules {
            let text = String(decoding: try JSONCoding.pretty(RuleTable.current), as: UTF8.self)
            return Terminal.print(String(text.dropLast()))
        }
        guard let bundle else {
            throw CommandFailure(.wrongUse, "error: name a bundle, or give --print-rules")
        }
        do throws(BundleError) {
            try judge(bundle)
        } catch {
            let code = error.code == .notABundle ? ExitStatus.wrongUse : .notValid
            throw CommandFailure(code, "error: \(error)")
        }
    }

    private func judge(_ bundle: String) throws(BundleError) {
        let table = try table()
        let reader = try BundleReader(bundle)
        let before = try reader.record()
        let after = Judge.record(
            of: try reader.contents(), status: before.run.status, ended: before.run.ended,
            rules: table)
        let format: ReportCommand.Format = json ? .json : .terminal
        guard let text = try? ReportCommand.render(after, as: format, bundle: bundle) else {
            throw BundleError(.malformed, file: bundle, detail: "cannot be rendered")
        }
        Terminal.print(text)
        guard !json else { return }
        let changes = Judge.changes(from: before, to: after)
        let old = before.run.rules ?? "1.0"
        Terminal.print(
            changes.isEmpty
                ? "Rules \(table.version) find what the record says (rules \(old))."
                : "Rules \(table.version) against the record's \(old):")
        for change in changes { Terminal.print("  " + change) }
    }

    private func table() throws(BundleError) -> RuleTable {
        guard let rules else { return .current }
        do throws(BundleError) {
            let table = try JSONCoding.decode(
                RuleTable.self, from: try Files.read(rules, limit: 1 << 20), file: rules)
            try table.check(file: rules)
            return table
        } catch {
            // A wrong file on the command line, not a wrong bundle.
            throw BundleError(.notABundle, file: error.file, detail: error.detail)
        }
    }
}
