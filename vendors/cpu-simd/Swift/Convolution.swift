internal import AssayABI
internal import CPUSIMDKernels

/// `Conv` of signals and images, in groups; weights that are constant are packed once.
///
/// f16 and bf16 are widened to f32 as a whole: there are no kernels of their own.
@safe final class Convolution: Operator {
    private let type: ElementType
    private let engine: Engine
    private var job: cpusimd_convolution
    private let image: WideTensor
    private let weight: WideTensor
    private let bias: WideTensor?
    private let result: WideTensor
    private var isConstant = false
    private var packed: Workspace?
    private var workspace: Workspace?
    private(set) var packedBytes = 0

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        try request.expect(inputs: 2...3, outputs: 1)
        let image = try request.input(0, "X")
        let weight = try request.input(1, "W")
        type = try request.elementType(image, "X", of: .floating)
        guard weight.dtype == image.dtype else {
            throw .invalid("Conv's X and W must have the same element type")
        }
        guard image.extents.count >= 3, weight.extents.count == image.extents.count else {
            throw .invalid("Conv's X and W must have as many dimensions, at least 3")
        }
        let kernel = Array(weight.extents[2...])
        if let given = try request.kernelShape(), !given.isEmpty, given != kernel {
            throw .invalid("Conv's attribute kernel_shape is \(given) but W's window is \(kernel)")
        }
        let windows = try Windows(request, over: image.extents, kernel: kernel)
        let groups = try request.int("group", default: 1)
        let (channels, outputs) = (image.extents[1], weight.extents[0])
        guard groups >= 1, channels % groups == 0, weight.extents[1] == channels / groups,
            outputs % groups == 0
        else {
            throw .invalid(
                "Conv's X has \(channels) channels and W is \(weight.extents), which does not fit "
                    + "\(groups) groups")
        }
        let added = request.inputs.count > 2 ? request.inputs[2] : nil
        if let added {
            try request.expect(added, "B", is: .init(dtype: image.dtype, extents: [outputs]))
        }
        let result = try request.output(0, "Y")
        try request.expect(
            result, "Y",
            is: .init(
                dtype: image.dtype, extents: [image.extents[0], outputs] + windows.output))
        let (own, set) = (type, engine.limit)
        self.image = WideTensor(image, own, set)
        self.weight = WideTensor(weight, own, set)
        bias = added.map { WideTensor($0, own, set) }
        self.result = WideTensor(result, own, set)
        self.engine = engine
        unsafe job = cpusimd_convolution()
        unsafe job.type = cpusimd_numeric(isa: set.rawValue, single: type == .f64 ? 0 : 1)
        unsafe job.windows = windows.kernels
        unsafe job.images = UInt64(image.extents[0])
        unsafe job.groups = UInt64(groups)
        unsafe job.inputs = UInt64(channels / groups)
        unsafe job.outputs = UInt64(outputs / groups)
    }

    var numeric: Numeric? { type.numeric }
    var kernel: String {
        let isDepthwise = unsafe withUnsafePointer(to: job) {
            unsafe cpusimd_convolution_is_depthwise($0) != 0
        }
        return "\(isDepthwise ? "depthwise" : "conv")-\(type.name)-\(engine.limit.name)"
    }

    func prepare(constants: Constants) throws(Failure) {
        for tensor in [image, weight, result] { tensor.prepare() }
        bias?.prepare()
        if let given = unsafe constants.address(1) {
            isConstant = true
            let weights = unsafe weight.widened(engine.pool, given)
            packedBytes = unsafe Int(cpusimd_convolution_packed_bytes(&job))
            if packedBytes > 0 {
                let room = Workspace(bytes: packedBytes)
                unsafe cpusimd_convolution_pack(engine.pool, &job, weights, room.address)
                unsafe job.packed = UnsafeRawPointer(room.address)
                packed = room
            }
        }
        workspace = unsafe Workspace(
            bytes: Int(cpusimd_convolution_workspace(engine.pool, &job)))
    }

    func run(_ call: borrowing Call) throws(Failure) {
        guard let workspace else { return }
        let pool = unsafe call.pool
        var job = unsafe job
        if let bias { unsafe job.bias = bias.widened(pool, call.input(2)) }
        let weights =
            unsafe isConstant
            ? weight.kept(call.input(1)) : weight.widened(pool, call.input(1))
        unsafe cpusimd_convolution_run(
            pool, &job, image.widened(pool, call.input(0)), weights,
            result.room(call.output(0)), workspace.address)
        unsafe result.narrow(pool, into: call.output(0))
    }
}
