import Model
import Testing

@testable import Operators

@Suite struct StorageTests {
    private func judged(_ operation: Operation, change position: Int?) throws -> Bool {
        let tensors = Tensors()
        let inputs = generatedInputs(operation, tensors)
        let output = tensors.make(operation.outputs[0])
        let start = inputs[0].spec.count - output.spec.count
        for place in 0..<output.spec.count {
            output.store(inputs[0].integer(start + place), at: place)
        }
        if let position { output.store(~inputs[0].integer(start + position), at: position) }
        return try Verification.verify(
            operation, inputs: inputs, outputs: [output.view], sampleSeed: 1
        ).passed
    }

    @Test(arguments: [("StorageRead", 3 * 4096, true), ("StorageWrite", 4096, false)])
    func `What was stored is what is expected`(name: String, bytes: Int, isRead: Bool) throws {
        let operation = try ours(name, ["bytes": .int(3 * 4096), "block": .int(4096)])
        #expect(operation.outputs[0].byteCount == bytes)
        #expect(operation.inputs[0].isConstant == isRead)
        #expect(try judged(operation, change: nil))
        #expect(try !judged(operation, change: 0))
        #expect(try !judged(operation, change: bytes / 8 - 1))
        let work = try OperatorRegistry.work(of: operation)
        #expect(work.bytes.value == 3 * 4096 && work.steps == 3 && work.flops == 0)
        #expect((work.bytesRead.value > 0) == isRead)
    }

    @Test func `Blocks are whole, and multiples of what storage has`() {
        func message(_ bytes: Int64, _ block: Int64) -> String {
            do { _ = try ours("StorageRead", ["bytes": .int(bytes), "block": .int(block)]) } catch {
                return "\(error)"
            }
            return ""
        }
        #expect(message(9000, 4500).hasSuffix("'block' is 4500; it must be a multiple of 4096"))
        #expect(message(10_000, 4096).contains("it must be whole blocks of 4096"))
    }
}
