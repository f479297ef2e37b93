import ArgumentParser
import Bundle
import FoundationEssentials
import Judgement
import Model
import Planning
import Runner

/// `assay run`: plans, measures, judges, writes a bundle, prints the report.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Measures, writes a bundle and prints the report.",
        discussion: """
            Examples:
              assay run quick
              assay run op/matmul --backend blas --set types=f32 --profile standard
              assay run --resume results/0199…
            """)

    @OptionGroup var options: RunOptions

    init() {}

    init(options: RunOptions) { self.options = options }

    func run() throws {
        guard let (record, path) = try measure() else { return }
        var verdicts: Int32?
        if options.against != nil || record.points.contains(where: { $0.subject.side != 0 }) {
            let comparison = try CompareCommand.sides(of: path)
            if !options.json {
                Terminal.print("\n" + (try CompareCommand.render(comparison, as: .terminal)))
            }
            verdicts = CompareCommand.exitCode(comparison)
        }
        try Self.conclude(record, requireValid: options.requireValid)
        if let verdicts { throw ArgumentParser.ExitCode(verdicts) }
    }

    /// Measures, seals and prints; nil for a dry run.
    ///
    /// - Parameters:
    ///   - change: what is made of the run before it begins.
    ///   - isReported: whether the report is printed.
    func measure(
        _ change: (RunPreparation) -> RunPreparation = { $0 }, isReported: Bool = true
    ) throws -> (record: Record, path: String)? {
        try Self.refuseDebugBuild(allowed: options.allowDebugBuild)
        let installation = try Installation.find()
        let scratch = try TemporaryDirectory()
        let setup = installation.workerSetup(directory: scratch.path)
        var preparation = change(
            try RunPreparation(options, installation: installation, setup: setup))
        // Before anything is written: a bad value must not leave a bundle behind.
        let deadlines = try options.deadlines()
        let telemetry = try options.telemetryPeriod(cpus: preparation.plan.cpus.count)
        let power = try PowerKeeper(
            options.power.isEmpty ? ["auto"] : options.power,
            period: telemetry ?? .milliseconds(500),
            clock: preparation.plan.clock == "monotonic" ? 1 : 4)
        if options.resume == nil {
            preparation.plan.energy = try power.energyPlan(
                options, pluginsMeasure: preparation.hasPluginTelemetry)
        }
        if options.dryRun {
            Terminal.print(PlanText.render(preparation.plan))
            return nil
        }
        let bundle = try preparation.open()
        Terminal.error(PlanText.summary(preparation.plan))
        let progress = Progress()
        let session = RunSession(
            SessionSetup(
                worker: setup, plan: preparation.plan, backends: preparation.backends,
                deadlines: deadlines, lastLevelCache: preparation.lastLevelCache,
                journal: bundle.journal,
                telemetryPeriod: telemetry,
                elapsedBefore: bundle.elapsed,
                onEvent: { event in
                    power.mark()
                    progress.show(event)
                }),
            writer: bundle.writer)
        do {
            defer { try? power.finish(into: bundle.writer) }
            try session.run()
        } catch {
            Terminal.endStatus()
            throw Self.failure(error, bundle: bundle.writer.path)
        }
        Terminal.endStatus()
        return (try finish(bundle, isReported: isReported), bundle.writer.path)
    }

    /// Judges, seals and reports.
    private func finish(_ bundle: OpenBundle, isReported: Bool) throws -> Record {
        let path = bundle.writer.path
        let record: Record
        do throws(BundleError) {
            var environment = bundle.environment
            let ended = Timestamp.now()
            environment.ended = ended
            environment.after = try? MachineReader.read()
            record = Judge.record(
                of: try BundleReader(path).contents(), status: "complete", ended: ended)
            try bundle.writer.seal(record: record, environment: environment)
            let page = (try? ReportCommand.render(record, as: .html, bundle: path)) ?? ""
            try Files.write(Data(page.utf8), to: path + "/report.html")
        } catch {
            throw CommandFailure(
                .interrupted, "error: \(error)",
                "all launches are in \(path); 'assay run --resume \(path)' tries again")
        }
        guard isReported else { return record }
        Terminal.print(
            try ReportCommand.render(record, as: options.json ? .json : .terminal, bundle: path))
        return record
    }

    /// The exit code that the record stands for.
    private static func conclude(_ record: Record, requireValid: Bool) throws {
        if record.points.contains(where: { $0.outcome == .error || $0.outcome == .invalid }) {
            throw ArgumentParser.ExitCode(ExitStatus.caseFailed.rawValue)
        }
        if !record.points.contains(where: { $0.outcome == .ok }) {
            Terminal.error("note: nothing was measured; the reasons stand in the report")
        }
        let metrics = record.points.flatMap(\.metrics)
        if requireValid, metrics.contains(where: { $0.status != .valid }) {
            throw ArgumentParser.ExitCode(ExitStatus.notValid.rawValue)
        }
    }

    private static func failure(_ error: any Error, bundle: String) -> CommandFailure {
        let hint = "what was measured is in \(bundle); 'assay run --resume \(bundle)' continues"
        if let error = error as? RunnerError, error.code == .interrupted {
            return CommandFailure(.interrupted, "interrupted: \(hint)")
        }
        // The disk or the system stood in the way of a run that had begun.
        return CommandFailure(.interrupted, "error: \(error)", hint)
    }

    private static func refuseDebugBuild(allowed: Bool) throws {
        #if DEBUG
            guard !allowed else { return }
            throw CommandFailure(
                .wrongUse,
                "error: this is a debug build, whose numbers mean nothing; "
                    + "'make build' makes a release build (or give --allow-debug-build)")
        #endif
    }
}
