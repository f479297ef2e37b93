internal import CPUSIMDKernels

/// A tensor for kernels that work on f32 and f64 only: f16 and bf16 are widened to f32 before, and
/// narrowed after. Other types pass through.
@safe final class WideTensor {
    private let type: ElementType
    private let count: Int
    private let set: InstructionSet
    private var wide: Workspace?

    init(_ tensor: Request.Tensor, _ type: ElementType, _ set: InstructionSet) {
        self.type = type
        count = tensor.count
        self.set = set
    }

    private var isNarrow: Bool { type != type.accumulator }

    /// Takes memory where it is needed.
    func prepare() {
        if isNarrow { wide = Workspace(bytes: count * type.accumulator.bytes) }
    }

    /// An input's elements, widened.
    @unsafe func widened(
        _ pool: OpaquePointer, _ source: UnsafeRawPointer
    ) -> UnsafeRawPointer {
        guard let wide else { return unsafe source }
        unsafe cpusimd_cast_run(
            pool, set.rawValue, type.rawValue, type.accumulator.rawValue, 1, source,
            wide.address, UInt64(count))
        return unsafe UnsafeRawPointer(wide.address)
    }

    /// What was widened before, by ``widened(_:_:)``.
    @unsafe func kept(_ source: UnsafeRawPointer) -> UnsafeRawPointer {
        unsafe wide.map { unsafe UnsafeRawPointer($0.address) } ?? source
    }

    /// Where an output is computed.
    @unsafe func room(_ target: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
        unsafe wide?.address ?? target
    }

    /// Stores what was computed in ``room(_:)``.
    @unsafe func narrow(_ pool: OpaquePointer, into target: UnsafeMutableRawPointer) {
        guard let wide else { return }
        unsafe cpusimd_cast_run(
            pool, set.rawValue, type.accumulator.rawValue, type.rawValue, 1, wide.address,
            target, UInt64(count))
    }
}
