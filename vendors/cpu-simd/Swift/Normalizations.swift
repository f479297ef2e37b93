internal import AssayABI
internal import CPUSIMDKernels

/// `Softmax` and `LogSoftmax` along one axis, as of opset 13.
final class Softmax: Operator {
    private let title: String
    private let isLogarithm: Bool
    private let type: ElementType
    private let set: InstructionSet
    private let shape: cpusimd_axis
    private let engine: Engine
    private var workspace: Workspace?

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        try request.expect(inputs: 1...1, outputs: 1)
        let input = try request.input(0, "input")
        type = try request.elementType(input, "input", of: .floating)
        let rank = input.extents.count
        let axis = try request.axis(
            try request.int("axis", default: -1), rank: rank, "axis")
        try request.expect(try request.output(0, "output"), "output", is: input)
        shape = input.extents.split(axis..<axis + 1)
        title = request.name.lowercased()
        isLogarithm = request.name == "LogSoftmax"
        set = engine.limit
        self.engine = engine
    }

    var numeric: Numeric? { type.numeric }
    var kernel: String { "\(title)-\(type.name)-\(set.name)" }

    func prepare(constants: Constants) throws(Failure) {
        workspace = unsafe Workspace(bytes: Int(cpusimd_softmax_workspace(engine.pool)))
    }

    func run(_ call: borrowing Call) throws(Failure) {
        guard let workspace, shape.outer * shape.n * shape.inner > 0 else { return }
        unsafe cpusimd_softmax_run(
            call.pool, type.kernels(set), isLogarithm ? 1 : 0, shape, call.input(0),
            call.output(0), workspace.address)
    }
}

/// `LayerNormalization` and `RMSNormalization` over the axes from `axis` to the last.
final class LayerNormalization: Operator {
    private let title: String
    private let isRootMeanSquare: Bool
    private let type: ElementType
    private let set: InstructionSet
    private let shape: cpusimd_axis
    private let epsilon: Double
    private let hasBias: Bool
    /// Which of the statistics are outputs: means, and inverses of deviations.
    private let hasStatistics: [Bool]

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        let name = request.name
        isRootMeanSquare = name == "RMSNormalization"
        let given = (request.outputs.lastIndex { $0 != nil } ?? 0) + 1
        try request.expect(
            inputs: isRootMeanSquare ? 2...2 : 2...3, outputs: isRootMeanSquare ? 1 : min(given, 3))
        let input = try request.input(0, "X")
        type = try request.elementType(input, "X", of: .floating)
        let rank = input.extents.count
        let axis = try request.axis(
            try request.int("axis", default: -1), rank: rank, "axis")
        let normalized = Array(input.extents[axis...])
        let factorName = isRootMeanSquare ? "scale" : "Scale"
        hasBias = request.inputs.count > 2 && request.inputs[2] != nil
        var factors = [(try request.input(1, factorName), factorName)]
        if hasBias { factors.append((try request.input(2, "B"), "B")) }
        for (factor, label) in factors {
            guard factor.dtype == input.dtype else {
                throw .invalid("\(name)'s \(label) must have the type of its X")
            }
            guard Array(factor.extents.drop { $0 == 1 }) == Array(normalized.drop { $0 == 1 })
            else {
                throw .unsupported("\(name)'s \(label) must have extents \(normalized) here")
            }
        }
        try request.expect(try request.output(0, "Y"), "Y", is: input)
        let ones = [Int](repeating: 1, count: rank - axis)
        let statistics = Request.Tensor(
            dtype: ASSAY_F32, extents: Array(input.extents[..<axis]) + ones)
        hasStatistics = [1, 2].map { $0 < request.outputs.count && request.outputs[$0] != nil }
        for (index, label) in [(1, "Mean"), (2, "InvStdDev")] where hasStatistics[index - 1] {
            try request.expect(try request.output(index, label), label, is: statistics)
        }
        guard try request.int("stash_type", default: 1) == 1 else {
            throw .unsupported("\(name) keeps its statistics in f32, or f64 where X is f64, only")
        }
        epsilon = try request.float("epsilon", default: 1e-5)
        shape = input.extents.split(axis..<rank)
        title = name.lowercased()
        set = engine.limit
    }

    var numeric: Numeric? { type.numeric }
    var kernel: String { "\(title)-\(type.name)-\(set.name)" }

    func run(_ call: borrowing Call) throws(Failure) {
        if shape.outer * shape.n == 0 { return }
        unsafe cpusimd_normalize_run(
            call.pool, type.kernels(set), isRootMeanSquare ? 1 : 0, shape.outer, shape.n, epsilon,
            call.input(0), call.input(1), hasBias ? call.input(2) : nil, call.output(0),
            hasStatistics[0] ? call.output(1).assumingMemoryBound(to: Float.self) : nil,
            hasStatistics[1] ? call.output(2).assumingMemoryBound(to: Float.self) : nil)
    }
}

/// `GroupNormalization` with a scale and a bias for each channel, as of opset 21, and
/// `InstanceNormalization`, where each channel is a group.
final class GroupNormalization: Operator {
    private let title: String
    private let type: ElementType
    private let set: InstructionSet
    private let batch: Int
    private let groups: Int
    private let channels: Int
    private let run: Int
    private let epsilon: Double

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        try request.expect(inputs: 3...3, outputs: 1)
        let name = request.name
        let isInstance = name == "InstanceNormalization"
        let labels =
            isInstance ? ["input", "scale", "B", "output"] : ["X", "scale", "bias", "Y"]
        let input = try request.input(0, labels[0])
        type = try request.elementType(input, labels[0], of: .floating)
        guard input.extents.count >= 2 else {
            throw .invalid("\(name)'s \(labels[0]) must have a batch and channels")
        }
        batch = input.extents[0]
        channels = input.extents[1]
        run = input.extents[2...].reduce(1, *)
        groups = isInstance ? channels : try request.int("num_groups")
        guard channels == 0 || (groups > 0 && channels % groups == 0) else {
            throw .invalid("\(name)'s \(channels) channels do not divide into \(groups) groups")
        }
        for (index, label) in [(1, labels[1]), (2, labels[2])] {
            let factor = try request.input(index, label)
            guard factor.dtype == input.dtype, factor.extents == [channels] else {
                throw .invalid(
                    "\(name)'s \(label) must have one element of \(labels[0])'s type for each "
                        + "channel")
            }
        }
        try request.expect(try request.output(0, labels[3]), labels[3], is: input)
        guard try request.int("stash_type", default: 1) == 1 else {
            throw .unsupported("\(name) keeps its statistics in f32, or f64 where X is f64, only")
        }
        title = name.lowercased()
        epsilon = try request.float("epsilon", default: 1e-5)
        set = engine.limit
    }

    var numeric: Numeric? { type.numeric }
    var kernel: String { "\(title)-\(type.name)-\(set.name)" }

    func run(_ call: borrowing Call) throws(Failure) {
        if batch * channels * run == 0 { return }
        unsafe cpusimd_group_normalize_run(
            call.pool, type.kernels(set), UInt64(batch), UInt64(groups), UInt64(channels),
            UInt64(run), epsilon, call.input(0), call.input(1), call.input(2), call.output(0))
    }
}
