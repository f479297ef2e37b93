internal import CPUSIMDKernels

/// Products of matrices as the kernels take them, and the memory that they need.
///
/// A weight, an operand B that is constant, is packed once where its shape gains by it. What a run
/// needs is ready before: a small product takes less time than putting it together would.
@safe final class MatrixProduct {
    /// Rows and columns of one result, and the length summed over.
    struct Extents {
        var rows: Int
        var columns: Int
        var depth: Int
    }

    /// `factor` * A * B + `addedFactor` * C, with C repeated along dimensions whose step is 0.
    struct Sum {
        var factor = 1.0
        var addedFactor = 1.0
        var rowStep = 0
        var columnStep = 0
    }

    /// What bytes stand for.
    @safe struct Codes {
        var kernels = unsafe cpusimd_gemm_codes()
    }

    private let engine: Engine
    private let elementBytes: Int
    private let rightStarts: [UInt64]
    /// The starts of each product's A, then of its B.
    private let starts: Workspace
    private var job: cpusimd_gemm
    private var packed: Workspace?
    private var workspace: Workspace?
    private(set) var packedBytes = 0

    /// Products of that type: one of `ElementTypes.floating`, or bytes that `codes` describes.
    ///
    /// `block`: B's columns are numbers of four bits, as many of which share a scale; 0 for others.
    init(
        _ type: ElementType, _ extents: Extents, starts: ([UInt64], [UInt64]) = ([0], [0]),
        transposesLeft: Bool = false, transposesRight: Bool = false, sum: Sum = Sum(),
        codes: Codes = Codes(), block: Int = 0, _ engine: Engine
    ) {
        self.engine = engine
        elementBytes = type.bytes
        rightStarts = starts.1
        let count = starts.0.count
        self.starts = Workspace(bytes: 16 * count)
        let first = unsafe self.starts.address.bindMemory(to: UInt64.self, capacity: 2 * count)
        for (index, (left, right)) in zip(starts.0, starts.1).enumerated() {
            unsafe first[index] = left
            unsafe first[count + index] = right
        }
        let stored =
            switch type {
            case .f16: CPUSIMD_GEMM_F16
            case .bf16: CPUSIMD_GEMM_BF16
            case .i8, .u8: CPUSIMD_GEMM_BYTES
            default: CPUSIMD_GEMM_PLAIN
            }
        let (m, n, k) = (extents.rows, extents.columns, extents.depth)
        unsafe job = cpusimd_gemm(
            type: cpusimd_numeric(isa: engine.limit.rawValue, single: type == .f64 ? 0 : 1),
            m: UInt64(m), n: UInt64(n), k: UInt64(k), batches: UInt64(count),
            a_starts: first, b_starts: first + count,
            a_row: UInt64(transposesLeft ? 1 : k), a_column: UInt64(transposesLeft ? m : 1),
            b_row: UInt64(transposesRight ? 1 : n), b_column: UInt64(transposesRight ? k : 1),
            alpha: sum.factor, beta: sum.addedFactor, c: nil, c_row: UInt64(sum.rowStep),
            c_column: UInt64(sum.columnStep), packed: nil, packed_step: 0, stored: stored,
            basic: 0, codes: codes.kernels, block: UInt64(block), b_scales: nil)
    }

    /// The instructions that multiply, such as `avx512_vnni`.
    var instructions: String { unsafe String(cString: cpusimd_gemm_instructions(&job)) }

    /// Packs B where it is constant, and takes memory.
    func prepare(constant right: UnsafeRawPointer?) throws(Failure) {
        if let right = unsafe right { unsafe pack(right) }
        workspace = Workspace(bytes: Int(unsafe cpusimd_gemm_workspace(engine.pool, &job)))
    }

