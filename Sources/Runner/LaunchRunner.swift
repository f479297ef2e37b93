import Bundle
import FoundationEssentials
import LaunchProtocol
package import Model
import Operators

/// One launch's outcome: its journal entry and its samples.
package struct FinishedLaunch: Sendable {
    package var entry: LaunchEntry
    /// Elapsed nanoseconds of each sample, and the start of each since measuring began.
    package var elapsed: [Int64]
    package var starts: [Int64]
}

/// Runs compute launches, and verifies what they sealed in a process without vendor code.
final class LaunchRunner {
    private let setup: WorkerSetup
    private let plan: Plan
    private let backends: [BackendSeat: InstalledBackend]
    private let deadlines: Deadlines
    private let lastLevelCache: Bytes
    private let interrupts: Int32
    private var nonces: NonceSource
    /// Expected values of the current point, shared by the launches that verify against them.
    private var expectation: (pointHash: String, region: SharedRegion, isReady: Bool)?
    /// Verdicts by digest of the outputs: the same bytes are right or wrong together.
    private var verdicts: [String: Correctness] = [:]

    init(
        setup: WorkerSetup, plan: Plan, backends: [BackendSeat: InstalledBackend],
        deadlines: Deadlines, lastLevelCache: Bytes, interrupts: Int32
    ) {
        self.setup = setup
        self.plan = plan
        self.backends = backends
        self.deadlines = deadlines
        self.lastLevelCache = lastLevelCache
        self.interrupts = interrupts
        nonces = NonceSource(seed: plan.seed.value)
    }

    /// Measures and verifies one launch. Only an interruption or a broken harness throws.
    func run(
        _ planned: PlannedPoint, subject: Subject, launch: Int, index: Int
    ) throws(RunnerError) -> FinishedLaunch {
        let backend = try backend(of: subject)
        let threads = planned.point.threads?.resolved(cores: plan.cpus.count) ?? plan.cpus.count
        let request = request(planned, backend: backend, subject: subject, threads: threads)
        let layout = SampleLayout(capacity: planned.profile.samplesMax + 2)
        let samples = try SharedRegion(name: "assay-samples", byteCount: layout.byteCount)
        let outputBytes = planned.point.operation.outputs.reduce(0) { $0 + $1.byteCount }
        let outputs = try SharedRegion(name: "assay-outputs", byteCount: outputBytes)
        let process = try start(
            request, regions: [samples, outputs, nil], manifest: backend.manifest, threads: threads)
        let outcome = try process.finish()

        var entry = LaunchEntry(
            index: index, pointHash: planned.pointHash, subject: subject, launch: launch)
        entry.fill(from: outcome)
        if outcome.isAbandoned {
            entry.givenUp = "its process could not be ended and may still hold the device"
        } else if entry.isTainted {
            entry.givenUp = try healthProblem(subject)
        }
        guard entry.failure == nil, entry.outcome == .ok else {
            return FinishedLaunch(entry: entry, elapsed: [], starts: [])
        }
        let correctness = try verify(planned, outputs: outputs, byteCount: outputBytes)
        entry.correctness = correctness
        if !correctness.passed {
            entry.outcome = .invalid
            entry.failure = "accuracyFailed"
            entry.reasons.append("the outputs of the timed run are wrong: \(correctness.detail)")
        }
        let count = min(entry.samples, layout.capacity)
        return FinishedLaunch(
            entry: entry, elapsed: samples.integers(at: 0, count: count),
            starts: samples.integers(at: layout.startsOffset, count: count))
    }

    private func backend(of subject: Subject) throws(RunnerError) -> InstalledBackend {
        guard let found = backends[BackendSeat(subject)] else {
            throw RunnerError(.backend, detail: "there is no backend '\(subject.backend)'")
        }
        return found
    }

    /// Opens the device again and runs the empty operation for a moment.
    ///
    /// Nil when the device answers; a backend without that operation answers by saying so.
    private func healthProblem(_ subject: Subject) throws(RunnerError) -> String? {
        let backend = try backend(of: subject)
        var request = LaunchRequest(
            role: .compute, nonce: nonces.next(), entry: backend.entry,
            operation: Operation(domain: "assay", name: "Empty", opset: 1, inputs: [], outputs: []))
        request.device = subject.device
        request.cpus = plan.cpus
        request.clock = plan.clock == "monotonic" ? 1 : 4
        request.profile = Profile.named(.smoke).limited(toPointTime: .seconds(1))
        request.memoryLimit = plan.memoryLimit
        request.isolateNetwork = backend.manifest.network != .host
        let layout = SampleLayout(capacity: request.profile.samplesMax + 2)
        let samples = try SharedRegion(name: "assay-samples", byteCount: layout.byteCount)
        let outputs = try SharedRegion(name: "assay-outputs", byteCount: 0)
        let process = try start(
            request, regions: [samples, outputs, nil], manifest: backend.manifest,
            threads: plan.cpus.count, deadlines: deadlines.forHealth)
        let outcome = try process.finish()
        var entry = LaunchEntry(index: 0, pointHash: "", subject: subject, launch: 0)
        entry.fill(from: outcome)
        return entry.outcome == .error ? entry.reasons.last ?? "it does not answer" : nil
    }

