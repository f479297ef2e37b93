import Backends
import CAssaySystem
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
            if let problem = missingNeeds() { throw LoadFailure(message: problem) }
            let entry = try unsafe LinkedBackends.entry(request.entry)
            phase.enter(.startup)
            let plugin = try unsafe Plugin(
                entry: entry, services: HostServices(log: { _ in }, breadcrumb: { _, _ in }))
            if let problem = falseClaim(plugin) { return report(.backend, problem, phase) }
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

    /// Why nothing that the manifest needs is there; nil when one library can be loaded.
    ///
    /// Linked-in backends look for their libraries themselves and say more about them.
    private func missingNeeds() -> String? {
        guard case .library = request.entry, let needs = request.claims?.needs, !needs.isEmpty
        else { return nil }
        var words: [CChar] = [0]
        for name in needs where unsafe assay_library_open(name, &words, 1) != nil { return nil }
        let names = needs.joined(separator: ", ")
        return needs.count == 1
            ? "it needs \(names), which cannot be loaded; install it"
            : "it needs one of \(names), and none can be loaded; install one"
    }

    /// What the manifest says and the plug-in does not bear out; nil when they agree.
    private func falseClaim(_ plugin: Plugin) -> String? {
        guard let claims = request.claims else { return nil }
        guard plugin.id == claims.id else {
            return "its manifest calls it '\(claims.id)' and the library '\(plugin.id)'"
        }
        let missing = claims.extensions.filter { !plugin.offers($0) }
        guard !missing.isEmpty else { return nil }
        return "its manifest claims \(missing.joined(separator: ", ")), which the library does not "
            + "offer"
    }

    private func report(_ kind: LaunchFailure.Kind, _ message: String, _ phase: PhaseKeeper) {
        channel.send(
            .failure(LaunchFailure(kind: kind, phase: phase.current, message: message)))
    }
}
