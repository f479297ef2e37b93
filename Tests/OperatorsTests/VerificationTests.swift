import FoundationEssentials
import Model
import Testing

@testable import Operators

struct OutputCase: Decodable, CustomTestStringConvertible {
    let label: String
    let `operator`: String
    let attributes: FixtureAttributes
    let dtype: DType
    let inputs: [[Int]]
    let axes: [Int64]?
    let pattern: String
    let passes: Bool
    let output: Base64

    var testDescription: String { label }

    func operation() throws -> Operation {
        let definition = try #require(OperatorRegistry.definition(domain: "", name: `operator`))
        var specs = zip(definition.inputs, inputs).map { TensorSpec($0.name, dtype, $1) }
        if let axes { specs.append(TensorSpec("axes", .i64, [axes.count], values: axes)) }
        return try onnx(`operator`, specs, attributes.attributes)
    }

    static let all: [OutputCase] = (try? fixture("outputs")) ?? []
}

@Suite struct RealArithmeticTests {
    @Test func `There are right and wrong outputs`() {
        #expect(OutputCase.all.count { $0.passes } > 25)
        #expect(OutputCase.all.count { !$0.passes } > 40)
    }

    @Test(arguments: OutputCase.all)
    func `Right arithmetic passes and shorter arithmetic fails`(test: OutputCase) throws {
        let operation = try test.operation()
        let tensors = Tensors()
        let pattern = try #require(DataPattern(name: test.pattern))
        let inputs = generatedInputs(operation, tensors, pattern: pattern)
        let output = tensors.view(operation.outputs[0], test.output)
        let result = try Verification.verify(
            operation, inputs: inputs, outputs: [output], sampleSeed: 1)
        #expect(result.passed == test.passes, "\(result)")
        #expect(result.checked)
        #expect(result.detail.isEmpty == test.passes)
        #expect((result.value <= 1) == test.passes)
    }
}

/// An operation with right f32 outputs: the oracle's, rounded.
private struct Prepared {
    let operation: Operation
    let tensors = Tensors()
    let inputs: [TensorView]
    let output: TensorMemory

    init(_ operation: Operation, pattern: DataPattern = .normal) throws {
        self.operation = operation
        inputs = generatedInputs(operation, tensors, pattern: pattern)
        output = tensors.make(operation.outputs[0])
        let oracle = try #require(try OperatorRegistry.definition(of: operation).oracle)
        var expected = Expected()
        expected.reset(count: operation.outputs[0].count)
        let call = OracleCall(operation, inputs: inputs)
        oracle.evaluate(call, 0..<operation.outputs[0].count, &expected)
        for (position, value) in expected.values.enumerated() { store(value, at: position) }
    }

    func store(_ value: Double, at position: Int) {
        if output.spec.dtype == .f32 {
            output.store(Float(value), at: position)
        } else {
            output.store(value, at: position)
        }
    }

    func verify(seed: UInt64 = 1) throws -> Correctness {
        try Verification.verify(
            operation, inputs: inputs, outputs: [output.view], sampleSeed: seed)
    }

    /// The position whose result has the median magnitude.
    var typical: Int {
        let count = output.spec.count
        let sorted = (0..<count).sorted {
            abs(output.view.element($0)) < abs(output.view.element($1))
        }
        return sorted[count / 2]
    }
}

