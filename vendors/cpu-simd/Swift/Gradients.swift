internal import AssayABI
internal import CPUSIMDKernels

/// `SoftmaxGrad` and `LogSoftmaxGrad` along one axis.
final class SoftmaxGrad: Operator {
    private let title: String
    private let isLogarithm: Bool
    private let type: ElementType
    private let set: InstructionSet
    private let shape: cpusimd_axis

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        try request.expect(inputs: 2...2, outputs: 1)
        let gradient = try request.input(0, "dY")
        type = try request.elementType(gradient, "dY", of: .floating)
        try request.expect(try request.input(1, "Y"), "Y", is: gradient)
        try request.expect(try request.output(0, "dX"), "dX", is: gradient)
        let axis = try request.axis(
            try request.int("axis", default: -1), rank: gradient.extents.count, "axis")
        shape = gradient.extents.split(axis..<axis + 1)
        title = request.name.lowercased()
        isLogarithm = request.name == "LogSoftmaxGrad"
        set = engine.limit
    }

    var numeric: Numeric? { type.numeric }
    var kernel: String { "\(title)-\(type.name)-\(set.name)" }

    func run(_ call: borrowing Call) throws(Failure) {
        guard shape.outer * shape.n * shape.inner > 0 else { return }
        unsafe cpusimd_softmax_grad_run(
            call.pool, type.kernels(set), isLogarithm ? 1 : 0, shape, call.input(0), call.input(1),
            call.output(0))
    }
}

/// `LayerNormalizationGrad` over the axes from `axis` to the last.
final class LayerNormalizationGrad: Operator {
    private let type: ElementType
    private let set: InstructionSet
    private let shape: cpusimd_axis
    private let epsilon: Double
    private let engine: Engine
    private var workspace: Workspace?

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        try request.expect(inputs: 3...3, outputs: 3)
        let input = try request.input(1, "X")
        type = try request.elementType(input, "X", of: .floating)
        try request.expect(try request.input(0, "dY"), "dY", is: input)
        let rank = input.extents.count
        let axis = try request.axis(
            try request.int("axis", default: -1), rank: rank, "axis")
        let factor = Request.Tensor(dtype: input.dtype, extents: Array(input.extents[axis...]))
        try request.expect(try request.input(2, "Scale"), "Scale", is: factor)
        try request.expect(try request.output(0, "dX"), "dX", is: input)
        try request.expect(try request.output(1, "dScale"), "dScale", is: factor)
        try request.expect(try request.output(2, "dB"), "dB", is: factor)
        epsilon = try request.float("epsilon", default: 1e-5)
        shape = input.extents.split(axis..<rank)
        set = engine.limit
        self.engine = engine
    }

    var numeric: Numeric? { type.numeric }
    var kernel: String { "layernormalizationgrad-\(type.name)-\(set.name)" }

    func prepare(constants: Constants) throws(Failure) {
        workspace = Workspace(
            bytes: unsafe Int(
                cpusimd_normalize_grad_workspace(engine.pool, type.kernels(set), shape.n)))
    }

    func run(_ call: borrowing Call) throws(Failure) {
        guard let workspace, shape.n > 0 else { return }
        unsafe cpusimd_normalize_grad_run(
            call.pool, type.kernels(set), shape.outer, shape.n, epsilon, call.input(0),
            call.input(1), call.input(2), call.output(0), call.output(1), call.output(2),
            workspace.address)
    }
}
