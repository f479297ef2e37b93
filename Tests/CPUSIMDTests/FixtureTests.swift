import AssayABI
import Model
import Operators
import Testing

@testable import CPUSIMD

/// What each element may be off by, relative to the larger of it and 1: a coarse limit beside the
/// derived one, against a mistake that oracle and kernel share.
private func coarse(_ dtype: DType) -> Double {
    switch dtype {
    case .f64: 1e-10
    case .f32: 1e-4
    default: 32 * dtype.unitRoundoff
    }
}

/// Operators that the backend has for some element types or outputs only.
private let partial: Set<String> = [
    "Add", "ArgMax", "ArgMin", "AveragePool", "BitShift", "BitwiseAnd", "BitwiseNot", "BitwiseOr",
    "BitwiseXor", "Conv", "DequantizeLinear", "Equal", "Greater", "GreaterOrEqual",
    "LayerNormalization", "Less", "LessOrEqual", "Max", "MaxPool", "Min", "Mul", "NotEqual", "Pow",
    "ReduceMax", "ReduceMin", "ReduceProd", "ReduceSum", "Sub",
]

extension ThePlugin {
    @Suite struct FixtureTests {
        /// The outputs of a vector, with each tensor's memory ending where its data does.
        private func run(
            _ vector: FixtureVector, _ operation: Operation, _ session: Session
        ) throws -> [Tensor] {
            let inputs = try vector.placed(operation).map { stored -> Tensor? in
                guard let stored else { return nil }
                var tensor = Tensor(stored.dtype.rawValue, stored.shape, Array(stored.data))
                tensor.isConstant = stored.values != nil
                return tensor
            }
            let outputs = operation.outputs.map {
                Tensor($0.dtype.rawValue, $0.shape, [UInt8](repeating: 0xff, count: $0.byteCount))
            }
            let attributes = operation.attributes.map { ($0.name, Value($0.value)) }
            return try session.run(
                operation.name, domain: operation.domain, inputs,
                Dictionary(uniqueKeysWithValues: attributes), outputs: outputs,
                opset: UInt32(operation.opset))
        }

        /// Judges by the oracle's tolerance, and by the vector's own numbers.
        private func judge(
            _ vector: FixtureVector, _ operation: Operation, _ outputs: [Tensor]
        ) throws {
            func view(_ spec: TensorSpec, _ bytes: [UInt8], _ keep: inout [Memory]) -> TensorView {
                keep.append(Memory(bytes))
                return TensorView(spec, bytes: UnsafeRawBufferPointer(keep[keep.count - 1].bytes))
            }
            var memories: [Memory] = []
            let inputs = operation.inputs.map { spec in
                let stored = vector.inputs.first { $0.name == spec.name }
                return view(spec, stored.map { Array($0.data) } ?? [], &memories)
            }
            let views = zip(operation.outputs, outputs).map { view($0, $1.bytes, &memories) }
            let result = try Verification.verify(
                operation, inputs: inputs, outputs: views, sampleSeed: 1)
            #expect(result.passed, "\(vector.operator) \(vector.label): \(result.detail)")
            for view in views {
                let wanted = vector.wanted(view.spec)
                for (place, right) in wanted.integers.enumerated() {
                    #expect(view.integer(place) == right, "\(vector.operator) \(vector.label)")
                }
                for (place, right) in wanted.numbers.enumerated() {
                    let given = view.element(place)
                    if given == right || (given.isNaN && right.isNaN) { continue }
                    let allowed = coarse(view.spec.dtype) * max(abs(right), 1)
                    #expect(
                        abs(given - right) <= allowed || !right.isFinite,
                        "\(vector.operator) \(vector.label) at \(place): \(given), not \(right)")
                }
            }
        }

        @Test(arguments: instructionSets, [1, 3])
        func `Every vector of an operator that is here passes`(set: String, threads: Int) throws {
            let session = try Session(set, threads: threads)
            let rows = Set(OperatorRow.all.map { $0.domain + ":" + $0.name })
            var judged: Set<String> = []
            var refused: Set<String> = []
            for vector in try FixtureVector.all() {
                let operation = try vector.operation()
                let name = operation.domain + ":" + operation.name
                guard rows.contains(name) else { continue }
                do {
                    try judge(vector, operation, try run(vector, operation, session))
                    judged.insert(name)
                } catch let refusal as Refusal {
                    #expect(
                        refusal.status == ASSAY_E_UNSUPPORTED,
                        "\(vector.operator) \(vector.label): \(refusal.message)")
                    refused.insert(vector.operator)
                }
            }
            #expect(refused.subtracting(partial).sorted() == [])
            #expect(judged.isSuperset(of: OperatorRow.movingRows.map { $0.domain + ":" + $0.name }))
        }
    }
}

/// Bytes that keep their place.
private final class Memory {
    let bytes: UnsafeMutableRawBufferPointer

    init(_ content: [UInt8]) {
        bytes = .allocate(byteCount: max(content.count, 8), alignment: 64)
        bytes.copyBytes(from: content)
    }

    deinit { bytes.deallocate() }
}

extension Value {
    init(_ value: AttributeValue) {
        self =
            switch value {
            case .int(let value): .int(Int(value))
            case .float(let value): .float(value)
            case .string(let value): .string(value)
            case .ints(let values): .ints(values.map { Int($0) })
            case .floats(let values): .floats(values)
            case .strings: .ints([])
            }
    }
}
