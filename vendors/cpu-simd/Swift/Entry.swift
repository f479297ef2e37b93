package import AssayABI
internal import AssayABI.Simple

/// The entry of the backend `cpu-simd`, linked into the worker.
///
/// The C function is `assay_cpu_simd_entry_v1`.
@c(assay_cpu_simd_entry_v1)
package func cpuSIMDEntry(
    _ host: UnsafePointer<assay_host>?, _ error: UnsafeMutablePointer<assay_error>?
) -> UnsafePointer<assay_plugin>? {
    var table = unsafe assay_simple_backend()
    unsafe table.id = text("cpu-simd")
    unsafe table.name = text("Assay CPU reference with SIMD kernels")
    unsafe table.vendor = text("Assay")
    unsafe table.version = text("1.0.0")
    unsafe table.built_against = text("")
    unsafe table.user = Unmanaged.passUnretained(theBackend).toOpaque()
    unsafe table.startup = { user, options, count, error in
        unsafe attempt(user, error, "startup") { backend throws(Failure) in
            try backend.start(options: unsafe Request.values(options, count))
        }
    }
    unsafe table.shutdown = { user in unsafe backendOf(user)?.stop() }
    unsafe table.describe = { user, out, _, error in
        unsafe attempt(user, error, "describe") { backend throws(Failure) in
            if let out = unsafe out { try unsafe backend.describe(out) }
        }
    }
    unsafe table.supports = { user, descriptor, info, error in
        unsafe attempt(user, error, "supports") { backend throws(Failure) in
            if let descriptor = unsafe descriptor { try unsafe backend.check(descriptor, info) }
        }
    }
    unsafe table.prepare = { user, descriptor, constants, info, state, error in
        unsafe attempt(user, error, "prepare") { backend throws(Failure) in
            guard let descriptor = unsafe descriptor else { return }
            unsafe state?.pointee = try unsafe backend.prepare(descriptor, constants, info)
        }
    }
    unsafe table.run = { _, state, inputs, outputs, error in
        unsafe run(state, inputs, outputs, error)
    }
    unsafe table.destroy = { _, state in
        if let state = unsafe state { unsafe Backend.destroy(state) }
    }
    return unsafe assay_simple_make(&table, host, error)
}

/// The one backend of the process: the adapter keeps one plug-in for each id.
private nonisolated(unsafe) let theBackend = Backend()

private func text(_ literal: StaticString) -> UnsafePointer<CChar> {
    unsafe UnsafeRawPointer(literal.utf8Start).assumingMemoryBound(to: CChar.self)
}

private func backendOf(_ user: UnsafeMutableRawPointer?) -> Backend? {
    unsafe user.map { unsafe Unmanaged<Backend>.fromOpaque($0).takeUnretainedValue() }
}

/// Turns a thrown failure into a status and a filled error.
private func attempt(
    _ user: UnsafeMutableRawPointer?, _ error: UnsafeMutablePointer<assay_error>?,
    _ place: String, _ body: (Backend) throws(Failure) -> Void
) -> assay_status {
    guard let backend = unsafe backendOf(user) else { return assay_status(ASSAY_E_INTERNAL) }
    do throws(Failure) {
        try body(backend)
        return assay_status(ASSAY_OK)
    } catch let failure {
        return unsafe failure.report(to: error, at: place)
    }
}

private func run(
    _ state: UnsafeMutableRawPointer?, _ inputs: UnsafePointer<UnsafeRawPointer?>?,
    _ outputs: UnsafePointer<UnsafeMutableRawPointer?>?,
    _ error: UnsafeMutablePointer<assay_error>?
) -> assay_status {
    guard let state = unsafe state else { return assay_status(ASSAY_E_INTERNAL) }
    let prepared = unsafe Unmanaged<Prepared>.fromOpaque(state).takeUnretainedValue()
    let call = unsafe Call(pool: prepared.engine.pool, inputs: inputs, outputs: outputs)
    do throws(Failure) {
        try prepared.operation.run(call)
        return assay_status(ASSAY_OK)
    } catch let failure {
        return unsafe failure.report(to: error, at: "run")
    }
}
