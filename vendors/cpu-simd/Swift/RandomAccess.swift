internal import AssayABI
internal import CPUSIMDKernels

/// `assay.RandomAccess`: updates of random words of a copy of the table.
final class RandomAccess: Operator {
    private let words: UInt64
    private let updates: UInt64

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        try request.expect(inputs: 1...1, outputs: 1)
        let bytes = try request.int("bytes")
        let updates = try request.int("updates")
        guard bytes >= 16384, bytes.nonzeroBitCount == 1 else {
            throw .invalid("RandomAccess's bytes must be a power of two of at least 16384")
        }
        guard updates > 0, updates % Int(CPUSIMD_RANDOM_STREAMS) == 0 else {
            throw .invalid("RandomAccess's updates must be a positive multiple of 256")
        }
        let table = Request.Tensor(dtype: ASSAY_I64, extents: [bytes / 8])
        try request.expect(try request.input(0, "table"), "table", is: table)
        try request.expect(try request.output(0, "updated"), "updated", is: table)
        words = UInt64(bytes / 8)
        self.updates = UInt64(updates)
    }

    var kernel: String { "random-xor" }

    func run(_ call: borrowing Call) throws(Failure) {
        unsafe cpusimd_random_run(
            call.pool, call.input(0).assumingMemoryBound(to: Int64.self),
            call.output(0).assumingMemoryBound(to: Int64.self), words, updates)
    }
}
