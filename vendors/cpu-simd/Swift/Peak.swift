internal import AssayABI
internal import CPUSIMDKernels

/// `assay.Peak`: multiply-adds in registers or tiles, as many as a core can do.
final class Peak: Operator {
    private let engine: Engine
    private let type: PeakType
    private let operations: UInt64
    /// In order of width; one where the request names the path.
    private let candidates: [PeakKernel]
    /// nil until prepare has found the fastest.
    private var chosen: PeakKernel?

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        try request.expect(inputs: 0...0, outputs: 1)
        let result = try request.output(0, "checksum")
        try request.expect(result, "checksum", is: .init(dtype: ASSAY_F64, extents: [1]))
        let dtype = try request.string("dtype", default: "")
        guard let type = PeakType(name: dtype) else {
            let known = PeakType.allCases.map(\.name).joined(separator: ", ")
            throw .unsupported("Peak has dtypes \(known), not '\(dtype)'")
        }
        let unit = try request.string("unit", default: "vector")
        guard let paths = PeakPath.units[unit] else {
            throw .unsupported("Peak has no unit '\(unit)' here")
        }
        let named = try request.string("path", default: "best")
        let wanted = paths.filter {
            // Where the environment names a set, nothing else is tried.
            named == "best" ? !engine.isForced || $0.set == engine.limit : $0.name == named
        }
        guard !wanted.isEmpty else {
            let set = engine.isForced ? " with ASSAY_CPU_ISA=\(engine.limit.name)" : ""
            throw .unsupported("Peak's unit '\(unit)' has no path '\(named)'\(set)")
        }
        var reasons: [PeakReason] = []
        var candidates: [PeakKernel] = []
        for path in wanted {
            switch path.kernel(type, engine) {
            case .success(let kernel): candidates.append(kernel)
            case .failure(let reason): reasons.append(reason)
            }
        }
        guard let first = candidates.first else {
            // What a feature would mend says more than what nothing does.
            let mendable = reasons.filter(\.isMendable)
            let shown = (mendable.isEmpty ? reasons : mendable).map(\.description)
            throw .unsupported(
                "Peak of \(dtype) cannot run here: \(shown.joined(separator: "; "))")
        }
        let operations = try request.int("operations", default: 96 << 20)
        let grain = Int(cpusimd_peak_grain(type.rawValue, first.path.number))
        guard operations > 0, operations % grain == 0 else {
            throw .invalid(
                "Peak's operations must be a positive multiple of \(grain) for \(dtype)")
        }
        self.operations = UInt64(operations)
        self.type = type
        self.candidates = candidates
        self.engine = engine
        if named != "best" { chosen = first }
    }

    var numeric: Numeric? { type.numeric }

    var kernel: String {
        guard let chosen else { return "" }
        return "\(chosen.verb)-\(type.name)-\(chosen.path.name)"
    }

    func prepare(constants: Constants) throws(Failure) {
        if chosen == nil { chosen = unsafe fastest(engine.pool) }
    }

    func run(_ call: borrowing Call) throws(Failure) {
        guard let chosen else { throw .invalid("Peak was not prepared") }
        let sum = unsafe cpusimd_peak_run(call.pool, chosen.number, operations)
        unsafe call.output(0).storeBytes(of: sum, as: Double.self)
    }

    /// The kernel that is fastest here, found by a short trial.
    private func fastest(_ pool: OpaquePointer) -> PeakKernel? {
        guard candidates.count > 1 else { return candidates.first }
        // About 50 us on one thread at 100 Gop/s; scalar kernels take sixteen times as long.
        let trial = UInt64(8192 * 768 * engine.threads)
        var least = [UInt64](repeating: .max, count: candidates.count)
        for _ in 0..<6 {
            for (index, kernel) in candidates.enumerated() {
                let before = cpusimd_now_ns()
                _ = unsafe cpusimd_peak_run(pool, kernel.number, trial)
                least[index] = min(least[index], cpusimd_now_ns() - before)
            }
        }
        let limit = 1.03 * Double(least.min() ?? 0)
        // Of equals the widest is named, so that launches agree.
        return zip(candidates, least).reversed().first { Double($0.1) <= limit }?.0
    }
}

/// An element type of the factors; the raw value is the C library's number.
enum PeakType: Int32, CaseIterable {
    case f64 = 0
    case f32, f16, bf16, i32, i16, i8

    init?(name: String) {
        guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = found
    }

    var name: String { "\(self)" }
    var numeric: Numeric? { self == .f64 ? .f64 : self == .f32 ? .f32 : nil }
}

/// A way to multiply and add that a request can name.
struct PeakPath {
    let name: String
    /// The C library's number.
    let number: Int32
    /// nil for the matrix unit.
    let set: InstructionSet?

    /// The paths of each unit, in order of width.
    static let units: [String: [PeakPath]] = [
        "vector": InstructionSet.allCases.map {
            PeakPath(name: $0.name, number: $0.rawValue, set: $0)
        },
        "matrix": [PeakPath(name: "amx", number: CPUSIMD_PEAK_AMX, set: nil)],
    ]

    /// The kernel for a type, or why there is none.
    func kernel(_ type: PeakType, _ engine: Engine) -> Result<PeakKernel, PeakReason> {
        if let set, !set.isAllowed(under: engine.limit) {
            return .failure(PeakReason("\(name) is not to be had on this CPU"))
        }
        var lacks: UnsafePointer<CChar>?
        let fuses = set.map { engine.fuses($0) } ?? true
        let found = unsafe cpusimd_peak_find(type.rawValue, number, fuses ? 1 : 0, &lacks)
        guard found < 0 else {
            let verb = unsafe String(cString: cpusimd_peak_verb(found))
            return .success(PeakKernel(path: self, number: found, verb: verb))
        }
        guard let feature = unsafe lacks.map({ unsafe String(cString: $0) }) else {
            return .failure(PeakReason("\(name) has no kernel for it"))
        }
        return .failure(PeakReason("\(name) needs \(feature)", isMendable: true))
    }
}

/// Why a path has no kernel.
struct PeakReason: Error, CustomStringConvertible {
    let description: String
    /// Whether another processor would have it.
    let isMendable: Bool

    init(_ description: String, isMendable: Bool = false) {
        self.description = description
        self.isMendable = isMendable
    }
}

/// A kernel that this process may run.
struct PeakKernel {
    let path: PeakPath
    /// The C library's number.
    let number: Int32
    /// How it multiplies and adds, such as `fma` or `dot`.
    let verb: String
}
