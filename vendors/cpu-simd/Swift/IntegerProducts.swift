internal import AssayABI
internal import CPUSIMDKernels

/// A product of matrices of bytes, and where its zero points stand among the inputs.
private struct ByteProduct {
    let product: MatrixProduct
    let extents: MatrixProduct.Extents
    let result: [Int]
    var codes = MatrixProduct.Codes()
    let leftType: ElementType

    /// `inputs`: the indices of A, its zero point, B, and its zero point.
    init(
        _ request: Request, _ engine: Engine, inputs: [Int], labels: [String], quantizes: Bool
    ) throws(Failure) {
        let left = try request.input(inputs[0], labels[0])
        let right = try request.input(inputs[2], labels[2])
        leftType = try request.byteType(left, labels[0])
        let rightType = try request.byteType(right, labels[2])
        let shape = try ProductShape(
            request, left.extents, right.extents, labels: (labels[0], labels[2]))
        guard shape.extents.depth <= 32_768 else {
            throw .unsupported(
                "\(request.name)'s sums of more than 32768 products may not fit 32 bits")
        }
        (extents, result) = (shape.extents, shape.result)
        unsafe codes.kernels.a_signed = leftType == .i8 ? 1 : 0
        unsafe codes.kernels.b_signed = rightType == .i8 ? 1 : 0
        unsafe codes.kernels.a_zero_step = try request.step(
            inputs[1], labels[1], left.dtype, extents.rows)
        unsafe codes.kernels.b_zero_step = try request.step(
            inputs[3], labels[3], right.dtype, extents.columns)
        var first = codes
        // Memory for a quantized result differs from that for sums.
        if quantizes { unsafe first.kernels.a_scales = Self.placeholder }
        product = MatrixProduct(
            leftType, shape.extents, starts: shape.starts, codes: first, engine)
    }

    /// An address that is not null and never read.
    private static var placeholder: UnsafePointer<Float>? {
        unsafe UnsafePointer(bitPattern: MemoryLayout<Float>.alignment)
    }
}

extension Request {
    fileprivate func byteType(_ tensor: Tensor, _ label: String) throws(Failure) -> ElementType {
        guard let type = ElementType(dtype: tensor.dtype), type == .i8 || type == .u8 else {
            throw .unsupported("\(name) works on i8 and u8 here, and its \(label) is neither")
        }
        for wanted in [mathType, accumulateType]
        where wanted != 0 && wanted != ASSAY_I32 && wanted != tensor.dtype {
            throw .unsupported("\(name) computes in i32 only")
        }
        return type
    }

    /// 1 where the input differs along that extent, 0 where it is one number or absent.
    fileprivate func step(
        _ index: Int, _ label: String, _ dtype: UInt32?, _ extent: Int
    ) throws(Failure) -> UInt64 {
        guard index < inputs.count, let tensor = inputs[index] else { return 0 }
        if let dtype, tensor.dtype != dtype {
            throw .invalid("\(name)'s \(label) must have the element type of its matrix")
        }
        if tensor.count == 1 { return 0 }
        guard tensor.extents == [extent] else {
            throw .invalid(
                "\(name)'s \(label) must have one element or [\(extent)], not \(tensor.extents)")
        }
        return 1
    }
}

/// `MatMulInteger`: sums of 32 bits of products of bytes from which zero points were subtracted.
final class MatMulInteger: Operator {
    private let factors: ByteProduct
    private let hasZeros: (Bool, Bool)

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        try request.expect(inputs: 2...4, outputs: 1)
        factors = try ByteProduct(
            request, engine, inputs: [0, 2, 1, 3],
            labels: ["A", "a_zero_point", "B", "b_zero_point"], quantizes: false)
        try request.expect(
            try request.output(0, "Y"), "Y",
            is: .init(dtype: ASSAY_I32, extents: factors.result))
        hasZeros = (
            request.inputs.count > 2 && request.inputs[2] != nil,
            request.inputs.count > 3 && request.inputs[3] != nil
        )
    }

    var kernel: String {
        "matmulinteger-\(factors.leftType.name)-\(factors.product.instructions)"
    }
    var packedBytes: Int { factors.product.packedBytes }

    func prepare(constants: Constants) throws(Failure) {
        try unsafe factors.product.prepare(constant: constants.address(1))
    }

    func run(_ call: borrowing Call) throws(Failure) {
        var codes = factors.codes
        if hasZeros.0 { unsafe codes.kernels.a_zeros = call.input(2) }
        if hasZeros.1 { unsafe codes.kernels.b_zeros = call.input(3) }
        unsafe factors.product.run(
            call.pool, call.input(0), call.input(1), codes: codes, into: call.output(0))
    }
}

