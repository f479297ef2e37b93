import Backends
import LaunchProtocol
import Model

/// Lists a backend's devices, then ends.
struct EnumerateRole {
    let request: LaunchRequest
    let channel: Channel

    func run() {
        let phase = PhaseKeeper(channel: channel)
        do {
            phase.enter(.load)
            let entry = try unsafe LinkedBackends.entry(request.entry)
            phase.enter(.startup)
            let plugin = try unsafe Plugin(
                entry: entry, services: HostServices(log: { _ in }, breadcrumb: { _, _ in }))
            try plugin.start(
                StartupOptions(
                    role: "compute", threads: max(1, request.cpus.count), cpus: request.cpus,
                    clock: "monotonic_raw", network: request.isolateNetwork ? "none" : "host"))
            phase.enter(.open)
            var devices: [DeviceFacts] = []
            for index in 0..<(try plugin.deviceCount()) {
                devices.append(try plugin.facts(ofDevice: index))
            }
            channel.send(.devices(devices, version: plugin.version))
        } catch let error as LoadFailure {
            report(.load, error.message, phase)
        } catch let error as BackendError {
            report(error.isUnsupported ? .unsupported : .backend, error.sentence, phase)
        } catch {
            report(.harness, "\(error)", phase)
        }
    }

    private func report(_ kind: LaunchFailure.Kind, _ message: String, _ phase: PhaseKeeper) {
        channel.send(
            .failure(LaunchFailure(kind: kind, phase: phase.current, message: message)))
    }
}
