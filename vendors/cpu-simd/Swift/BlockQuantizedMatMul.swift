internal import AssayABI
internal import CPUSIMDKernels

/// `BlockQuantizedMatMul` of the domain `assay`: a product with transposed weights of four bits.
///
/// Weights stay as they are, so that reading them costs four bits each; they are unpacked into the
/// caches by each run.
final class BlockQuantizedMatMul: Operator {
    private let type: ElementType
    private let product: MatrixProduct

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        try request.expect(inputs: 3...3, outputs: 1)
        let (left, right) = (try request.input(0, "A"), try request.input(1, "B"))
        let scales = try request.input(2, "BScale")
        type = try request.elementType(left, "A", of: .floating)
        let block = try request.int("block_size", default: 32)
        guard right.dtype == ASSAY_U8, scales.dtype == left.dtype else {
            throw .invalid(
                "BlockQuantizedMatMul's B must be u8 and its BScale of the element type of A")
        }
        guard left.extents.count == 2, right.extents.count == 2, block >= 2, block % 2 == 0,
            left.extents[1] % block == 0, right.extents[1] * 2 == left.extents[1],
            scales.extents == [right.extents[0], left.extents[1] / block]
        else {
            throw .invalid(
                "BlockQuantizedMatMul's A, B and BScale are \(left.extents), \(right.extents) and "
                    + "\(scales.extents); for A [m, k] they must be [n, k/2] and [n, k/\(block)]")
        }
        let extents = MatrixProduct.Extents(
            rows: left.extents[0], columns: right.extents[0], depth: left.extents[1])
        // The kernels count places along k in 32 bits.
        guard extents.depth <= 1 << 30 else {
            throw .unsupported("BlockQuantizedMatMul sums at most 2^30 products here")
        }
        try request.expect(
            try request.output(0, "Y"), "Y",
            is: .init(dtype: left.dtype, extents: [extents.rows, extents.columns]))
        product = MatrixProduct(type, extents, transposesRight: true, block: block, engine)
    }

    var numeric: Numeric? { type.numeric }
    var kernel: String { "blockquantizedmatmul-\(type.name)-\(product.instructions)" }

    func prepare(constants: Constants) throws(Failure) {
        try unsafe product.prepare(constant: nil)
    }

    func run(_ call: borrowing Call) throws(Failure) {
        unsafe product.run(
            call.pool, call.input(0), call.input(1), scales: call.input(2), into: call.output(0))
    }
}
