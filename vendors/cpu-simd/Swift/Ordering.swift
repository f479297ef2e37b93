internal import AssayABI
internal import CPUSIMDKernels

/// `TopK` and `Sort`: elements along an axis in order, of equal ones the first first.
final class Sort: Operator {
    private let request: Request
    private let type: StoredType
    private let engine: Engine
    private let isDescending: Bool
    private let keep: Int
    private let shape: cpusimd_axis
    private let hasIndices: Bool
    private var room: Workspace?

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        let isTopK = request.name == "TopK"
        hasIndices = isTopK || request.wants(1)
        try request.expect(inputs: isTopK ? 2...2 : 1...1, outputs: hasIndices ? 2 : 1)
        self.request = request
        self.engine = engine
        let input = try request.input(0, "X")
        let output = try request.output(0, isTopK ? "Values" : "Y")
        type = try request.number(input, "X")
        let axis = try request.axis(
            try request.int("axis", default: -1), rank: input.extents.count, "axis")
        var extents = input.extents
        if isTopK, output.extents.count == extents.count { extents[axis] = output.extents[axis] }
        keep = extents[axis]
        guard keep <= input.extents[axis] else {
            throw .invalid("TopK has only \(input.extents[axis]) elements along axis \(axis)")
        }
        try request.expect(
            output, isTopK ? "Values" : "Y", is: .init(dtype: input.dtype, extents: extents))
        if hasIndices {
            try request.expect(
                try request.output(1, "Indices"), "Indices",
                is: .init(dtype: ASSAY_I64, extents: extents))
        }
        isDescending =
            try request.int(isTopK ? "largest" : "descending", default: isTopK ? 1 : 0) != 0
        shape = input.extents.split(axis..<axis + 1)
        guard shape.n < 1 << 32 else {
            throw .unsupported("\(request.name) orders fewer than 2^32 elements here")
        }
    }

    var kernel: String { "\(request.name.lowercased())-\(type.name)-\(engine.limit.name)" }

    func prepare(constants: Constants) throws(Failure) {
        if request.name == "TopK", let wanted = try request.integers(1, "K", constants) {
            guard wanted == [keep] else {
                throw .invalid("TopK's Values have \(keep) elements of each row, not K's \(wanted)")
            }
        }
        room = Workspace(
            bytes: unsafe Int(
                cpusimd_sort_workspace(engine.pool, type.rawValue, shape, UInt64(keep))))
    }

    func run(_ call: borrowing Call) throws(Failure) {
        guard let room, keep > 0, shape.outer * shape.inner > 0 else { return }
        let indices =
            unsafe hasIndices ? call.output(1).assumingMemoryBound(to: Int64.self) : nil
        unsafe cpusimd_sort_run(
            call.pool, engine.limit.rawValue, type.rawValue, isDescending ? 1 : 0, shape,
            UInt64(keep), call.input(0), call.output(0), indices, room.address)
    }
}

/// `CumSum` along a constant axis.
final class CumSum: Operator {
    private let request: Request
    private let type: StoredType
    private let set: InstructionSet
    private let extents: [Int]
    private let isExclusive: Bool
    private let isReverse: Bool
    private var shape = cpusimd_axis()

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        try request.expect(inputs: 2...2, outputs: 1)
        self.request = request
        let input = try request.input(0, "x")
        type = try request.number(input, "x")
        guard type.isHalf || type.bytes >= 4 else {
            throw .unsupported("CumSum works on floating-point and 32 and 64-bit whole numbers")
        }
        try request.expect(try request.output(0, "y"), "y", is: input)
        isExclusive = try request.int("exclusive", default: 0) != 0
        isReverse = try request.int("reverse", default: 0) != 0
        extents = input.extents
        set = engine.limit
    }

    var numeric: Numeric? { type.element?.numeric }
    var kernel: String { "cumsum-\(type.name)-\(set.name)" }

    func prepare(constants: Constants) throws(Failure) {
        guard let given = try request.integers(1, "axis", constants), given.count == 1 else {
            throw .invalid("CumSum's axis must be one number")
        }
        let axis = try request.axis(given[0], rank: extents.count, "axis")
        shape = extents.split(axis..<axis + 1)
    }

    func run(_ call: borrowing Call) throws(Failure) {
        // Sums of whole numbers are the same with and without sign.
        let signed: StoredType = type == .u64 ? .i64 : type == .u32 ? .i32 : type
        unsafe cpusimd_cumulate_run(
            call.pool, set.rawValue, signed.rawValue, isExclusive ? 1 : 0, isReverse ? 1 : 0,
            shape, call.input(0), call.output(0))
    }
}
