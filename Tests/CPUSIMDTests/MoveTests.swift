import AssayABI
import FoundationEssentials
import TestSupport
import Testing

/// Larger tensors made from a formula, with CRC-32s of what numpy gives for them.
private struct MoveCase: Decodable {
    struct Input: Decodable {
        var dtype: String
        var shape: [Int]
        var seed: UInt64
        /// Whole numbers below it; 0: any bits.
        var modulus: Int64
        var values: [Int64]?
    }
    struct Output: Decodable {
        var dtype: String
        var shape: [Int]
        var crc: UInt32
    }
    enum Setting: Decodable {
        case int(Int)
        case ints([Int])
        case string(String)

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let value = try? container.decode(Int.self) {
                self = .int(value)
            } else if let value = try? container.decode([Int].self) {
                self = .ints(value)
            } else {
                self = .string(try container.decode(String.self))
            }
        }

        var value: Value {
            switch self {
            case .int(let value): .int(value)
            case .ints(let values): .ints(values)
            case .string(let text): .string(text)
            }
        }
    }

    var `operator`: String
    var domain: String
    var attributes: [String: Setting]
    var inputs: [Input]
    var outputs: [Output]

    /// Every case with its tensors, made once for all sets and threads.
    static let all = Result {
        let bytes = try PackageFiles.bytes(PackageFiles.fixture("kernels/moves.json"))
        return try JSONDecoder().decode([MoveCase].self, from: Data(bytes)).map {
            (case: $0, inputs: $0.inputs.map(\.tensor))
        }
    }
}

private let types: [String: (dtype: UInt32, bytes: Int)] = [
    "f64": (ASSAY_F64, 8), "f32": (ASSAY_F32, 4), "f16": (ASSAY_F16, 2), "bf16": (ASSAY_BF16, 2),
    "i64": (ASSAY_I64, 8), "i32": (ASSAY_I32, 4), "i16": (ASSAY_I16, 2), "i8": (ASSAY_I8, 1),
    "u64": (ASSAY_U64, 8), "u32": (ASSAY_U32, 4), "u16": (ASSAY_U16, 2), "u8": (ASSAY_U8, 1),
]

extension MoveCase.Input {
    var tensor: Tensor {
        let (dtype, size) = types[self.dtype]!
        if let values {
            var tensor = Tensor(dtype, shape, values)
            tensor.isConstant = true
            return tensor
        }
        let count = UInt64(shape.reduce(1, *))
        if modulus == 0 {
            // The highest bytes of each word. A loop: closures take minutes in a debug build.
            var kept = [UInt8](repeating: 0, count: Int(count) * size + 8)
            kept.withUnsafeMutableBytes { room in
                var index: UInt64 = 0
                while index < count {
                    let word = (index &+ seed) &* 0x9E37_79B9_7F4A_7C15
                    room.storeBytes(
                        of: word >> UInt64(64 - 8 * size), toByteOffset: Int(index) * size,
                        as: UInt64.self)
                    index += 1
                }
            }
            return Tensor(dtype, shape, Array(kept.dropLast(8)))
        }
        let bits = (0..<count).map { ($0 &+ seed) &* 0x9E37_79B9_7F4A_7C15 }
        let whole = bits.map { Int64($0 >> 40) % modulus }
        switch self.dtype {
        case "f64": return Tensor(dtype, shape, whole.map { Double($0) })
        case "f32": return Tensor(dtype, shape, whole.map { Float($0) })
        case "f16": return Tensor(dtype, shape, whole.map { half($0) })
        case "bf16":
            return Tensor(
                dtype, shape,
                whole.map { UInt16(truncatingIfNeeded: Float($0).bitPattern >> 16) })
        default:
            let kept = whole.flatMap { value in
                (0..<size).map { UInt8(truncatingIfNeeded: value >> Int64(8 * $0)) }
            }
            return Tensor(dtype, shape, kept)
        }
    }

