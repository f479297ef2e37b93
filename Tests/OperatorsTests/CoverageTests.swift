import Model
import Testing

@testable import Operators

/// A product that is checked as if it were too large to compare in full.
private struct LargeProduct {
    static let (m, n, k) = (64, 40, 100)

    let operation: Operation
    let tensors = Tensors()
    let inputs: [TensorView]
    let output: TensorMemory
    let oracle: Oracle
    let coverage: Coverage

    init() throws {
        operation = try onnx(
            "MatMul",
            [TensorSpec("A", .f32, [Self.m, Self.k]), TensorSpec("B", .f32, [Self.k, Self.n])])
        inputs = generatedInputs(operation, tensors)
        output = tensors.make(operation.outputs[0])
        oracle = try #require(try OperatorRegistry.definition(of: operation).oracle)
        coverage = Coverage(operation, oracle, seed: 3, operationsMax: 1000)
        var expected = Expected()
        expected.reset(count: output.spec.count)
        let call = OracleCall(operation, inputs: inputs)
        oracle.evaluate(call, 0..<output.spec.count, &expected)
        for (position, value) in expected.values.enumerated() {
            output.store(Float(value), at: position)
        }
    }

    func verify() -> Correctness {
        Verification.verify(operation, oracle, [coverage], inputs, [output.view], 3)
    }

    /// The judgement from an expectation that was kept.
    func verifyKept() -> Correctness {
        let size = Verification.expectedByteCount(operation, oracle, [coverage])
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 8)
        block.initializeMemory(as: UInt8.self, repeating: 0)
        defer { block.deallocate() }
        let memory = ExpectationMemory(bytes: block)
        Verification.expect(operation, oracle, [coverage], inputs, 3, into: memory)
        return Verification.verify(
            operation, oracle, [coverage], [output.view], 3, expectation: memory)
    }

    /// The rows that are not among those compared in full.
    var uncomparedRows: [Int] {
        let compared = coverage.ranges.map { $0.lowerBound / Self.n }
        return (0..<Self.m).filter { !compared.contains($0) }
    }
}

