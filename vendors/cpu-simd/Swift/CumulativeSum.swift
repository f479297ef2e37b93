internal import AssayABI
internal import CPUSIMDKernels

/// `CumSum` along an axis that is given as a constant.
final class CumulativeSum: Operator {
    private let request: Request
    private let input: Request.Tensor
    private let type: ElementType
    private let set: InstructionSet
    private let isExclusive: Bool
    private let isReversed: Bool
    private var shape = cpusimd_axis()

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        try request.expect(inputs: 2...2, outputs: 1)
        input = try request.input(0, "x")
        type = try request.elementType(input, "x", of: .wide)
        let axis = try request.input(1, "axis")
        guard axis.count == 1, axis.dtype == ASSAY_I64 || axis.dtype == ASSAY_I32 else {
            throw .invalid("CumSum's axis must be one i64 or i32")
        }
        try request.expect(try request.output(0, "y"), "y", is: input)
        isExclusive = try request.int("exclusive", default: 0) != 0
        isReversed = try request.int("reverse", default: 0) != 0
        set = engine.limit
        self.request = request
    }

    var numeric: Numeric? { type.numeric }
    var kernel: String { "cumsum-\(type.name)-\(set.name)" }

    func prepare(constants: Constants) throws(Failure) {
        guard let address = unsafe constants.address(1) else {
            throw .unsupported("CumSum needs its axis to be constant")
        }
        let isWide = request.inputs[1]?.dtype == ASSAY_I64
        let type: ElementType = isWide ? .i64 : .i32
        let given = unsafe cpusimd_value(type.rawValue, address)
        let axis = try request.axis(
            Int(exactly: given) ?? .max, rank: input.extents.count, "axis")
        shape = input.extents.split(axis..<axis + 1)
    }

    func run(_ call: borrowing Call) throws(Failure) {
        guard shape.outer * shape.n * shape.inner > 0 else { return }
        unsafe cpusimd_cumulate_run(
            call.pool, type.kernels(set), isExclusive ? 1 : 0, isReversed ? 1 : 0, shape,
            call.input(0), call.output(0))
    }
}
