internal import AssayABI
internal import CPUSIMDKernels

/// `MatMul`: products of the last two dimensions, the others broadcast as in numpy.
final class MatMul: Operator {
    private let type: Numeric
    private let set: InstructionSet
    private let product: MatrixProduct

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        try request.expect(inputs: 2...2, outputs: 1)
        let left = try request.input(0, "A")
        let right = try request.input(1, "B")
        type = try request.numeric(left, "A")
        guard right.dtype == left.dtype else {
            throw .invalid("MatMul's A and B must have the same element type")
        }
        guard !left.extents.isEmpty, !right.extents.isEmpty else {
            throw .invalid("MatMul's A and B must have at least one dimension")
        }
        // A vector is a row on the left and a column on the right; that dimension is dropped again.
        let leftShape = left.extents.count == 1 ? [1] + left.extents : left.extents
        let rightShape = right.extents.count == 1 ? right.extents + [1] : right.extents
        let rows = leftShape[leftShape.count - 2]
        let depth = leftShape[leftShape.count - 1]
        let columns = rightShape[rightShape.count - 1]
        guard rightShape[rightShape.count - 2] == depth else {
            throw .invalid(
                "MatMul's A \(left.extents) and B \(right.extents) differ in the dimension summed")
        }
        guard
            let batch = Broadcast(
                Array(leftShape.dropLast(2)), Array(rightShape.dropLast(2)))
        else {
            throw .invalid("MatMul's A \(left.extents) and B \(right.extents) do not broadcast")
        }
        let kept =
            (left.extents.count == 1 ? [] : [rows]) + (right.extents.count == 1 ? [] : [columns])
        try request.expect(
            try request.output(0, "Y"), "Y",
            is: .init(dtype: left.dtype, extents: batch.extents + kept))
        set = engine.limit
        product = MatrixProduct(
            type, .init(rows: rows, columns: columns, depth: depth),
            starts: batch.starts(rows * depth, depth * columns), engine)
    }

    var numeric: Numeric? { type }
    var kernel: String { "matmul-\(type.name)-\(set.name)" }
    var packedBytes: Int { product.packedBytes }

    func prepare(constants: Constants) throws(Failure) {
        try unsafe product.prepare(constant: constants.address(1))
    }

    func run(_ call: borrowing Call) throws(Failure) {
        unsafe product.run(call.pool, call.input(0), call.input(1), into: call.output(0))
    }
}
