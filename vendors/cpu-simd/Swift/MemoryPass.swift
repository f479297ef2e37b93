internal import AssayABI
internal import CPUSIMDKernels

/// `assay.MemoryRead` and its five sisters: passes over arrays of f64.
final class MemoryPass: Operator {
    private enum Kind: Int32 {
        case read = 0
        case write, copy, scale, add, triad

        var inputs: Int { self == .write ? 0 : self == .add || self == .triad ? 2 : 1 }
        var arrays: Int { self == .read ? 1 : inputs + 1 }
    }

    private static let kinds: [String: Kind] = [
        "MemoryRead": .read, "MemoryWrite": .write, "MemoryCopy": .copy, "MemoryScale": .scale,
        "MemoryAdd": .add, "MemoryTriad": .triad,
    ]

    private let kind: Kind
    private let count: UInt64
    private let repetitions: UInt64
    private let scalar: Double
    private let nonTemporal: Bool
    private let engine: Engine
    /// nil until prepare has asked the engine.
    private var set: InstructionSet?

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        guard let kind = Self.kinds[request.name] else {
            throw .unsupported("there is no memory kernel \(request.name)")
        }
        self.kind = kind
        self.engine = engine
        guard !request.mustRepeat || kind != .read || engine.threads == 1 else {
            throw .unsupported("MemoryRead adds the sums of several threads in any order")
        }
        try request.expect(inputs: kind.inputs...kind.inputs, outputs: 1)
        let bytes = try request.int("bytes")
        let elements = bytes / kind.arrays / 512 * 64
        guard elements > 0 else {
            throw .invalid("\(request.name)'s bytes must be at least 512 for each array")
        }
        let array = Request.Tensor(dtype: ASSAY_F64, extents: [elements])
        for index in 0..<kind.inputs {
            let label = "input \(index)"
            try request.expect(try request.input(index, label), label, is: array)
        }
        let result = kind == .read ? Request.Tensor(dtype: ASSAY_F64, extents: [1]) : array
        try request.expect(try request.output(0, "output"), "output", is: result)
        switch try request.string("stores", default: "plain") {
        case "plain": nonTemporal = false
        case "nonTemporal" where kind != .read: nonTemporal = true
        case let other: throw .unsupported("\(request.name) has no stores '\(other)'")
        }
        let repetitions = try request.int("repetitions", default: 1)
        guard repetitions > 0 else {
            throw .invalid("\(request.name)'s repetitions must be positive")
        }
        self.repetitions = UInt64(repetitions)
        scalar = try request.float("scalar", default: 3)
        count = UInt64(elements)
    }

    var numeric: Numeric? { .f64 }

    var kernel: String {
        guard let set else { return "" }
        let stores = kind == .read ? "" : nonTemporal ? "-nontemporal" : "-plain"
        return "\(kind)\(stores)-\(set.name)"
    }

    func prepare(constants: Constants) throws(Failure) {
        set = engine.memorySet(kernel: kind.rawValue, nonTemporal: nonTemporal)
    }

    func run(_ call: borrowing Call) throws(Failure) {
        var job = unsafe cpusimd_memory_job()
        unsafe job.isa = (set ?? .scalar).rawValue
        unsafe job.kernel = kind.rawValue
        unsafe job.non_temporal = nonTemporal ? 1 : 0
        unsafe job.count = count
        unsafe job.repetitions = repetitions
        unsafe job.scalar = scalar
        if kind.inputs > 0 {
            unsafe job.a = call.input(0).assumingMemoryBound(to: Double.self)
        }
        if kind.inputs > 1 {
            unsafe job.b = call.input(1).assumingMemoryBound(to: Double.self)
        }
        if kind != .read {
            unsafe job.out = call.output(0).assumingMemoryBound(to: Double.self)
        }
        guard unsafe cpusimd_memory_aligned(&job) != 0 else {
            throw .invalid("memory kernels need arrays that start at multiples of 64 bytes")
        }
        let sum = unsafe cpusimd_memory_run(call.pool, &job)
        if kind == .read { unsafe call.output(0).storeBytes(of: sum, as: Double.self) }
    }
}
