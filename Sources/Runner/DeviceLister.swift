import CAssaySystem
import LaunchProtocol
package import Model

/// What a backend answered when it was asked for its devices.
package struct BackendListing: Sendable {
    package var devices: [DeviceFacts]
    package var version: String
    /// Why the backend cannot be used here; nil when it can.
    package var problem: String?
    /// It crashed, hung or broke the protocol instead of answering.
    package var misbehaved = false
}

/// Asks backends for their devices, each in a worker of its own.
package enum DeviceLister {
    /// Starts the backend just to list its devices.
    package static func list(
        _ backend: InstalledBackend, setup: WorkerSetup, cpus: [Int], deadlines: Deadlines
    ) throws(RunnerError) -> BackendListing {
        var request = LaunchRequest(
            role: .enumerate, nonce: now(), entry: backend.entry,
            operation: Operation(domain: "assay", name: "Empty", opset: 1, inputs: [], outputs: []))
        request.cpus = cpus
        request.isolateNetwork = backend.manifest.network != .host
        let manifest = backend.manifest
        request.claims = BackendClaims(
            id: manifest.id, extensions: manifest.extensions, needs: manifest.needs)
        var own = setup
        own.environment = WorkerEnvironment.variables(
            manifest: backend.manifest, threads: cpus.count, directory: setup.directory)
        if let problem = manifest.abiProblem {
            return BackendListing(devices: [], version: manifest.version, problem: problem)
        }
        let process = try WorkerProcess(
            setup: own, request: request, regions: [], deadlines: deadlines, interrupts: -1)
        let outcome = try process.finish()
        var listing = BackendListing(devices: [], version: backend.manifest.version)
        for frame in outcome.frames {
            switch frame {
            case .devices(let devices, let version):
                listing.devices = devices
                listing.version = version
            case .failure(let failure):
                listing.problem =
                    failure.kind == .unsupported ? failure.message : failure.sentence
            default: break
            }
        }
        if let failure = outcome.failure {
            listing.problem = failure.sentence
            listing.misbehaved = true
        }
        if listing.problem == nil {
            listing.problem =
                listing.devices.isEmpty
                ? "it has no device" : contradiction(manifest, listing.devices)
        }
        return listing
    }

    /// Where the manifest says another kind of device than the library; nil when they agree.
    private static func contradiction(_ manifest: BackendManifest, _ devices: [DeviceFacts])
        -> String?
    {
        let others = manifest.isCPU ? ["gpu", "accelerator"] : ["cpu"]
        guard let device = devices.first(where: { others.contains($0.type) }) else { return nil }
        return "its manifest says isCPU \(manifest.isCPU) and the library says that device "
            + "\(device.index) is a \(device.type)"
    }
}
