package import Model

/// What is known about a run beside its plan and its launches.
package struct Environment: Sendable, Hashable, Codable {
    package var runID: String
    /// UTC, ISO 8601.
    package var started: String
    package var harness: HarnessFacts
    package var before: MachineFacts
    /// Nil until the run is sealed.
    package var after: MachineFacts?
    /// When the last session of the run ended; nil until sealed.
    package var ended: String?
    /// The manifests of the backends that take part, by id.
    package var backends: [BackendUse]

    package init(
        runID: String, started: String, harness: HarnessFacts, before: MachineFacts,
        backends: [BackendUse]
    ) {
        self.runID = runID
        self.started = started
        self.harness = harness
        self.before = before
        self.backends = backends
    }
}

/// A backend as it took part in a run: its manifest, its file's digest, its devices.
package struct BackendUse: Sendable, Hashable, Codable {
    package var manifest: BackendManifest
    package var sha256: String
    package var devices: [DeviceFacts]
    /// The side of its subjects; nil: the side that was asked for.
    package var side: Int?

    package init(
        manifest: BackendManifest, sha256: String, devices: [DeviceFacts], side: Int? = nil
    ) {
        self.manifest = manifest
        self.sha256 = sha256
        self.devices = devices
        self.side = side
    }
}

/// A bundle's measured content: everything that a record is derived from.
package struct BundleContents: Sendable {
    package var plan: Plan
    package var planSha256: String
    package var environment: Environment
    package var launches: [LaunchEntry]
    /// Elapsed ticks of a sample file, by its path in the bundle.
    package var samples: [String: [Int64]]
    /// What the sources of power gave; nil: the bundle is older than they are.
    package var power: PowerLog?
    /// Readings of power by file: times and raw values in turn.
    package var powerReadings: [String: [Int64]] = [:]
    /// Clock readings of processors, by number: times and hertz in turn.
    package var frequencies: [Int: [Int64]] = [:]

    package init(
        plan: Plan, planSha256: String, environment: Environment, launches: [LaunchEntry],
        samples: [String: [Int64]]
    ) {
        self.plan = plan
        self.planSha256 = planSha256
        self.environment = environment
        self.launches = launches
        self.samples = samples
    }
}

/// A telemetry channel of a bundle: its file holds time stamps and raw values in turn.
package struct TelemetryFacts: Sendable, Hashable, Codable {
    package var name: String
    /// UCUM code of the value after scaling.
    package var unit: String
    package var scale: Double
    /// Where it was read; for one that is not there, what was tried.
    package var source: String
    package var isAvailable: Bool
    /// What it is as a source of power; nil where it is none, or not known to be one.
    package var power: PowerSource?
    /// How often it was read; nil in bundles that do not say.
    package var readPeriodSeconds: Double?

    package init(name: String, unit: String, scale: Double, source: String, isAvailable: Bool) {
        self.name = name
        self.unit = unit
        self.scale = scale
        self.source = source
        self.isAvailable = isAvailable
    }
}

extension TelemetryFacts {
    /// The processor whose clock it is; nil for other channels.
    var processor: Int? {
        guard unit == "Hz", name.hasPrefix("cpu"), name.hasSuffix(".frequency") else { return nil }
        return Int(name.dropFirst(3).dropLast(".frequency".count))
    }
}
