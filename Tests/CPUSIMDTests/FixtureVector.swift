import FoundationEssentials
import Model
import Operators
import TestSupport

/// Inputs of one call and what another implementation expects, from `Tests/Fixtures/operators`.
struct FixtureVector: Decodable {
    struct Stored: Decodable {
        var name: String
        var dtype: DType
        var shape: [Int]
        var data: Data
        var values: [Int64]?
    }

    /// One of ONNX's attribute types.
    struct Setting: Decodable {
        var i: Int64?
        var f: Double?
        var s: String?
        var `is`: [Int64]?
        var fs: [Double]?

        var value: AttributeValue {
            if let i { return .int(i) }
            if let f { return .float(f) }
            if let s { return .string(s) }
            if let fs { return .floats(fs) }
            return .ints(self.is ?? [])
        }
    }

    var label: String
    var domain: String
    var `operator`: String
    var attributes: [String: Setting]
    var inputs: [Stored]
    var outputs: [Stored]

    /// The completed operation.
    func operation() throws -> Operation {
        try OperatorRegistry.infer(
            Operation(
                domain: domain, name: `operator`, opset: 0,
                inputs: inputs.map { TensorSpec($0.name, $0.dtype, $0.shape, values: $0.values) },
                outputs: outputs.map { TensorSpec($0.name, $0.dtype, []) },
                attributes: attributes.map { Attribute($0.key, $0.value.value) }))
    }

    /// The vectors of every file `vectors-*.json`.
    static func all() throws -> [FixtureVector] {
        try ["elementwise", "reductions", "structural"].flatMap { part in
            let bytes = try PackageFiles.bytes(
                PackageFiles.fixture("operators/vectors-\(part).json"))
            return try JSONDecoder().decode([FixtureVector].self, from: Data(bytes))
        }
    }
}

extension FixtureVector {
    /// The inputs in the order of the operator's formal ones, nil where one is left out.
    func placed(_ operation: Operation) throws -> [Stored?] {
        var rest = operation.inputs[...]
        var result: [Stored?] = []
        for formal in try OperatorRegistry.definition(of: operation).inputs {
            let isHere = rest.first.map { formal.matches($0.name) } ?? false
            if !isHere { result.append(nil) }
            while let next = rest.first, formal.matches(next.name) {
                result.append(inputs.first { $0.name == next.name })
                rest.removeFirst()
            }
        }
        while let last = result.last, last == nil { result.removeLast() }
        return result
    }

    /// The values that an output should have: f64, or integers as 64 bits.
    func wanted(_ spec: TensorSpec) -> (numbers: [Double], integers: [Int64]) {
        guard let stored = outputs.first(where: { $0.name == spec.name }) else { return ([], []) }
        let words = stride(from: 0, to: stored.data.count, by: 8).map { start in
            (0..<8).reduce(UInt64(0)) { $0 | UInt64(stored.data[start + $1]) << (8 * $1) }
        }
        if spec.dtype.isFloat { return (words.map { Double(bitPattern: $0) }, []) }
        return ([], words.map { Int64(bitPattern: $0) })
    }
}
