package import Model

/// The contents of a tensor, to be read.
///
/// The memory belongs to the caller and must stay valid and unchanged while the view is in use.
@safe package struct TensorView: @unchecked Sendable {
    package let spec: TensorSpec
    let bytes: UnsafeRawBufferPointer

    /// A view of memory that holds the tensor from its start, aligned to its elements.
    package init(_ spec: TensorSpec, bytes: UnsafeRawBufferPointer) {
        precondition(bytes.count >= spec.byteCount, "the memory is smaller than the tensor")
        self.spec = spec
        unsafe self.bytes = bytes
    }

    /// The element at a position, as a number; integers beyond 2^53 are rounded.
    package func element(_ position: Int) -> Double {
        switch spec.dtype {
        case .f64: load(position, as: Double.self)
        case .f32: Double(load(position, as: Float.self))
        case .f16: HalfPrecision.decode(float16: load(position, as: UInt16.self))
        case .bf16: HalfPrecision.decode(bfloat16: load(position, as: UInt16.self))
        case .f8e4m3: EightBitPrecision.decode(e4m3: load(position, as: UInt8.self))
        case .f8e5m2: EightBitPrecision.decode(e5m2: load(position, as: UInt8.self))
        case .u64: Double(UInt64(bitPattern: integer(position)))
        default: Double(integer(position))
        }
    }

    func load<Element: BitwiseCopyable>(_ position: Int, as type: Element.Type) -> Element {
        precondition(position >= 0 && position < spec.count, "a tensor has fewer elements")
        return unsafe bytes.load(
            fromByteOffset: position * MemoryLayout<Element>.stride, as: type)
    }

    /// Reads `count` elements from `start` on, `step` apart, into an array from `offset` on.
    func read(
        from start: Int, step: Int = 1, count: Int, into target: inout [Double], at offset: Int = 0
    ) {
        if count == 0 { return }
        precondition(offset >= 0 && offset + count <= target.count)
        unsafe target.withUnsafeMutableBufferPointer { buffer in
            let base = unsafe buffer.baseAddress.unsafelyUnwrapped + offset
            unsafe copy(from: start, step: step, count: count, to: base)
        }
    }

    /// Reads elements into memory that has room for them.
    private func copy(
        from start: Int, step: Int, count: Int, to target: UnsafeMutablePointer<Double>
    ) {
        if count == 0 { return }
        precondition(start >= 0 && step >= 0 && start + (count - 1) * step < spec.count)
        switch spec.dtype {
        case .f64: unsafe convert(start, step, count, target) { (value: Double) in value }
        case .f32: unsafe convert(start, step, count, target) { (value: Float) in Double(value) }
        case .f16:
            unsafe convert(start, step, count, target) { HalfPrecision.decode(float16: $0) }
        case .bf16:
            unsafe convert(start, step, count, target) { HalfPrecision.decode(bfloat16: $0) }
        case .f8e4m3:
            unsafe convert(start, step, count, target) { EightBitPrecision.decode(e4m3: $0) }
        case .f8e5m2:
            unsafe convert(start, step, count, target) { EightBitPrecision.decode(e5m2: $0) }
        case .u64: unsafe convert(start, step, count, target) { (value: UInt64) in Double(value) }
        case .i64: unsafe convert(start, step, count, target) { (value: Int64) in Double(value) }
        case .i32: unsafe convert(start, step, count, target) { (value: Int32) in Double(value) }
        case .i8: unsafe convert(start, step, count, target) { (value: Int8) in Double(value) }
        case .u8: unsafe convert(start, step, count, target) { (value: UInt8) in Double(value) }
        default:
            for position in 0..<count {
                unsafe target[position] = Double(integer(start + position * step))
            }
        }
    }

    @inline(__always)
    private func convert<Element>(
        _ start: Int, _ step: Int, _ count: Int, _ target: UnsafeMutablePointer<Double>,
        _ number: (Element) -> Double
    ) {
        let source =
            unsafe bytes.baseAddress.unsafelyUnwrapped
            .assumingMemoryBound(to: Element.self) + start
        if step == 1 {
            // Apart from the strided loop, so that the compiler can use vectors.
            for position in 0..<count { unsafe target[position] = number(source[position]) }
        } else {
            for position in 0..<count { unsafe target[position] = number(source[position * step]) }
        }
    }
}

/// The memory of a tensor, to be filled.
///
/// The memory belongs to the caller and must stay valid while the value is in use.
@safe package struct TensorMemory {
    package let spec: TensorSpec
    let bytes: UnsafeMutableRawBufferPointer

    /// Memory that has room for the tensor from its start, aligned to its elements.
    package init(_ spec: TensorSpec, bytes: UnsafeMutableRawBufferPointer) {
        precondition(bytes.count >= spec.byteCount, "the memory is smaller than the tensor")
        self.spec = spec
        unsafe self.bytes = bytes
    }

    /// The same memory, to be read.
    package var view: TensorView { unsafe TensorView(spec, bytes: UnsafeRawBufferPointer(bytes)) }

    /// Sets all bits: not a number in every floating-point format, as outputs are before a run.
    package func poison() {
        unsafe bytes.prefix(spec.byteCount).withMemoryRebound(to: UInt8.self) { buffer in
            unsafe buffer.update(repeating: 0xff)
        }
    }

    /// Sets every byte to zero.
    func clear() {
        unsafe bytes.prefix(spec.byteCount).withMemoryRebound(to: UInt8.self) { buffer in
            unsafe buffer.update(repeating: 0)
        }
    }
}
