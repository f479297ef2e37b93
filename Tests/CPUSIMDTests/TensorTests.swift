import AssayABI
import Foundation
import TestSupport
import Testing

/// One operator with inputs, and with the output that onnx's reference or numpy gives.
struct TensorCase: Decodable {
    struct Stored: Decodable {
        var dtype: String
        var shape: [Int]
        var bytes: String
    }
    enum Setting: Decodable {
        case int(Int)
        case float(Double)
        case string(String)
        case ints([Int])

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let value = try? container.decode(Int.self) {
                self = .int(value)
            } else if let value = try? container.decode(Double.self) {
                self = .float(value)
            } else if let values = try? container.decode([Int].self) {
                self = .ints(values)
            } else {
                self = .string(try container.decode(String.self))
            }
        }

        var value: Value {
            switch self {
            case .int(let value): .int(value)
            case .float(let value): .float(value)
            case .string(let value): .string(value)
            case .ints(let values): .ints(values)
            }
        }
    }

    var `operator`: String
    var domain: String
    var attributes: [String: Setting]
    /// Allowed error in units of roundoff, relative to the larger of the result and `least`.
    var error: Double
    var least: Double
    /// The input that is constant.
    var constant: Int?
    var inputs: [Stored?]
    var output: Stored
    /// Outputs after the first.
    var further: [Stored]?

    static func all(_ file: String) throws -> [TensorCase] {
        let bytes = try PackageFiles.bytes(PackageFiles.fixture("kernels/\(file)"))
        return try JSONDecoder().decode([TensorCase].self, from: Data(bytes))
    }

    var description: String {
        let shapes = inputs.map { $0.map { "\($0.dtype)\($0.shape)" } ?? "nothing" }
        return "\(`operator`) \(attributes) of \(shapes.joined(separator: ", "))"
    }
}

extension TensorCase.Stored {
    var tensor: Tensor {
        let types = [
            "f64": ASSAY_F64, "f32": ASSAY_F32, "f16": ASSAY_F16, "bf16": ASSAY_BF16,
            "i64": ASSAY_I64, "i32": ASSAY_I32, "i8": ASSAY_I8, "u8": ASSAY_U8, "bool": ASSAY_BOOL,
        ]
        let digits = Array(bytes.utf8)
        func nibble(_ digit: UInt8) -> UInt8 { digit < 58 ? digit - 48 : digit - 87 }
        let content = stride(from: 0, to: digits.count, by: 2).map {
            nibble(digits[$0]) << 4 | nibble(digits[$0 + 1])
        }
        return Tensor(types[dtype] ?? 0, shape, content)
    }
}

/// The elements as f64; i64 loses what f64 has no room for.
private func numbers(_ tensor: Tensor) -> [Double] {
    switch tensor.dtype {
    case ASSAY_F64: tensor.values(as: Double.self)
    case ASSAY_F32: tensor.values(as: Float.self).map { Double($0) }
    case ASSAY_F16: tensor.values(as: UInt16.self).map { half($0) }
    case ASSAY_BF16:
        tensor.values(as: UInt16.self).map { Double(Float(bitPattern: UInt32($0) << 16)) }
    case ASSAY_I64: tensor.values(as: Int64.self).map { Double($0) }
    case ASSAY_I32: tensor.values(as: Int32.self).map { Double($0) }
    case ASSAY_I8: tensor.values(as: Int8.self).map { Double($0) }
    default: tensor.bytes.map { Double($0) }
    }
}

/// Binary16 from its bits, for targets without the type.
private func half(_ bits: UInt16) -> Double {
    let exponent = Int(bits >> 10 & 31)
    let mantissa = Double(bits & 1023)
    let magnitude =
        exponent == 31
        ? (mantissa == 0 ? Double.infinity : .nan)
        : exponent == 0
            ? mantissa * 0x1p-24
            : Double(sign: .plus, exponent: exponent - 25, significand: 1024 + mantissa)
    return bits & 0x8000 == 0 ? magnitude : -magnitude
}

/// Roundoff of the arithmetic and of the stored type, and the smallest step that may be lost.
private func precision(_ dtype: UInt32) -> (math: Double, stored: Double, smallest: Double) {
    switch dtype {
    case ASSAY_F64: (0x1p-53, 0x1p-53, 0x1p-1022)
    case ASSAY_F32: (0x1p-24, 0x1p-24, 0x1p-126)
    case ASSAY_F16: (0x1p-24, 0x1p-10, 0x1p-24)
    case ASSAY_BF16: (0x1p-24, 0x1p-7, 0x1p-126)
    default: (0, 0, 0)
    }
}

extension ThePlugin {
    @Suite struct TensorTests {
        func check(_ one: TensorCase, _ session: Session, misalignment: Int) throws {
            let inputs = one.inputs.enumerated().map { index, stored -> Tensor? in
                guard var tensor = stored?.tensor else { return nil }
                tensor.isConstant = index == one.constant
                if !tensor.isConstant { tensor.misalignment = misalignment }
                return tensor
            }
            let outputs = ([one.output] + (one.further ?? [])).map(\.tensor)
            let rooms = outputs.map {
                var room = $0
                room.bytes = Array(repeating: 0xA5, count: room.bytes.count)
                room.misalignment = misalignment
                return room
            }
            let results = try session.run(
                one.operator, domain: one.domain, inputs, one.attributes.mapValues(\.value),
                outputs: rooms)
            for (result, wanted) in zip(results, outputs) { compare(one, result, wanted) }
        }

        private func compare(_ one: TensorCase, _ result: Tensor, _ wanted: Tensor) {
            if one.error == 0, wanted.dtype != ASSAY_F16, wanted.dtype != ASSAY_BF16 {
                // Bit by bit but for the many NaN.
                for (given, right) in zip(numbers(result), numbers(wanted)) {
                    #expect(given == right || (given.isNaN && right.isNaN), "\(one.description)")
                }
                return
            }
            let (math, stored, smallest) = precision(wanted.dtype)
            for (index, (given, right)) in zip(numbers(result), numbers(wanted)).enumerated() {
                if given == right || (given.isNaN && right.isNaN) { continue }
                let allowed =
                    one.error * math * max(right.magnitude, one.least) + stored * right.magnitude
                    + smallest
                #expect(
                    (given - right).magnitude <= allowed,
                    "\(one.description) at \(index): \(given), not \(right)")
            }
        }

        @Test(arguments: instructionSets, [1, 3])
        func `Operators give what onnx's reference gives`(set: String, threads: Int) throws {
            let session = try Session(set, threads: threads)
            // 8 bytes keep every element type aligned, and no vector.
            let misalignment = threads == 1 ? 0 : 8
            for file in ["tensors.json", "training.json", "layers.json"] {
                for one in try TensorCase.all(file) {
                    try check(one, session, misalignment: misalignment)
                }
            }
        }
    }
}
