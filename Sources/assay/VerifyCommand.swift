import ArgumentParser
import Bundle
import Judgement
import Model

/// `assay verify`: whether a bundle is what it claims, offline.
struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Checks a bundle's seal, hashes and schema; needs no network.",
        discussion: """
            Example: assay verify results/0199…
            Exits 2 when the path is no bundle, and 3 when the bundle is truncated, edited or not
            what it claims.
            """)

    @Argument(help: "The bundle's directory.")
    var bundle: String

    func run() throws {
        do throws(BundleError) {
            let reader = try BundleReader(bundle)
            var findings = try reader.verify()
            if findings.isEmpty { findings = try derivationFindings(reader) }
            guard findings.isEmpty else {
                throw BundleError(
                    .malformed, file: "", detail: findings.joined(separator: "\n"))
            }
        } catch {
            let code = error.code == .notABundle ? ExitStatus.wrongUse : .notValid
            let text = error.file.isEmpty ? error.detail : error.description
            throw CommandFailure(
                code, lines: text.split(separator: "\n").map { "error: \($0)" })
        }
        Terminal.print("\(bundle): sealed, complete and unchanged")
    }

    /// What the record says that follows neither from the journal nor from the samples.
    ///
    /// A record of other rules is not judged by these: 'assay judge' shows what they make of it.
    private func derivationFindings(_ reader: BundleReader) throws(BundleError) -> [String] {
        let record = try reader.record()
        guard record.run.rules == RuleTable.current.version else { return [] }
        let contents = try reader.contents()
        do {
            guard let found = try Judge.discrepancy(record, contents: contents) else { return [] }
            return ["\(bundle)/run.json: does not follow from journal and samples: \(found)"]
        } catch {
            throw BundleError(.malformed, file: bundle + "/run.json", detail: "\(error)")
        }
    }
}
