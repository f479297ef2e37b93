import ArgumentParser
import Bundle
import Judgement
import Model
import Runner

/// `assay audit`: whether a backend does the work that is timed (measurement method, section 12).
struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Runs the eight audits of a backend.",
        discussion: """
            Measures each point four ways, launch by launch in turn: as usual, the same again,
            with data nobody has seen, and for twice as long. Writes a bundle like 'assay run'.
            Exit codes: 0 all passed · 3 something is undecided · 4 an audit failed.
            Example:
              assay audit quick --backend cpu-simd
            """)

    @OptionGroup var options: RunOptions

    func run() throws {
        guard options.backend.count == 1, options.against == nil else {
            throw CommandFailure(.wrongUse, "error: an audit is of one backend: --backend ID")
        }
        let run = RunCommand(options: options)
        guard let (record, path) = try run.measure(audited, isReported: false) else { return }
        let contents: BundleContents
        do throws(BundleError) {
            contents = try BundleReader(path).contents()
        } catch {
            throw CommandFailure(.wrongUse, "error: \(error)")
        }
        let audits = AuditJudge(contents, points: record.points).audits()
        Terminal.print(AuditText.render(audits, bundle: path))
        let verdicts = audits.flatMap(\.results).map(\.verdict)
        if verdicts.contains(.failed) {
            throw ArgumentParser.ExitCode(ExitStatus.caseFailed.rawValue)
        }
        if verdicts.isEmpty || verdicts.contains(.undecided) {
            throw ArgumentParser.ExitCode(ExitStatus.notValid.rawValue)
        }
    }

    /// The same plan with every variant as a side of its own.
    private func audited(_ preparation: RunPreparation) -> RunPreparation {
        var audited = preparation
        audited.plan.isAudit = true
        audited.plan.subjects = preparation.plan.subjects.flatMap { subject in
            AuditVariant.allCases.map { variant in
                Subject(backend: subject.backend, device: subject.device, side: variant.rawValue)
            }
        }
        for (seat, backend) in preparation.backends where seat != .harness {
            for variant in AuditVariant.allCases {
                audited.backends[BackendSeat(id: seat.id, side: variant.rawValue)] = backend
            }
        }
        audited.uses = preparation.uses.flatMap { use in
            AuditVariant.allCases.map { variant in
                BackendUse(
                    manifest: use.manifest, sha256: use.sha256, devices: use.devices,
                    side: variant == .usual ? nil : variant.rawValue)
            }
        }
        return audited
    }
}

/// The audits as people read them.
enum AuditText {
    static func render(_ audits: [PointAudit], bundle: String) -> String {
        var lines: [String] = []
        for audit in audits {
            lines.append("\(audit.label) on \(audit.backend)")
            for result in audit.results {
                let name =
                    result.name
                    + String(
                        repeating: " ", count: max(0, 21 - result.name.count))
                lines.append(
                    "  \(result.number) \(name) \(words(result.verdict))  \(result.detail)")
            }
            lines.append("")
        }
        let failed = audits.flatMap(\.results).count { $0.verdict == .failed }
        let open = audits.flatMap(\.results).count { $0.verdict == .undecided }
        lines.append("\(failed) failed, \(open) undecided; everything measured is in \(bundle)")
        return lines.joined(separator: "\n")
    }

    private static func words(_ verdict: AuditResult.Verdict) -> String {
        switch verdict {
        case .passed: "passed   "
        case .failed: "FAILED   "
        case .undecided: "undecided"
        case .notApplicable: "n/a      "
        }
    }
}
