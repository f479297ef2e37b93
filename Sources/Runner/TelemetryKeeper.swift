import Bundle
import LaunchProtocol
import Model

/// A telemetry worker beside the run, and what it gathered.
final class TelemetryKeeper {
    /// A plug-in whose sensors are sampled.
    struct Source {
        var backend: InstalledBackend
        var subject: Subject
    }

    private let process: WorkerProcess
    private let region: SharedRegion
    /// Stands before the names of channels, so that those of several plug-ins differ.
    private let prefix: String
    private let period: Nanoseconds

    /// - Parameter source: a plug-in; nil: the system's own sensors.
    init(
        setup: WorkerSetup, plan: Plan, period: Nanoseconds, nonce: UInt64, interrupts: Int32,
        source: Source? = nil
    ) throws(RunnerError) {
        prefix = source.map { "\($0.subject.backend).\($0.subject.device)." } ?? ""
        self.period = period
        region = try SharedRegion(
            name: "assay-telemetry", byteCount: TelemetryLayout.byteCount)
        var request = LaunchRequest(
            role: .telemetry, nonce: nonce, entry: source?.backend.entry ?? .linked(""),
            operation: Operation(domain: "assay", name: "Empty", opset: 1, inputs: [], outputs: []))
        request.clock = plan.clock == "monotonic" ? 1 : 4
        request.telemetryPeriod = period
        request.isolateNetwork = false
        request.device = source?.subject.device ?? 0
        request.cpus = plan.cpus
        var own = setup
        own.environment = WorkerEnvironment.variables(
            manifest: source?.backend.manifest, threads: 1, directory: setup.directory)
        process = try WorkerProcess(
            setup: own, request: request, regions: [region, nil, nil],
            deadlines: Deadlines(), interrupts: interrupts)
    }

    /// The channels that are there, in the order of their values.
    private static func present(_ frames: [Frame]) -> [ChannelFacts] {
        var channels: [ChannelFacts] = []
        for case .channels(let found) in frames { channels = found }
        return channels.filter { $0.id >= 0 }
    }

    /// The values of a channel that are in the bundle already.
    private static func earlier(_ channel: String, in bundle: BundleWriter) -> [Int64] {
        guard let data = try? Files.read("\(bundle.path)/telemetry/\(channel).i64") else {
            return []
        }
        let bytes = [UInt8](data)
        return stride(from: 0, to: bytes.count / 8 * 8, by: 8).map { start in
            let word = (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[start + $1]) << (8 * $1) }
            return Int64(bitPattern: word)
        }
    }

    /// The highest temperature of the last sweep in degrees Celsius; nil: none was read.
    func warmest() -> Double? {
        let present = Self.present(process.frames())
        let layout = TelemetryLayout(channels: present.count)
        let rows = min(Int(region.word(at: 0)), layout.rowsMax)
        guard rows > 0 else { return nil }
        let offset = layout.offset(row: rows - 1) + 8
        let degrees = present.enumerated().compactMap { index, channel -> Double? in
            let raw = Int64(bitPattern: region.word(at: offset + index * 8))
            guard channel.unit == "Cel", raw != TelemetryLayout.missing else { return nil }
            return Double(raw) * channel.scale
        }
        return degrees.max()
    }

    /// Ends the worker and writes one file per channel; returns what each channel is.
    func finish(into bundle: BundleWriter) throws -> [TelemetryFacts] {
        process.stop()
        let outcome = try process.finish()
        var channels: [ChannelFacts] = []
        for case .channels(let found) in outcome.frames { channels = found }
        let present = Self.present(outcome.frames)
        let layout = TelemetryLayout(channels: present.count)
        let rows = min(Int(region.word(at: 0)), layout.rowsMax)
        for (index, channel) in present.enumerated() {
            var values: [Int64] = []
            values.reserveCapacity(rows * 2)
            for row in 0..<rows {
                let offset = layout.offset(row: row)
                values.append(Int64(bitPattern: region.word(at: offset)))
                values.append(Int64(bitPattern: region.word(at: offset + 8 + index * 8)))
            }
            // A run that continues has what its earlier sessions gathered.
            let before = Self.earlier(prefix + channel.name, in: bundle)
            try bundle.writeTelemetry(before + values, channel: prefix + channel.name)
        }
        return channels.map { channel in
            var facts = TelemetryFacts(
                name: prefix + channel.name, unit: channel.unit, scale: channel.scale,
                source: channel.source, isAvailable: channel.id >= 0)
            facts.power = channel.power(name: facts.name)
            facts.readPeriodSeconds = period.seconds
            return facts
        }
    }
}

extension ChannelFacts {
    /// The channel as a source of power; nil where it is something else.
    fileprivate func power(name: String) -> PowerSource? {
        guard id >= 0, let declared, unit == "W" || unit == "J",
            declared.isCounter == (unit == "J")
        else { return nil }
        let domains: [UInt32: PowerSource.Domain] = [
            1: .chip, 2: .board, 3: .package, 4: .memory, 5: .node,
        ]
        func known(_ value: Double) -> Double? { value > 0 ? value : nil }
        var power = PowerSource(
            name: name, adapter: "plug-in", domain: domains[declared.domain] ?? .chip,
            kind: declared.isCounter
                ? .counter : declared.windowSeconds > 0 ? .averaging : .instantaneous,
            scale: scale, origin: source)
        power.updatePeriodSeconds = known(declared.periodSeconds)
        power.averagingWindowSeconds = known(declared.windowSeconds)
        power.accuracy = known(declared.accuracy)
        power.accuracyBasis = declared.accuracy > 0 ? "the plug-in's word" : "not stated"
        power.wrap = known(declared.wrap).flatMap { UInt64(exactly: ($0 / scale).rounded()) }
        return power
    }
}
