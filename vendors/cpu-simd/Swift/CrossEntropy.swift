internal import AssayABI
internal import CPUSIMDKernels

/// Scores [N, C, d...] and a label for each of [N, d...], as both operators here take them.
private struct LabelledScores {
    let scores: Request.Tensor
    let labels: Request.Tensor
    let type: ElementType
    let labelType: ElementType
    let shape: cpusimd_axis

    init(_ request: Request) throws(Failure) {
        scores = try request.input(0, "scores")
        labels = try request.input(1, "labels")
        type = try request.elementType(scores, "scores", of: .floating)
        guard scores.extents.count >= 2 else {
            throw .invalid("\(request.name)'s scores must have a batch and classes")
        }
        guard let labelType = ElementType(dtype: labels.dtype), [.i64, .i32].contains(labelType)
        else { throw .invalid("\(request.name)'s labels must be i64 or i32") }
        self.labelType = labelType
        guard labels.extents == [scores.extents[0]] + scores.extents[2...] else {
            throw .invalid(
                "\(request.name)'s labels must have the extents of its scores without the classes")
        }
        shape = scores.extents.split(1..<2)
    }

    func job(_ set: InstructionSet) -> cpusimd_entropy {
        var job = unsafe cpusimd_entropy()
        unsafe job.kind = type.kernels(set)
        unsafe job.shape = shape
        unsafe job.label_type = labelType.rawValue
        return unsafe job
    }
}

/// `SoftmaxCrossEntropyLoss` as of opset 12.
final class SoftmaxCrossEntropyLoss: Operator {
    private let data: LabelledScores
    private let set: InstructionSet
    private let reduction: Int32
    private let ignored: Int?
    private let hasWeights: Bool
    private let hasLogarithms: Bool
    private let engine: Engine
    private var workspace: Workspace?

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        hasLogarithms = request.outputs.count > 1 && request.outputs[1] != nil
        try request.expect(inputs: 2...3, outputs: hasLogarithms ? 2 : 1)
        data = try LabelledScores(request)
        hasWeights = request.inputs.count > 2 && request.inputs[2] != nil
        if hasWeights {
            try request.expect(
                try request.input(2, "weights"), "weights",
                is: .init(dtype: data.scores.dtype, extents: [data.scores.extents[1]]))
        }
        switch try request.string("reduction", default: "mean") {
        case "none": reduction = CPUSIMD_LOSS_EACH
        case "sum": reduction = CPUSIMD_LOSS_SUM
        case "mean": reduction = CPUSIMD_LOSS_MEAN
        case let other:
            throw .invalid(
                "SoftmaxCrossEntropyLoss's reduction must be none, sum or mean, not '\(other)'")
        }
        try request.expect(
            try request.output(0, "output"), "output",
            is: .init(
                dtype: data.scores.dtype,
                extents: reduction == CPUSIMD_LOSS_EACH ? data.labels.extents : []))
        if hasLogarithms {
            try request.expect(try request.output(1, "log_prob"), "log_prob", is: data.scores)
        }
        ignored =
            request.attributes["ignore_index"] == nil ? nil : try request.int("ignore_index")
        set = engine.limit
        self.engine = engine
    }

    var numeric: Numeric? { data.type.numeric }
    var kernel: String { "softmaxcrossentropyloss-\(data.type.name)-\(set.name)" }

    func prepare(constants: Constants) throws(Failure) {
        workspace = unsafe Workspace(bytes: Int(cpusimd_entropy_workspace(engine.pool)))
    }

    func run(_ call: borrowing Call) throws(Failure) {
        guard let workspace else { return }
        var job = unsafe data.job(set)
        unsafe job.ignores = ignored == nil ? 0 : 1
        unsafe job.ignored = Int64(ignored ?? 0)
        unsafe job.reduction = reduction
        unsafe job.scores = call.input(0)
        unsafe job.labels = call.input(1)
        unsafe job.weights = hasWeights ? call.input(2) : nil
        unsafe job.loss = call.output(0)
        unsafe job.logarithms = hasLogarithms ? call.output(1) : nil
        unsafe cpusimd_entropy_run(call.pool, &job, workspace.address)
    }
}

/// `CrossEntropyGrad`: softmax less one at the label, by the number of labels for a mean.
final class CrossEntropyGrad: Operator {
    private let data: LabelledScores
    private let set: InstructionSet
    private let factor: Double
    private let engine: Engine
    private var workspace: Workspace?

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        try request.expect(inputs: 2...2, outputs: 1)
        data = try LabelledScores(request)
        switch try request.string("reduction", default: "mean") {
        case "sum": factor = 1
        case "mean": factor = 1 / Double(max(data.labels.count, 1))
        case let other:
            throw .invalid("CrossEntropyGrad's reduction must be sum or mean, not '\(other)'")
        }
        try request.expect(try request.output(0, "dScores"), "dScores", is: data.scores)
        set = engine.limit
        self.engine = engine
    }

    var numeric: Numeric? { data.type.numeric }
    var kernel: String { "crossentropygrad-\(data.type.name)-\(set.name)" }

    func prepare(constants: Constants) throws(Failure) {
        workspace = unsafe Workspace(bytes: Int(cpusimd_entropy_workspace(engine.pool)))
    }

    func run(_ call: borrowing Call) throws(Failure) {
        guard let workspace, data.scores.count > 0 else { return }
        var job = unsafe data.job(set)
        unsafe job.scores = call.input(0)
        unsafe job.labels = call.input(1)
        unsafe job.gradient = call.output(0)
        unsafe job.factor = factor
        unsafe cpusimd_entropy_run(call.pool, &job, workspace.address)
    }
}