private let checkedOperations: [Operation] = {
    let rows = TensorSpec("X", .f32, [6, 70])
    func named(_ name: String) -> TensorSpec { TensorSpec(name, .f32, [6, 70]) }
    let all: [Operation?] = [
        try? onnx("MatMul", [TensorSpec("A", .f32, [9, 64]), TensorSpec("B", .f32, [64, 8])]),
        try? onnx("MatMul", [TensorSpec("A", .f64, [9, 64]), TensorSpec("B", .f64, [64, 8])]),
        try? onnx(
            "MatMul", [TensorSpec("A", .f32, [4, 4096]), TensorSpec("B", .f32, [4096, 5])]),
        try? onnx("Gemm", [TensorSpec("A", .f32, [9, 64]), TensorSpec("B", .f32, [64, 8])]),
        try? onnx("Add", [named("A"), named("B")]), try? onnx("Sub", [named("A"), named("B")]),
        try? onnx("Mul", [named("A"), named("B")]), try? onnx("Div", [named("A"), named("B")]),
        try? onnx("Exp", [named("input")]), try? onnx("Tanh", [named("input")]),
        try? onnx("Abs", [rows]), try? onnx("Neg", [rows]), try? onnx("Sqrt", [rows]),
        try? onnx("Sigmoid", [rows]), try? onnx("Softmax", [named("input")]),
        try? onnx("LayerNormalization", [rows, TensorSpec("Scale", .f32, [70])]),
        try? onnx(
            "ReduceSum", [named("data"), TensorSpec("axes", .i64, [1], values: [1])]),
        try? ours("MemoryWrite", ["bytes": .int(4096)]),
        try? ours("MemoryCopy", ["bytes": .int(4096)]),
        try? ours("MemoryScale", ["bytes": .int(4096)]),
        try? ours("MemoryAdd", ["bytes": .int(6144)]),
        try? ours("MemoryTriad", ["bytes": .int(6144)]),
        try? ours("MemoryRead", ["bytes": .int(8192)]), try? ours("Peak"),
    ]
    return all.compactMap { $0 }
}()

@Suite struct VerificationTests {
    @Test func `Every operation of the table completes`() {
        #expect(checkedOperations.count == 24)
    }

    @Test(arguments: checkedOperations)
    func `The rounded result passes`(operation: Operation) throws {
        let result = try Prepared(operation).verify()
        #expect(result.passed, "\(result)")
        #expect(result.coverage == 1)
    }

    @Test(arguments: checkedOperations)
    func `One output off by 1 percent fails`(operation: Operation) throws {
        let prepared = try Prepared(operation)
        let position = prepared.typical
        prepared.store(prepared.output.view.element(position) * 1.01, at: position)
        let result = try prepared.verify()
        #expect(!result.passed)
        #expect(result.value > 1)
        #expect(result.detail.contains("\(prepared.output.spec.name)["), "\(result.detail)")
    }

    @Test(arguments: checkedOperations)
    func `A result that is not a number fails`(operation: Operation) throws {
        let prepared = try Prepared(operation)
        prepared.store(.nan, at: prepared.output.spec.count - 1)
        let result = try prepared.verify()
        #expect(!result.passed)
        #expect(result.value == 1e300)
        #expect(result.detail.contains("never written"))
    }

    @Test(arguments: checkedOperations)
    func `A half-written output fails`(operation: Operation) throws {
        let prepared = try Prepared(operation)
        let count = prepared.output.spec.count
        for position in count / 2..<count { prepared.store(.nan, at: position) }
        #expect(try !prepared.verify().passed)
    }

    @Test(arguments: checkedOperations)
    func `An infinite result fails`(operation: Operation) throws {
        let prepared = try Prepared(operation)
        prepared.store(.infinity, at: 0)
        #expect(try !prepared.verify().passed)
    }

