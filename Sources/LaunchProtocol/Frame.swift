package import Model

/// Where a launch is; each phase has its own deadline, which the runner keeps.
package enum LaunchPhase: UInt8, Sendable, CaseIterable {
    case start = 0
    case load = 1
    case startup = 2
    case open = 3
    case inputs = 4
    case prepare = 5
    case firstCall = 6
    case calibrate = 7
    case warmup = 8
    case measure = 9
    case seal = 10
    case close = 11
    case verify = 12

    /// The phase in words, for sentences.
    package var name: String {
        switch self {
        case .start: "starting the worker"
        case .load: "loading the library"
        case .startup: "starting the backend"
        case .open: "opening the device"
        case .inputs: "making inputs"
        case .prepare: "preparing the operation"
        case .firstCall: "the first call"
        case .calibrate: "calibrating the clock"
        case .warmup: "warming up"
        case .measure: "measuring"
        case .seal: "reading the outputs back"
        case .close: "closing the device"
        case .verify: "verifying outputs"
        }
    }
}

/// Why a launch did not measure, as the worker saw it.
package struct LaunchFailure: Sendable, Hashable {
    /// Whose limit or defect it is.
    package enum Kind: UInt8, Sendable, CaseIterable {
        /// The backend says it cannot: a difference, not a defect.
        case unsupported = 0
        /// The backend returned an error.
        case backend = 1
        /// The library could not be loaded or is not a plug-in.
        case load = 2
        /// There is not enough memory.
        case memory = 3
        /// The harness itself could not go on.
        case harness = 4
    }

    package var kind: Kind
    package var phase: LaunchPhase
    /// Our status number; 0 where there is none.
    package var status: Int
    package var vendorCode: Int
    package var domain: String
    package var message: String

    package init(
        kind: Kind, phase: LaunchPhase, status: Int = 0, vendorCode: Int = 0, domain: String = "",
        message: String
    ) {
        self.kind = kind
        self.phase = phase
        self.status = status
        self.vendorCode = vendorCode
        self.domain = domain
        self.message = message
    }

    /// One sentence that names the phase and what the backend said.
    package var sentence: String {
        let code =
            status == 0
            ? ""
            : " (status \(status)"
                + (vendorCode == 0 ? ")" : ", \(domain) code \(vendorCode))")
        return "\(phase.name): \(message)\(code)"
    }
}

/// What a compute worker found, apart from the samples, which lie in shared memory.
package struct LaunchResult: Sendable, Hashable {
    package var stopReason: StopReason
    package var warmupConverged: Bool
    package var samples: Int
    package var batch: UInt64
    package var rotation: Int
    package var calibrationStart: ClockCalibration
    package var calibrationEnd: ClockCalibration
    package var load: Nanoseconds
    package var prepare: Nanoseconds
    package var firstCall: Nanoseconds
    package var execution: ExecutionInfo
    package var counters: LaunchCounters
    package var violations: [String]
    /// Bytes of outputs in the sealed memory; 0 where the operation has none.
    package var outputBytes: Bytes
    /// What was found out beside the samples; nil where nothing was looked at.
    package var inspection: InspectionFacts?

    package init(
        stopReason: StopReason, warmupConverged: Bool, samples: Int, batch: UInt64, rotation: Int,
        calibrationStart: ClockCalibration, calibrationEnd: ClockCalibration, load: Nanoseconds,
        prepare: Nanoseconds, firstCall: Nanoseconds, execution: ExecutionInfo,
        counters: LaunchCounters, violations: [String], outputBytes: Bytes,
        inspection: InspectionFacts? = nil
    ) {
        self.stopReason = stopReason
        self.warmupConverged = warmupConverged
        self.samples = samples
        self.batch = batch
        self.rotation = rotation
        self.calibrationStart = calibrationStart
        self.calibrationEnd = calibrationEnd
        self.load = load
        self.prepare = prepare
        self.firstCall = firstCall
        self.execution = execution
        self.counters = counters
        self.violations = violations
        self.outputBytes = outputBytes
        self.inspection = inspection
    }

    /// What a launch says that only left its device idle.
    package init(idle counters: LaunchCounters) {
        let none = ClockCalibration(
            overheadNanoseconds: 0, resolutionNanoseconds: 0, overheadP99Nanoseconds: 0)
        self.init(
            stopReason: .timeCap, warmupConverged: true, samples: 0, batch: 1, rotation: 1,
            calibrationStart: none, calibrationEnd: none, load: .zero, prepare: .zero,
            firstCall: .zero, execution: ExecutionInfo(), counters: counters, violations: [],
            outputBytes: .zero)
    }
}

/// A sensor that a telemetry worker samples, or could not.
package struct ChannelFacts: Sendable, Hashable {
    package var id: Int
    package var name: String
    package var unit: String
    /// What a raw value is multiplied by to be in `unit`.
    package var scale: Double
    /// Where it is read; for one that is not there (id −1), what was tried.
    package var source: String
    /// What a plug-in declares of the sensor; nil for those of the system.
    package var declared: ChannelDeclaration?

    package init(
        id: Int, name: String, unit: String, scale: Double, source: String,
        declared: ChannelDeclaration? = nil
    ) {
        self.id = id
        self.name = name
        self.unit = unit
        self.scale = scale
        self.source = source
        self.declared = declared
    }
}

/// What a plug-in says of one of its telemetry channels; zero where it does not say.
package struct ChannelDeclaration: Sendable, Hashable {
    /// Whether the value grows, such as energy; otherwise it is the present one.
    package var isCounter: Bool
    /// The ABI's number of what the reading covers.
    package var domain: UInt32
    package var periodSeconds: Double
    package var windowSeconds: Double
    /// Relative.
    package var accuracy: Double
    /// A counter's modulus in its unit.
    package var wrap: Double

    package init(
        isCounter: Bool, domain: UInt32, periodSeconds: Double, windowSeconds: Double,
        accuracy: Double, wrap: Double
    ) {
        self.isCounter = isCounter
        self.domain = domain
        self.periodSeconds = periodSeconds
        self.windowSeconds = windowSeconds
        self.accuracy = accuracy
        self.wrap = wrap
    }
}

/// A message from a worker. Only these travel on the control socket, each with the nonce.
package enum Frame: Sendable, Hashable {
    case hello(pid: Int)
    case phase(LaunchPhase)
    case devices([DeviceFacts], version: String)
    case device(DeviceFacts, version: String)
    case failure(LaunchFailure)
    case result(LaunchResult)
    case verified(Correctness)
    /// The outputs of the event with altered inputs, compared at some places.
    case spotChecked(Correctness)
    /// Outputs that are wrong are right for arithmetic in that type.
    case agrees(DType)
    case channels([ChannelFacts])
    case log(String)
    /// The last frame of every role; an exit without it is a failure.
    case final
}
