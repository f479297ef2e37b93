/// A launch's measurement of its own clock, at its start or its end.
package struct ClockCalibration: Sendable, Hashable, Codable {
    /// The median cost of a back-to-back pair of readings.
    package var overheadNanoseconds: Double
    /// The smallest non-zero difference seen.
    package var resolutionNanoseconds: Double
    /// The 99th percentile of the cost of a pair.
    package var overheadP99Nanoseconds: Double

    package init(
        overheadNanoseconds: Double, resolutionNanoseconds: Double, overheadP99Nanoseconds: Double
    ) {
        self.overheadNanoseconds = overheadNanoseconds
        self.resolutionNanoseconds = resolutionNanoseconds
        self.overheadP99Nanoseconds = overheadP99Nanoseconds
    }
}

/// Why a launch stopped taking samples.
package enum StopReason: String, Sendable, Hashable, Codable, CaseIterable {
    case converged
    case plateau
    case sampleCap
    case timeCap
    case deadline
}

/// What the backend reports about how it executed the operation.
package struct ExecutionInfo: Sendable, Hashable, Codable {
    /// The kernel's name as the library gives it; empty when it will not say.
    package var kernel: String
    /// Where it really ran; empty when the library will not say.
    package var executedOn: String
    /// The arithmetic type really used; nil when the library will not say.
    package var math: DType?
    package var accumulate: DType?
    package var packedBytes: Bytes
    package var workspaceBytes: Bytes
    package var setupSeconds: Double

    package init(
        kernel: String = "", executedOn: String = "", math: DType? = nil,
        accumulate: DType? = nil, packedBytes: Bytes = .zero, workspaceBytes: Bytes = .zero,
        setupSeconds: Double = 0
    ) {
        self.kernel = kernel
        self.executedOn = executedOn
        self.math = math
        self.accumulate = accumulate
        self.packedBytes = packedBytes
        self.workspaceBytes = workspaceBytes
        self.setupSeconds = setupSeconds
    }
}

/// A device as its backend describes it; empty text and zero mean not known.
package struct DeviceFacts: Sendable, Hashable, Codable {
    package var index: Int
    /// `cpu`, `gpu` or `accelerator`.
    package var type: String
    package var name: String
    package var vendor: String
    package var architecture: String
    package var driver: String
    package var runtime: String
    package var computeUnits: Int
    /// `none`, `host`, `queue` or `kernel`.
    package var timingSource: String
    package var memory: Bytes

    package init(
        index: Int, type: String, name: String, vendor: String, architecture: String,
        driver: String, runtime: String, computeUnits: Int, timingSource: String, memory: Bytes
    ) {
        self.index = index
        self.type = type
        self.name = name
        self.vendor = vendor
        self.architecture = architecture
        self.driver = driver
        self.runtime = runtime
        self.computeUnits = computeUnits
        self.timingSource = timingSource
        self.memory = memory
    }
}

/// The result of checking the outputs of the timed run against the oracle.
package struct Correctness: Sendable, Hashable, Codable {
    package var checked: Bool
    package var passed: Bool
    /// `full`, `freivalds+rows`, `sampled`, `structural` or `none`.
    package var method: String
    /// The share of output elements that was compared, 0 to 1.
    package var coverage: Double
    /// The largest error as a multiple of the tolerance; above 1 fails. Infinite errors read 1e300.
    package var value: Double
    /// What the tolerance is, in words.
    package var tolerance: String
    /// What failed, in one sentence; empty when it passed.
    package var detail: String

    package init(
        checked: Bool, passed: Bool, method: String, coverage: Double, value: Double,
        tolerance: String, detail: String = ""
    ) {
        self.checked = checked
        self.passed = passed
        self.method = method
        self.coverage = coverage
        self.value = value
        self.tolerance = tolerance
        self.detail = detail
    }
}

