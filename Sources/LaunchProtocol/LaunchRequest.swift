package import Model

/// What a worker process is started for.
package enum WorkerRole: UInt8, Sendable, CaseIterable {
    /// Measures one point on one device.
    case compute = 0
    /// Samples the system while others compute.
    case telemetry = 1
    /// Checks outputs, with no vendor code entered.
    case verifier = 2
    /// Lists a backend's devices and exits.
    case enumerate = 3
}

/// Which of the sealed outputs a verifier checks.
package enum OutputChecks: UInt8, Sendable, CaseIterable {
    /// Those of the timed run.
    case timed = 0
    /// Those of the event with altered inputs.
    case altered = 1
    case both = 2
}

/// How the worker enters a backend.
package enum BackendEntry: Sendable, Hashable {
    /// Linked into the worker, by id.
    case linked(String)
    /// A shared library, by path.
    case library(String)
}

/// What a manifest says of a backend that can be looked at once it is loaded.
package struct BackendClaims: Sendable, Hashable {
    package var id: String
    /// Extension tables that it must offer.
    package var extensions: [String]
    /// Libraries of which at least one must be loadable; empty: it needs none.
    package var needs: [String]

    package init(id: String, extensions: [String], needs: [String]) {
        self.id = id
        self.extensions = extensions
        self.needs = needs
    }
}

/// What one launch is to do, in plain values: no YAML, no ONNX, no file names but the plug-in's.
package struct LaunchRequest: Sendable, Hashable {
    package var role: WorkerRole
    /// Repeated in every frame of the answer, so that stray bytes are not taken for frames.
    package var nonce: UInt64
    package var entry: BackendEntry
    package var device: Int
    /// The cores of this launch; as many as the operation has threads.
    package var cpus: [Int]
    /// POSIX clock id of the run's host clock.
    package var clock: Int32
    package var operation: Operation
    /// The seed of each input, in declared order.
    package var inputSeeds: [UInt64]
    /// The seed of everything sampled while verifying or auditing.
    package var auditSeed: UInt64
    /// What is drawn for looking at the backend; another in every launch, so that none is known.
    package var inspectionSeed: UInt64
    package var data: DataPattern
    package var cache: CacheState
    package var timing: TimingMode
    package var profile: Profile
    /// The last-level cache to get past when the cache state is cold.
    package var lastLevelCache: Bytes
    package var memoryLimit: Bytes
    /// Whether the process gives up its network first.
    package var isolateNetwork: Bool
    /// In role verifier: whether the expected values are in the shared cache already.
    package var expectationReady: Bool
    /// In role verifier: which outputs to check.
    package var checks: OutputChecks
    /// In role telemetry: how often to sample.
    package var telemetryPeriod: Nanoseconds
    /// In role compute: how long to do nothing with the device open, in place of measuring.
    package var idle: Nanoseconds
    /// In role compute: whether every timed call's outputs are compared with the first call's.
    package var comparesRepetitions: Bool
    /// In role enumerate: what the backend's manifest says, to be held against the backend.
    package var claims: BackendClaims?

    package init(role: WorkerRole, nonce: UInt64, entry: BackendEntry, operation: Operation) {
        self.role = role
        self.nonce = nonce
        self.entry = entry
        self.operation = operation
        device = 0
        cpus = []
        clock = 4
        inputSeeds = []
        auditSeed = 0
        inspectionSeed = 0
        data = .normal
        cache = .hot
        timing = .batch
        profile = .named(.smoke)
        lastLevelCache = .zero
        memoryLimit = .zero
        isolateNetwork = true
        expectationReady = false
        checks = .timed
        telemetryPeriod = .milliseconds(500)
        idle = .zero
        comparesRepetitions = false
    }
}

/// Descriptors that a worker is born with.
package enum WorkerDescriptor {
    /// Frames, both ways.
    package static let control: Int32 = 3
    /// The page of heartbeat and breadcrumbs.
    package static let page: Int32 = 4
    /// Room for samples, or for telemetry.
    package static let samples: Int32 = 5
    /// The outputs of the timed run.
    package static let outputs: Int32 = 6
    /// The oracle's expected values.
    package static let expectation: Int32 = 7
}

/// The first bytes of the shared page.
package enum WorkerPage {
    package static let byteCount = 4096
    /// Counts up at every sample: the sign of life that needs no system call.
    package static let heartbeat = 0
    /// The plug-in's last breadcrumb: id, then argument.
    package static let breadcrumbID = 8
    package static let breadcrumbArgument = 16
    /// The longest that the next sample should take, in nanoseconds; 0 before there is an estimate.
    package static let estimate = 24
}

/// How telemetry lies in its shared memory: a row count, then rows of a time and one value each.
package struct TelemetryLayout: Sendable, Hashable {
    /// Values of a row, beside its time.
    package var channels: Int

    package init(channels: Int) { self.channels = channels }

    /// A sensor that gave nothing.
    package static let missing = Int64.min
    /// Room for hours at two sweeps a second; sampling ends when it is full.
    package static let byteCount = 16 << 20

    /// One row: its time, then one value for each channel.
    package var rowBytes: Int { (channels + 1) * 8 }
    /// The rows that fit behind the count.
    package var rowsMax: Int { (Self.byteCount - 8) / rowBytes }
    /// Where a row begins.
    package func offset(row: Int) -> Int { 8 + row * rowBytes }
}

/// How outputs lie in their shared memory: those of the timed run, then those of altered inputs.
package struct OutputLayout: Sendable, Hashable {
    /// Bytes of the operation's outputs.
    package var outputBytes: Int
    /// Whether there is room for the outputs of altered inputs.
    package var hasAltered: Bool

    package init(outputBytes: Int, hasAltered: Bool) {
        self.outputBytes = outputBytes
        self.hasAltered = hasAltered
    }

    /// Where the outputs of altered inputs begin: on a cache line, so aligned for any element.
    package var alteredOffset: Int { (outputBytes + 63) / 64 * 64 }
    /// The size of the memory.
    package var byteCount: Int { hasAltered ? alteredOffset + outputBytes : outputBytes }
}

/// How samples lie in their shared memory: `capacity` elapsed times, then as many starts.
package struct SampleLayout: Sendable, Hashable {
    package var capacity: Int

    package init(capacity: Int) { self.capacity = capacity }

    /// The size of the memory: two 64-bit integers a sample.
    package var byteCount: Int { capacity * 16 }
    /// Where the starts begin.
    package var startsOffset: Int { capacity * 8 }
}
