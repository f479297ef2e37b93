import LaunchProtocol
import Model
import Operators

/// Checks sealed outputs against the f64 oracle. No vendor code is loaded or entered here.
struct VerifierRole {
    let request: LaunchRequest
    let channel: Channel

    func run() {
        channel.send(.phase(.verify))
        let operation = request.operation
        let outputBytes = operation.outputs.reduce(0) { $0 + $1.byteCount }
        var outputs: [UnsafeRawBufferPointer] = unsafe []
        let memory = SharedMemory(descriptor: WorkerDescriptor.outputs, writable: false)
        if outputBytes > 0 {
            guard let memory, unsafe memory.bytes.count >= outputBytes else {
                channel.send(
                    .failure(
                        LaunchFailure(
                            kind: .harness, phase: .verify, message: "the outputs are missing")))
                return
            }
            var offset = 0
            for spec in operation.outputs {
                unsafe outputs.append(
                    UnsafeRawBufferPointer(rebasing: memory.bytes[offset..<offset + spec.byteCount])
                )
                offset += spec.byteCount
            }
        }
        let cache = SharedMemory(descriptor: WorkerDescriptor.expectation, writable: true)
        channel.send(.verified(verify(outputs: unsafe outputs, cache: cache)))
    }
}
