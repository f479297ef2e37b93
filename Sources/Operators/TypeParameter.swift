package import Model

/// A type parameter of an operator, as ONNX's T, T1, T2: which element types it may stand for.
///
/// Formal tensors that name the same parameter have the same element type.
package struct TypeParameter: Sendable, Hashable {
    package var name: String
    /// The allowed element types, in the order of messages.
    package var types: [DType]

    package init(_ name: String, _ types: [DType]) {
        self.name = name
        self.types = types
    }

    /// T of operators that are defined for floating-point numbers only.
    package static let real = TypeParameter("T", DType.reals)
    /// T of operators that are defined for all numbers.
    package static let number = TypeParameter("T", DType.reals + DType.integers)
    /// T of operators that move elements of any type.
    package static let any = TypeParameter("T", DType.stored)
    /// A tensor of truth values.
    package static let bool = TypeParameter("B", [.bool])
    /// A tensor of indices that the case gives.
    package static let index = TypeParameter("I", [.i64])
    /// A tensor of indices, 32 or 64 bits wide (ONNX's Tind).
    package static let indices = TypeParameter("Tind", [.i64, .i32])

    /// The same types under another name, so that two formal tensors may differ in type.
    package func named(_ name: String) -> TypeParameter { TypeParameter(name, types) }
}

extension DType {
    /// The floating-point types in which operators compute.
    package static let reals: [DType] = [.f64, .f32, .f16, .bf16]
    /// The integer types that tensors may have.
    package static let integers: [DType] = [.i64, .i32, .i16, .i8, .u64, .u32, .u16, .u8]
    /// Floating-point types that are stored and converted, never computed in.
    package static let eightBitFloats: [DType] = [.f8e4m3, .f8e5m2]
    /// Every type that a tensor may have.
    package static let stored: [DType] = reals + eightBitFloats + integers + [.bool]

    /// Whether the type is an integer format; `bool` is none.
    var isInteger: Bool { Self.integers.contains(self) }

    var isSigned: Bool { !isInteger || rawValue < DType.u64.rawValue }

    /// The smallest and largest value of an integer type, or of `bool`.
    ///
    /// Numbers are kept as 64 bits with a sign: the range of u64 ends at the largest of those.
    var integerRange: ClosedRange<Int64> {
        switch self {
        case .bool: 0...1
        case .u64: 0...Int64.max
        case .i64: Int64.min...Int64.max
        default:
            isSigned
                ? -(Int64(1) << Int64(bits - 1))...(Int64(1) << Int64(bits - 1)) - 1
                : 0...(Int64(1) << Int64(bits)) - 1
        }
    }

    /// An integer as the type holds it: reduced modulo two to the power of its width.
    @inline(__always)
    func wrapped(_ value: Int64) -> Int64 {
        switch self {
        case .i8: Int64(Int8(truncatingIfNeeded: value))
        case .i16: Int64(Int16(truncatingIfNeeded: value))
        case .i32: Int64(Int32(truncatingIfNeeded: value))
        case .u8: Int64(UInt8(truncatingIfNeeded: value))
        case .u16: Int64(UInt16(truncatingIfNeeded: value))
        case .u32: Int64(UInt32(truncatingIfNeeded: value))
        case .bool: value == 0 ? 0 : 1
        default: value
        }
    }
}
