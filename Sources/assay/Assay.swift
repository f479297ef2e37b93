import ArgumentParser
import Glibc

/// The command line: one program, one verb for each job.
struct Assay: ParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "assay",
        abstract: "Measures hardware and discloses how: no ranks, no scores, no winners.",
        discussion: """
            Start with 'assay run quick': it measures this machine in about a minute and prints
            a report. 'assay list cases' says what can be measured, 'assay machine' what is known
            about this machine.

            Exit codes: 0 done and nothing found · 1 a regression was confirmed · 2 wrong use or a \
            wrong file (nothing was run) · 3 not valid, not comparable or inconclusive where a \
            verdict was asked for, or a bundle that is not what it claims · 4 a case failed or a \
            plug-in misbehaved · 5 an improvement, where that was asked for · 130 interrupted \
            (what was measured is kept).
            """,
        version: version,
        subcommands: [
            RunCommand.self, AuditCommand.self, ListCommand.self, ShowCommand.self,
            MachineCommand.self,
            ReportCommand.self, CompareCommand.self, JudgeCommand.self, VerifyCommand.self,
            SchemaCommand.self,
        ])
}

@main
enum Main {
    static func main() {
        do {
            var command = try Assay.parseAsRoot()
            try command.run()
        } catch {
            exit(finish(error))
        }
    }

    /// Says what went wrong and returns the documented exit code.
    private static func finish(_ error: any Error) -> Int32 {
        if let failure = error as? CommandFailure {
            for line in failure.lines { Terminal.error(line) }
            return failure.code.rawValue
        }
        if let code = error as? ArgumentParser.ExitCode { return code.rawValue }
        let code = Assay.exitCode(for: error)
        let message = Assay.fullMessage(for: error)
        if code.isSuccess {
            Terminal.print(message)
            return 0
        }
        // One spelling for all errors, whoever found them.
        Terminal.error(message.hasPrefix("Error:") ? "error:" + message.dropFirst(6) : message)
        return ExitStatus.wrongUse.rawValue
    }
}

/// The exit codes of every command; the only list.
enum ExitStatus: Int32 {
    case done = 0
    /// Wrong use or a wrong file; nothing was run.
    case wrongUse = 2
    /// Not valid, not comparable, or a bundle that is not what it claims.
    case notValid = 3
    /// A case failed or a plug-in misbehaved.
    case caseFailed = 4
    /// What was measured is kept.
    case interrupted = 130
}

/// A failure in words, with the exit code it ends in.
struct CommandFailure: Error {
    var code: ExitStatus
    var lines: [String]

    init(_ code: ExitStatus, _ lines: String...) {
        self.code = code
        self.lines = lines
    }

    init(_ code: ExitStatus, lines: [String]) {
        self.code = code
        self.lines = lines
    }
}
