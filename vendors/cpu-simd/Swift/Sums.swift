internal import AssayABI
internal import CPUSIMDKernels

/// `Sum` and `Mean` of any number of inputs that are broadcast against each other.
final class VariadicSum: Operator {
    private let title: String
    private let type: ElementType
    private let set: InstructionSet
    private let count: Int
    private let divisor: Double
    private let shapes: [cpusimd_spread]

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        try request.expect(inputs: 1...1024, outputs: 1)
        let first = try request.input(0, "input 0")
        type = try request.elementType(first, "input 0", of: .floating)
        var inputs: [[Int]] = []
        for index in request.inputs.indices {
            let tensor = try request.input(index, "input \(index)")
            guard tensor.dtype == first.dtype else {
                throw .invalid(
                    "\(request.name)'s input \(index) must have the element type of its input 0")
            }
            inputs.append(tensor.extents)
        }
        guard let extents = Spread.extents(of: inputs) else {
            throw .invalid("\(request.name)'s inputs \(inputs) do not broadcast")
        }
        let result = Request.Tensor(dtype: first.dtype, extents: extents)
        try request.expect(try request.output(0, "output"), "output", is: result)
        shapes = Spread(extents: extents, inputs: inputs).mergedEach
        divisor = request.name == "Mean" ? Double(inputs.count) : 1
        title = request.name.lowercased()
        count = result.count
        set = engine.limit
    }

    var numeric: Numeric? { type.numeric }
    var kernel: String { "\(title)-\(type.name)-\(set.name)" }

    func run(_ call: borrowing Call) throws(Failure) {
        if count == 0 { return }
        var addresses: [UnsafeRawPointer] = unsafe []
        for index in shapes.indices { unsafe addresses.append(call.input(index)) }
        unsafe cpusimd_sum_run(
            call.pool, type.kernels(set), UInt32(shapes.count), shapes, addresses, call.output(0),
            divisor)
    }
}