/// `QLinearMatMul`: the same, scaled and rounded to bytes again.
final class QLinearMatMul: Operator {
    private let factors: ByteProduct
    private let scaleType: ElementType
    private let resultType: ElementType
    private let counts: (Int, Int)
    private let set: InstructionSet
    /// Scales as f32, where they are shorter: A's, then B's.
    private var scales: Workspace?

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        try request.expect(inputs: 8...8, outputs: 1)
        var factors = try ByteProduct(
            request, engine, inputs: [0, 2, 3, 5],
            labels: ["a", "a_zero_point", "b", "b_zero_point"], quantizes: true)
        let (left, right) = (try request.input(1, "a_scale"), try request.input(4, "b_scale"))
        guard let type = ElementType(dtype: left.dtype), type.numeric == .f32 else {
            throw .unsupported("QLinearMatMul's scales may be f32, f16 and bf16 here")
        }
        scaleType = type
        unsafe factors.codes.kernels.a_scale_step = try request.step(
            1, "a_scale", left.dtype, factors.extents.rows)
        unsafe factors.codes.kernels.b_scale_step = try request.step(
            4, "b_scale", left.dtype, factors.extents.columns)
        counts = (left.count, right.count)
        for (index, label) in [(6, "y_scale"), (7, "y_zero_point")] {
            guard try request.input(index, label).count == 1 else {
                throw .invalid("QLinearMatMul's \(label) must have one element")
            }
        }
        guard try request.input(6, "y_scale").dtype == left.dtype else {
            throw .invalid("QLinearMatMul's scales must have one element type")
        }
        let zero = try request.input(7, "y_zero_point")
        resultType = try request.byteType(zero, "y_zero_point")
        unsafe factors.codes.kernels.y_signed = resultType == .i8 ? 1 : 0
        try request.expect(
            try request.output(0, "y"), "y",
            is: .init(dtype: zero.dtype, extents: factors.result))
        self.factors = factors
        set = engine.limit
    }

    var kernel: String {
        "qlinearmatmul-\(factors.leftType.name)-\(factors.product.instructions)"
    }
    var packedBytes: Int { factors.product.packedBytes }

    func prepare(constants: Constants) throws(Failure) {
        try unsafe factors.product.prepare(constant: constants.address(3))
        if scaleType != .f32 { scales = Workspace(bytes: 4 * (counts.0 + counts.1)) }
    }

    func run(_ call: borrowing Call) throws(Failure) {
        var codes = factors.codes
        unsafe codes.kernels.a_zeros = call.input(2)
        unsafe codes.kernels.b_zeros = call.input(5)
        unsafe codes.kernels.a_scales = single(call, 1, counts.0, at: 0)
        unsafe codes.kernels.b_scales = single(call, 4, counts.1, at: counts.0)
        unsafe codes.kernels.y_scale = Float(cpusimd_value(scaleType.rawValue, call.input(6)))
        unsafe codes.kernels.y_zero = Int32(cpusimd_value(resultType.rawValue, call.input(7)))
        unsafe factors.product.run(
            call.pool, call.input(0), call.input(3), codes: codes, into: call.output(0))
    }

    /// An input's numbers as f32.
    private func single(
        _ call: borrowing Call, _ index: Int, _ count: Int, at place: Int
    ) -> UnsafePointer<Float> {
        let given = unsafe call.input(index)
        guard let scales else { return unsafe given.assumingMemoryBound(to: Float.self) }
        let room = unsafe scales.address + 4 * place
        unsafe cpusimd_cast_run(
            call.pool, set.rawValue, scaleType.rawValue, ElementType.f32.rawValue, 1, given, room,
            UInt64(count))
        return unsafe UnsafePointer(room.assumingMemoryBound(to: Float.self))
    }
}
