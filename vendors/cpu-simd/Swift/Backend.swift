internal import AssayABI
internal import AssayABI.Simple
internal import CPUSIMDKernels
internal import Glibc

/// The backend's state between startup and shutdown; the host calls on one thread at a time.
final class Backend {
    private var engine: Engine?

    func start(options: [String: Request.Attribute]) throws(Failure) {
        var cpus: [Int] = []
        if case .ints(let given)? = options["cpus"] { cpus = given }
        if case .int(let given)? = options["cpus"] { cpus = [given] }
        var threads = cpus.isEmpty ? Int(cpusimd_cpus_allowed()) : cpus.count
        if case .int(let given)? = options["threads"] { threads = given }
        // A telemetry worker never computes.
        if options["role"] == .string("telemetry") { (threads, cpus) = (1, []) }
        let forced = unsafe getenv("ASSAY_CPU_ISA").map { unsafe String(cString: $0) }
        engine = try Engine(
            threads: threads, cpus: cpus, forced: forced.flatMap { $0.isEmpty ? nil : $0 })
    }

    func stop() { engine = nil }

    private func started() throws(Failure) -> Engine {
        guard let engine else { throw .invalid("cpu-simd was not started") }
        return engine
    }

    func describe(_ properties: UnsafeMutablePointer<assay_device_props>) throws(Failure) {
        let engine = try started()
        unsafe properties.pointee.type = ASSAY_DEVICE_CPU
        unsafe properties.pointee.compute_units = UInt32(engine.threads)
        unsafe withUnsafeMutableBytes(of: &properties.pointee.name) {
            unsafe cpusimd_processor_name(
                $0.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: CChar.self), $0.count)
        }
        #if arch(x86_64)
            unsafe Self.set(&properties.pointee.architecture, "x86_64")
        #elseif arch(arm64)
            unsafe Self.set(&properties.pointee.architecture, "aarch64")
        #endif
        unsafe Self.set(&properties.pointee.runtime, "assay cpu-simd \(engine.limit.name)")
    }

    func check(
        _ descriptor: UnsafePointer<assay_op_desc>, _ info: UnsafeMutablePointer<assay_op_info>?
    ) throws(Failure) {
        let engine = try started()
        let checked = try OperatorRow.make(unsafe Request(descriptor), engine)
        unsafe Self.fill(info, checked, engine)
    }

    /// The operator, ready to run, with a reference that ``Backend/destroy(_:)`` gives back.
    func prepare(
        _ descriptor: UnsafePointer<assay_op_desc>,
        _ constants: UnsafePointer<UnsafeMutableRawPointer?>?,
        _ info: UnsafeMutablePointer<assay_op_info>?
    ) throws(Failure) -> UnsafeMutableRawPointer {
        let engine = try started()
        let request = unsafe Request(descriptor)
        let ready = try OperatorRow.make(request, engine)
        try ready.prepare(
            constants: unsafe Constants(constants, count: request.inputs.count))
        unsafe Self.fill(info, ready, engine)
        return unsafe Unmanaged.passRetained(Prepared(ready, engine)).toOpaque()
    }

    static func destroy(_ state: UnsafeMutableRawPointer) {
        unsafe Unmanaged<Prepared>.fromOpaque(state).release()
    }

    private static func fill(
        _ info: UnsafeMutablePointer<assay_op_info>?, _ operation: any Operator, _ engine: Engine
    ) {
        guard let info = unsafe info else { return }
        unsafe info.pointee.math_dtype = operation.numeric?.dtype ?? 0
        unsafe info.pointee.accumulate_dtype = operation.numeric?.dtype ?? 0
        unsafe info.pointee.packed_bytes = UInt64(operation.packedBytes)
        unsafe set(&info.pointee.kernel, operation.kernel)
        let threads = engine.threads == 1 ? "1 thread" : "\(engine.threads) threads"
        unsafe set(&info.pointee.executed_on, "CPU, \(threads)")
    }

    /// Writes text into one of the ABI's character arrays, cut to fit.
    private static func set<Array>(_ array: inout Array, _ text: String) {
        unsafe withUnsafeMutableBytes(of: &array) {
            unsafe assay_simple_copy(
                $0.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: CChar.self), $0.count,
                text)
        }
    }
}

/// An operator with the engine it runs on.
final class Prepared {
    let operation: any Operator
    let engine: Engine

    init(_ operation: any Operator, _ engine: Engine) {
        self.operation = operation
        self.engine = engine
    }
}