    /// Binary16 of a whole number below 2048.
    private func half(_ value: Int64) -> UInt16 {
        if value == 0 { return 0 }
        let exponent = 63 - value.leadingZeroBitCount
        return UInt16(exponent + 15) << 10 | UInt16(value << Int64(10 - exponent)) & 1023
    }
}

private let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { word, _ in word & 1 == 0 ? word >> 1 : word >> 1 ^ 0xEDB8_8320 }
}

private func crc(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~0) { table[Int(($0 ^ UInt32($1)) & 255)] ^ $0 >> 8 }
}

extension ThePlugin {
    @Suite struct MoveTests {
        /// Sets differ in a few kernels only, so all cases run on the widest and narrowest.
        @Test(arguments: [instructionSets.first!, instructionSets.last!], [1, 3])
        func `Larger tensors are moved as numpy moves them`(set: String, threads: Int) throws {
            let session = try Session(set, threads: threads)
            for (one, inputs) in try MoveCase.all.get() {
                let rooms = one.outputs.map { output -> Tensor in
                    let (dtype, size) = types[output.dtype]!
                    let count = output.shape.reduce(1, *) * size
                    return Tensor(dtype, output.shape, [UInt8](repeating: 0xA5, count: count))
                }
                let results = try session.run(
                    one.operator, domain: one.domain, inputs,
                    one.attributes.mapValues(\.value), outputs: rooms, calls: 2)
                for (result, output) in zip(results, one.outputs) {
                    #expect(
                        crc(result.bytes) == output.crc,
                        "\(one.operator) \(one.attributes) of \(one.inputs)")
                }
            }
        }

        @Test(
            arguments: [
                ("Gather", [[3, 2], [2]]), ("GatherElements", [[3, 2], [2, 2]]),
                ("GatherND", [[3, 2], [2, 1]]), ("ScatterElements", [[3, 2], [2, 2], [2, 2]]),
                ("ScatterND", [[3, 2], [2, 1], [2, 2]]),
            ] as [(String, [[Int]])], [3, -4, Int64.max, Int64.min])
        func `An index outside is refused when it runs`(
            operation: (String, [[Int]]), index: Int64
        ) throws {
            let (name, shapes) = operation
            let session = try Session(threads: 2)
            var inputs = shapes.map { Tensor(room: ASSAY_F32, $0) }
            let count = shapes[1].reduce(1, *)
            let indices = (0..<count).map { $0 == count - 1 ? index : 0 }
            inputs[1] = Tensor(ASSAY_I64, shapes[1], indices)
            let output = name.hasPrefix("Scatter") ? [3, 2] : [2, 2]
            let refusal = #expect(throws: Refusal.self) {
                _ = try session.run(
                    name, inputs, outputs: [Tensor(room: ASSAY_F32, output)])
            }
            #expect(refusal?.status == ASSAY_E_INVALID)
            #expect(refusal?.message.hasPrefix(name) == true)
        }

        @Test func `Dropout without a seed draws anew, with a seed again`() throws {
            let session = try Session(threads: 2)
            func drawn(_ seed: Int?, calls: Int) throws -> [Float] {
                let ones = Tensor([4096], [Float](repeating: 1, count: 4096))
                return try session.run(
                    "Dropout",
                    [ones, Tensor([], [0.25 as Float]), Tensor(ASSAY_BOOL, [], [1 as UInt8])],
                    seed.map { ["seed": .int($0)] } ?? [:], outputs: [ones], calls: calls
                )[0].values()
            }
            let first = try drawn(nil, calls: 1)
            #expect(Set(first) == [0, 1 / 0.75])
            #expect(try drawn(nil, calls: 2) != first)
            #expect(try drawn(7, calls: 1) == drawn(7, calls: 2))
            #expect(try drawn(7, calls: 1) != drawn(8, calls: 1))
        }
    }
}
