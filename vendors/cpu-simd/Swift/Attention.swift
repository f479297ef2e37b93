internal import AssayABI
internal import CPUSIMDKernels

/// `Attention` of opset 23: heads in groups, a causal mask, masks, a cache, scale and softcap.
///
/// f16 and bf16 are widened to f32 as a whole: there are no kernels of their own.
final class Attention: Operator {
    private let type: ElementType
    private let engine: Engine
    private var job: cpusimd_attention
    /// Absent ones are nil.
    private let inputs: [WideTensor?]
    private let outputs: [WideTensor?]
    private var workspace: Workspace?

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        let query = try request.input(0, "Q")
        type = try request.elementType(query, "Q", of: .floating)
        let shape = try AttentionShape(request)
        let (own, set) = (type, engine.limit)
        func wide(_ tensor: Request.Tensor?) -> WideTensor? {
            tensor.map { WideTensor($0, $0.dtype == ASSAY_BOOL ? .bool : own, set) }
        }
        inputs = (0..<6).map { wide($0 < request.inputs.count ? request.inputs[$0] : nil) }
        outputs = (0..<3).map { wide($0 < request.outputs.count ? request.outputs[$0] : nil) }
        self.engine = engine
        let given = try request.float("scale", default: 0)
        job = cpusimd_attention()
        job.type = cpusimd_numeric(isa: set.rawValue, single: type == .f64 ? 0 : 1)
        job.batch = UInt64(shape.batch)
        job.heads = UInt64(shape.heads)
        job.shared_heads = UInt64(shape.sharedHeads)
        job.queries = UInt64(shape.queries)
        job.past_keys = UInt64(shape.past)
        job.new_keys = UInt64(shape.keys)
        job.size = UInt64(shape.size)
        job.value_size = UInt64(shape.valueSize)
        job.flat = shape.isFlat ? 1 : 0
        job.causal = try request.int("is_causal", default: 0) != 0 ? 1 : 0
        // Zero stands for what is not given.
        job.scale = given == 0 ? 1 / Double(shape.size).squareRoot() : given
        job.softcap = try request.float("softcap", default: 0)
        guard job.softcap >= 0 else {
            throw .invalid("Attention's attribute softcap must be at least 0")
        }
        guard let mask = shape.mask else { return }
        job.mask = mask.dtype == ASSAY_BOOL ? CPUSIMD_MASK_BOOL : CPUSIMD_MASK_ADDED
        let steps = shape.steps(mask.extents)
        job.mask_steps = (steps[0], steps[1], steps[2], steps[3])
        let reach = mask.extents.last ?? 1
        job.mask_keys = UInt64(reach == 1 ? shape.past + shape.keys : reach)
    }

    var numeric: Numeric? { type.numeric }
    var kernel: String { "attention-\(type.name)-\(engine.limit.name)" }

    func prepare(constants: Constants) throws(Failure) {
        for tensor in inputs + outputs { tensor?.prepare() }
        workspace = unsafe Workspace(bytes: Int(cpusimd_attention_workspace(engine.pool, &job)))
    }

    func run(_ call: borrowing Call) throws(Failure) {
        guard let workspace else { return }
        let pool = unsafe call.pool
        var given = unsafe [UnsafeRawPointer?](repeating: nil, count: 6)
        for (index, tensor) in inputs.enumerated() {
            if let tensor { unsafe given[index] = tensor.widened(pool, call.input(index)) }
        }
        var wanted = unsafe [UnsafeMutableRawPointer?](repeating: nil, count: 3)
        for (index, tensor) in outputs.enumerated() {
            if let tensor { unsafe wanted[index] = tensor.room(call.output(index)) }
        }
        guard let q = unsafe given[0], let k = unsafe given[1], let v = unsafe given[2],
            let y = unsafe wanted[0]
        else { return }
        var job = job
        var tensors = unsafe cpusimd_attention_tensors(
            q: q, k: k, v: v, mask: given[3], past_key: given[4], past_value: given[5], y: y,
            present_key: wanted[1], present_value: wanted[2])
        unsafe cpusimd_attention_run(pool, &job, &tensors, workspace.address)
        for (index, tensor) in outputs.enumerated() {
            if let tensor { unsafe tensor.narrow(pool, into: call.output(index)) }
        }
    }
}

/// The extents of an attention, checked against its rules.
private struct AttentionShape {
    var batch: Int
    var heads: Int
    var sharedHeads: Int
    var queries: Int
    var keys: Int
    var past = 0
    var size: Int
    var valueSize: Int
    var isFlat: Bool
    var mask: Request.Tensor?

