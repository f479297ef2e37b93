internal import AssayABI
internal import CPUSIMDKernels

/// `QuantizeLinear` to and `DequantizeLinear` from whole numbers, by scales for the whole tensor,
/// for each position of an axis, or for blocks along it.
final class Quantize: Operator {
    private let isInverse: Bool
    private let title: String
    private let type: ElementType
    private let codeType: ElementType
    private let set: InstructionSet
    private let count: Int
    private let shape: cpusimd_axis
    private let scaleCount: Int
    private let block: Int
    private let hasZeroPoint: Bool
    private var workspace: Workspace?

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        let name = request.name
        let isInverse = name == "DequantizeLinear"
        let labels =
            isInverse ? ["x_scale", "x_zero_point"] : ["y_scale", "y_zero_point"]
        try request.expect(inputs: 2...3, outputs: 1)
        let (x, scale) = (try request.input(0, "x"), try request.input(1, labels[0]))
        let y = try request.output(0, "y")
        type = try request.elementType(scale, labels[0], of: .floating)
        let (numbers, codes) = isInverse ? (y, x) : (x, y)
        guard numbers.dtype == scale.dtype else {
            throw .unsupported("\(name)'s numbers must have the type of its \(labels[0]) here")
        }
        let allowed: [ElementType] = isInverse ? [.i8, .u8, .i32] : [.i8, .u8]
        guard let codeType = ElementType(dtype: codes.dtype), allowed.contains(codeType) else {
            throw .unsupported("\(name) has codes of \(allowed.map(\.name)) only here")
        }
        try request.expect(y, "y", is: .init(dtype: y.dtype, extents: x.extents))
        hasZeroPoint = request.inputs.count > 2 && request.inputs[2] != nil
        if hasZeroPoint {
            try request.expect(
                try request.input(2, labels[1]), labels[1],
                is: .init(dtype: codes.dtype, extents: scale.extents))
        }
        block = try request.int("block_size", default: 0)
        shape = try Self.shape(x, scale, request, block)
        scaleCount = scale.count
        count = x.count
        title = name.lowercased()
        set = engine.limit
        self.isInverse = isInverse
        self.codeType = codeType
    }

    private static func shape(
        _ x: Request.Tensor, _ scale: Request.Tensor, _ request: Request, _ block: Int
    ) throws(Failure) -> cpusimd_axis {
        if scale.count == 1, block == 0 { return x.extents.split(0..<x.extents.count) }
        guard block >= 0 else { throw .invalid("\(request.name)'s block_size is below 0") }
        let axis = try request.axis(
            try request.int("axis", default: 1), rank: x.extents.count, "axis")
        var wanted = [x.extents[axis]]
        if block > 0 {
            wanted = x.extents
            wanted[axis] = (wanted[axis] + block - 1) / block
        }
        guard scale.extents == wanted else {
            throw .invalid(
                "\(request.name)'s scale must have extents \(wanted), not \(scale.extents)")
        }
        return x.extents.split(axis..<axis + 1)
    }

    var numeric: Numeric? { type.numeric }
    var kernel: String { "\(title)-\(type.name)-\(codeType.name)-\(set.name)" }

    private var scaling: cpusimd_scaling {
        var scaling = unsafe cpusimd_scaling()
        unsafe scaling.kind = type.kernels(set)
        unsafe scaling.code_type = codeType.rawValue
        unsafe scaling.shape = shape
        unsafe scaling.scale_count = UInt64(scaleCount)
        unsafe scaling.block = UInt64(block)
        return unsafe scaling
    }

    func prepare(constants: Constants) throws(Failure) {
        var scaling = unsafe scaling
        workspace = unsafe Workspace(bytes: Int(cpusimd_scaling_workspace(&scaling)))
    }

    func run(_ call: borrowing Call) throws(Failure) {
        guard let workspace, count > 0 else { return }
        var scaling = unsafe scaling
        unsafe scaling.scales = call.input(1)
        unsafe scaling.zeros = hasZeroPoint ? call.input(2) : nil
        if isInverse {
            unsafe cpusimd_dequantize_run(
                call.pool, &scaling, call.input(0), call.output(0), workspace.address)
        } else {
            unsafe cpusimd_quantize_run(
                call.pool, &scaling, call.input(0), call.output(0), workspace.address)
        }
    }
}

