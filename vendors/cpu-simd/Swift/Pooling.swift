internal import AssayABI
internal import CPUSIMDKernels

/// `MaxPool` and `AveragePool` of signals and images.
final class Pooling: Operator {
    private let title: String
    private let type: ElementType
    private let engine: Engine
    private var job: cpusimd_pooling
    private var workspace: Workspace?

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        let name = request.name
        try request.expect(inputs: 1...1, outputs: 1)
        let input = try request.input(0, "X")
        type = try request.elementType(input, "X", of: .floating)
        guard let kernel = try request.kernelShape() else {
            throw .invalid("\(name) needs its attribute kernel_shape")
        }
        let windows = try Windows(
            request, over: input.extents, kernel: kernel,
            roundsUp: try request.int("ceil_mode", default: 0) != 0)
        guard !windows.hasWindowOfPads else {
            throw .invalid("\(name)'s pads fill a window")
        }
        try request.expect(
            try request.output(0, "Y"), "Y",
            is: .init(dtype: input.dtype, extents: input.extents[..<2] + windows.output))
        var operation = CPUSIMD_POOL_MAXIMUM
        if name == "AveragePool" {
            let countsPads = try request.int("count_include_pad", default: 0) != 0
            operation = countsPads ? CPUSIMD_POOL_MEAN_WITH_PADS : CPUSIMD_POOL_MEAN
        }
        job = cpusimd_pooling(
            kind: type.kernels(engine.limit), windows: windows.kernels,
            planes: UInt64(input.extents[0] * input.extents[1]), operation: operation)
        title = name.lowercased()
        self.engine = engine
    }

    var numeric: Numeric? { type.numeric }
    var kernel: String { "\(title)-\(type.name)-\(engine.limit.name)" }

    func prepare(constants: Constants) throws(Failure) {
        guard job.windows.out_height * job.windows.out_width > 0 else { return }
        workspace = unsafe Workspace(bytes: Int(cpusimd_pooling_workspace(engine.pool, &job)))
    }

    func run(_ call: borrowing Call) throws(Failure) {
        guard let workspace else { return }
        var job = job
        unsafe cpusimd_pooling_run(
            call.pool, &job, call.input(0), call.output(0), workspace.address)
    }
}

/// `GlobalMaxPool` and `GlobalAveragePool`: reductions of each plane, of any rank.
final class GlobalPooling: Operator {
    private let title: String
    private let isMean: Bool
    private let type: ElementType
    private let engine: Engine
    private let shape: cpusimd_axis
    private var workspace: Workspace?

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        let name = request.name
        try request.expect(inputs: 1...1, outputs: 1)
        let input = try request.input(0, "X")
        type = try request.elementType(input, "X", of: .floating)
        let rank = input.extents.count
        guard rank >= 3, !input.extents[2...].contains(0) else {
            throw .invalid(
                "\(name)'s X must have at least 3 dimensions, those behind the second not empty")
        }
        let ones = Array(repeating: 1, count: rank - 2)
        try request.expect(
            try request.output(0, "Y"), "Y",
            is: .init(dtype: input.dtype, extents: input.extents[..<2] + ones))
        shape = input.extents.split(2..<rank)
        isMean = name == "GlobalAveragePool"
        title = name.lowercased()
        self.engine = engine
    }

    var numeric: Numeric? { type.numeric }
    var kernel: String { "\(title)-\(type.name)-\(engine.limit.name)" }

    func prepare(constants: Constants) throws(Failure) {
        workspace = unsafe Workspace(
            bytes: Int(
                cpusimd_reduce_workspace(engine.pool, type.kernels(engine.limit), shape)))
    }

    func run(_ call: borrowing Call) throws(Failure) {
        guard let workspace, shape.outer > 0 else { return }
        unsafe cpusimd_reduce_run(
            call.pool, type.kernels(engine.limit),
            isMean ? CPUSIMD_REDUCE_SUM : CPUSIMD_REDUCE_MAX, type.rawValue, shape,
            isMean ? Double(shape.n) : 1, call.input(0), call.output(0), workspace.address)
    }
}
