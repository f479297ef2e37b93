/// An element type. The raw value is the plug-in ABI's number and is never renumbered.
package enum DType: UInt32, Sendable, Hashable, CaseIterable {
    case f64 = 1
    case f32 = 2
    case f16 = 3
    case bf16 = 4
    /// A math mode of f32 storage; never a storage type.
    case tf32 = 5
    case f8e4m3 = 6
    case f8e5m2 = 7
    case f6e2m3 = 8
    case f6e3m2 = 9
    case f4e2m1 = 10
    case e8m0 = 11
    case i64 = 16
    case i32 = 17
    case i16 = 18
    case i8 = 19
    case i4 = 20
    case u64 = 24
    case u32 = 25
    case u16 = 26
    case u8 = 27
    case u4 = 28
    case bool = 32

    /// The name used in case files, reports and hashes.
    package var name: String {
        switch self {
        case .f64: "f64"
        case .f32: "f32"
        case .f16: "f16"
        case .bf16: "bf16"
        case .tf32: "tf32"
        case .f8e4m3: "f8e4m3"
        case .f8e5m2: "f8e5m2"
        case .f6e2m3: "f6e2m3"
        case .f6e3m2: "f6e3m2"
        case .f4e2m1: "f4e2m1"
        case .e8m0: "e8m0"
        case .i64: "i64"
        case .i32: "i32"
        case .i16: "i16"
        case .i8: "i8"
        case .i4: "i4"
        case .u64: "u64"
        case .u32: "u32"
        case .u16: "u16"
        case .u8: "u8"
        case .u4: "u4"
        case .bool: "bool"
        }
    }

    /// The element type of that name; nil when there is none.
    package init?(name: String) {
        guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = found
    }

    /// The size of one element in bits.
    package var bits: Int {
        switch self {
        case .f64, .i64, .u64: 64
        case .f32, .tf32, .i32, .u32: 32
        case .f16, .bf16, .i16, .u16: 16
        case .f8e4m3, .f8e5m2, .e8m0, .i8, .u8, .bool: 8
        case .f6e2m3, .f6e3m2: 6
        case .f4e2m1, .i4, .u4: 4
        }
    }

    /// Whether the type is a floating-point format.
    package var isFloat: Bool { rawValue <= DType.e8m0.rawValue }

    /// The unit roundoff of the type's arithmetic, half an ulp of 1; zero for integers.
    package var unitRoundoff: Double {
        switch self {
        case .f64: 0x1p-53
        case .f32: 0x1p-24
        case .f16, .tf32: 0x1p-11
        case .bf16: 0x1p-8
        case .f8e4m3, .f6e2m3: 0x1p-4
        case .f8e5m2, .f6e3m2: 0x1p-3
        case .f4e2m1: 0x1p-2
        case .e8m0: 0.5
        default: 0
        }
    }
}

extension DType: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let name = try container.decode(String.self)
        guard let found = DType(name: name) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "unknown element type '\(name)'")
        }
        self = found
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(name)
    }
}
