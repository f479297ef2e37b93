internal import AssayABI
internal import CPUSIMDKernels

/// An element type that tensors are stored in; the raw value is the C library's number.
enum ElementType: Int32, CaseIterable {
    case f64 = 0
    case f32, f16, bf16, i64, i32, i8, u8, bool

    init?(dtype: UInt32) {
        switch dtype {
        case ASSAY_F64: self = .f64
        case ASSAY_F32: self = .f32
        case ASSAY_F16: self = .f16
        case ASSAY_BF16: self = .bf16
        case ASSAY_I64: self = .i64
        case ASSAY_I32: self = .i32
        case ASSAY_I8: self = .i8
        case ASSAY_U8: self = .u8
        case ASSAY_BOOL: self = .bool
        default: return nil
        }
    }

    var dtype: UInt32 {
        switch self {
        case .f64: ASSAY_F64
        case .f32: ASSAY_F32
        case .f16: ASSAY_F16
        case .bf16: ASSAY_BF16
        case .i64: ASSAY_I64
        case .i32: ASSAY_I32
        case .i8: ASSAY_I8
        case .u8: ASSAY_U8
        case .bool: ASSAY_BOOL
        }
    }

    var name: String { "\(self)" }
    var bytes: Int { Int(cpusimd_type_bytes(rawValue)) }

    /// The floating-point type of the arithmetic; nil for whole numbers, which are exact.
    var numeric: Numeric? {
        switch self {
        case .f64: .f64
        case .f32, .f16, .bf16: .f32
        default: nil
        }
    }

    /// The type in which partial results are kept.
    var accumulator: ElementType {
        ElementType(rawValue: cpusimd_accumulator(rawValue)) ?? self
    }

    /// What the C kernels want to be told.
    func kernels(_ set: InstructionSet) -> cpusimd_kind {
        cpusimd_kind(isa: set.rawValue, type: rawValue)
    }
}

/// Which element types an operator is defined for.
struct ElementTypes {
    var types: [ElementType]
    /// As messages say it.
    var words: String

    static let floating = ElementTypes(
        types: [.f64, .f32, .f16, .bf16], words: "f64, f32, f16 and bf16")
    static let signed = ElementTypes(
        types: floating.types + [.i64, .i32, .i8], words: "floating-point and signed whole numbers")
    static let numbers = ElementTypes(
        types: signed.types + [.u8], words: "floating-point and whole numbers")
    /// What sums, products and powers are defined for: no type so narrow that few terms overflow.
    static let wide = ElementTypes(
        types: floating.types + [.i64, .i32], words: "f64, f32, f16, bf16, i64 and i32")
    static let whole = ElementTypes(types: [.i64, .i32, .i8, .u8], words: "whole numbers")
    static let bytes = ElementTypes(types: [.u8], words: "u8")
    static let bool = ElementTypes(types: [.bool], words: "bool")
    static let all = ElementTypes(types: ElementType.allCases, words: "numbers and bool")
}

extension Request {
    /// The element type of `label`, one of those given, in whose arithmetic the result is wanted.
    func elementType(
        _ tensor: Tensor, _ label: String, of allowed: ElementTypes
    ) throws(Failure) -> ElementType {
        guard let type = ElementType(dtype: tensor.dtype), allowed.types.contains(type) else {
            throw .unsupported(
                "\(name) works on \(allowed.words) here, and its \(label) is something else")
        }
        let arithmetic = type.numeric?.dtype ?? tensor.dtype
        for wanted in [mathType, accumulateType] where wanted != 0 && wanted != arithmetic {
            throw .unsupported(
                "\(name) computes in \(type.accumulator.name) only where its \(label) is "
                    + type.name)
        }
        return type
    }
}
