internal import AssayABI
internal import CPUSIMDKernels

/// `Conv` of signals and images, in groups; weights that are constant are packed once.
@safe final class Convolution: Operator {
    private let type: Numeric
    private let engine: Engine
    private var job: cpusimd_convolution
    private let hasBias: Bool
    private var packed: Workspace?
    private var workspace: Workspace?
    private(set) var packedBytes = 0

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        try request.expect(inputs: 2...3, outputs: 1)
        let image = try request.input(0, "X")
        let weight = try request.input(1, "W")
        type = try request.numeric(image, "X")
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
        hasBias = request.inputs.count > 2 && request.inputs[2] != nil
        if hasBias {
            try request.expect(
                try request.input(2, "B"), "B", is: .init(dtype: image.dtype, extents: [outputs]))
        }
        try request.expect(
            try request.output(0, "Y"), "Y",
            is: .init(
                dtype: image.dtype, extents: [image.extents[0], outputs] + windows.output))
        self.engine = engine
        unsafe job = cpusimd_convolution()
        unsafe job.type = type.kernels(engine.limit)
        unsafe job.windows = windows.kernels
        unsafe job.images = UInt64(image.extents[0])
        unsafe job.groups = UInt64(groups)
        unsafe job.inputs = UInt64(channels / groups)
        unsafe job.outputs = UInt64(outputs / groups)
    }

    var numeric: Numeric? { type }
    var kernel: String {
        let isDepthwise = unsafe withUnsafePointer(to: job) {
            unsafe cpusimd_convolution_is_depthwise($0) != 0
        }
        return "\(isDepthwise ? "depthwise" : "conv")-\(type.name)-\(engine.limit.name)"
    }

    func prepare(constants: Constants) throws(Failure) {
        if let weights = unsafe constants.address(1) {
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
        var job = unsafe job
        unsafe job.bias = hasBias ? call.input(2) : nil
        unsafe cpusimd_convolution_run(
            call.pool, &job, call.input(0), call.input(1), call.output(0), workspace.address)
    }
}