    init(_ request: Request) throws(Failure) {
        guard (3...6).contains(request.inputs.count) else {
            throw .unsupported(
                "Attention takes 3 to 6 inputs here, not \(request.inputs.count)")
        }
        let query = try request.input(0, "Q")
        let (key, value) = (try request.input(1, "K"), try request.input(2, "V"))
        let shapes = [query, key, value].map(\.extents)
        isFlat = shapes[0].count == 3
        guard [3, 4].contains(shapes[0].count),
            shapes.allSatisfy({ $0.count == shapes[0].count && $0[0] == shapes[0][0] }),
            key.dtype == query.dtype, value.dtype == query.dtype
        else {
            throw .invalid(
                "Attention's Q, K and V must all have 4 dimensions, or 3, of one batch and type")
        }
        batch = shapes[0][0]
        let given = (
            try request.int("q_num_heads", default: 0), try request.int("kv_num_heads", default: 0)
        )
        if isFlat {
            guard given.0 > 0, given.1 > 0, shapes[0][2] % given.0 == 0,
                shapes[2][2] % given.1 == 0
            else {
                throw .invalid(
                    "Attention's Q \(shapes[0]) and V \(shapes[2]) do not divide into \(given.0) "
                        + "and \(given.1) heads")
            }
            (heads, sharedHeads) = given
            (queries, keys) = (shapes[0][1], shapes[1][1])
            (size, valueSize) = (shapes[0][2] / heads, shapes[2][2] / sharedHeads)
        } else {
            (heads, sharedHeads) = (shapes[0][1], shapes[1][1])
            (queries, keys) = (shapes[0][2], shapes[1][2])
            (size, valueSize) = (shapes[0][3], shapes[2][3])
        }
        let sound =
            isFlat
            ? shapes[1][2] == sharedHeads * size && shapes[2][1] == keys
            : shapes[1][3] == size && shapes[2][1] == sharedHeads && shapes[2][2] == keys
                && [0, heads].contains(given.0) && [0, sharedHeads].contains(given.1)
        guard sound, sharedHeads > 0, heads % sharedHeads == 0 else {
            throw .invalid(
                "Attention's Q, K and V are \(shapes) with \(heads) and \(sharedHeads) heads, "
                    + "which do not fit")
        }
        guard size > 0 else {
            throw .unsupported("Attention needs heads of at least one number here")
        }
        try checkPast(request, query.dtype)
        try checkMask(request, query.dtype)
        try checkOutputs(request, query.dtype)
        try checkModes(request, query.dtype)
    }

    private mutating func checkPast(_ request: Request, _ dtype: UInt32) throws(Failure) {
        let given = (4...5).map { $0 < request.inputs.count ? request.inputs[$0] : nil }
        guard let pastKey = given[0], let pastValue = given[1] else {
            guard given[0] == nil, given[1] == nil else {
                throw .invalid("Attention's past_key and past_value must both be given")
            }
            return
        }
        past = pastKey.extents.count == 4 ? pastKey.extents[2] : 0
        try request.expect(
            pastKey, "past_key",
            is: .init(dtype: dtype, extents: [batch, sharedHeads, past, size]))
        try request.expect(
            pastValue, "past_value",
            is: .init(dtype: dtype, extents: [batch, sharedHeads, past, valueSize]))
    }

    private mutating func checkMask(_ request: Request, _ dtype: UInt32) throws(Failure) {
        guard let given = request.inputs.count > 3 ? request.inputs[3] : nil else { return }
        guard given.dtype == dtype || given.dtype == ASSAY_BOOL else {
            throw .unsupported("Attention's attn_mask is of Q's type or bool here")
        }
        let wanted = [batch, heads, queries]
        let padded = Array(repeating: 1, count: max(4 - given.extents.count, 0)) + given.extents
        guard (2...4).contains(given.extents.count),
            zip(padded, wanted).allSatisfy({ $0 == 1 || $0 == $1 }), padded[3] <= past + keys
        else {
            throw .invalid(
                "Attention's attn_mask \(given.extents) does not broadcast to "
                    + "\(wanted + [past + keys])")
        }
        mask = given
    }

    private func checkOutputs(_ request: Request, _ dtype: UInt32) throws(Failure) {
        let width = heads * valueSize
        try request.expect(
            try request.output(0, "Y"), "Y",
            is: .init(
                dtype: dtype,
                extents: isFlat
                    ? [batch, queries, width] : [batch, heads, queries, valueSize]))
        for (index, (label, size)) in [("present_key", size), ("present_value", valueSize)]
            .enumerated()
        {
            let index = index + 1
            guard index < request.outputs.count, let given = request.outputs[index] else {
                continue
            }
            try request.expect(
                given, label,
                is: .init(dtype: dtype, extents: [batch, sharedHeads, past + keys, size]))
        }
        guard request.outputs.dropFirst(3).allSatisfy({ $0 == nil }) else {
            throw .unsupported("Attention gives Y, present_key and present_value only here")
        }
    }

    private func checkModes(_ request: Request, _ dtype: UInt32) throws(Failure) {
        // ONNX's numbers of f32 and f64.
        let own = dtype == ASSAY_F64 ? 11 : 1
        guard [0, own].contains(try request.int("softmax_precision", default: 0)) else {
            throw .unsupported("Attention's softmax is computed in the type of Q only here")
        }
    }

    /// Elements of the mask from batch to batch, head to head, query to query, and key to key.
    func steps(_ extents: [Int]) -> [UInt64] {
        let padded = Array(repeating: 1, count: 4 - extents.count) + extents
        var steps: [UInt64] = [0, 0, 0, 0]
        var step = 1
        for axis in (0..<4).reversed() {
            steps[axis] = padded[axis] == 1 ? 0 : UInt64(step)
            step *= padded[axis]
        }
        return steps
    }
}