    @Test(arguments: checkedOperations)
    func `A kept expectation gives the same judgement`(operation: Operation) throws {
        let prepared = try Prepared(operation)
        let size = try Verification.expectedByteCount(operation)
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 8)
        block.initializeMemory(as: UInt8.self, repeating: 0)
        defer { block.deallocate() }
        let memory = ExpectationMemory(bytes: block)
        func kept() throws -> Correctness? {
            try Verification.verify(
                operation, outputs: [prepared.output.view], sampleSeed: 5, expectation: memory)
        }
        #expect(try kept() == nil)
        try Verification.expect(operation, inputs: prepared.inputs, sampleSeed: 5, into: memory)
        #expect(try kept() == prepared.verify(seed: 5))
        prepared.store(prepared.output.view.element(0) * 1.5 + 1, at: 0)
        #expect(try kept() == prepared.verify(seed: 5))
        #expect(try kept()?.passed == false)
        #expect(!memory.isValid(seed: 6))
    }

    @Test func `A sum over part of the array fails`() throws {
        let operation = try ours("MemoryRead", ["bytes": .int(1 << 20)])
        let prepared = try Prepared(operation)
        let whole = prepared.output.view.element(0)
        prepared.store(whole - prepared.inputs[0].element(77), at: 0)
        #expect(try !prepared.verify().passed)
        prepared.store(whole + abs(whole) * 1e-14, at: 0)
        #expect(try prepared.verify().passed)
    }

    @Test func `A fused and an unfused triad both pass and nothing between arrays does`() throws {
        let operation = try ours("MemoryTriad", ["bytes": .int(30720), "scalar": .float(3.1)])
        let prepared = try Prepared(operation)
        let (b, c) = (prepared.inputs[0], prepared.inputs[1])
        var differences = 0
        for position in 0..<prepared.output.spec.count {
            let fused = b.element(position).addingProduct(3.1, c.element(position))
            if fused != prepared.output.view.element(position) { differences += 1 }
            prepared.store(fused, at: position)
        }
        #expect(differences > 0)
        #expect(try prepared.verify().passed)
        let value = prepared.output.view.element(5)
        prepared.store(value + 4 * value.ulp, at: 5)
        #expect(try !prepared.verify().passed)
    }

    @Test func `The checksum of the peak kernel is exact`() throws {
        let prepared = try Prepared(try ours("Peak", ["operations": .int(768 * 1000)]))
        #expect(prepared.output.view.element(0) == 384_000)
        #expect(try prepared.verify().passed)
        prepared.store(383_999, at: 0)
        #expect(try !prepared.verify().passed)
    }

    @Test func `An empty operation has nothing to compare`() throws {
        let operation = try ours("Empty")
        let result = try Verification.verify(operation, inputs: [], outputs: [], sampleSeed: 0)
        #expect(result.passed)
        #expect(result.method == "structural")
        #expect(try Verification.expectedByteCount(operation) == 0)
    }

    @Test func `Results beyond the output type may be infinite on the right side`() throws {
        let operation = try onnx("Exp", [TensorSpec("input", .f32, [2])])
        let tensors = Tensors()
        let input = tensors.make(operation.inputs[0])
        input.store(Float(100), at: 0)
        input.store(Float(-200), at: 1)
        let output = tensors.make(operation.outputs[0])
        func passes(_ first: Float, _ second: Float) throws -> Bool {
            output.store(first, at: 0)
            output.store(second, at: 1)
            return try Verification.verify(
                operation, inputs: [input.view], outputs: [output.view], sampleSeed: 0
            ).passed
        }
        #expect(try passes(.infinity, 0))
        #expect(try !passes(-.infinity, 0))
        #expect(try !passes(.greatestFiniteMagnitude, 0))
        #expect(try !passes(.infinity, 1e-30))
    }

    @Test func `Arithmetic in tf32 is judged by the roundoff of tf32`() throws {
        let specs = [TensorSpec("A", .f32, [20, 256]), TensorSpec("B", .f32, [256, 20])]
        func judged(_ math: DType?, droppedBits: UInt32) throws -> Bool {
            let prepared = try Prepared(try onnx("MatMul", specs, math: math))
            for row in 0..<20 {
                for column in 0..<20 {
                    var sum: Float = 0
                    for k in 0..<256 {
                        let a = chopped(prepared.inputs[0], row * 256 + k, droppedBits)
                        let b = chopped(prepared.inputs[1], k * 20 + column, droppedBits)
                        sum += a * b
                    }
                    prepared.store(Double(sum), at: row * 20 + column)
                }
            }
            return try prepared.verify().passed
        }
        #expect(try judged(nil, droppedBits: 0))
        #expect(try judged(.tf32, droppedBits: 13))
        #expect(try !judged(nil, droppedBits: 13))
    }

    private func chopped(_ view: TensorView, _ position: Int, _ bits: UInt32) -> Float {
        let pattern = Float(view.element(position)).bitPattern
        return Float(bitPattern: (pattern >> bits) << bits)
    }
}
