internal import AssayABI
internal import CPUSIMDKernels

extension Numeric {
    /// What the C kernels want to be told.
    func kernels(_ set: InstructionSet) -> cpusimd_numeric {
        cpusimd_numeric(isa: set.rawValue, single: self == .f32 ? 1 : 0)
    }
}

/// `Exp`: e to the power of each element.
final class Exp: Operator {
    private let type: Numeric
    private let set: InstructionSet
    private let count: Int

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        try request.expect(inputs: 1...1, outputs: 1)
        let input = try request.input(0, "input")
        type = try request.numeric(input, "input")
        try request.expect(try request.output(0, "output"), "output", is: input)
        count = input.count
        set = engine.limit
    }

    var numeric: Numeric? { type }
    var kernel: String { "exp-\(type.name)-\(set.name)" }

    func run(_ call: borrowing Call) throws(Failure) {
        unsafe cpusimd_exp_run(
            call.pool, type.kernels(set), call.input(0), call.output(0), UInt64(count))
    }
}

/// `Add`: sums of elements, broadcast as in numpy.
final class Add: Operator {
    private let type: Numeric
    private let set: InstructionSet
    private let count: Int
    private var shape: cpusimd_broadcast

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        try request.expect(inputs: 2...2, outputs: 1)
        let left = try request.input(0, "A")
        let right = try request.input(1, "B")
        type = try request.numeric(left, "A")
        guard right.dtype == left.dtype else {
            throw .invalid("Add's A and B must have the same element type")
        }
        guard let broadcast = Broadcast(left.extents, right.extents) else {
            throw .invalid("Add's A \(left.extents) and B \(right.extents) do not broadcast")
        }
        let result = Request.Tensor(dtype: left.dtype, extents: broadcast.extents)
        try request.expect(try request.output(0, "C"), "C", is: result)
        count = result.count
        shape = broadcast.merged
        set = engine.limit
    }

    var numeric: Numeric? { type }
    var kernel: String { "add-\(type.name)-\(set.name)" }

    func run(_ call: borrowing Call) throws(Failure) {
        if count == 0 { return }
        unsafe cpusimd_add_run(
            call.pool, type.kernels(set), &shape, call.input(0), call.input(1), call.output(0))
    }
}
