internal import AssayABI
internal import CPUSIMDKernels

/// `MatMul`: products of the last two dimensions, the others broadcast as in numpy.
final class MatMul: Operator {
    private let type: Numeric
    private let set: InstructionSet
    private let rows: Int
    private let columns: Int
    private let depth: Int
    private let leftStarts: [UInt64]
    private let rightStarts: [UInt64]
    private let engine: Engine
    private var workspace: Workspace?

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
        rows = leftShape[leftShape.count - 2]
        depth = leftShape[leftShape.count - 1]
        columns = rightShape[rightShape.count - 1]
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
        (leftStarts, rightStarts) = batch.starts(rows * depth, depth * columns)
        set = engine.limit
        self.engine = engine
    }

    var numeric: Numeric? { type }
    var kernel: String { "matmul-\(type.name)-\(set.name)" }

    func prepare(constants: Constants) throws(Failure) {
        unsafe withShape { shape in
            let bytes = unsafe cpusimd_matmul_workspace(engine.pool, type.kernels(set), &shape)
            workspace = Workspace(bytes: Int(bytes))
        }
    }

    func run(_ call: borrowing Call) throws(Failure) {
        guard let workspace else { return }
        let (pool, left, right) = unsafe (call.pool, call.input(0), call.input(1))
        let product = unsafe call.output(0)
        unsafe withShape { shape in
            unsafe cpusimd_matmul_run(
                pool, type.kernels(set), &shape, left, right, product, workspace.address)
        }
    }

    @unsafe private func withShape(_ body: (inout cpusimd_matmul) -> Void) {
        unsafe leftStarts.withUnsafeBufferPointer { left in
            unsafe rightStarts.withUnsafeBufferPointer { right in
                // No products at all: the kernels never look at the starts.
                guard let first = left.baseAddress, let second = right.baseAddress else { return }
                var shape = unsafe cpusimd_matmul(
                    m: UInt64(rows), n: UInt64(columns), k: UInt64(depth),
                    batches: UInt64(left.count), a_starts: first, b_starts: second)
                unsafe body(&shape)
            }
        }
    }
}
