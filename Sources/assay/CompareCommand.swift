import ArgumentParser
import Bundle
import FoundationEssentials
import Judgement
import Model
import Reports

/// `assay compare`: what differs between two runs, or between two sides of one.
struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Sets a candidate against a baseline, metric by metric, with intervals.",
        discussion: """
            Examples:
              assay compare results/before results/after
              assay compare results/0199… --backend-a blas --backend-b cpu-simd
            The first bundle is the baseline (A), the second the candidate (B). With one bundle
            both sides are in it: what was measured with 'assay run --against', or two backends.
            Exits 1 when a regression is confirmed by interleaved launches, 3 when nothing was
            comparable, or a verdict was asked for and there is none.
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case terminal, markdown, json
    }

    @Argument(help: "The baseline's bundle; without a second one, the bundle with both sides.")
    var baseline: String

    @Argument(help: "The candidate's bundle.")
    var candidate: String?

    @Option(
        name: .customLong("backend-a"),
        help: ArgumentHelp("The baseline's backend.", valueName: "id[:device]"))
    var baselineBackend: String?

    @Option(
        name: .customLong("backend-b"),
        help: ArgumentHelp("The candidate's backend.", valueName: "id[:device]"))
    var candidateBackend: String?

    @Option(
        help: ArgumentHelp(
            "A metric to compare, or 'all'; repeatable; default: each point's headline and what "
                + "does not restate it.", valueName: "name"))
    var metric: [String] = []

    @Option(
        help: ArgumentHelp(
            "A machine's A/A calibration; repeatable; default: the one kept by "
                + "'assay machine --calibrate'.", valueName: "file"))
    var calibration: [String] = []

    @Flag(help: "Lets two machines be compared.")
    var crossMachine = false

    @Flag(help: "Ends with exit code 3 when any verdict is INCONCLUSIVE.")
    var requireVerdict = false

    @Flag(help: "Ends with exit code 5 when an improvement is confirmed and nothing else found.")
    var failOnImprovement = false

    @Option(help: "terminal, markdown or json.")
    var format = Format.terminal

    @Flag(help: "The same as --format json.")
    var json = false

    func run() throws {
        let first = try Self.read(baseline)
        let second = try candidate.map(Self.read) ?? first
        let request = ComparisonRequest(
            baselineBackend: baselineBackend, candidateBackend: candidateBackend, metrics: metric,
            calibrations: try calibrations(first, second), crossMachine: crossMachine)
        let record = try Self.compare(first, second, request)
        Terminal.print(try Self.render(record, as: json ? .json : format))
        let code = Self.exitCode(
            record, requireVerdict: requireVerdict, failOnImprovement: failOnImprovement)
        if let code { throw ArgumentParser.ExitCode(code) }
    }

    /// What a sealed run that was made against something says of its two sides.
    static func sides(of bundle: String) throws -> ComparisonRecord {
        let run = try read(bundle)
        return try compare(run, run, ComparisonRequest(calibrations: try kept([run])))
    }

    private static func compare(
        _ first: ComparedRun, _ second: ComparedRun, _ request: ComparisonRequest
    ) throws -> ComparisonRecord {
        do throws(ComparisonError) {
            return try ComparisonJudge.compare(
                baseline: first, candidate: second, request: request)
        } catch {
            throw CommandFailure(
                error.code == .wrongUse ? .wrongUse : .notValid, "error: \(error)")
        }
    }

    /// The comparison in a format.
    static func render(_ record: ComparisonRecord, as format: Format) throws -> String {
        switch format {
        case .terminal:
            ComparisonReport.render(record, width: Terminal.width, color: Terminal.isColorful)
        case .markdown: ComparisonMarkdown.render(record)
        case .json: String(decoding: try JSONCoding.pretty(record), as: UTF8.self)
        }
    }

    /// What the verdicts stand for; nil: done, and nothing found.
    static func exitCode(
        _ record: ComparisonRecord, requireVerdict: Bool = false, failOnImprovement: Bool = false
    ) -> Int32? {
        if record.rows.contains(where: \.isConfirmedWorse) { return 1 }
        let isOpen = record.rows.contains { $0.verdict == .inconclusive }
        if record.rows.isEmpty || (requireVerdict && isOpen) { return ExitStatus.notValid.rawValue }
        return failOnImprovement && record.rows.contains(where: \.isConfirmedBetter) ? 5 : nil
    }

    // MARK: - Files

    /// A sealed bundle that is what it claims.
    static func read(_ path: String) throws -> ComparedRun {
        do throws(BundleError) {
            let reader = try BundleReader(path)
            let record = try reader.record()
            let findings = try reader.verify()
            guard findings.isEmpty else {
                throw BundleError(
                    .malformed, file: path,
                    detail: "cannot be compared; 'assay verify \(path)' says why: \(findings[0])")
            }
            return ComparedRun(
                name: path, record: record, contents: try reader.contents(),
                seal: Hashing.sha256(ofFile: path + "/manifest.sha256") ?? "")
        } catch {
            let code = error.code == .notABundle ? ExitStatus.wrongUse : .notValid
            throw CommandFailure(code, "error: \(error)")
        }
    }

    /// The calibrations named, or those kept for the runs' machines.
    private func calibrations(
        _ first: ComparedRun, _ second: ComparedRun
    ) throws -> [Calibration] {
        guard calibration.isEmpty else {
            return try calibration.map { path in
                guard let found = try CalibrationStore.load(path) else {
                    throw CommandFailure(
                        .wrongUse, "error: --calibration: '\(path)' does not exist")
                }
                return found
            }
        }
        return try Self.kept([first, second])
    }

    /// The calibrations that are kept for the machines of these runs.
    private static func kept(_ runs: [ComparedRun]) throws -> [Calibration] {
        var found: [Calibration] = []
        for run in runs {
            let fingerprint = run.record.machine.fingerprint
            guard let path = CalibrationStore.path(fingerprint: fingerprint),
                let calibration = try CalibrationStore.load(path), !found.contains(calibration)
            else { continue }
            found.append(calibration)
        }
        return found
    }
}

/// Where the A/A calibrations of machines are kept.
enum CalibrationStore {
    /// The file of a machine; nil without a home or a fingerprint.
    static func path(fingerprint: String) -> String? {
        // It may come from a bundle of someone else: nothing but a digest is part of a path.
        guard !fingerprint.isEmpty, fingerprint.allSatisfy(\.isHexDigit) else { return nil }
        let data =
            Installation.environment("XDG_DATA_HOME")
            ?? Installation.environment("HOME").map { $0 + "/.local/share" }
        return data.map { "\($0)/assay/calibration/\(fingerprint).json" }
    }

    /// The calibration in a file; nil where there is none.
    static func load(_ path: String) throws -> Calibration? {
        guard Files.exists(path) else { return nil }
        do throws(BundleError) {
            return try JSONCoding.decode(
                Calibration.self, from: try Files.read(path), file: path)
        } catch {
            throw CommandFailure(.wrongUse, "error: \(error)")
        }
    }

    /// Writes a calibration, whole or not at all.
    static func save(_ calibration: Calibration, to path: String) throws {
        do {
            try Files.createDirectory(Installation.directory(of: path))
            try Files.write(try JSONCoding.pretty(calibration), to: path)
        } catch {
            throw CommandFailure(.wrongUse, "error: \(error)")
        }
    }
}
