import LaunchProtocol
import Model
import Operators

/// Checks sealed outputs against the f64 oracle. No vendor code is loaded or entered here.
struct VerifierRole {
    let request: LaunchRequest
    let channel: Channel

    func run() {
        channel.send(.phase(.verify))
        let outputBytes = request.operation.outputs.reduce(0) { $0 + $1.byteCount }
        let layout = OutputLayout(
            outputBytes: outputBytes, hasAltered: request.checks != .timed)
        let memory = SharedMemory(descriptor: WorkerDescriptor.outputs, writable: false)
        if outputBytes > 0 {
            guard let memory, unsafe memory.bytes.count >= layout.byteCount else {
                channel.send(
                    .failure(
                        LaunchFailure(
                            kind: .harness, phase: .verify, message: "the outputs are missing")))
                return
            }
        }
        let timed = memory.map { outputs(in: $0, from: 0) } ?? []
        let cache = SharedMemory(descriptor: WorkerDescriptor.expectation, writable: true)
        do throws(OperatorError) {
            if request.checks != .altered {
                let found = try verify(outputs: timed, cache: cache)
                channel.send(.verified(found))
                if !found.passed, let type = try agreement(timed) { channel.send(.agrees(type)) }
            }
            if let memory, request.checks != .timed {
                let altered = outputs(in: memory, from: layout.alteredOffset)
                channel.send(.spotChecked(try spotCheck(altered, before: timed)))
            }
        } catch {
            channel.send(
                .failure(
                    LaunchFailure(kind: .harness, phase: .verify, message: error.description)))
        }
    }

    /// The operation's outputs as they lie in the sealed memory from an offset on.
    private func outputs(in memory: SharedMemory, from start: Int) -> [TensorView] {
        var offset = start
        return request.operation.outputs.map { spec in
            defer { offset += spec.byteCount }
            return unsafe TensorView(
                spec,
                bytes: UnsafeRawBufferPointer(
                    rebasing: memory.bytes[offset..<offset + spec.byteCount]))
        }
    }

    /// The longest of the shorter types whose arithmetic would explain wrong outputs.
    private func agreement(_ outputs: [TensorView]) throws(OperatorError) -> DType? {
        var operation = request.operation
        let own = operation.math ?? operation.inputs.first { $0.dtype.isFloat }?.dtype
        guard let own, own.isFloat else { return nil }
        let inputs = RegeneratedInputs(request)
        for type in [DType.f32, .tf32, .f16, .bf16] where type.unitRoundoff > own.unitRoundoff {
            operation.math = type
            operation.accumulate = nil
            let found = try Verification.verify(
                operation, inputs: inputs.views, outputs: outputs, sampleSeed: request.auditSeed)
            if found.passed { return type }
        }
        return nil
    }

    /// Fewer elements may leave every output as it was: a rectifier's, where all are negative.
    private static let alteredMin = 64

    /// Compares some of the outputs that altered inputs gave, where they changed above all.
    private func spotCheck(
        _ altered: [TensorView], before: [TensorView]
    ) throws(OperatorError) -> Correctness {
        let inputs = RegeneratedInputs(request)
        inputs.alter(request)
        return try Verification.spotCheck(
            request.operation, inputs: inputs.views, outputs: altered, before: before,
            mustChange: inputs.alteredCount >= Self.alteredMin, seed: request.inspectionSeed)
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
    /// Elements that ``alter(_:)`` changed.
    private(set) var alteredCount = 0

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

    /// Makes the change that the launch made for its event with altered inputs.
    func alter(_ request: LaunchRequest) {
        let operation = request.operation
        let all = InputAlteration.all(
            of: operation, pattern: request.data, seed: request.inspectionSeed)
        for alteration in all {
            alteredCount += alteration.count
            let range = alteration.byteRange(in: operation.inputs[alteration.inputIndex])
            let bytes = alteration.bytes(of: operation, pattern: request.data)
            unsafe UnsafeMutableRawBufferPointer(
                rebasing: memory[alteration.inputIndex][range]
            ).copyBytes(from: bytes)
        }
    }

    deinit { unsafe memory.forEach { unsafe $0.deallocate() } }
}
