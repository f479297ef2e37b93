import Bundle
import LaunchProtocol
import Model

/// A telemetry worker beside the run, and what it gathered.
final class TelemetryKeeper {
    private let process: WorkerProcess
    private let region: SharedRegion

    init(
        setup: WorkerSetup, plan: Plan, period: Nanoseconds, nonce: UInt64, interrupts: Int32
    ) throws(RunnerError) {
        region = try SharedRegion(
            name: "assay-telemetry", byteCount: TelemetryLayout.byteCount)
        var request = LaunchRequest(
            role: .telemetry, nonce: nonce, entry: .linked(""),
            operation: Operation(domain: "assay", name: "Empty", opset: 1, inputs: [], outputs: []))
        request.clock = plan.clock == "monotonic" ? 1 : 4
        request.telemetryPeriod = period
        request.isolateNetwork = false
        var own = setup
        own.environment = WorkerEnvironment.variables(
            manifest: nil, threads: 1, directory: setup.directory)
        process = try WorkerProcess(
            setup: own, request: request, regions: [region, nil, nil],
            deadlines: Deadlines(), interrupts: interrupts)
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

    /// Ends the worker and writes one file per channel, and what each channel is.
    func finish(into bundle: BundleWriter) throws {
        process.stop()
        let outcome = try process.finish()
        var channels: [ChannelFacts] = []
        for case .channels(let found) in outcome.frames { channels = found }
        let present = channels.filter { $0.id >= 0 }
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
            let before = Self.earlier(channel.name, in: bundle)
            try bundle.writeTelemetry(before + values, channel: channel.name)
        }
        try bundle.writeTelemetryChannels(
            channels.map {
                TelemetryFacts(
                    name: $0.name, unit: $0.unit, scale: $0.scale, source: $0.source,
                    isAvailable: $0.id >= 0)
            })
    }
}
