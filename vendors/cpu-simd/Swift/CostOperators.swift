internal import AssayABI
internal import CPUSIMDKernels

extension Request {
    /// How often to do a thing; checks that there are no inputs and one output of `outputs` counts.
    fileprivate func times(
        _ attribute: String, outputs count: Int = 1, most: Int = 1 << 32
    ) throws(Failure) -> UInt64 {
        try expect(inputs: 0...0, outputs: 1)
        try expect(
            try output(0, "counts"), "counts", is: .init(dtype: ASSAY_I64, extents: [count]))
        let times = try int(attribute)
        guard times > 0, times <= most else {
            throw .invalid("\(name)'s \(attribute) must be from 1 to \(most)")
        }
        return UInt64(times)
    }
}

/// `assay.CoreToCore`: a cache line that goes from one thread to another and back.
final class CoreToCore: Operator {
    private let roundTrips: UInt64
    private let partner: Int

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        roundTrips = try request.times("roundTrips")
        partner = try request.int("partner", default: 1)
        guard partner >= 1 else { throw .invalid("CoreToCore's partner must be at least 1") }
        guard partner < engine.threads else {
            throw .unsupported(
                "CoreToCore to thread \(partner) needs \(partner + 1) threads, and there "
                    + (engine.threads == 1 ? "is 1" : "are \(engine.threads)"))
        }
    }

    var kernel: String { "hand-over-\(partner)" }

    func run(_ call: borrowing Call) throws(Failure) {
        let hands = unsafe cpusimd_hand_over(call.pool, Int32(clamping: partner), roundTrips)
        unsafe call.output(0).storeBytes(of: hands, as: Int64.self)
    }
}

/// `assay.PageFault`: pages that are mapped, written to for the first time, and given back.
final class PageFault: Operator {
    private let pages: UInt64
    private let isHuge: Bool

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        pages = try request.times("pages", outputs: 2)
        switch try request.string("size", default: "small") {
        case "small": isHuge = false
        case "huge": isHuge = true
        case let other: throw .unsupported("PageFault has no pages of size '\(other)'")
        }
    }

    var kernel: String { "first-touch-\(isHuge ? "huge" : "small")" }

    /// Some systems map several pages at a fault, and some do not count faults at all.
    func prepare(constants: Constants) throws(Failure) {
        let trial: UInt64 = 4
        var fresh: Int64 = 0
        let faults = unsafe cpusimd_fault(trial, isHuge ? 1 : 0, &fresh)
        guard faults >= 0 else { throw .noMemory("PageFault cannot map \(trial) pages") }
        // A huge page that is not to be had is 512 small ones, of which one was touched.
        guard !isHuge || cpusimd_huge_given() != 0 else {
            throw .unsupported("PageFault has no huge pages here: the system gives small ones")
        }
        guard faults >= trial else {
            throw .unsupported(
                "PageFault cannot be counted here: \(trial) pages took \(faults) faults")
        }
    }

    func run(_ call: borrowing Call) throws(Failure) {
        var fresh: Int64 = 0
        let faults = unsafe cpusimd_fault(pages, isHuge ? 1 : 0, &fresh)
        guard faults >= 0 else { throw .noMemory("PageFault cannot map \(pages) pages") }
        // A fault more is another's: of the stack, or of the counter itself.
        let counted = min(faults, Int64(pages))
        unsafe call.output(0).storeBytes(of: fresh, as: Int64.self)
        unsafe call.output(0).storeBytes(of: counted, toByteOffset: 8, as: Int64.self)
    }
}

/// `assay.ParallelRegion`: nothing, done by every thread.
final class ParallelRegion: Operator {
    private let regions: UInt64

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        regions = try request.times("regions")
    }

    var kernel: String { "fork-join" }

    func run(_ call: borrowing Call) throws(Failure) {
        let done = unsafe cpusimd_parallel(call.pool, regions)
        unsafe call.output(0).storeBytes(of: done, as: Int64.self)
    }
}

/// `assay.ThreadSpawn`: threads that are started and joined, one after the other.
final class ThreadSpawn: Operator {
    private let count: UInt64

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        count = try request.times("count")
    }

    var kernel: String { "pthread" }

    func run(_ call: borrowing Call) throws(Failure) {
        let done = cpusimd_spawn(count)
        unsafe call.output(0).storeBytes(of: done, as: Int64.self)
    }
}

/// `assay.Capacity`: memory that is mapped, written to and read again, by all threads.
final class Capacity: Operator {
    private let bytes: UInt64
    private let isHuge: Bool

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        bytes = try request.times("bytes", most: 1 << 46)
        guard bytes % 4096 == 0 else {
            throw .invalid("Capacity's bytes must be a multiple of 4096")
        }
        switch try request.string("size", default: "small") {
        case "small": isHuge = false
        case "huge": isHuge = true
        case let other: throw .unsupported("Capacity has no pages of size '\(other)'")
        }
    }

    var kernel: String { "touch-\(isHuge ? "huge" : "small")" }

    func prepare(constants: Constants) throws(Failure) {
        guard !isHuge || cpusimd_huge_given() != 0 else {
            throw .unsupported("Capacity has no huge pages here: the system gives small ones")
        }
    }

    func run(_ call: borrowing Call) throws(Failure) {
        let pages = unsafe cpusimd_capacity(call.pool, bytes, isHuge ? 1 : 0)
        guard pages >= 0 else { throw .noMemory("Capacity cannot map \(bytes) bytes") }
        unsafe call.output(0).storeBytes(of: pages, as: Int64.self)
    }
}