    private func pack(_ right: UnsafeRawPointer) {
        let each = unsafe cpusimd_gemm_packed_bytes(&job)
        guard each > 0, !rightStarts.isEmpty else { return }
        var numbers: [UInt64: UInt64] = [:]
        var distinct: [UInt64] = []
        let indices = rightStarts.map { start in
            if let number = numbers[start] { return number }
            numbers[start] = UInt64(distinct.count)
            distinct.append(start)
            return UInt64(distinct.count - 1)
        }
        let step = (Int(each) + 63) / 64 * 64
        packedBytes = step * distinct.count
        let room = Workspace(bytes: packedBytes)
        for (number, start) in distinct.enumerated() {
            unsafe cpusimd_gemm_pack(
                engine.pool, &job, right + Int(start) * elementBytes,
                room.address + number * step)
        }
        let rights = unsafe (starts.address + 8 * rightStarts.count).assumingMemoryBound(
            to: UInt64.self)
        for (index, number) in indices.enumerated() { unsafe rights[index] = number }
        unsafe job.packed = UnsafeRawPointer(room.address)
        unsafe job.packed_step = UInt64(step)
        packed = room
    }

    /// Y from A and B, and from C where the operator has one.
    @unsafe func run(
        _ pool: OpaquePointer, _ left: UnsafeRawPointer, _ right: UnsafeRawPointer,
        added: UnsafeRawPointer? = nil, into result: UnsafeMutableRawPointer
    ) {
        unsafe job.c = added
        unsafe cpusimd_gemm_run(pool, &job, left, right, result, workspace?.address)
    }

    /// Y from weights of four bits.
    @unsafe func run(
        _ pool: OpaquePointer, _ left: UnsafeRawPointer, _ right: UnsafeRawPointer,
        scales: UnsafeRawPointer, into result: UnsafeMutableRawPointer
    ) {
        unsafe job.b_scales = scales
        unsafe cpusimd_gemm_run(pool, &job, left, right, result, workspace?.address)
    }

    /// Y from bytes whose zero points and scales are known only now.
    @unsafe func run(
        _ pool: OpaquePointer, _ left: UnsafeRawPointer, _ right: UnsafeRawPointer,
        codes: Codes, into result: UnsafeMutableRawPointer
    ) {
        unsafe job.codes = codes.kernels
        unsafe cpusimd_gemm_run(pool, &job, left, right, result, workspace?.address)
    }
}

/// The shapes of a product of the last two dimensions, the others broadcast as in numpy.
struct ProductShape {
    let extents: MatrixProduct.Extents
    /// Where each product's factors start, in elements.
    let starts: ([UInt64], [UInt64])
    /// The result's extents.
    let result: [Int]

    init(
        _ request: Request, _ left: [Int], _ right: [Int], labels: (String, String) = ("A", "B")
    ) throws(Failure) {
        let title = "\(request.name)'s \(labels.0)"
        guard !left.isEmpty, !right.isEmpty else {
            throw .invalid("\(title) and \(labels.1) must have at least one dimension")
        }
        // A vector is a row on the left and a column on the right; that dimension is dropped again.
        let leftShape = left.count == 1 ? [1] + left : left
        let rightShape = right.count == 1 ? right + [1] : right
        let rows = leftShape[leftShape.count - 2]
        let depth = leftShape[leftShape.count - 1]
        let columns = rightShape[rightShape.count - 1]
        guard rightShape[rightShape.count - 2] == depth else {
            throw .invalid(
                "\(title) \(left) and \(labels.1) \(right) differ in the dimension summed")
        }
        guard
            let batch = Broadcast(
                Array(leftShape.dropLast(2)), Array(rightShape.dropLast(2)))
        else {
            throw .invalid("\(title) \(left) and \(labels.1) \(right) do not broadcast")
        }
        extents = .init(rows: rows, columns: columns, depth: depth)
        starts = batch.starts(rows * depth, depth * columns)
        result =
            batch.extents + (left.count == 1 ? [] : [rows]) + (right.count == 1 ? [] : [columns])
    }
}