/// What happened to the worker's threads and the machine while a launch was measuring.
package struct LaunchCounters: Sendable, Hashable, Codable {
    /// Wall time of the measuring phase.
    package var measuringNanoseconds: UInt64
    /// When measuring began, by the run's clock; nil in bundles that do not have it.
    package var measuringStartNanoseconds: UInt64?
    /// Run-queue wait of the worker's threads in that time.
    package var runQueueWaitNanoseconds: UInt64
    /// Processor time of the whole worker in the measuring phase, over all its threads.
    package var processorNanoseconds: UInt64
    package var involuntarySwitches: UInt64
    package var majorFaults: UInt64
    /// The worker's peak resident memory.
    package var peakResidentBytes: UInt64
    /// Threads the process had while measuring.
    package var threads: Int
    /// Canary readings before and after; nil where not taken.
    package var clockHertzBefore: Double?
    package var clockHertzAfter: Double?
    package var throughputBefore: Double?
    package var throughputAfter: Double?
    package var memoryBefore: Double?
    package var memoryAfter: Double?
    /// Clock and throughput of the slowest core with all of the launch's at work; nil for one core.
    package var clockHertzTogether: Double?
    package var throughputTogether: Double?
    /// CLOCK_BOOTTIME minus CLOCK_MONOTONIC, change over the launch.
    package var suspendedNanoseconds: UInt64
    /// CLOCK_MONOTONIC's rate relative to the run's clock, minus 1; nil when too short to tell.
    package var clockRateDeviation: Double?
    /// Processor time of everybody on the machine; nil where the system does not count it.
    package var busyNanoseconds: UInt64?
    /// Time that a hypervisor took from the machine's processors.
    package var stolenNanoseconds: UInt64?
    /// Time in which some task waited for a processor.
    package var pressureNanoseconds: UInt64?
    /// How often the cgroup's quota stopped its tasks.
    package var cgroupThrottles: UInt64?
    /// How often the processor throttled itself, over all cores.
    package var throttleEvents: UInt64?
    /// About how long the process was seen stopped; nil: never.
    package var stoppedNanoseconds: UInt64?

    package init(measuringNanoseconds: UInt64 = 0) {
        self.measuringNanoseconds = measuringNanoseconds
        runQueueWaitNanoseconds = 0
        processorNanoseconds = 0
        involuntarySwitches = 0
        majorFaults = 0
        peakResidentBytes = 0
        threads = 1
        suspendedNanoseconds = 0
    }
}

/// A launch that is made for something else than the time of a point.
package enum ExtraPhase: String, Sendable, Hashable, Codable, CaseIterable {
    /// The same work for as long as energy needs.
    case energy
    /// Nothing, with the device open: what the machine takes when it is idle.
    case idle
}

/// One line of the journal: everything about one finished launch that is not in sample files.
package struct LaunchEntry: Sendable, Hashable, Codable {
    /// The position in the run, from 0.
    package var index: Int
    package var pointHash: String
    package var subject: Subject
    /// Which launch of the point on that subject, from 0.
    package var launch: Int
    /// What it was for beside measuring time; nil: it measures time.
    package var phase: ExtraPhase?
    /// The position of the launch that this one takes the place of, which was throttled.
    package var retryOf: Int?
    /// Start, in nanoseconds since the run began.
    package var startNanoseconds: UInt64
    package var durationNanoseconds: UInt64
    package var pid: Int
    package var outcome: Outcome
    /// Why the outcome is not ok; one sentence each.
    package var reasons: [String]
    /// A typed name for what went wrong: `crashed`, `timedOut`, `outOfMemory`, `exitedEarly`, …
    package var failure: String?
    package var stopReason: StopReason?
    package var warmupConverged: Bool
    package var samples: Int
    /// Events per sample (B).
    package var batch: UInt64
    package var rotation: Int
    package var calibrationStart: ClockCalibration?
    package var calibrationEnd: ClockCalibration?
    /// Phases of the start: load, prepare, first call; nil where not reached.
    package var loadNanoseconds: UInt64?
    package var prepareNanoseconds: UInt64?
    package var firstCallNanoseconds: UInt64?
    /// From the start of the process to its first frame, and to the end of the first call.
    package var workerStartNanoseconds: UInt64?
    package var readyNanoseconds: UInt64?
    package var execution: ExecutionInfo?
    package var correctness: Correctness?
    package var counters: LaunchCounters
    /// What was found out beside the samples; nil where nothing was looked at.
    package var inspection: InspectionFacts?
    /// The outputs of an event with altered inputs, compared at some places.
    package var spotCheck: Correctness?
    /// The longest type by whose tolerance wrong outputs would be right; nil where there is none.
    package var agreesWith: DType?
    /// The measuring phase by the harness's own clock, from outside the worker.
    package var observedNanoseconds: UInt64?
    /// Hygiene findings: what the plug-in changed that it must not.
    package var violations: [String]
    /// The last part of what the worker wrote to stdout and stderr.
    package var output: String
    /// Sample files relative to the bundle.
    package var files: [String]
    /// Why the device was given up after this launch; nil: it answers.
    package var givenUp: String?

    package init(index: Int, pointHash: String, subject: Subject, launch: Int) {
        self.index = index
        self.pointHash = pointHash
        self.subject = subject
        self.launch = launch
        startNanoseconds = 0
        durationNanoseconds = 0
        pid = 0
        outcome = .error
        reasons = []
        warmupConverged = true
        samples = 0
        batch = 1
        rotation = 1
        counters = LaunchCounters()
        violations = []
        output = ""
        files = []
    }
}

extension [LaunchEntry] {
    /// Those that measure the time of points, without throttled ones that were made again.
    package var timed: [LaunchEntry] {
        let replaced = Set(compactMap(\.retryOf))
        return filter { $0.phase == nil && !replaced.contains($0.index) }
    }
}
