internal import AssayABI
internal import CPUSIMDKernels

/// `PagedKeyValueWrite`: both caches with new rows at constant slots.
final class PagedKeyValueWrite: Operator {
    private let request: Request
    private let type: StoredType
    private let caches: [Request.Tensor]
    /// For each cache what is copied from where.
    private var pieces: [[cpusimd_piece]] = []

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        try request.expect(inputs: 5...5, outputs: 2)
        self.request = request
        let rows = [try request.input(0, "Key"), try request.input(1, "Value")]
        caches = [try request.input(2, "KeyCache"), try request.input(3, "ValueCache")]
        let slots = try request.input(4, "Slots")
        type = try request.stored(rows[0], "Key")
        guard slots.dtype == ASSAY_I64, slots.extents.count == 1 else {
            throw .invalid("PagedKeyValueWrite's Slots must be a list of i64")
        }
        for (row, cache) in zip(rows, caches) {
            guard row.extents.count == 3, cache.extents.count == 4, row.dtype == rows[0].dtype,
                cache.dtype == row.dtype, row.extents[0] == slots.count,
                row.extents.dropFirst() == cache.extents.dropFirst(2)
            else {
                throw .invalid(
                    "PagedKeyValueWrite's caches must end as Key and Value do, with a row for "
                        + "each of \(slots.count) slots")
            }
        }
        for (index, label) in ["NewKeyCache", "NewValueCache"].enumerated() {
            try request.expect(try request.output(index, label), label, is: caches[index])
        }
    }

    var kernel: String { "pagedkeyvaluewrite-\(type.name)" }

    func prepare(constants: Constants) throws(Failure) {
        let slots = try request.integers(4, "Slots", constants) ?? []
        for cache in caches {
            let limit = cache.extents[0] * cache.extents[1]
            guard slots.allSatisfy({ (0..<limit).contains($0) }), Set(slots).count == slots.count
            else {
                throw .invalid(
                    "PagedKeyValueWrite's Slots must be different numbers below \(limit)")
            }
            let bytes = cache.extents[2] * cache.extents[3] * type.bytes
            pieces.append(Self.pieces(slots, limit: limit, bytes: bytes))
        }
    }

    /// New rows, and what lies between them of the cache.
    private static func pieces(_ slots: [Int], limit: Int, bytes: Int) -> [cpusimd_piece] {
        var result: [cpusimd_piece] = []
        var next = 0
        func keep(_ end: Int) {
            if end > next {
                result.append(
                    cpusimd_piece(
                        second: 1, from: UInt64(next * bytes), to: UInt64(next * bytes),
                        bytes: UInt64((end - next) * bytes)))
            }
            next = end
        }
        for (row, slot) in slots.enumerated().sorted(by: { $0.element < $1.element }) {
            keep(slot)
            result.append(
                cpusimd_piece(
                    second: 0, from: UInt64(row * bytes), to: UInt64(slot * bytes),
                    bytes: UInt64(bytes)))
            next = slot + 1
        }
        keep(limit)
        return result
    }

    func run(_ call: borrowing Call) throws(Failure) {
        for (index, list) in pieces.enumerated() {
            unsafe cpusimd_pieces_run(
                call.pool, list, UInt64(list.count), call.input(index), call.input(index + 2),
                call.output(index))
        }
    }
}

/// `MoEDispatch`: each token to the experts it chose, ordered by expert.
final class ExpertDispatch: Operator {
    private let type: ElementType
    private let set: InstructionSet
    private var shape: cpusimd_dispatch
    private let chosen: Workspace

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        try request.expect(inputs: 2...2, outputs: 4)
        let input = try request.input(0, "X")
        let logits = try request.input(1, "Logits")
        type = try request.real(input, "X")
        let k = try request.int("k")
        guard input.extents.count == 2, logits.extents.count == 2, logits.dtype == input.dtype,
            logits.extents[0] == input.extents[0], k >= 1, k <= logits.extents[1]
        else {
            throw .invalid(
                "MoEDispatch's X \(input.extents) and Logits \(logits.extents) must have as many "
                    + "rows and a type, and \(k) experts must be among Logits' columns")
        }
        guard k <= Int(CPUSIMD_DISPATCH_MAX) else {
            throw .unsupported("MoEDispatch chooses at most \(CPUSIMD_DISPATCH_MAX) experts here")
        }
        let (tokens, columns, experts) = (input.extents[0], input.extents[1], logits.extents[1])
        let wanted: [(String, Request.Tensor)] = [
            ("Dispatched", .init(dtype: input.dtype, extents: [tokens * k, columns])),
            ("Weights", .init(dtype: input.dtype, extents: [tokens, k])),
            ("Positions", .init(dtype: ASSAY_I64, extents: [tokens, k])),
            ("Offsets", .init(dtype: ASSAY_I64, extents: [experts])),
        ]
        for (index, (label, tensor)) in wanted.enumerated() {
            try request.expect(try request.output(index, label), label, is: tensor)
        }
        shape = cpusimd_dispatch(
            tokens: UInt64(tokens), columns: UInt64(columns), experts: UInt64(experts),
            k: UInt64(k))
        chosen = Workspace(bytes: tokens * k * 4)
        set = engine.limit
    }

    var numeric: Numeric? { type.numeric }
    var kernel: String { "moedispatch-\(type.name)-\(set.name)" }

    func run(_ call: borrowing Call) throws(Failure) {
        unsafe cpusimd_dispatch_run(
            call.pool, set.rawValue, type.rawValue, &shape, call.input(0), call.input(1),
            call.output(0), call.output(1), call.output(2).assumingMemoryBound(to: Int64.self),
            call.output(3).assumingMemoryBound(to: Int64.self),
            chosen.address.assumingMemoryBound(to: UInt32.self))
    }
}

/// `MoECombine`: the experts' results of each token, weighed and added.
final class ExpertCombine: Operator {
    private let request: Request
    private let type: ElementType
    private let set: InstructionSet
    private let extents: [Int]
    private let tokens: Int
    private let k: Int

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        try request.expect(inputs: 3...3, outputs: 1)
        self.request = request
        let input = try request.input(0, "Y")
        let positions = try request.input(1, "Positions")
        type = try request.real(input, "Y")
        guard input.extents.count == 2, positions.extents.count == 2, positions.dtype == ASSAY_I64
        else {
            throw .invalid("MoECombine's Y and Positions must have 2 dimensions, Positions as i64")
        }
        try request.expect(
            try request.input(2, "Weights"), "Weights",
            is: .init(dtype: input.dtype, extents: positions.extents))
        extents = input.extents
        (tokens, k) = (positions.extents[0], positions.extents[1])
        try request.expect(
            try request.output(0, "Combined"), "Combined",
            is: .init(dtype: input.dtype, extents: [tokens, extents[1]]))
        set = engine.limit
    }

    var numeric: Numeric? { type.numeric }
    var kernel: String { "moecombine-\(type.name)-\(set.name)" }

    func run(_ call: borrowing Call) throws(Failure) {
        if tokens == 0 { return }
        let outside = unsafe cpusimd_combine_run(
            call.pool, set.rawValue, type.rawValue, UInt64(tokens), UInt64(k), UInt64(extents[0]),
            UInt64(extents[1]), call.input(0), call.input(1).assumingMemoryBound(to: Int64.self),
            call.input(2), call.output(0))
        try request.check(outside: outside, "Positions")
    }
}
