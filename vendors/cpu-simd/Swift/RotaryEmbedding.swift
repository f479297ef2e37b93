internal import AssayABI
internal import CPUSIMDKernels

/// `RotaryEmbedding`: pairs of numbers of each head turned by the angle of their position.
final class RotaryEmbedding: Operator {
    private let request: Request
    private let type: ElementType
    private let set: InstructionSet
    private var shape = cpusimd_rotary()
    private let hasPositions: Bool

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        try request.expect(inputs: 3...4, outputs: 1)
        self.request = request
        let input = try request.input(0, "X")
        type = try request.real(input, "X")
        try request.expect(try request.output(0, "Y"), "Y", is: input)
        let heads = try request.int("num_heads", default: 0)
        let extents = input.extents
        shape.heads_first = extents.count == 4 ? 1 : 0
        var size = 0
        if extents.count == 4, heads == 0 || heads == extents[1] {
            size = extents[3]
            shape.heads = UInt64(extents[1])
        } else if extents.count == 3, heads > 0, extents[2] % heads == 0 {
            size = extents[2] / heads
            shape.heads = UInt64(heads)
        } else {
            throw .invalid("RotaryEmbedding's X \(extents) does not have \(heads) heads")
        }
        let length = extents.count == 4 ? extents[2] : extents[1]
        let given = try request.int("rotary_embedding_dim", default: 0)
        let rotated = given == 0 ? size : given
        guard rotated >= 0, rotated % 2 == 0, rotated <= size else {
            throw .invalid("RotaryEmbedding turns an even number of at most \(size) numbers")
        }
        shape.batches = UInt64(extents[0])
        shape.length = UInt64(length)
        shape.size = UInt64(size)
        shape.rotated = UInt64(rotated)
        shape.interleaved = try request.int("interleaved", default: 0) != 0 ? 1 : 0
        hasPositions = request.optional(3) != nil
        let cosines = try request.input(1, "cos_cache")
        var wanted = Request.Tensor(
            dtype: input.dtype, extents: [extents[0], length, rotated / 2])
        shape.rows = UInt64(extents[0] * length)
        if let positions = request.optional(3) {
            try request.expect(
                positions, "position_ids",
                is: .init(dtype: ASSAY_I64, extents: [extents[0], length]))
            wanted.extents = [cosines.extents.first ?? 0, rotated / 2]
            shape.rows = UInt64(wanted.extents[0])
        }
        try request.expect(cosines, "cos_cache", is: wanted)
        try request.expect(try request.input(2, "sin_cache"), "sin_cache", is: wanted)
        set = engine.limit
    }

    var numeric: Numeric? { type.numeric }
    var kernel: String { "rotaryembedding-\(type.name)-\(set.name)" }

    func run(_ call: borrowing Call) throws(Failure) {
        let positions =
            unsafe hasPositions ? call.input(3).assumingMemoryBound(to: Int64.self) : nil
        let outside = unsafe cpusimd_rotary_run(
            call.pool, set.rawValue, type.rawValue, &shape, call.input(0), call.input(1),
            call.input(2), positions, call.output(0))
        try request.check(outside: outside, "position_ids")
    }
}

/// `Dropout`: the identity, or random zeros where the input `training_mode` says so.
final class Dropout: Operator {
    private let request: Request
    private let type: ElementType
    private let set: InstructionSet
    private let count: Int
    private let hasMask: Bool
    private let seed: UInt64?
    /// Runs so far: without a seed each draws anew.
    private var runs: UInt64 = 0

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        hasMask = request.wants(1)
        try request.expect(inputs: 1...3, outputs: hasMask ? 2 : 1)
        self.request = request
        let input = try request.input(0, "data")
        type = try request.real(input, "data")
        try request.expect(try request.output(0, "output"), "output", is: input)
        if hasMask {
            try request.expect(
                try request.output(1, "mask"), "mask",
                is: .init(dtype: ASSAY_BOOL, extents: input.extents))
        }
        if let ratio = request.optional(1) {
            guard ElementType(dtype: ratio.dtype)?.numeric != nil, ratio.count == 1 else {
                throw .invalid("Dropout's ratio must be one floating-point number")
            }
        }
        if let training = request.optional(2) {
            guard training.dtype == ASSAY_BOOL, training.count == 1 else {
                throw .invalid("Dropout's training_mode must be one bool")
            }
        }
        seed =
            try request.attributes["seed"] == nil
            ? nil : UInt64(bitPattern: Int64(request.int("seed")))
        count = input.count
        set = engine.limit
    }

    var numeric: Numeric? { type.numeric }
    var kernel: String { "dropout-\(type.name)-\(set.name)" }

    func run(_ call: borrowing Call) throws(Failure) {
        if count == 0 { return }
        let mask = unsafe hasMask ? call.output(1).assumingMemoryBound(to: UInt8.self) : nil
        let trains =
            unsafe request.optional(2) != nil && call.input(2).load(as: UInt8.self) != 0
        guard trains else {
            unsafe cpusimd_cast_run(
                call.pool, set.rawValue, type.rawValue, type.rawValue, 1, call.input(0),
                call.output(0), UInt64(count))
            if let mask = unsafe mask { unsafe cpusimd_set_run(call.pool, mask, 1, UInt64(count)) }
            return
        }
        var ratio = 0.5
        if let given = request.optional(1), let type = ElementType(dtype: given.dtype) {
            ratio = unsafe cpusimd_value(type.rawValue, call.input(1))
        }
        guard ratio >= 0, ratio <= 1 else {
            throw .invalid("Dropout's ratio is \(ratio); it must be from 0 to 1")
        }
        runs += 1
        unsafe cpusimd_dropout_run(
            call.pool, set.rawValue, type.rawValue, ratio, seed ?? runs, call.input(0),
            call.output(0), mask, UInt64(count))
    }
}
