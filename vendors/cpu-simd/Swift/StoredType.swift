internal import AssayABI
internal import CPUSIMDKernels

/// An element type that tensors may have; the raw value is the C library's number.
///
/// The first nine are those of ``ElementType``; the others are moved and converted only.
enum StoredType: Int32, CaseIterable {
    case f64 = 0
    case f32, f16, bf16, i64, i32, i8, u8, bool, i16, u64, u32, u16, f8e4m3, f8e5m2

    init?(dtype: UInt32) {
        let found: StoredType? =
            switch dtype {
            case ASSAY_I16: .i16
            case ASSAY_U64: .u64
            case ASSAY_U32: .u32
            case ASSAY_U16: .u16
            case ASSAY_F8E4M3: .f8e4m3
            case ASSAY_F8E5M2: .f8e5m2
            default: ElementType(dtype: dtype).flatMap { StoredType(rawValue: $0.rawValue) }
            }
        guard let found else { return nil }
        self = found
    }

    var name: String { "\(self)" }
    var bytes: Int { Int(cpusimd_type_bytes(rawValue)) }

    /// The same type where there is arithmetic in it.
    var element: ElementType? { ElementType(rawValue: rawValue) }
    var isReal: Bool { element?.numeric != nil }
    var isHalf: Bool { self == .f16 || self == .bf16 }
    /// Whether it is a type of numbers that are compared and added: all but bool and 8-bit floats.
    var isNumber: Bool { self != .bool && self != .f8e4m3 && self != .f8e5m2 }
}

extension Request {
    /// The element type of a tensor that is moved.
    func stored(_ tensor: Tensor, _ label: String) throws(Failure) -> StoredType {
        guard let type = StoredType(dtype: tensor.dtype) else {
            throw .unsupported("\(name)'s \(label) has an element type that cannot be moved here")
        }
        return type
    }

    /// The element type of numbers, for results in that type.
    func number(_ tensor: Tensor, _ label: String) throws(Failure) -> StoredType {
        let type = try stored(tensor, label)
        guard type.isNumber else {
            throw .unsupported("\(name) works on numbers here, and its \(label) are something else")
        }
        return type
    }

    /// The floating-point type of a tensor, in whose arithmetic the result is wanted.
    func real(_ tensor: Tensor, _ label: String) throws(Failure) -> ElementType {
        try elementType(tensor, label, of: .floating)
    }

    /// An optional input; nil where it is absent.
    func optional(_ index: Int) -> Tensor? { index < inputs.count ? inputs[index] : nil }

    /// Whether an output is wanted.
    func wants(_ index: Int) -> Bool { index < outputs.count && outputs[index] != nil }

    /// Whether a tensor of indices is 64 bits wide; throws unless it is 32 or 64.
    func isWide(_ tensor: Tensor, _ label: String) throws(Failure) -> Bool {
        guard tensor.dtype == ASSAY_I64 || tensor.dtype == ASSAY_I32 else {
            throw .invalid("\(name)'s \(label) must be i64 or i32")
        }
        return tensor.dtype == ASSAY_I64
    }

    /// The integers of a constant input; nil where the input is absent.
    func integers(
        _ index: Int, _ label: String, _ constants: Constants
    ) throws(Failure) -> [Int]? {
        guard let tensor = optional(index) else { return nil }
        let isWide = try isWide(tensor, label)
        guard tensor.extents.count <= 1 else {
            throw .invalid("\(name)'s \(label) must be a list")
        }
        guard let start = unsafe constants.address(index) else {
            throw .unsupported("\(name) needs its \(label) to be constant")
        }
        let bytes = unsafe UnsafeRawBufferPointer(
            start: start, count: tensor.count * (isWide ? 8 : 4))
        return (0..<tensor.count).map {
            if isWide {
                return unsafe Int(bytes.loadUnaligned(fromByteOffset: $0 * 8, as: Int64.self))
            }
            return unsafe Int(bytes.loadUnaligned(fromByteOffset: $0 * 4, as: Int32.self))
        }
    }

    /// Each axis once, counted from the front.
    func axes(_ given: [Int], rank: Int, _ label: String) throws(Failure) -> [Int] {
        var found: [Int] = []
        for value in given {
            let axis = try axis(value, rank: rank, label)
            guard !found.contains(axis) else {
                throw .invalid("\(name)'s \(label) names axis \(axis) twice")
            }
            found.append(axis)
        }
        return found
    }

    func ints(_ name: String) throws(Failure) -> [Int] {
        switch attributes[name] {
        case .ints(let values): return values
        case .int(let value): return [value]
        case nil: return []
        default: throw .invalid("\(self.name)'s attribute \(name) must be a list of integers")
        }
    }

    func floats(_ name: String) throws(Failure) -> [Double] {
        switch attributes[name] {
        case .floats(let values): return values
        case .float(let value): return [value]
        case .ints(let values): return values.map { Double($0) }
        case .int(let value): return [Double(value)]
        case nil: return []
        default: throw .invalid("\(self.name)'s attribute \(name) must be a list of numbers")
        }
    }

    /// Fails where a run met indices that name nothing.
    func check(outside count: UInt64, _ label: String) throws(Failure) {
        guard count == 0 else {
            throw .invalid("\(name)'s \(label) have an index outside the dimension it names")
        }
    }
}
