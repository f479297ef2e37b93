import CAssaySystem
import CNuma
import Glibc
import LaunchProtocol
import Model

/// The program that runs one launch; started by the harness, never by hand.
@main
struct Worker {
    static func main() {
        if CommandLine.arguments.dropFirst() == ["--manifests"] {
            print(LinkedBackends.manifests)
            return
        }
        guard CommandLine.arguments.count == 3, CommandLine.arguments[1] == "--launch",
            let parent = Int32(CommandLine.arguments[2])
        else {
            say("assay-worker is started by assay, which hands it a launch\n")
            exit(2)
        }
        guard assay_die_with_parent(parent) == 0 else { exit(2) }
        _ = assay_confine_self()
        _ = assay_drop_tracing()
        _ = assay_hide_self()
        var channel = Channel(descriptor: WorkerDescriptor.control)
        guard let message = channel.receive(), let request = try? LaunchRequest(decoding: message)
        else { exit(2) }
        channel.nonce = request.nonce
        channel.send(.hello(pid: Int(getpid())))
        if request.isolateNetwork, assay_unshare_network() != 0 {
            channel.send(.log("the network could not be isolated: not permitted here"))
        }
        let cpus = request.cpus.map(Int32.init)
        if !cpus.isEmpty { _ = unsafe assay_set_affinity(0, cpus, UInt32(cpus.count)) }
        preferOwnMemory(cpus)
        switch request.role {
        case .compute: ComputeRole(request: request, channel: channel).run()
        case .verifier: VerifierRole(request: request, channel: channel).run()
        case .enumerate: EnumerateRole(request: request, channel: channel).run()
        case .telemetry: TelemetryRole(request: request, channel: channel).run()
        }
        channel.send(.final)
        // A plug-in's exit handlers have no business once the final frame is out.
        _exit(0)
    }

    /// Takes memory from the node of the given cores, where they are all of one node.
    ///
    /// Preferred, not bound: a node's size may still grow, and no launch should fail for it.
    private static func preferOwnMemory(_ cpus: [Int32]) {
        guard !cpus.isEmpty, numa_available() >= 0 else { return }
        let nodes = Set(cpus.map { numa_node_of_cpu($0) })
        if nodes.count == 1, let node = nodes.first, node >= 0 { numa_set_preferred(node) }
    }

    private static func say(_ text: String) {
        let bytes = Array(text.utf8)
        _ = unsafe write(STDERR_FILENO, bytes, bytes.count)
    }
}
