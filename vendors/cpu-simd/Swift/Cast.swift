internal import AssayABI
internal import CPUSIMDKernels

/// `Cast` to the output's type.
final class Cast: Operator {
    private let from: StoredType
    private let to: StoredType
    private let set: InstructionSet
    private let count: Int
    private let saturates: Bool

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        try request.expect(inputs: 1...1, outputs: 1)
        let input = try request.input(0, "input")
        let output = try request.output(0, "output")
        from = try request.stored(input, "input")
        to = try request.stored(output, "output")
        try request.expect(
            output, "output", is: .init(dtype: output.dtype, extents: input.extents))
        saturates = try request.int("saturate", default: 1) != 0
        count = input.count
        set = engine.limit
    }

    var numeric: Numeric? { from.element?.numeric }
    var kernel: String { "cast-\(from.name)-\(to.name)-\(set.name)" }

    func run(_ call: borrowing Call) throws(Failure) {
        if count == 0 { return }
        unsafe cpusimd_cast_run(
            call.pool, set.rawValue, from.rawValue, to.rawValue, saturates ? 1 : 0, call.input(0),
            call.output(0), UInt64(count))
    }
}
