internal import AssayABI
internal import CPUSIMDKernels

/// The table of a chase, copied into pages of the wanted size.
@safe private final class ChaseTable {
    let count: Int
    let steps: UInt64
    private let name: String
    private let huge: Bool
    private var chase: OpaquePointer?

    init(_ request: Request) throws(Failure) {
        name = request.name
        let table = try request.input(0, "table")
        let bytes = try request.int("bytes")
        let stride = try request.int("stride", default: 64)
        let steps = try request.int("steps")
        guard stride >= 8, stride % 8 == 0, bytes > 0, bytes % stride == 0 else {
            throw .invalid("\(name)'s bytes must be a multiple of its stride, and that of 8")
        }
        guard steps >= 0 else { throw .invalid("\(name)'s steps must not be negative") }
        try request.expect(table, "table", is: .init(dtype: ASSAY_I64, extents: [bytes / 8]))
        try request.expect(
            try request.output(0, "end"), "end", is: .init(dtype: ASSAY_I64, extents: [1]))
        switch try request.string("pages", default: "small") {
        case "small": huge = false
        case "huge": huge = true
        case let other: throw .unsupported("\(name) has no pages '\(other)'")
        }
        count = bytes / 8
        self.steps = UInt64(steps)
    }

    deinit { unsafe cpusimd_chase_destroy(chase) }

    var pages: String { huge ? "huge" : "small" }

    func prepare(_ constants: Constants) throws(Failure) {
        guard let table = unsafe constants.address(0) else {
            throw .unsupported("\(name) needs its table to be constant")
        }
        let values = unsafe UnsafeBufferPointer(
            start: table.assumingMemoryBound(to: Int64.self), count: count)
        guard unsafe values.allSatisfy({ $0 >= 0 && $0 < Int64(count) }) else {
            throw .invalid("\(name)'s table has an index outside it")
        }
        unsafe chase = unsafe values.baseAddress.flatMap {
            unsafe cpusimd_chase_create($0, UInt64(count), huge ? 1 : 0)
        }
        guard unsafe chase != nil else {
            throw .noMemory("\(name) cannot map \(count * 8) bytes")
        }
    }

    /// The element that `body`, which walks the table, ended at.
    func walk(_ body: (OpaquePointer) -> Int64) -> Int64 {
        guard let chase = unsafe chase else { return -1 }
        return unsafe body(chase)
    }
}

/// `assay.PointerChase`: dependent loads through a table, one at a time.
final class PointerChase: Operator {
    private let table: ChaseTable

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        try request.expect(inputs: 1...1, outputs: 1)
        table = try ChaseTable(request)
    }

    var kernel: String { "chase-\(table.pages)" }
    var packedBytes: Int { table.count * 8 }

    func prepare(constants: Constants) throws(Failure) { try table.prepare(constants) }

    func run(_ call: borrowing Call) throws(Failure) {
        let steps = table.steps
        let end = unsafe table.walk { unsafe cpusimd_chase_run($0, steps) }
        unsafe call.output(0).storeBytes(of: end, as: Int64.self)
    }
}

/// `assay.LoadedLatency`: the chase on one thread while all others read memory.
final class LoadedLatency: Operator {
    private let table: ChaseTable
    private let isLoaded: Bool
    private let words: Int
    private let delay: UInt64

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        switch try request.string("load", default: "read") {
        case "none": isLoaded = false
        case "read": isLoaded = true
        case let other: throw .unsupported("LoadedLatency has no load '\(other)'")
        }
        guard !request.mustRepeat || !isLoaded else {
            throw .unsupported("LoadedLatency reads as much as there is time for")
        }
        let inputs = isLoaded ? 2 : 1
        try request.expect(inputs: inputs...inputs, outputs: 2)
        table = try ChaseTable(request)
        let bytes = try request.int("streamBytes", default: 1 << 28)
        let delay = try request.int("delay", default: 0)
        guard bytes > 0, bytes % Int(CPUSIMD_LOAD_BLOCK) == 0 else {
            throw .invalid(
                "LoadedLatency's streamBytes must be a positive multiple of \(CPUSIMD_LOAD_BLOCK)")
        }
        guard delay >= 0 else { throw .invalid("LoadedLatency's delay must not be negative") }
        if isLoaded {
            let stream = try request.input(1, "stream")
            try request.expect(stream, "stream", is: .init(dtype: ASSAY_I64, extents: [bytes / 8]))
            guard engine.threads > 1 else {
                throw .unsupported("LoadedLatency needs a second thread for its load")
            }
        }
        try request.expect(
            try request.output(1, "streamed"), "streamed",
            is: .init(dtype: ASSAY_I64, extents: [2]))
        words = bytes / 8
        self.delay = UInt64(delay)
    }

    var kernel: String { "chase-\(table.pages)-\(isLoaded ? "read" : "none")" }
    var packedBytes: Int { table.count * 8 }

    func prepare(constants: Constants) throws(Failure) { try table.prepare(constants) }

    func run(_ call: borrowing Call) throws(Failure) {
        let steps = table.steps
        let stream =
            isLoaded ? unsafe call.input(1).assumingMemoryBound(to: Int64.self) : nil
        let streamed = unsafe call.output(1).assumingMemoryBound(to: Int64.self)
        let pool = unsafe call.pool
        let end = unsafe table.walk {
            unsafe cpusimd_loaded_run(pool, $0, steps, stream, UInt64(words), delay, streamed)
        }
        unsafe call.output(0).storeBytes(of: end, as: Int64.self)
    }
}
