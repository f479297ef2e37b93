internal import AssayABI
internal import CPUSIMDKernels

/// `GroupedMatMul` of the domain `assay`: the rows of each group times the group's own matrix.
final class GroupedMatMul: Operator {
    private let type: ElementType
    private let engine: Engine
    private let rows: Int
    private let depth: Int
    private let matrices: Int
    private let columns: Int
    /// Groups that have rows: the first row's index, and the product.
    private var groups: [(start: Int, product: MatrixProduct)] = []
    private let instructions: String

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        try request.expect(inputs: 3...3, outputs: 1)
        let (left, right) = (try request.input(0, "A"), try request.input(1, "B"))
        let offsets = try request.input(2, "Offsets")
        type = try request.elementType(left, "A", of: .floating)
        guard right.dtype == left.dtype else {
            throw .invalid("GroupedMatMul's A and B must have the same element type")
        }
        guard left.extents.count == 2, right.extents.count == 3,
            left.extents[1] == right.extents[1]
        else {
            throw .invalid(
                "GroupedMatMul's A \(left.extents) and B \(right.extents) must have 2 and 3 "
                    + "dimensions, A's last equal to B's second")
        }
        guard offsets.dtype == ASSAY_I64, offsets.extents == [right.extents[0]] else {
            throw .invalid("GroupedMatMul's Offsets must be one i64 for each matrix of B")
        }
        (rows, depth) = (left.extents[0], left.extents[1])
        (matrices, columns) = (right.extents[0], right.extents[2])
        try request.expect(
            try request.output(0, "Y"), "Y",
            is: .init(dtype: left.dtype, extents: [rows, columns]))
        self.engine = engine
        instructions =
            MatrixProduct(type, .init(rows: rows, columns: columns, depth: depth), engine)
            .instructions
    }

    var numeric: Numeric? { type.numeric }
    var kernel: String { "groupedmatmul-\(type.name)-\(instructions)" }
    var packedBytes: Int { groups.reduce(0) { $0 + $1.product.packedBytes } }

    func prepare(constants: Constants) throws(Failure) {
        guard let given = constants.integers(2, count: matrices) else {
            throw .unsupported("GroupedMatMul needs its Offsets to be constant")
        }
        let ends = given.map { Int($0) }
        guard (ends.last ?? 0) == rows, zip([0] + ends, ends).allSatisfy({ $0 <= $1 }) else {
            throw .invalid("GroupedMatMul's Offsets must rise from 0 to A's rows, \(rows)")
        }
        for (group, (start, end)) in zip([0] + ends, ends).enumerated() where start < end {
            let product = MatrixProduct(
                type, .init(rows: end - start, columns: columns, depth: depth),
                starts: ([UInt64(start * depth)], [UInt64(group * depth * columns)]), engine)
            try unsafe product.prepare(constant: constants.address(1))
            groups.append((start, product))
        }
    }

    func run(_ call: borrowing Call) throws(Failure) {
        for (start, product) in groups {
            unsafe product.run(
                call.pool, call.input(0), call.input(1),
                into: call.output(0) + start * columns * type.bytes)
        }
    }
}
