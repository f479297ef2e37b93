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
    private var verdicts: [String: Verdict] = [:]

    /// What a verifier said of outputs.
    private struct Verdict {
        var correctness: Correctness
        /// The type in whose arithmetic wrong outputs would be right.
        var agreesWith: DType?
    }

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
        var layout = SampleLayout(capacity: request.profile.samplesMax + 2)
        let samples = try SharedRegion(name: "assay-samples", byteCount: layout.byteCount)
        // A region has a page at least, and the worker divides what it finds.
        layout = SampleLayout(capacity: samples.size / 16)
        let outputBytes = planned.point.operation.outputs.reduce(0) { $0 + $1.byteCount }
        let sealed = OutputLayout(
            outputBytes: outputBytes, hasAltered: Self.isSpotChecked(planned.point.operation))
        let outputs = try SharedRegion(name: "assay-outputs", byteCount: sealed.byteCount)
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
        try verify(planned, outputs: outputs, layout: sealed, request: request, into: &entry)
        entry.failWhereRepetitionsDiffer()
        let count = min(entry.samples, layout.capacity)
        let elapsed = samples.integers(at: 0, count: count)
        let starts = samples.integers(at: layout.startsOffset, count: count)
        if let digest = entry.inspection?.sampleDigest,
            digest != Self.digest(elapsed, starts)
        {
            entry.outcome = .invalid
            entry.failure = "samplesAltered"
            entry.reasons.append("the samples handed over are not those that were taken")
        }
        return FinishedLaunch(entry: entry, elapsed: elapsed, starts: starts)
    }

    private static func digest(_ elapsed: [Int64], _ starts: [Int64]) -> UInt64 {
        var digest = SampleDigest()
        for (elapsed, start) in zip(elapsed, starts) {
            digest.add(UInt64(bitPattern: elapsed))
            digest.add(UInt64(bitPattern: start))
        }
        return digest.value
    }

    /// Whether outputs of altered inputs are kept and compared in every launch: while it is cheap.
    private static func isSpotChecked(_ operation: Operation) -> Bool {
        operation.inputs.reduce(0) { $0 + $1.count } <= 4 << 20
            && operation.outputs.reduce(0) { $0 + $1.count } <= 4 << 20
    }

    private func backend(of subject: Subject) throws(RunnerError) -> InstalledBackend {
        guard let found = backends[BackendSeat(subject)] else {
            throw RunnerError(.backend, detail: "there is no backend '\(subject.backend)'")
        }
        return found
    }

    /// Leaves a device idle, open, for that long: what the machine takes when it does nothing.
    func rest(_ subject: Subject, idle: Nanoseconds, index: Int) throws(RunnerError) -> LaunchEntry
    {
        var request = try request(opening: subject)
        request.idle = idle
        var entry = LaunchEntry(index: index, pointHash: "", subject: subject, launch: 0)
        entry.phase = .idle
        entry.fill(from: try opened(request, subject: subject, deadlines: deadlines))
        return entry
    }

    /// Opens the device again and runs the empty operation for a moment.
    ///
    /// Nil when the device answers; a backend without that operation answers by saying so.
    private func healthProblem(_ subject: Subject) throws(RunnerError) -> String? {
        let request = try request(opening: subject)
        var entry = LaunchEntry(index: 0, pointHash: "", subject: subject, launch: 0)
        entry.fill(
            from: try opened(request, subject: subject, deadlines: deadlines.forHealth))
        return entry.outcome == .error ? entry.reasons.last ?? "it does not answer" : nil
    }

    /// A request that opens a device and asks for the empty operation.
    private func request(opening subject: Subject) throws(RunnerError) -> LaunchRequest {
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
        return request
    }

    /// What became of a worker with such a request.
    private func opened(
        _ request: LaunchRequest, subject: Subject, deadlines: Deadlines
    ) throws(RunnerError) -> WorkerOutcome {
        let layout = SampleLayout(capacity: request.profile.samplesMax + 2)
        let samples = try SharedRegion(name: "assay-samples", byteCount: layout.byteCount)
        let outputs = try SharedRegion(name: "assay-outputs", byteCount: 0)
        let process = try start(
            request, regions: [samples, outputs, nil], manifest: try backend(of: subject).manifest,
            threads: plan.cpus.count, deadlines: deadlines)
        return try process.finish()
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
        let variant = plan.variant(of: subject)
        request.inputSeeds =
            variant == .freshData
            ? point.operation.inputs.map { _ in nonces.next() } : inputSeeds(planned)
        request.auditSeed = PointIdentity.tensorSeed(
            plan: plan.seed, pointHash: planned.pointHash, tensor: "audit")
        request.inspectionSeed = nonces.next()
        request.data = point.data
        request.cache = point.cache
        request.timing = point.timing
        request.profile = variant.profile(planned.profile)
        request.comparesRepetitions = point.repetitions != nil
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
        _ planned: PlannedPoint, outputs: SharedRegion, layout: OutputLayout,
        request compute: LaunchRequest, into entry: inout LaunchEntry
    ) throws(RunnerError) {
        let bytes = outputs.prefix(layout.outputBytes)
        let digest = planned.pointHash + Hashing.sha256(Data(bytes))
        let hasAltered = layout.hasAltered && (entry.inspection?.alteredBytes ?? .zero) > .zero
        // What is kept is what is expected of the usual data.
        let isUsual = plan.variant(of: entry.subject) != .freshData
        var verdict = isUsual ? verdicts[digest] : nil
        if verdict == nil || hasAltered {
            var request = verifierRequest(planned, compute: compute)
            request.checks = verdict != nil ? .altered : hasAltered ? .both : .timed
            let region = isUsual ? try expectationRegion(planned) : nil
            request.expectationReady = isUsual && expectation?.isReady ?? false
            let process = try start(
                request, regions: [nil, outputs, region], manifest: nil, threads: plan.cpus.count)
            let outcome = try process.finish()
            let answer = Self.answer(outcome, asked: request.checks)
            verdict = verdict ?? answer.verdict
            entry.spotCheck = answer.spotCheck
            if isUsual, let verdict, request.checks != .altered, verdict.correctness.checked {
                expectation?.isReady = true
                verdicts[digest] = verdict
            }
        }
        entry.correctness = verdict?.correctness
        entry.agreesWith = verdict?.agreesWith
        if let found = entry.correctness, !found.passed {
            entry.failAccuracy("the outputs of the timed run are wrong: \(found.detail)")
        } else if let found = entry.spotCheck, !found.passed {
            entry.failAccuracy("outputs of new inputs are wrong: \(found.detail)")
        }
    }

    private func verifierRequest(
        _ planned: PlannedPoint, compute: LaunchRequest
    ) -> LaunchRequest {
        var request = LaunchRequest(
            role: .verifier, nonce: nonces.next(), entry: .linked(""),
            operation: planned.point.operation)
        request.cpus = plan.cpus
        request.inputSeeds = compute.inputSeeds
        request.inspectionSeed = compute.inspectionSeed
        request.auditSeed = PointIdentity.tensorSeed(
            plan: plan.seed, pointHash: planned.pointHash, tensor: "verify")
        request.data = planned.point.data
        return request
    }

    /// What the verifier said; a check that it was asked for and did not make has failed.
    private static func answer(
        _ outcome: WorkerOutcome, asked: OutputChecks
    ) -> (verdict: Verdict?, spotCheck: Correctness?) {
        let reason = outcome.failure?.sentence ?? "it gave no answer"
        let none = Correctness(
            checked: false, passed: false, method: "none", coverage: 0, value: 1e300,
            tolerance: "standard", detail: "the verifier failed: \(reason)")
        var verdict = asked == .altered ? nil : Verdict(correctness: none)
        var spotCheck = asked == .timed ? nil : none
        for frame in outcome.frames where outcome.failure == nil {
            switch frame {
            case .verified(let found): verdict = Verdict(correctness: found)
            case .agrees(let type): verdict?.agreesWith = type
            case .spotChecked(let found): spotCheck = found
            default: break
            }
        }
        return (verdict, spotCheck)
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