/// `DynamicQuantizeLinear` of f32 to u8.
final class DynamicQuantize: Operator {
    private let set: InstructionSet
    private let count: Int
    private let engine: Engine
    private var workspace: Workspace?

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        try request.expect(inputs: 1...1, outputs: 3)
        let x = try request.input(0, "x")
        guard try request.numeric(x, "x") == .f32 else {
            throw .unsupported("DynamicQuantizeLinear works on f32 only")
        }
        guard x.count > 0 else {
            throw .invalid("DynamicQuantizeLinear's x has no elements to take a range of")
        }
        try request.expect(
            try request.output(0, "y"), "y", is: .init(dtype: ASSAY_U8, extents: x.extents))
        try request.expect(
            try request.output(1, "y_scale"), "y_scale", is: .init(dtype: ASSAY_F32, extents: []))
        try request.expect(
            try request.output(2, "y_zero_point"), "y_zero_point",
            is: .init(dtype: ASSAY_U8, extents: []))
        count = x.count
        set = engine.limit
        self.engine = engine
    }

    var numeric: Numeric? { .f32 }
    var kernel: String { "dynamicquantizelinear-f32-\(set.name)" }

    func prepare(constants: Constants) throws(Failure) {
        let shape = cpusimd_axis(outer: 1, n: UInt64(count), inner: 1)
        workspace = unsafe Workspace(
            bytes: Int(
                cpusimd_reduce_workspace(engine.pool, ElementType.f32.kernels(set), shape)))
    }

    func run(_ call: borrowing Call) throws(Failure) {
        guard let workspace else { return }
        unsafe cpusimd_dynamic_quantize_run(
            call.pool, set.rawValue, UInt64(count),
            call.input(0).assumingMemoryBound(to: Float.self),
            call.output(0).assumingMemoryBound(to: UInt8.self),
            call.output(1).assumingMemoryBound(to: Float.self),
            call.output(2).assumingMemoryBound(to: UInt8.self), workspace.address)
    }
}

/// `AddRMSNormQuantize`: a residual connection, its normalization, and eight bits with a scale of
/// each row.
final class AddRMSNormQuantize: Operator {
    private let type: ElementType
    private let set: InstructionSet
    private let shape: cpusimd_axis
    private let epsilon: Double
    private let engine: Engine
    private var workspace: Workspace?

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        try request.expect(inputs: 3...3, outputs: 3)
        let input = try request.input(0, "X")
        type = try request.elementType(input, "X", of: .floating)
        guard let width = input.extents.last, width > 0 else {
            throw .invalid("AddRMSNormQuantize's X must have rows")
        }
        try request.expect(try request.input(1, "Residual"), "Residual", is: input)
        try request.expect(
            try request.input(2, "Scale"), "Scale",
            is: .init(dtype: input.dtype, extents: [width]))
        try request.expect(
            try request.output(0, "Y"), "Y", is: .init(dtype: ASSAY_I8, extents: input.extents))
        try request.expect(
            try request.output(1, "YScale"), "YScale",
            is: .init(dtype: input.dtype, extents: input.extents.dropLast()))
        try request.expect(try request.output(2, "Sum"), "Sum", is: input)
        epsilon = try request.float("epsilon", default: 1e-5)
        let rank = input.extents.count
        shape = input.extents.split(rank - 1..<rank)
        set = engine.limit
        self.engine = engine
    }

    var numeric: Numeric? { type.numeric }
    var kernel: String { "addrmsnormquantize-\(type.name)-\(set.name)" }

    func prepare(constants: Constants) throws(Failure) {
        workspace = unsafe Workspace(
            bytes: Int(cpusimd_add_norm_quantize_workspace(engine.pool, shape.n)))
    }

    func run(_ call: borrowing Call) throws(Failure) {
        guard let workspace else { return }
        unsafe cpusimd_add_norm_quantize_run(
            call.pool, type.kernels(set), shape.outer, shape.n, epsilon, call.input(0),
            call.input(1), call.input(2), call.output(0), call.output(1), call.output(2),
            workspace.address)
    }
}