    private func start(
        _ request: LaunchRequest, regions: [SharedRegion?], manifest: BackendManifest?,
        threads: Int, deadlines: Deadlines? = nil
    ) throws(RunnerError) -> WorkerProcess {
        var own = setup
        own.environment = WorkerEnvironment.variables(
            manifest: manifest, threads: threads, directory: setup.directory)
        return try WorkerProcess(
            setup: own, request: request, regions: regions,
            deadlines: deadlines ?? self.deadlines, interrupts: interrupts)
    }

    private func request(
        _ planned: PlannedPoint, backend: InstalledBackend, subject: Subject, threads: Int
    ) -> LaunchRequest {
        let point = planned.point
        var request = LaunchRequest(
            role: .compute, nonce: nonces.next(), entry: backend.entry, operation: point.operation)
        request.device = subject.device
        request.cpus = Array(plan.cpus.prefix(threads))
        request.clock = plan.clock == "monotonic" ? 1 : 4
        request.inputSeeds = inputSeeds(planned)
        request.auditSeed = PointIdentity.tensorSeed(
            plan: plan.seed, pointHash: planned.pointHash, tensor: "audit")
        request.data = point.data
        request.cache = point.cache
        request.timing = point.timing
        request.profile = planned.profile
        request.lastLevelCache = lastLevelCache
        request.memoryLimit = plan.memoryLimit
        request.isolateNetwork = backend.manifest.network != .host
        return request
    }

    private func inputSeeds(_ planned: PlannedPoint) -> [UInt64] {
        planned.point.operation.inputs.map { input in
            PointIdentity.tensorSeed(
                plan: plan.seed, pointHash: planned.pointHash, tensor: input.name)
        }
    }

    // MARK: - Verification

    /// Checks sealed outputs in a worker that holds no vendor code.
    private func verify(
        _ planned: PlannedPoint, outputs: SharedRegion, byteCount: Int
    ) throws(RunnerError) -> Correctness {
        let digest = planned.pointHash + Hashing.sha256(Data(outputs.prefix(byteCount)))
        if let known = verdicts[digest] { return known }
        var request = LaunchRequest(
            role: .verifier, nonce: nonces.next(), entry: .linked(""),
            operation: planned.point.operation)
        request.cpus = plan.cpus
        request.inputSeeds = inputSeeds(planned)
        request.auditSeed = PointIdentity.tensorSeed(
            plan: plan.seed, pointHash: planned.pointHash, tensor: "verify")
        request.data = planned.point.data
        let region = try expectationRegion(planned)
        request.expectationReady = expectation?.isReady ?? false
        let process = try start(
            request, regions: [nil, outputs, region], manifest: nil, threads: plan.cpus.count)
        let outcome = try process.finish()
        for case .verified(let correctness) in outcome.frames where outcome.failure == nil {
            expectation?.isReady = true
            verdicts[digest] = correctness
            return correctness
        }
        let reason = outcome.failure?.sentence ?? "it gave no answer"
        return Correctness(
            checked: false, passed: false, method: "none", coverage: 0, value: 1e300,
            tolerance: planned.point.tolerance, detail: "the verifier failed: \(reason)")
    }

    private func expectationRegion(_ planned: PlannedPoint) throws(RunnerError) -> SharedRegion {
        if let current = expectation, current.pointHash == planned.pointHash {
            return current.region
        }
        let operation = planned.point.operation
        let bytes =
            Verification.isWorthKeeping(operation)
            ? (try? Verification.expectedByteCount(operation)) ?? 0 : 0
        let region = try SharedRegion(name: "assay-expected", byteCount: bytes)
        expectation = (planned.pointHash, region, false)
        verdicts = [:]
        return region
    }
}

/// What decides which backend runs a launch: its id, and its side in a run of two.
package struct BackendSeat: Sendable, Hashable {
    package var id: String
    package var side: Int

    package init(id: String, side: Int) {
        self.id = id
        self.side = side
    }

    /// The backend that does nothing.
    package static let harness = BackendSeat(Subject.harness)

    init(_ subject: Subject) {
        self.init(id: subject.backend, side: subject.side)
    }
}

/// Numbers that tell one launch's frames from another's, and from anything printed by accident.
struct NonceSource {
    private var state: UInt64

    init(seed: UInt64) { state = seed ^ now() }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
