import Model
import Testing

@testable import Operators

private func f32(_ name: String, _ shape: Int...) -> TensorSpec { TensorSpec(name, .f32, shape) }

private func drawn(_ name: String, _ shape: Int...) -> TensorSpec { TensorSpec(name, .i64, shape) }

/// A call whose indices are drawn, the input that has them, and the largest that is valid.
struct IndexedCall: CustomTestStringConvertible {
    let operation: Operation
    let input: Int
    let largest: Int64

    var testDescription: String { operation.name }

    static func make(
        _ name: String, _ inputs: [TensorSpec], _ attributes: [Attribute] = [],
        domain: String = "", input: Int = 1, largest: Int64
    ) -> IndexedCall? {
        let given = Operation(
            domain: domain, name: name, opset: 0, inputs: inputs, outputs: [],
            attributes: attributes)
        guard let operation = try? OperatorRegistry.infer(given) else { return nil }
        return IndexedCall(operation: operation, input: input, largest: largest)
    }

    static let all: [IndexedCall?] = [
        make("Gather", [f32("data", 40, 9), drawn("indices", 500)], largest: 39),
        make(
            "GatherElements", [f32("data", 30, 7), drawn("indices", 30, 60)],
            [Attribute("axis", .int(-1))], largest: 6),
        make("GatherND", [f32("data", 30, 7, 2), drawn("indices", 300, 2)], largest: 6),
        make(
            "ScatterElements",
            [f32("data", 30, 7), drawn("indices", 200, 7), f32("updates", 200, 7)],
            [Attribute("reduction", .string("add"))], largest: 29),
        make(
            "ScatterND", [f32("data", 30, 7), drawn("indices", 200, 1), f32("updates", 200, 7)],
            largest: 29),
        make(
            "PagedAttention",
            [
                f32("Q", 2, 4, 8), f32("KeyCache", 12, 4, 2, 8), f32("ValueCache", 12, 4, 2, 8),
                drawn("BlockTable", 2, 100), TensorSpec("Lengths", .i64, [2], values: [400, 3]),
            ], domain: "assay", input: 3, largest: 11),
        make(
            "MoECombine", [f32("Y", 20, 6), drawn("Positions", 150, 2), f32("Weights", 150, 2)],
            domain: "assay", largest: 19),
        make(
            "GatherGrad", [f32("Gradient", 300, 4), drawn("Indices", 300)],
            [Attribute("rows", .int(25))], domain: "assay", largest: 24),
        make(
            "RotaryEmbedding",
            [
                f32("X", 2, 4, 150, 8), f32("cos_cache", 33, 4), f32("sin_cache", 33, 4),
                drawn("position_ids", 2, 150),
            ], input: 3, largest: 32),
    ]
}

@Suite struct GeneratedIndexTests {
    @Test(arguments: IndexedCall.all)
    func `Drawn indices are valid, reach both ends, and give results that pass`(
        call: IndexedCall?
    ) throws {
        let call = try #require(call)
        let tensors = Tensors()
        let inputs = generatedInputs(call.operation, tensors)
        let indices = (0..<inputs[call.input].spec.count).map { inputs[call.input].integer($0) }
        #expect(indices.min() == 0)
        #expect(indices.max() == call.largest)
        let output = tensors.make(call.operation.outputs[0])
        let oracle = try #require(try OperatorRegistry.definition(of: call.operation).oracle)
        var expected = Expected()
        expected.reset(count: output.spec.count)
        oracle.evaluate(
            OracleCall(call.operation, inputs: inputs), 0..<output.spec.count, &expected)
        for (place, value) in expected.values.enumerated() {
            output.store(number: value, at: place)
        }
        let result = try Verification.verify(
            call.operation, inputs: inputs, outputs: [output.view], sampleSeed: 1)
        #expect(result.passed, "\(result)")
    }

    @Test func `Drawn scales give quantized products that use the range of a byte`() throws {
        func byte(_ name: String, _ shape: Int...) -> TensorSpec { TensorSpec(name, .i8, shape) }
        let operation = try onnx(
            "QLinearMatMul",
            [
                byte("a", 30, 200), f32("a_scale"), byte("a_zero_point"), byte("b", 200, 40),
                f32("b_scale", 40), byte("b_zero_point", 40), f32("y_scale"),
                byte("y_zero_point"),
            ])
        let tensors = Tensors()
        let inputs = generatedInputs(operation, tensors)
        let oracle = try #require(try OperatorRegistry.definition(of: operation).oracle)
        var expected = Expected()
        expected.reset(count: 1200)
        withExtendedLifetime(tensors) {
            oracle.evaluate(OracleCall(operation, inputs: inputs), 0..<1200, &expected)
        }
        #expect(Set(expected.values).count > 50)
        #expect(expected.bounds.count { $0 > 0 } < 12)
    }

    @Test func `Large calls are compared at seeded outputs, each of which is affordable`() throws {
        let operation = try onnx(
            "Conv", [f32("X", 64, 256, 56, 56), f32("W", 256, 256, 3, 3)],
            [Attribute("pads", .ints([1, 1, 1, 1]))])
        let oracle = try #require(try OperatorRegistry.definition(of: operation).oracle)
        let coverage = Coverage(operation, oracle, seed: 1)
        #expect(coverage.method == "sampled")
        #expect(coverage.count == 4096)
        #expect(UInt64(coverage.count) * oracle.sampleCost(operation) <= Coverage.operationsMax)
    }
}
