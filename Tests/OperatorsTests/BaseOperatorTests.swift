import FoundationEssentials
import Model
import Testing

@testable import Operators

/// A row of random_access.json.
private struct RandomTable: Decodable {
    let bytes: Int64
    let updates: Int64
    let first: Int64
    let last: Int64
    let hash: String
}

@Suite struct BaseOperatorTests {
    /// The message of an operation of ours that must be refused.
    private func message(_ name: String, _ attributes: [String: AttributeValue]) -> String {
        do { _ = try ours(name, attributes) } catch { return "\(error)" }
        return ""
    }

    private func verify(_ operation: Operation, _ output: TensorMemory, _ inputs: [TensorView] = [])
        throws -> Correctness
    {
        try Verification.verify(
            operation, inputs: inputs, outputs: [output.view], sampleSeed: 1)
    }

    @Test(
        arguments: [
            ("f64", "vector", 768), ("f32", "vector", 768), ("i32", "vector", 768),
            ("f16", "vector", 1536), ("bf16", "vector", 1536), ("i16", "vector", 1536),
            ("i8", "vector", 3072), ("bf16", "matrix", 524_288), ("i8", "matrix", 524_288),
        ] as [(String, String, Int64)])
    func `A peak of any type comes in whole grains and counts half its operations`(
        dtype: String, unit: String, grain: Int64
    ) throws {
        let given: [String: AttributeValue] = ["dtype": .string(dtype), "unit": .string(unit)]
        let operation = try ours(
            "Peak", given.merging(["operations": .int(3 * grain)]) { $1 })
        #expect(try OperatorRegistry.work(of: operation).flops == UInt64(3 * grain))
        let tensors = Tensors()
        let output = tensors.make(operation.outputs[0])
        output.store(Double(3 * grain / 2), at: 0)
        #expect(try verify(operation, output).passed)
        output.store(Double(3 * grain / 2 - 1), at: 0)
        #expect(try !verify(operation, output).passed)
        let off = given.merging(["operations": .int(2 * grain + 768 / 2 + 768)]) { $1 }
        #expect(message("Peak", off).hasSuffix("it must be a multiple of \(grain)"))
        // The default suits every type and unit.
        #expect(try ours("Peak", given).int("operations") == 96 << 20)
    }

    @Test(arguments: [("amx", "vector"), ("sse", "matrix"), ("neon", "matrix")])
    func `A path of the other unit is refused`(path: String, unit: String) {
        #expect(
            message("Peak", ["path": .string(path), "unit": .string(unit)])
                == "Peak: attribute 'path' is '\(path)', which is no path of the unit '\(unit)'")
    }

    @Test func `Random updates make the tables that the Python implementation gives`() throws {
        for row in try fixture("random_access", as: [RandomTable].self) {
            let operation = try ours(
                "RandomAccess", ["bytes": .int(row.bytes), "updates": .int(row.updates)])
            let tensors = Tensors()
            let inputs = generatedInputs(operation, tensors)
            #expect(inputs[0].element(77) == 77)
            let changes = RandomUpdates.changes(
                words: Int(row.bytes / 8), updates: Int(row.updates))
            let output = tensors.make(operation.outputs[0])
            for (index, change) in changes.enumerated() {
                output.store(Int64(UInt64(index) ^ change), at: index)
            }
            #expect(fnv(output.contents) == row.hash)
            #expect(output.elements(of: Int64.self).first == row.first)
            #expect(output.elements(of: Int64.self).last == row.last)
            #expect(try verify(operation, output, inputs).passed)
            // One update lost, and one bit wrong at the end of a number.
            for wrong in [Int64(5), output.elements(of: Int64.self)[9] ^ 1] {
                let right = output.elements(of: Int64.self)[9]
                output.store(wrong, at: 9)
                #expect(try !verify(operation, output, inputs).passed)
                output.store(right, at: 9)
            }
            #expect(try OperatorRegistry.work(of: operation).steps == UInt64(row.updates))
        }
    }

    @Test func `Random updates name what their table must be`() {
        #expect(
            message("RandomAccess", ["bytes": .int(24576), "updates": .int(256)])
                == "RandomAccess: attribute 'bytes' is 24576; it must be a power of two")
        #expect(
            message("RandomAccess", ["bytes": .int(16384), "updates": .int(300)])
                == "RandomAccess: attribute 'updates' is 300; it must be a multiple of 256")
    }

    @Test(
        arguments: [
            ("CoreToCore", "roundTrips", 2, 1), ("PageFault", "pages", 1, 2),
            ("ParallelRegion", "regions", 1, 1), ("ThreadSpawn", "count", 1, 1),
        ] as [(String, String, Int64, Int)])
    func `What is done many times is counted and must be exact`(
        name: String, times: String, stepsEach: Int64, outputs: Int
    ) throws {
        let operation = try ours(name, [times: .int(50)])
        #expect(operation.outputs == [TensorSpec("counts", .i64, [outputs])])
        #expect(try OperatorRegistry.work(of: operation).steps == UInt64(50 * stepsEach))
        #expect(try OperatorRegistry.work(of: operation).bytes == .zero)
        let tensors = Tensors()
        let output = tensors.make(operation.outputs[0])
        for position in 0..<outputs { output.store(50 * stepsEach, at: position) }
        #expect(try verify(operation, output).passed)
        output.store(50 * stepsEach - 1, at: outputs - 1)
        #expect(try !verify(operation, output).passed)
        #expect(message(name, [times: .int(0)]).hasSuffix("it must be at least 1"))
        #expect(message(name, [times: .int(1 << 33)]).hasSuffix("it must be at most 4294967296"))
        #expect(try OperatorRegistry.infer(operation) == operation)
    }

    @Test func `A capacity needs its bytes, and is counted in small pages`() throws {
        let operation = try ours("Capacity", ["bytes": .int(1 << 30)])
        #expect(OperatorRegistry.memoryNeeded(operation).value == (1 << 30) + 8)
        #expect(try OperatorRegistry.work(of: operation).steps == 1 << 18)
        let tensors = Tensors()
        let output = tensors.make(operation.outputs[0])
        output.store(Int64(1 << 18), at: 0)
        #expect(try verify(operation, output).passed)
        output.store(Int64(1 << 18) - 1, at: 0)
        #expect(try !verify(operation, output).passed)
        #expect(
            message("Capacity", ["bytes": .int(5000)]).contains("must be a multiple of 4096"))
    }
}
