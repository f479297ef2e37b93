import CAssaySystem
import Glibc
import LaunchProtocol
import Measurement
import Model
import Telemetry

/// Samples the system's sensors until the runner hangs up. Opens no device.
struct TelemetryRole {
    let request: LaunchRequest
    let channel: Channel

    func run() {
        guard let memory = SharedMemory(descriptor: WorkerDescriptor.samples, writable: true)
        else { return }
        // A sweep must not take a core from what is measured: it waits its turn.
        _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
        var telemetry = SystemTelemetry.discover()
        channel.send(.channels(facts(telemetry)))
        let layout = TelemetryLayout(channels: telemetry.channels.count)
        let clock = HostClock(id: request.clock)
        for row in 0..<layout.rowsMax {
            let readings = telemetry.sample()
            let offset = layout.offset(row: row)
            memory.store(clock.now(), at: offset)
            for (index, reading) in readings.enumerated() {
                let value = reading.value ?? TelemetryLayout.missing
                memory.store(UInt64(bitPattern: value), at: offset + 8 + index * 8)
            }
            memory.store(UInt64(row + 1), at: 0)
            if isOver() { return }
        }
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
