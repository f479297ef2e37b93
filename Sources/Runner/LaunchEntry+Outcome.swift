import LaunchProtocol
import Model

extension LaunchEntry {
    /// How much of what a worker printed is kept in the journal.
    private static let outputLimit = 2048

    /// Fills the entry in from what a compute worker sent and how it ended.
    mutating func fill(from worker: WorkerOutcome) {
        pid = worker.pid
        durationNanoseconds = worker.duration.value
        workerStartNanoseconds = worker.startDuration.value
        readyNanoseconds = worker.readyDuration?.value
        observedNanoseconds = worker.measuringDuration?.value
        outcome = .ok
        for frame in worker.frames { take(frame) }
        if let failed = worker.failure {
            outcome = .error
            failure = failed.name
            reasons.append(failed.sentence)
        } else if outcome == .ok, stopReason == nil {
            outcome = .error
            failure = "exitedEarly"
            reasons.append("it ended without a result \(worker.phase.clause)")
        }
        if worker.stopped > .zero { counters.stoppedNanoseconds = worker.stopped.value }
        if !worker.standardOutput.isEmpty { violations.append("wrote to standard output") }
        if worker.strays > 0 { violations.append("left \(worker.strays) process(es) behind") }
        output = String((worker.standardOutput + worker.standardError).suffix(Self.outputLimit))
    }

    /// Whether what happened may have left the device in a bad state.
    var isTainted: Bool {
        outcome == .error && failure.map(Self.tainting.contains) == true
    }

    private static let tainting: Set<String> = [
        "crashed", "timedOut", "exitedEarly", "protocolViolation", "deviceLost",
    ]

    /// Wrong outputs: there is no result then.
    mutating func failAccuracy(_ reason: String) {
        outcome = .invalid
        failure = "accuracyFailed"
        reasons.append(reason)
    }

    /// Outputs that are not the same every time: there is no result then, however near they are.
    mutating func failWhereRepetitionsDiffer() {
        guard let found = inspection?.repetition, found.differingElements > 0 else { return }
        outcome = .invalid
        failure = "outputsDiffer"
        reasons.append(
            "\(found.differingElements) of \(found.elements) output elements differed from the "
                + "first call's, in \(found.differingCalls) of \(found.calls) calls; the first is "
                + found.first)
    }

    private mutating func take(_ frame: Frame) {
        switch frame {
        case .failure(let found):
            outcome = found.kind == .unsupported ? .unsupported : .error
            failure = found.kind == .unsupported ? nil : Self.name(found)
            reasons.append(found.kind == .unsupported ? found.message : found.sentence)
        case .result(let result): take(result)
        default: break
        }
    }

    private mutating func take(_ result: LaunchResult) {
        stopReason = result.stopReason
        warmupConverged = result.warmupConverged
        samples = result.samples
        batch = result.batch
        rotation = result.rotation
        calibrationStart = result.calibrationStart
        calibrationEnd = result.calibrationEnd
        loadNanoseconds = result.load.value
        prepareNanoseconds = result.prepare.value
        firstCallNanoseconds = result.firstCall.value
        execution = result.execution
        counters = result.counters
        violations += result.violations
        inspection = result.inspection
    }

    /// The ABI's ASSAY_E_DEVICE_LOST.
    private static let deviceLost = -4

    private static func name(_ failure: LaunchFailure) -> String {
        switch failure.kind {
        case .backend where failure.status == deviceLost: "deviceLost"
        case .unsupported: "unsupported"
        case .backend: "backendError"
        case .load: "loadFailed"
        case .memory: "outOfMemory"
        case .harness: "harnessError"
        }
    }
}
