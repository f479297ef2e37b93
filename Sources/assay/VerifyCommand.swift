import ArgumentParser
import Bundle

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
            let findings = try BundleReader(bundle).verify()
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
}
