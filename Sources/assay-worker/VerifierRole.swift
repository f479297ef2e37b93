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
        var outputs: [TensorView] = []
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
                let bytes = unsafe UnsafeRawBufferPointer(
                    rebasing: memory.bytes[offset..<offset + spec.byteCount])
                outputs.append(unsafe TensorView(spec, bytes: bytes))
                offset += spec.byteCount
            }
        }
        let cache = SharedMemory(descriptor: WorkerDescriptor.expectation, writable: true)
        do throws(OperatorError) {
            channel.send(.verified(try verify(outputs: outputs, cache: cache)))
        } catch {
            channel.send(
                .failure(
                    LaunchFailure(kind: .harness, phase: .verify, message: error.description)))
        }
    }

    /// Compares with what an earlier launch of the point left, or computes what is expected.
    private func verify(
        outputs: [TensorView], cache: SharedMemory?
    ) throws(OperatorError) -> Correctness {
        let operation = request.operation
        let memory = cache.map { unsafe ExpectationMemory(bytes: $0.bytes) }
        if let memory, request.expectationReady,
            let known = try Verification.verify(
                operation, outputs: outputs, sampleSeed: request.auditSeed, expectation: memory)
        {
            return known
        }
        let inputs = RegeneratedInputs(request)
        guard let memory, Verification.isWorthKeeping(operation) else {
            return try Verification.verify(
                operation, inputs: inputs.views, outputs: outputs, sampleSeed: request.auditSeed)
        }
        try Verification.expect(
            operation, inputs: inputs.views, sampleSeed: request.auditSeed, into: memory)
        let fresh = try Verification.verify(
            operation, outputs: outputs, sampleSeed: request.auditSeed, expectation: memory)
        guard let fresh else {
            preconditionFailure("an expectation that was just made is there")
        }
        return fresh
    }
}

/// The inputs of a launch made again from their seeds.
@safe
private final class RegeneratedInputs {
    private var memory: [UnsafeMutableRawBufferPointer] = unsafe []
    let views: [TensorView]

    init(_ request: LaunchRequest) {
        var views: [TensorView] = []
        for (index, spec) in request.operation.inputs.enumerated() {
            let bytes = UnsafeMutableRawBufferPointer.allocate(
                byteCount: max(spec.byteCount, 1), alignment: 64)
            let used = unsafe UnsafeMutableRawBufferPointer(
                rebasing: bytes[0..<spec.byteCount])
            let tensor = unsafe TensorMemory(spec, bytes: used)
            InputData.fill(
                tensor, inputIndex: index, of: request.operation, pattern: request.data,
                seed: request.inputSeeds[index])
            views.append(tensor.view)
            unsafe memory.append(bytes)
        }
        self.views = views
    }

    deinit { unsafe memory.forEach { unsafe $0.deallocate() } }
}