@Suite struct CoverageTests {
    @Test func `Up to a thousand million operations every output is compared`() throws {
        let small = try onnx(
            "MatMul", [TensorSpec("A", .f32, [500, 1000]), TensorSpec("B", .f32, [1000, 1000])])
        let oracle = try #require(try OperatorRegistry.definition(of: small).oracle)
        let coverage = Coverage(small, oracle, seed: 1)
        #expect(coverage.method == "full")
        #expect(coverage.count == 500_000)
        #expect(coverage.ranges.first?.lowerBound == 0)
        #expect(
            zip(coverage.ranges, coverage.ranges.dropFirst()).allSatisfy {
                $0.upperBound == $1.lowerBound
            })
        let larger = try onnx(
            "MatMul", [TensorSpec("A", .f32, [501, 1000]), TensorSpec("B", .f32, [1000, 1000])])
        let sampled = Coverage(larger, oracle, seed: 1)
        #expect(sampled.method == "freivalds+rows")
        #expect(sampled.count == 32 * 1000)
        #expect(sampled.ranges.last == 500_000..<501_000)
        #expect(try Verification.expectedByteCount(larger) == 16 + 8 * (2 * 32000 + 3 * 501))
    }

    @Test func `Large element-wise operations are sampled`() throws {
        let operation = try onnx("Neg", [TensorSpec("X", .f32, [1_000_000_001])])
        let oracle = try #require(try OperatorRegistry.definition(of: operation).oracle)
        let coverage = Coverage(operation, oracle, seed: 1)
        #expect(coverage.method == "sampled")
        #expect(coverage.count == 4096)
        #expect(coverage.ranges.last == 1_000_000_000..<1_000_000_001)
        #expect(Coverage(operation, oracle, seed: 2).ranges != coverage.ranges)
        #expect(Coverage(operation, oracle, seed: 1).ranges == coverage.ranges)
    }

    @Test func `A large product is checked by random vectors and seeded rows`() throws {
        let product = try LargeProduct()
        let result = product.verify()
        #expect(result.passed, "\(result)")
        #expect(result.method == "freivalds+rows")
        #expect(result.coverage == 0.5)
        #expect(product.verifyKept() == result)
        #expect(product.coverage.ranges.last == 63 * 40..<64 * 40)
    }

    @Test func `A wrong output in a row that is not compared in full is found`() throws {
        let product = try LargeProduct()
        let row = try #require(product.uncomparedRows.first)
        let position = row * LargeProduct.n + 17
        let right = product.output.view.element(position)
        product.output.store(Float.nan, at: position)
        #expect(!product.verify().passed)
        product.output.store(Float(right + 0.1), at: position)
        let wrong = product.verify()
        #expect(!wrong.passed)
        #expect(wrong.detail.contains("row \(row) of Y"), "\(wrong.detail)")
        #expect(product.verifyKept() == wrong)
    }

    @Test func `Columns exchanged in rows that are not compared in full are found`() throws {
        let product = try LargeProduct()
        let original = product.output.elements(of: Float.self)
        for row in product.uncomparedRows {
            let start = row * LargeProduct.n
            product.output.store(original[start + 1], at: start + 2)
            product.output.store(original[start + 2], at: start + 1)
        }
        #expect(!product.verify().passed)
    }

    @Test func `bf16 factors in a large product are found`() throws {
        let product = try LargeProduct()
        func short(_ view: TensorView, _ position: Int) -> Double {
            HalfPrecision.decode(bfloat16: HalfPrecision.encodeBFloat16(view.element(position)))
        }
        for row in product.uncomparedRows {
            for column in 0..<LargeProduct.n {
                var sum = 0.0
                for k in 0..<LargeProduct.k {
                    sum +=
                        short(product.inputs[0], row * LargeProduct.k + k)
                        * short(product.inputs[1], k * LargeProduct.n + column)
                }
                product.output.store(Float(sum), at: row * LargeProduct.n + column)
            }
        }
        let result = product.verify()
        #expect(result.value > 10, "\(result)")
    }

    @Test func `Outputs outside the sample that were never written are found`() throws {
        let operation = try onnx("Neg", [TensorSpec("X", .f32, [50_000])])
        let oracle = try #require(try OperatorRegistry.definition(of: operation).oracle)
        let coverage = Coverage(operation, oracle, seed: 3, operationsMax: 10_000)
        #expect(coverage.method == "sampled")
        #expect(coverage.count == 4096)
        let tensors = Tensors()
        let inputs = generatedInputs(operation, tensors)
        let output = tensors.make(operation.outputs[0])
        for position in 0..<50_000 {
            output.store(Float(-inputs[0].element(position)), at: position)
        }
        func verify() -> Correctness {
            Verification.verify(operation, oracle, [coverage], inputs, [output.view], 3)
        }
        #expect(verify().passed)
        #expect(verify().coverage == 4096.0 / 50_000)
        let missed = try #require((0..<50_000).first { !coverage.ranges.contains($0..<$0 + 1) })
        output.store(Float.nan, at: missed)
        #expect(!verify().passed)
    }

    @Test func `Softmax along any axis is the same in pieces`() throws {
        let operation = try onnx(
            "Softmax", [TensorSpec("input", .f32, [3, 50, 7])], [Attribute("axis", .int(1))])
        let oracle = try #require(try OperatorRegistry.definition(of: operation).oracle)
        let tensors = Tensors()
        let call = OracleCall(operation, inputs: generatedInputs(operation, tensors))
        var whole = Expected()
        whole.reset(count: 1050)
        oracle.evaluate(call, 0..<1050, &whole)
        for position in stride(from: 1049, through: 0, by: -97) {
            var one = Expected()
            one.reset(count: 1)
            oracle.evaluate(call, position..<position + 1, &one)
            #expect(one.values[0] == whole.values[position])
            #expect(one.bounds[0] == whole.bounds[position])
        }
    }
}

@Suite struct FreivaldsTests {
    @Test(arguments: [0, 1], [0, 1])
    func `Products with random vectors equal those of the full result`(
        transA: Int64, transB: Int64
    ) throws {
        let operation = try onnx(
            "Gemm",
            [
                TensorSpec("A", .f64, transA == 1 ? [20, 7] : [7, 20]),
                TensorSpec("B", .f64, transB == 1 ? [9, 20] : [20, 9]),
                TensorSpec("C", .f64, [7, 1]),
            ],
            [
                Attribute("transA", .int(transA)), Attribute("transB", .int(transB)),
                Attribute("alpha", .float(0.5)), Attribute("beta", .float(3)),
            ])
        let tensors = Tensors()
        let inputs = generatedInputs(operation, tensors)
        let call = OracleCall(operation, inputs: inputs)
        let problem = MatrixProblem(gemm: operation)
        let oracle = try #require(try OperatorRegistry.definition(of: operation).oracle)
        var expected = Expected()
        expected.reset(count: 63)
        oracle.evaluate(call, 0..<63, &expected)
        let check = FreivaldsCheck(call, problem, seed: 8)
        let vectors = FreivaldsCheck.vectors(problem, seed: 8)
        #expect(vectors.joined().allSatisfy { abs($0) >= 0.5 && abs($0) < 1 })
        for round in 0..<2 {
            for row in 0..<7 {
                var wanted = 0.0
                for column in 0..<9 {
                    wanted += expected.values[row * 9 + column] * vectors[round][column]
                }
                #expect(abs(check.values[round * 7 + row] - wanted) < 1e-12)
                #expect(check.bounds[row] > 0)
                #expect(check.bounds[row] < 1e-11)
            }
        }
    }
}
