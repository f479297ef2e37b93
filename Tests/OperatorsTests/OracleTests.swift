import Model
import Testing

@testable import Operators

struct OperatorCase: Decodable, CustomTestStringConvertible {
    struct Input: Decodable {
        let name: String
        let dtype: DType
        let shape: [Int]
        let data: Base64
        let values: [Int64]?
    }

    let label: String
    let `operator`: String
    let attributes: FixtureAttributes
    let inputs: [Input]
    let shape: [Int]
    let expected: Base64

    var testDescription: String { label }

    func operation() throws -> Operation {
        let specs = inputs.map { TensorSpec($0.name, $0.dtype, $0.shape, values: $0.values) }
        return try onnx(`operator`, specs, attributes.attributes)
    }

    static let all: [OperatorCase] = (try? fixture("operators")) ?? []
}

@Suite struct OracleTests {
    @Test(arguments: OperatorCase.all)
    func `The oracle agrees with numpy`(test: OperatorCase) throws {
        let operation = try test.operation()
        #expect(operation.outputs[0].shape == test.shape)
        let tensors = Tensors()
        let inputs = zip(operation.inputs, test.inputs).map { tensors.view($0, $1.data) }
        let wanted = doubles(test.expected)
        try #require(wanted.count == operation.outputs[0].count)
        let definition = try OperatorRegistry.definition(of: operation)
        let oracle = try #require(definition.oracle)
        let call = OracleCall(operation, inputs: inputs)
        for size in [max(wanted.count, 1), 7] {
            var actual: [Double] = []
            for start in stride(from: 0, to: wanted.count, by: size) {
                let range = start..<min(start + size, wanted.count)
                var expected = Expected()
                expected.reset(count: range.count)
                oracle.evaluate(call, range, &expected)
                actual += expected.values
                #expect(expected.bounds.allSatisfy { !($0 < 0) })
            }
            let wrong = zip(actual, wanted).filter { !isClose($0, $1) }
            #expect(wrong.isEmpty, "\(wrong.prefix(3))")
        }
    }

    @Test(arguments: OperatorCase.all)
    func `Exact results rounded to the output type pass`(test: OperatorCase) throws {
        let operation = try test.operation()
        let tensors = Tensors()
        let inputs = zip(operation.inputs, test.inputs).map { tensors.view($0, $1.data) }
        let output = tensors.make(operation.outputs[0])
        for (position, value) in doubles(test.expected).enumerated() {
            if output.spec.dtype == .f32 {
                output.store(Float(value), at: position)
            } else {
                output.store(value, at: position)
            }
        }
        let result = try Verification.verify(
            operation, inputs: inputs, outputs: [output.view], sampleSeed: 1)
        #expect(result.passed, "\(result)")
        #expect(result.coverage == 1)
        #expect(result.method == "full")
    }

    private func isClose(_ actual: Double, _ wanted: Double) -> Bool {
        if wanted.isNaN { return actual.isNaN }
        if actual == wanted { return true }
        return abs(actual - wanted) <= 1e-12 * max(abs(wanted), 1)
    }
}
