internal import CPUSIMDKernels

/// Products of matrices as the kernels take them, and the memory that they need.
///
/// A weight, an operand B that is constant, is packed once where its shape gains by it.
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

    private let type: Numeric
    private let extents: Extents
    private let transposesLeft: Bool
    private let transposesRight: Bool
    private let leftStarts: [UInt64]
    private let rightStarts: [UInt64]
    private let sum: Sum
    private let engine: Engine
    private var packed: Workspace?
    private var workspace: Workspace?
    /// For each product, the number of its packed B.
    private var packedIndices: [UInt64] = []
    private var packedStep = 0
    private(set) var packedBytes = 0

    init(
        _ type: Numeric, _ extents: Extents, starts: ([UInt64], [UInt64]) = ([0], [0]),
        transposesLeft: Bool = false, transposesRight: Bool = false, sum: Sum = Sum(),
        _ engine: Engine
    ) {
        self.type = type
        self.extents = extents
        self.transposesLeft = transposesLeft
        self.transposesRight = transposesRight
        (leftStarts, rightStarts) = starts
        self.sum = sum
        self.engine = engine
    }

    /// Packs B where it is constant, and takes memory.
    func prepare(constant right: UnsafeRawPointer?) throws(Failure) {
        if let right = unsafe right { unsafe pack(right) }
        let bytes = unsafe withJob(nil) { unsafe cpusimd_gemm_workspace(engine.pool, &$0) }
        workspace = Workspace(bytes: Int(bytes ?? 0))
    }

    private func pack(_ right: UnsafeRawPointer) {
        let each = unsafe withJob(nil) { unsafe cpusimd_gemm_packed_bytes(&$0) } ?? 0
        guard each > 0 else { return }
        var numbers: [UInt64: UInt64] = [:]
        var distinct: [UInt64] = []
        packedIndices = rightStarts.map { start in
            if let number = numbers[start] { return number }
            numbers[start] = UInt64(distinct.count)
            distinct.append(start)
            return UInt64(distinct.count - 1)
        }
        packedStep = (Int(each) + 63) / 64 * 64
        packedBytes = packedStep * distinct.count
        let room = Workspace(bytes: packedBytes)
        unsafe withJob(nil) { job in
            for (number, start) in distinct.enumerated() {
                unsafe cpusimd_gemm_pack(
                    engine.pool, &job, right + Int(start) * type.bytes,
                    room.address + number * packedStep)
            }
        }
        packed = room
    }

    /// Y from A and B, and from C where the operator has one.
    @unsafe func run(
        _ pool: OpaquePointer, _ left: UnsafeRawPointer, _ right: UnsafeRawPointer,
        added: UnsafeRawPointer? = nil, into result: UnsafeMutableRawPointer
    ) {
        guard let workspace else { return }
        unsafe withJob(added) {
            unsafe cpusimd_gemm_run(pool, &$0, left, right, result, workspace.address)
        }
    }

    /// nil where there are no products at all.
    @discardableResult
    @unsafe private func withJob<Result>(
        _ added: UnsafeRawPointer?, _ body: (inout cpusimd_gemm) -> Result
    ) -> Result? {
        let indices = packed == nil ? rightStarts : packedIndices
        return unsafe leftStarts.withUnsafeBufferPointer { left -> Result? in
            unsafe indices.withUnsafeBufferPointer { right -> Result? in
                guard let first = left.baseAddress, let second = right.baseAddress else {
                    return nil
                }
                let (m, n, k) = (extents.rows, extents.columns, extents.depth)
                var job = unsafe cpusimd_gemm(
                    type: type.kernels(engine.limit), m: UInt64(m), n: UInt64(n), k: UInt64(k),
                    batches: UInt64(left.count), a_starts: first, b_starts: second,
                    a_row: UInt64(transposesLeft ? 1 : k),
                    a_column: UInt64(transposesLeft ? m : 1),
                    b_row: UInt64(transposesRight ? 1 : n),
                    b_column: UInt64(transposesRight ? k : 1), alpha: sum.factor,
                    beta: sum.addedFactor, c: added, c_row: UInt64(sum.rowStep),
                    c_column: UInt64(sum.columnStep),
                    packed: packed.map { unsafe UnsafeRawPointer($0.address) },
                    packed_step: UInt64(packedStep))
                return unsafe body(&job)
            }
        }
    }
}
