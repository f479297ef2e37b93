internal import AssayABI
internal import CPUSIMDKernels

/// What a started backend owns: its threads, and which kernels it may and should use.
@safe final class Engine {
    /// The widest instruction set that may be used.
    let limit: InstructionSet
    /// Whether the environment named the set; then nothing else is tried.
    let isForced: Bool
    let threads: Int
    /// Joins its threads when the engine goes.
    @unsafe let pool: OpaquePointer
    private var probes: [Probe: InstructionSet] = [:]

    private enum Probe: Hashable {
        case memory(kernel: Int32, nonTemporal: Bool)
    }

    /// Starts `threads` - 1 helpers, pinned to all of `cpus` but the first.
    init(threads: Int, cpus: [Int], forced: String?) throws(Failure) {
        guard threads >= 1, threads <= 4096 else {
            throw .invalid("cpu-simd needs 1 to 4096 threads, not \(threads)")
        }
        guard cpus.isEmpty || cpus.count >= threads else {
            throw .invalid("cpu-simd has \(threads) threads and only \(cpus.count) CPUs for them")
        }
        let best = InstructionSet(rawValue: cpusimd_isa_best()) ?? .scalar
        var limit = best
        if let forced {
            guard let named = InstructionSet(name: forced) else {
                throw .invalid("ASSAY_CPU_ISA is '\(forced)', which names no instruction set")
            }
            guard named.isAllowed(under: best) else {
                throw .unsupported("ASSAY_CPU_ISA is '\(forced)', which this CPU does not have")
            }
            limit = named
        }
        let numbers = cpus.map { Int32(clamping: $0) }
        let created = unsafe numbers.withUnsafeBufferPointer {
            unsafe cpusimd_pool_create(Int32(threads), $0.baseAddress, Int32($0.count))
        }
        guard let created = unsafe created else {
            throw .invalid("cpu-simd cannot start \(threads) threads on CPUs \(cpus)")
        }
        self.limit = limit
        self.isForced = forced != nil
        self.threads = threads
        unsafe self.pool = created
    }

    deinit { unsafe cpusimd_pool_destroy(pool) }
}

// MARK: - Choice of kernels

extension Engine {
    /// Whether peak kernels of that set multiply and add in one instruction.
    func fuses(_ set: InstructionSet) -> Bool {
        set > .sse || (cpusimd_has_fma() != 0 && !(isForced && limit <= .sse))
    }

    /// The set whose memory kernel is fastest in the first cache, found once by a short trial.
    ///
    /// Cores that split 512-bit operations in two load them faster whole, and store them faster
    /// in halves; so each kernel is tried for itself.
    func memorySet(kernel: Int32, nonTemporal: Bool) -> InstructionSet {
        if isForced || limit != .avx512 { return limit }
        let probe = Probe.memory(kernel: kernel, nonTemporal: nonTemporal)
        if let known = probes[probe] { return known }
        let times = memoryTimes([.avx2, .avx512], kernel: kernel, nonTemporal: nonTemporal)
        // Of near equals the wider is named, so that launches agree on a busy machine too.
        let chosen: InstructionSet = times[1] <= 1.1 * times[0] ? .avx512 : .avx2
        probes[probe] = chosen
        return chosen
    }

    /// The least time of a few interleaved trials of each, on arrays of 8 KiB for each thread.
    private func memoryTimes(
        _ sets: [InstructionSet], kernel: Int32, nonTemporal: Bool
    ) -> [Double] {
        let count = 1024 * threads
        let arrays = unsafe UnsafeMutablePointer<Double>(
            OpaquePointer(UnsafeMutableRawPointer.allocate(byteCount: 24 * count, alignment: 4096)))
        defer { unsafe arrays.deallocate() }
        unsafe arrays.initialize(repeating: 1, count: 3 * count)
        var job = unsafe cpusimd_memory_job()
        unsafe job.kernel = kernel
        unsafe job.non_temporal = nonTemporal ? 1 : 0
        unsafe job.count = UInt64(count)
        // About 80 us in the first cache: long beside waking a helper.
        unsafe job.repetitions = 512
        unsafe job.scalar = 3
        unsafe job.a = UnsafePointer(arrays)
        unsafe job.b = UnsafePointer(arrays + count)
        unsafe job.out = arrays + 2 * count
        var least = [UInt64](repeating: .max, count: sets.count)
        for _ in 0..<8 {
            for (index, set) in sets.enumerated() {
                unsafe job.isa = set.rawValue
                let before = cpusimd_now_ns()
                _ = unsafe cpusimd_memory_run(pool, &job)
                least[index] = min(least[index], cpusimd_now_ns() - before)
            }
        }
        return least.map { Double($0) }
    }
}

/// An instruction set that kernels are compiled for; the raw value is the C library's number.
enum InstructionSet: Int32, CaseIterable, Comparable, Sendable {
    case scalar = 0
    case sse = 1
    case avx2 = 2
    case avx512 = 3
    case neon = 4

    init?(name: String) {
        guard let set = Self(rawValue: unsafe cpusimd_isa_named(name)) else { return nil }
        self = set
    }

    var name: String { unsafe String(cString: cpusimd_isa_name(rawValue)) }

    /// Whether this CPU can run it and `limit` permits it.
    func isAllowed(under limit: InstructionSet) -> Bool {
        cpusimd_isa_allowed(rawValue, limit.rawValue) != 0
    }

    static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
