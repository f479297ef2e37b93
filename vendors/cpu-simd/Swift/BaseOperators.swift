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
