import FoundationEssentials
import Model
import Testing

@testable import Operators

/// Inputs of one call and what another implementation expects; made by `vectors.py`.
struct Vector: Decodable, CustomTestStringConvertible {
    struct Tensor: Decodable {
        let name: String
        let dtype: DType
        let shape: [Int]
        let data: Base64
        let values: [Int64]?

        var spec: TensorSpec { TensorSpec(name, dtype, shape, values: values) }
    }

    /// One of ONNX's attribute types.
    struct Value: Decodable {
        let i: Int64?
        let f: Double?
        let s: String?
        let `is`: [Int64]?
        let fs: [Double]?
        let ss: [String]?

        var value: AttributeValue {
            if let i { return .int(i) }
            if let f { return .float(f) }
            if let s { return .string(s) }
            if let fs { return .floats(fs) }
            if let ss { return .strings(ss) }
            return .ints(self.is ?? [])
        }
    }

    let label: String
    let domain: String
    let `operator`: String
    let attributes: [String: Value]
    let inputs: [Tensor]
    let outputs: [Tensor]
    let tolerance: Double

    var testDescription: String { label }

    func operation() throws -> Operation {
        try OperatorRegistry.infer(
            Operation(
                domain: domain, name: `operator`, opset: 0, inputs: inputs.map(\.spec),
                outputs: outputs.map { TensorSpec($0.name, $0.dtype, []) },
                attributes: attributes.map { Attribute($0.key, $0.value.value) }))
    }

    /// The inputs in the operation's order.
    func views(_ operation: Operation, _ tensors: Tensors) throws -> [TensorView] {
        try operation.inputs.map { spec in
            let given = try #require(inputs.first { $0.name == spec.name })
            return tensors.view(spec, given.data)
        }
    }

    /// The expected outputs in the operation's order.
    func expected(_ operation: Operation) throws -> [Tensor] {
        try operation.outputs.map { spec in
            try #require(outputs.first { $0.name == spec.name })
        }
    }

    /// Memory with the expected outputs, rounded to their types.
    func stored(_ operation: Operation, _ tensors: Tensors) throws -> [TensorMemory] {
        try zip(operation.outputs, expected(operation)).map { spec, wanted in
            let memory = tensors.make(spec)
            if spec.dtype.isFloat {
                for (place, value) in doubles(wanted.data).enumerated() {
                    if spec.dtype == .f8e5m2 {
                        let bits = EightBitPrecision.encodeE5M2(value, saturating: false)
                        memory.store(Int64(bits), at: place)
                    } else {
                        memory.store(number: value, at: place)
                    }
                }
            } else {
                for (place, value) in wanted.data.elements(of: Int64.self).enumerated() {
                    memory.store(value, at: place)
                }
            }
            return memory
        }
    }

    /// The vectors of every file `vectors-*.json`.
    static let all: [Vector] = {
        let tests = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent()
        let folder = tests.appending(path: "Fixtures/operators").path()
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let files = names.filter { $0.hasPrefix("vectors-") && $0.hasSuffix(".json") }.sorted()
        return files.flatMap { name -> [Vector] in
            do { return try fixture(String(name.dropLast(5)), as: [Vector].self) } catch {
                Issue.record("\(name): \(error)")
                return []
            }
        }
    }()
}

@Suite struct VectorTests {
    @Test func `There are vectors for every operator that takes tensors`() {
        let covered =
            Set(OperatorCase.all.map(\.operator))
            .union(Vector.all.map { $0.domain.isEmpty ? $0.operator : "assay.\($0.operator)" })
        let known = OperatorRegistry.all.filter { !$0.makesTensors }.map(\.qualifiedName)
        #expect(Set(known).subtracting(covered).sorted() == [])
    }

    @Test(arguments: Vector.all)
    func `The oracle agrees with the vector`(vector: Vector) throws {
        let operation = try vector.operation()
        let tensors = Tensors()
        let oracle = try #require(try OperatorRegistry.definition(of: operation).oracle)
        let call = OracleCall(operation, inputs: try vector.views(operation, tensors))
        for (index, wanted) in try vector.expected(operation).enumerated() {
            let spec = operation.outputs[index]
            #expect(spec.shape == wanted.shape, "\(spec.name)")
            try #require(spec.count == wanted.data.bytes.count / 8, "\(spec.name)")
            for size in [max(spec.count, 1), 7] {
                let found = evaluate(call.about(output: index), oracle, chunk: size)
                let wrong =
                    spec.dtype.isFloat
                    ? zip(found.values, doubles(wanted.data)).filter { !isClose($0, $1, vector) }
                        .map { "\($0)" }
                    : zip(integers(found), wanted.data.elements(of: Int64.self))
                        .filter { $0 != $1 }.map { "\($0)" }
                #expect(wrong.isEmpty, "\(spec.name) \(wrong.count): \(wrong.prefix(3))")
            }
        }
    }

    @Test(arguments: Vector.all)
    func `Expected outputs rounded to their types pass`(vector: Vector) throws {
        let operation = try vector.operation()
        let tensors = Tensors()
        let result = try Verification.verify(
            operation, inputs: vector.views(operation, tensors),
            outputs: vector.stored(operation, tensors).map(\.view), sampleSeed: 1)
        #expect(result.passed, "\(result)")
        #expect(result.checked)
    }

    @Test(arguments: Vector.all)
    func `One element that is off in any output fails`(vector: Vector) throws {
        let operation = try vector.operation()
        let tensors = Tensors()
        let views = try vector.views(operation, tensors)
        for index in operation.outputs.indices where operation.outputs[index].count > 0 {
            let stored = try vector.stored(operation, tensors)
            let memory = stored[index]
            let place = memory.spec.count / 2
            if memory.spec.dtype.isFloat {
                let value = memory.view.element(place)
                memory.store(number: value.isFinite ? value + abs(value) + 2 : 1, at: place)
            } else if memory.spec.dtype == .bool {
                memory.store(1 - memory.view.integer(place), at: place)
            } else {
                memory.store(memory.view.integer(place) &+ 2, at: place)
            }
            let result = try Verification.verify(
                operation, inputs: views, outputs: stored.map(\.view), sampleSeed: 1)
            #expect(!result.passed, "\(memory.spec.name): \(result)")
            #expect(result.value > 1)
        }
    }

    private func evaluate(_ call: OracleCall, _ oracle: Oracle, chunk: Int) -> Expected {
        let isInteger = oracle.rule(call.operation, call.error) == .integers
        var all = Expected()
        for start in stride(from: 0, to: call.outputCount, by: chunk) {
            let range = start..<min(start + chunk, call.outputCount)
            var expected = Expected()
            expected.reset(count: range.count, integers: isInteger)
            oracle.evaluate(call, range, &expected)
            all.values += expected.values
            all.integers += expected.integers
            #expect(expected.bounds.allSatisfy { !($0 < 0) })
        }
        return all
    }

    /// Integers, of 32 bits or fewer also where the oracle holds them as numbers.
    private func integers(_ expected: Expected) -> [Int64] {
        expected.integers.isEmpty ? expected.values.map { Int64($0) } : expected.integers
    }

    private func isClose(_ actual: Double, _ wanted: Double, _ vector: Vector) -> Bool {
        if wanted.isNaN { return actual.isNaN }
        if actual == wanted { return true }
        return abs(actual - wanted) <= vector.tolerance * max(abs(wanted), 1)
    }
}
