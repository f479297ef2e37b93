import Model
import Testing

@testable import Operators

/// Altered inputs and the look at some outputs.
@Suite struct SpotCheckTests {
    private let operation = Operation(
        name: "MatMul", opset: 13,
        inputs: [TensorSpec("A", .f32, [40, 30]), TensorSpec("B", .f32, [30, 20])],
        outputs: [TensorSpec("Y", .f32, [40, 20])])

    /// A tensor's memory for the length of a test.
    private final class Memory {
        let bytes: UnsafeMutableRawBufferPointer
        let spec: TensorSpec

        init(_ spec: TensorSpec) {
            self.spec = spec
            bytes = .allocate(byteCount: spec.byteCount, alignment: 64)
            bytes.initializeMemory(as: UInt8.self, repeating: 0)
        }
        deinit { bytes.deallocate() }

        var view: TensorView { TensorView(spec, bytes: UnsafeRawBufferPointer(bytes)) }
        var floats: UnsafeMutableBufferPointer<Float> { bytes.bindMemory(to: Float.self) }
    }

    private func inputs() -> [Memory] {
        operation.inputs.enumerated().map { index, spec in
            let memory = Memory(spec)
            InputData.fill(
                TensorMemory(spec, bytes: memory.bytes), inputIndex: index, of: operation,
                pattern: .normal, seed: UInt64(index + 5))
            return memory
        }
    }

    /// The product by its definition, in f64 and rounded once.
    private func product(_ inputs: [Memory]) -> Memory {
        let output = Memory(operation.outputs[0])
        for row in 0..<40 {
            for column in 0..<20 {
                let sum = (0..<30).reduce(0.0) { sum, k in
                    sum + Double(inputs[0].floats[row * 30 + k])
                        * Double(inputs[1].floats[k * 20 + column])
                }
                output.floats[row * 20 + column] = Float(sum)
            }
        }
        return output
    }

    private func altered(seed: UInt64) -> [Memory] {
        let inputs = inputs()
        for change in InputAlteration.all(of: operation, pattern: .normal, seed: seed) {
            let range = change.byteRange(in: operation.inputs[change.inputIndex])
            UnsafeMutableRawBufferPointer(rebasing: inputs[change.inputIndex].bytes[range])
                .copyBytes(from: change.bytes(of: operation, pattern: .normal))
        }
        return inputs
    }

    private func check(_ inputs: [Memory], _ output: Memory, before: Memory) throws -> Correctness {
        try Verification.spotCheck(
            operation, inputs: inputs.map(\.view), outputs: [output.view],
            before: [before.view], mustChange: true, seed: 3)
    }

    /// 4096 ones of which one became 1.0078125: their mean is still 1 in bf16.
    @Test func `A single output may round to what it was, and is compared all the same`() throws {
        let mean = try OperatorRegistry.infer(
            Operation(
                name: "ReduceMean", opset: 0, inputs: [TensorSpec("data", .bf16, [4096])],
                outputs: [], attributes: [Attribute("keepdims", .int(0))]))
        let data = Memory(mean.inputs[0])
        let numbers = data.bytes.bindMemory(to: UInt16.self)
        for index in 0..<4096 { numbers[index] = 0x3F80 }
        numbers[17] = 0x3F81
        let result = Memory(mean.outputs[0])
        func judge(_ bits: UInt16) throws -> Correctness {
            result.bytes.storeBytes(of: bits, as: UInt16.self)
            return try Verification.spotCheck(
                mean, inputs: [data.view], outputs: [result.view], before: [result.view],
                mustChange: true, seed: 3)
        }
        #expect(try judge(0x3F80).passed)
        #expect(try !judge(0x3F00).passed)
    }

    @Test func `The right answer to altered inputs passes`() throws {
        let inputs = altered(seed: 9)
        let found = try check(inputs, product(inputs), before: product(self.inputs()))
        #expect(found.passed, "\(found.detail)")
        #expect(found.coverage > 0 && found.coverage < 1)
    }

    @Test func `The old answer to altered inputs is found`() throws {
        let old = product(inputs())
        let found = try check(altered(seed: 9), old, before: old)
        #expect(!found.passed)
        #expect(found.detail == "no output changed when the inputs did")
    }

    @Test func `An answer that was changed a little is found where it was changed`() throws {
        let old = product(inputs())
        let forged = product(inputs())
        forged.floats[123] += 1
        let found = try check(altered(seed: 9), forged, before: old)
        #expect(!found.passed)
    }

    @Test func `The same seed alters the same elements, another one others`() {
        let first = InputAlteration.all(of: operation, pattern: .normal, seed: 1)
        #expect(first == InputAlteration.all(of: operation, pattern: .normal, seed: 1))
        #expect(first != InputAlteration.all(of: operation, pattern: .normal, seed: 2))
        #expect(first.map(\.inputIndex) == [0, 1])
        for change in first {
            #expect(change.first >= 0 && change.count == 512)
            #expect(change.first + change.count <= operation.inputs[change.inputIndex].count)
        }
    }

    @Test func `What may not change is left alone`() {
        var constant = operation
        constant.inputs[1].isConstant = true
        let found = InputAlteration.all(of: constant, pattern: .normal, seed: 1)
        #expect(found.map(\.inputIndex) == [0])
        #expect(InputAlteration.all(of: operation, pattern: .zeros, seed: 1).isEmpty)
    }
}
