import Backends
import CAssaySystem
import Glibc
import LaunchProtocol
import Measurement
import Model

/// Measures one point on one device and seals the outputs of the timed run.
struct ComputeRole {
    let request: LaunchRequest
    let channel: Channel

    func run() {
        let phase = PhaseKeeper(channel: channel)
        do {
            try Launch(request: request, channel: channel, phase: phase).run()
        } catch let error as BackendError {
            channel.send(.failure(Self.failure(error, phase: phase.current)))
        } catch let error as LoadFailure {
            channel.send(
                .failure(
                    LaunchFailure(kind: .load, phase: phase.current, message: error.message)))
        } catch {
            channel.send(
                .failure(
                    LaunchFailure(kind: .harness, phase: phase.current, message: "\(error)")))
        }
    }

    private static func failure(_ error: BackendError, phase: LaunchPhase) -> LaunchFailure {
        let kind: LaunchFailure.Kind =
            error.isUnsupported ? .unsupported : error.isOutOfMemory ? .memory : .backend
        let message = kind == .unsupported ? error.sentence : error.description
        return LaunchFailure(
            kind: kind, phase: phase, status: Int(error.status), vendorCode: Int(error.vendorCode),
            domain: error.domain, message: message)
    }
}

/// Knows which phase the launch is in, and tells the runner, who keeps the deadlines.
final class PhaseKeeper {
    private(set) var current = LaunchPhase.start
    private let channel: Channel

    init(channel: Channel) { self.channel = channel }

    func enter(_ phase: LaunchPhase) {
        current = phase
        channel.send(.phase(phase))
    }
}

/// The harness's own reasons not to measure.
struct LaunchError: Error, CustomStringConvertible {
    var description: String
}
