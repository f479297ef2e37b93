internal import AssayABI
internal import CPUSIMDKernels

/// `assay.Empty`: nothing, to measure what a call itself costs.
final class Empty: Operator {
    let kernel = "empty"

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        try request.expect(inputs: 0...0, outputs: 0)
    }

    func run(_ call: borrowing Call) throws(Failure) {}
}

/// `assay.PointerChase`: dependent loads through a table, one at a time.
@safe final class PointerChase: Operator {
    private let count: Int
    private let steps: UInt64
    private let huge: Bool
    private var chase: OpaquePointer?

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        try request.expect(inputs: 1...1, outputs: 1)
        let table = try request.input(0, "table")
        let bytes = try request.int("bytes")
        let stride = try request.int("stride", default: 64)
        let steps = try request.int("steps")
        guard stride >= 8, stride % 8 == 0, bytes > 0, bytes % stride == 0 else {
            throw .invalid("PointerChase's bytes must be a multiple of its stride, and that of 8")
        }
        guard steps >= 0 else { throw .invalid("PointerChase's steps must not be negative") }
        try request.expect(table, "table", is: .init(dtype: ASSAY_I64, extents: [bytes / 8]))
        try request.expect(
            try request.output(0, "end"), "end", is: .init(dtype: ASSAY_I64, extents: [1]))
        switch try request.string("pages", default: "small") {
        case "small": huge = false
        case "huge": huge = true
        case let other: throw .unsupported("PointerChase has no pages '\(other)'")
        }
        count = bytes / 8
        self.steps = UInt64(steps)
    }

    deinit { unsafe cpusimd_chase_destroy(chase) }

    var kernel: String { "chase-\(huge ? "huge" : "small")" }
    var packedBytes: Int { count * 8 }

    func prepare(constants: Constants) throws(Failure) {
        guard let table = unsafe constants.address(0) else {
            throw .unsupported("PointerChase needs its table to be constant")
        }
        let values = unsafe UnsafeBufferPointer(
            start: table.assumingMemoryBound(to: Int64.self), count: count)
        guard unsafe values.allSatisfy({ $0 >= 0 && $0 < Int64(count) }) else {
            throw .invalid("PointerChase's table has an index outside it")
        }
        unsafe chase = unsafe values.baseAddress.flatMap {
            unsafe cpusimd_chase_create($0, UInt64(count), huge ? 1 : 0)
        }
        guard unsafe chase != nil else {
            throw .noMemory("PointerChase cannot map \(count * 8) bytes")
        }
    }

    func run(_ call: borrowing Call) throws(Failure) {
        guard let chase = unsafe chase else { return }
        let end = unsafe cpusimd_chase_run(chase, steps)
        unsafe call.output(0).storeBytes(of: end, as: Int64.self)
    }
}
