internal import AssayABI
internal import CPUSIMDKernels

/// `Gemm`: alpha * A * B + beta * C, with A and B transposed on request and C broadcast to Y.
final class Gemm: Operator {
    private let type: ElementType
    private let product: MatrixProduct
    private let hasAdded: Bool

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        try request.expect(inputs: 2...3, outputs: 1)
        let left = try request.input(0, "A")
        let right = try request.input(1, "B")
        type = try request.elementType(left, "A", of: .floating)
        guard right.dtype == left.dtype else {
            throw .invalid("Gemm's A and B must have the same element type")
        }
        guard left.extents.count == 2, right.extents.count == 2 else {
            throw .invalid("Gemm's A and B must have two dimensions")
        }
        let transposesLeft = try request.int("transA", default: 0) != 0
        let transposesRight = try request.int("transB", default: 0) != 0
        let rows = left.extents[transposesLeft ? 1 : 0]
        let depth = left.extents[transposesLeft ? 0 : 1]
        let columns = right.extents[transposesRight ? 0 : 1]
        guard right.extents[transposesRight ? 1 : 0] == depth else {
            throw .invalid(
                "Gemm's A \(left.extents) and B \(right.extents) differ in the dimension summed")
        }
        try request.expect(
            try request.output(0, "Y"), "Y",
            is: .init(dtype: left.dtype, extents: [rows, columns]))
        var sum = MatrixProduct.Sum()
        sum.factor = try request.float("alpha", default: 1)
        sum.addedFactor = try request.float("beta", default: 1)
        let added = request.inputs.count > 2 ? request.inputs[2] : nil
        if let added {
            guard added.dtype == left.dtype else {
                throw .invalid("Gemm's A and C must have the same element type")
            }
            guard let steps = Self.steps(added.extents, to: [rows, columns]) else {
                throw .invalid(
                    "Gemm's C \(added.extents) does not broadcast to [\(rows), \(columns)]")
            }
            (sum.rowStep, sum.columnStep) = steps
        }
        hasAdded = added != nil
        product = MatrixProduct(
            type, .init(rows: rows, columns: columns, depth: depth),
            transposesLeft: transposesLeft, transposesRight: transposesRight, sum: sum, engine)
    }

    /// Elements of C from row to row and from column to column; nil where it does not broadcast.
    private static func steps(_ added: [Int], to result: [Int]) -> (Int, Int)? {
        guard added.count <= 2 else { return nil }
        let shape = Array(repeating: 1, count: 2 - added.count) + added
        for (one, other) in zip(shape, result) where one != 1 && one != other { return nil }
        return (shape[0] == 1 ? 0 : shape[1], shape[1] == 1 ? 0 : 1)
    }

    var numeric: Numeric? { type.numeric }
    var kernel: String { "gemm-\(type.name)-\(product.instructions)" }
    var packedBytes: Int { product.packedBytes }

    func prepare(constants: Constants) throws(Failure) {
        try unsafe product.prepare(constant: constants.address(1))
    }

    func run(_ call: borrowing Call) throws(Failure) {
        let added = hasAdded ? unsafe UnsafeRawPointer?(call.input(2)) : nil
        unsafe product.run(
            call.pool, call.input(0), call.input(1), added: added, into: call.output(0))
    }
}
