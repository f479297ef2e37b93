import Backends
import CAssaySystem
import Glibc
import LaunchProtocol
import Measurement
import Model
import Telemetry

/// Samples sensors until the runner hangs up: the system's, or those of one plug-in. Opens no
/// device.
struct TelemetryRole {
    let request: LaunchRequest
    let channel: Channel

    func run() {
        // A sweep must not take a core from what is measured: it waits its turn.
        _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
        if case .linked("") = request.entry { return sampleSystem() }
        do {
            try samplePlugin()
        } catch let error as LoadFailure {
            miss(error.message)
        } catch let error as BackendError {
            miss(error.sentence)
        } catch {
            miss("\(error)")
        }
    }

    private func sampleSystem() {
        var telemetry = SystemTelemetry.discover()
        channel.send(.channels(facts(telemetry)))
        sample(channels: telemetry.channels.count) { telemetry.sample().map(\.value) }
    }

    /// The table of a plug-in, in a process of its own: its hanging stops nothing else.
    private func samplePlugin() throws {
        let entry = try unsafe LinkedBackends.entry(request.entry)
        let plugin = try unsafe Plugin(
            entry: entry, services: HostServices(log: { _ in }, breadcrumb: { _, _ in }))
        try plugin.start(
            StartupOptions(
                role: "telemetry", threads: 1, cpus: request.cpus,
                clock: request.clock == HostClock.monotonic.id ? "monotonic" : "monotonic_raw",
                network: request.isolateNetwork ? "none" : "host"))
        var telemetry = try PluginTelemetry(plugin, device: request.device)
        channel.send(.channels(telemetry.channels.enumerated().map(Self.facts)))
        sample(channels: telemetry.channels.count) {
            ((try? telemetry.sample()) ?? []).map { value in
                value.flatMap { Int64(exactly: ($0 / Self.pluginScale).rounded()) }
            }
        }
    }

    /// Sweeps until the runner hangs up or the memory is full.
    private func sample(channels: Int, _ read: () -> [Int64?]) {
        guard let memory = SharedMemory(descriptor: WorkerDescriptor.samples, writable: true)
        else { return }
        let layout = TelemetryLayout(channels: channels)
        let clock = HostClock(id: request.clock)
        for row in 0..<layout.rowsMax {
            let values = read()
            let offset = layout.offset(row: row)
            memory.store(clock.now(), at: offset)
            for index in 0..<channels {
                let value = (index < values.count ? values[index] : nil) ?? TelemetryLayout.missing
                memory.store(UInt64(bitPattern: value), at: offset + 8 + index * 8)
            }
            memory.store(UInt64(row + 1), at: 0)
            if isOver() { return }
        }
    }

    /// A plug-in's readings are numbers with a fraction; files hold whole millionths of them.
    private static let pluginScale = 1e-6

    private static func facts(_ index: Int, _ channel: PluginChannel) -> ChannelFacts {
        ChannelFacts(
            id: index, name: channel.name, unit: channel.unit, scale: pluginScale,
            source: channel.source,
            declared: ChannelDeclaration(
                isCounter: channel.isCounter, domain: channel.domain,
                periodSeconds: channel.periodSeconds, windowSeconds: channel.windowSeconds,
                accuracy: channel.accuracy, wrap: channel.wrap))
    }

    private func miss(_ reason: String) {
        channel.send(
            .channels([ChannelFacts(id: -1, name: "telemetry", unit: "", scale: 0, source: reason)])
        )
    }

    private func facts(_ telemetry: borrowing SystemTelemetry) -> [ChannelFacts] {
        telemetry.channels.map {
            ChannelFacts(
                id: $0.id, name: $0.name, unit: $0.unit, scale: $0.scale, source: $0.source)
        }
            + telemetry.unavailable.map {
                ChannelFacts(id: -1, name: $0.name, unit: "", scale: 0, source: $0.reason)
            }
    }

    /// Waits for one period; true when the runner hung up.
    private func isOver() -> Bool {
        var set = pollfd(fd: channel.descriptor, events: Int16(POLLIN), revents: 0)
        let milliseconds = Int32(request.telemetryPeriod.value / 1_000_000)
        return unsafe poll(&set, 1, milliseconds) != 0
    }
}
