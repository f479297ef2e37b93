import Bundle
import Cases
import Glibc
import Machine
import Model
import Operators
import Planning
import Runner

/// Everything that is decided before a run begins: what, on which backends, with which means.
struct RunPreparation {
    var plan: Plan
    var backends: [BackendSeat: InstalledBackend]
    var uses: [BackendUse]
    let machine: MachineFacts
    let harness: HarnessFacts
    private let options: RunOptions

    /// - Parameter setup: what workers are started with.
    init(_ options: RunOptions, installation: Installation, setup: WorkerSetup) throws {
        self.options = options
        machine = try MachineReader.read()
        harness = Self.harness(installation)
        let catalog = try BackendCatalog(
            setup: setup, pluginPath: installation.pluginPath(options.backendOptions.pluginPath))
        for problem in catalog.problems { Terminal.error("warning: \(problem)") }
        let empty = try Self.backend(Subject.harness.backend, in: catalog)
        if let bundle = options.resume {
            let resumed = try ResumedRun(bundle, catalog: catalog, installation: installation)
            (plan, uses) = (resumed.plan, resumed.uses)
            backends = resumed.backends.merging([.harness: empty]) { own, _ in own }
            return
        }
        let cpus = try Self.cpus(options, machine: machine)
        let chooser = BackendChooser(
            catalog: catalog, setup: setup, cpus: cpus, device: options.device,
            deadlines: try options.deadlines())
        let sides = try BackendSides(options, chooser: chooser, installation: installation)
        uses = sides.uses
        backends = sides.backends.merging([.harness: empty]) { own, _ in own }
        let library = try options.caseOptions.library(installation)
        let asked = try PointChooser(options: options, library: library)
        let limits = RunLimits(
            subjects: sides.subjects, cpus: cpus,
            memory: try Self.memory(options, machine: machine), budget: asked.budget,
            seed: try Self.seed(options), clock: HostClockChoice.name(),
            night: Timestamp.nightNumber(), debugBuild: harness.buildMode == "debug")
        do throws(OperatorError) {
            plan = try Planner.plan(
                request: asked.request, points: asked.points, limits: limits)
        } catch {
            throw CommandFailure(.wrongUse, "error: \(error)")
        }
    }

    /// The last-level cache of the machine, for cold caches.
    var lastLevelCache: Bytes {
        let level = machine.caches.map(\.level).max() ?? 0
        let last = machine.caches.filter { $0.level == level && $0.type != "instruction" }
        let total = last.reduce(UInt64(0)) { $0 + $1.bytes.value * UInt64(max(1, $1.instances)) }
        // Not reported: the size that the method assumes.
        return total > 0 ? Bytes(total) : Bytes(512 << 20)
    }

    /// Whether a backend of the run says that it has sensors of its own.
    var hasPluginTelemetry: Bool {
        backends.values.contains { $0.manifest.extensions.contains("assay.telemetry/1") }
    }

    /// Begins a bundle, or opens the one that is continued.
    func open() throws -> OpenBundle {
        do throws(BundleError) {
            if let path = options.resume { return try OpenBundle(continuing: path) }
            return try OpenBundle(
                beginningIn: options.results, plan: plan,
                environment: Environment(
                    runID: Timestamp.runID(), started: Timestamp.now(), harness: harness,
                    before: machine, backends: uses))
        } catch {
            throw CommandFailure(.wrongUse, "error: \(error)")
        }
    }

    // MARK: - Reading the options

    static func backend(
        _ id: String, in catalog: BackendCatalog
    ) throws -> InstalledBackend {
        guard let found = catalog.backend(id) else {
            let known = catalog.backends.filter { $0.shadowedBy == nil }.map(\.manifest.id)
            throw CommandFailure(
                .wrongUse,
                "error: there is no backend '\(id)'; there are: \(known.joined(separator: ", "))")
        }
        return found
    }

    private static func cpus(_ options: RunOptions, machine: MachineFacts) throws -> [Int] {
        var cpus = machine.allowedCPUs
        if let list = options.cpus { cpus = try Amount.processors(list, allowed: cpus) }
        guard options.threads != "all" else { return cpus }
        guard let count = Int(options.threads), count > 0, count <= cpus.count else {
            throw CommandFailure(
                .wrongUse,
                "error: --threads: '\(options.threads)' is neither 'all' nor a number from 1 to "
                    + "\(cpus.count)")
        }
        return Array(cpus.prefix(count))
    }

    private static func memory(_ options: RunOptions, machine: MachineFacts) throws -> Bytes {
        if let text = options.memory { return try Amount.bytes(text, option: "--memory") }
        // In sixteenths of the memory: what a program more or less takes is no other plan.
        let (total, free) = (machine.memory.value, machine.memoryAvailable.value)
        let step = max(1, total / 16)
        let usual = total / 10 * 8
        return Bytes(free >= usual ? usual / step * step : max(step, free / 10 * 8 / step * step))
    }

    private static func seed(_ options: RunOptions) throws -> Seed {
        guard let value = UInt64(options.seed, radix: 16) else {
            throw CommandFailure(
                .wrongUse,
                "error: --seed: '\(options.seed)' is not a hexadecimal number of 64 bits")
        }
        return Seed(value)
    }

    private static func harness(_ installation: Installation) -> HarnessFacts {
        #if DEBUG
            let mode = "debug"
        #else
            let mode = "release"
        #endif
        return HarnessFacts(
            name: "assay", version: Assay.version, commit: installation.commit,
            binarySha256: Hashing.sha256(ofFile: installation.worker) ?? "", buildMode: mode)
    }
}

/// A bundle that a run writes to, with what it holds already.
struct OpenBundle {
    let writer: BundleWriter
    let environment: Environment
    let journal: [LaunchEntry]
    /// Nanoseconds from the run's beginning to the beginning of this session.
    let elapsed: UInt64

    init(beginningIn results: String, plan: Plan, environment: Environment) throws(BundleError) {
        writer = try BundleWriter(creatingIn: results, plan: plan, environment: environment)
        self.environment = environment
        journal = []
        elapsed = 0
    }

    init(continuing path: String) throws(BundleError) {
        let contents = try BundleReader(path).contents()
        writer = try BundleWriter(resuming: path, planSha256: contents.planSha256)
        environment = contents.environment
        journal = contents.launches
        elapsed = journal.map { $0.startNanoseconds + $0.durationNanoseconds }.max() ?? 0
    }
}
