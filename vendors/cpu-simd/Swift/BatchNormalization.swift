internal import AssayABI
internal import CPUSIMDKernels

/// `BatchNormalization` by given statistics, as of opset 14.
final class BatchNormalization: Operator {
    private let type: ElementType
    private let factorType: ElementType
    private let momentType: ElementType
    private let set: InstructionSet
    private let extents: [Int]
    private let epsilon: Double
    private var workspace: Workspace?

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        try request.expect(inputs: 5...5, outputs: 1)
        let input = try request.input(0, "X")
        type = try request.elementType(input, "X", of: .floating)
        guard input.extents.count >= 2 else {
            throw .invalid("BatchNormalization's X must have a batch and channels")
        }
        guard try request.int("training_mode", default: 0) == 0 else {
            throw .unsupported("BatchNormalization takes its statistics as given here")
        }
        var types: [ElementType] = []
        for (index, label) in ["scale", "B", "input_mean", "input_var"].enumerated() {
            let tensor = try request.input(index + 1, label)
            guard tensor.extents == [input.extents[1]] else {
                throw .invalid("BatchNormalization's \(label) must have one element per channel")
            }
            guard let type = ElementType(dtype: tensor.dtype), type.numeric != nil else {
                throw .unsupported(
                    "BatchNormalization works on f64, f32, f16 and bf16 here, and its \(label) is "
                        + "something else")
            }
            types.append(type)
        }
        guard types[0] == types[1], types[2] == types[3] else {
            throw .invalid(
                "BatchNormalization's B must have the type of its scale, and input_var that of "
                    + "input_mean")
        }
        (factorType, momentType) = (types[0], types[2])
        try request.expect(try request.output(0, "Y"), "Y", is: input)
        epsilon = try request.float("epsilon", default: 1e-5)
        extents = [input.extents[0], input.extents[1], input.extents[2...].reduce(1, *)]
        set = engine.limit
    }

    var numeric: Numeric? { type.numeric }
    var kernel: String { "batchnormalization-\(type.name)-\(set.name)" }

    private var job: cpusimd_batch {
        var job = unsafe cpusimd_batch()
        unsafe job.kind = type.kernels(set)
        unsafe job.factor_type = factorType.rawValue
        unsafe job.moment_type = momentType.rawValue
        unsafe job.batch = UInt64(extents[0])
        unsafe job.channels = UInt64(extents[1])
        unsafe job.run = UInt64(extents[2])
        unsafe job.epsilon = epsilon
        return unsafe job
    }

    func prepare(constants: Constants) throws(Failure) {
        var job = unsafe job
        workspace = unsafe Workspace(bytes: Int(cpusimd_batch_workspace(&job)))
    }

    func run(_ call: borrowing Call) throws(Failure) {
        guard let workspace, extents.reduce(1, *) > 0 else { return }
        var job = unsafe job
        unsafe job.in = call.input(0)
        unsafe job.scale = call.input(1)
        unsafe job.bias = call.input(2)
        unsafe job.mean = call.input(3)
        unsafe job.variance = call.input(4)
        unsafe job.out = call.output(0)
        unsafe cpusimd_batch_run(call.pool, &job, workspace.address)
    }
}
