internal import AssayABI
internal import CPUSIMDKernels

/// `MatMul`: products of the last two dimensions, the others broadcast as in numpy.
final class MatMul: Operator {
    private let type: ElementType
    private let product: MatrixProduct

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        try request.expect(inputs: 2...2, outputs: 1)
        let left = try request.input(0, "A")
        let right = try request.input(1, "B")
        type = try request.elementType(left, "A", of: .floating)
        guard right.dtype == left.dtype else {
            throw .invalid("MatMul's A and B must have the same element type")
        }
        let shape = try ProductShape(request, left.extents, right.extents)
        try request.expect(
            try request.output(0, "Y"), "Y",
            is: .init(dtype: left.dtype, extents: shape.result))
        product = MatrixProduct(type, shape.extents, starts: shape.starts, engine)
    }

    var numeric: Numeric? { type.numeric }
    var kernel: String { "matmul-\(type.name)-\(product.instructions)" }
    var packedBytes: Int { product.packedBytes }

    func prepare(constants: Constants) throws(Failure) {
        try unsafe product.prepare(constant: constants.address(1))
    }

    func run(_ call: borrowing Call) throws(Failure) {
        unsafe product.run(call.pool, call.input(0), call.input(1), into: call.output(0))
    }
}
