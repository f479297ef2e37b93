internal import AssayABI
internal import AssayABI.Simple

/// Why an operation cannot be done: a status of the plug-in ABI and one sentence.
struct Failure: Error, CustomStringConvertible {
    var status: assay_status
    var description: String

    /// A request that is sound but that this backend cannot do.
    static func unsupported(_ description: String) -> Failure {
        Failure(status: assay_status(ASSAY_E_UNSUPPORTED), description: description)
    }

    /// A request that no backend could do.
    static func invalid(_ description: String) -> Failure {
        Failure(status: assay_status(ASSAY_E_INVALID), description: description)
    }

    /// Memory that the system would not give.
    static func noMemory(_ description: String) -> Failure {
        Failure(status: assay_status(ASSAY_E_NO_MEMORY), description: description)
    }

    /// Fills the caller's error, which may be null, and returns the status.
    func report(to error: UnsafeMutablePointer<assay_error>?, at place: String)
        -> assay_status
    {
        unsafe assay_simple_fail(error, status, 0, "cpu-simd", place, description)
    }
}
