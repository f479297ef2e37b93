internal import AssayABI
internal import CPUSIMDKernels

extension Request {
    /// An axis counted from the front; negative ones count from the end.
    func axis(_ given: Int, rank: Int, _ label: String) throws(Failure) -> Int {
        guard given >= -rank, given < rank else {
            throw .invalid("\(name)'s \(label) \(given) is outside a tensor of rank \(rank)")
        }
        return given < 0 ? given + rank : given
    }
}

extension [Int] {
    /// The extents seen as what lies before, along and after the axes in `range`.
    func split(_ range: Range<Int>) -> cpusimd_axis {
        func count(_ part: ArraySlice<Int>) -> UInt64 { UInt64(part.reduce(1, *)) }
        return cpusimd_axis(
            outer: count(self[..<range.lowerBound]), n: count(self[range]),
            inner: count(self[range.upperBound...]))
    }
}

/// `Softmax` along one axis, as of opset 13.
final class Softmax: Operator {
    private let type: Numeric
    private let set: InstructionSet
    private let shape: cpusimd_axis

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        try request.expect(inputs: 1...1, outputs: 1)
        let input = try request.input(0, "input")
        type = try request.numeric(input, "input")
        let rank = input.extents.count
        let axis = try request.axis(
            try request.int("axis", default: -1), rank: rank, "axis")
        try request.expect(try request.output(0, "output"), "output", is: input)
        shape = input.extents.split(axis..<axis + 1)
        set = engine.limit
    }

    var numeric: Numeric? { type }
    var kernel: String { "softmax-\(type.name)-\(set.name)" }

    func run(_ call: borrowing Call) throws(Failure) {
        if shape.n == 0 { return }
        unsafe cpusimd_softmax_run(
            call.pool, type.kernels(set), shape, call.input(0), call.output(0))
    }
}

/// `LayerNormalization` over the axes from `axis` to the last.
final class LayerNormalization: Operator {
    private let type: Numeric
    private let set: InstructionSet
    private let shape: cpusimd_axis
    private let epsilon: Double
    private let hasBias: Bool

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        try request.expect(inputs: 2...3, outputs: 1)
        let input = try request.input(0, "X")
        type = try request.numeric(input, "X")
        let rank = input.extents.count
        let axis = try request.axis(
            try request.int("axis", default: -1), rank: rank, "axis")
        let normalized = Array(input.extents[axis...])
        let scale = try request.input(1, "Scale")
        hasBias = request.inputs.count > 2 && request.inputs[2] != nil
        var factors = [(scale, "Scale")]
        if hasBias { factors.append((try request.input(2, "B"), "B")) }
        for (factor, label) in factors {
            guard factor.dtype == input.dtype else {
                throw .invalid("LayerNormalization's \(label) must have the type of its X")
            }
            guard Array(factor.extents.drop { $0 == 1 }) == Array(normalized.drop { $0 == 1 })
            else {
                throw .unsupported(
                    "LayerNormalization's \(label) must have extents \(normalized) here")
            }
        }
        try request.expect(try request.output(0, "Y"), "Y", is: input)
        epsilon = try request.float("epsilon", default: 1e-5)
        shape = input.extents.split(axis..<rank)
        set = engine.limit
    }

    var numeric: Numeric? { type }
    var kernel: String { "layernormalization-\(type.name)-\(set.name)" }

    func run(_ call: borrowing Call) throws(Failure) {
        if shape.n == 0 { return }
        unsafe cpusimd_normalize_run(
            call.pool, type.kernels(set), shape.outer, shape.n, epsilon, call.input(0),
            call.input(1), hasBias ? call.input(2) : nil, call.output(0))
    }
}

/// `ReduceSum` over any axes, given as a constant.
final class ReduceSum: Operator {
    private let request: Request
    private let input: Request.Tensor
    private let result: Request.Tensor
    private let type: Numeric
    private let set: InstructionSet
    private let engine: Engine
    private let keepsDimensions: Bool
    /// One stage for each group of neighbouring axes, the last group first.
    private var stages: [cpusimd_axis] = []
    private var between: [Workspace] = []
    private var partials: Workspace?

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        try request.expect(inputs: 1...2, outputs: 1)
        input = try request.input(0, "data")
        type = try request.numeric(input, "data")
        result = try request.output(0, "reduced")
        guard result.dtype == input.dtype else {
            throw .invalid("ReduceSum's reduced must have the type of its data")
        }
        keepsDimensions = try request.int("keepdims", default: 1) != 0
        if let axes = request.inputs.count > 1 ? request.inputs[1] : nil {
            guard axes.dtype == ASSAY_I64, axes.extents.count == 1 else {
                throw .invalid("ReduceSum's axes must be a list of i64")
            }
        }
        self.request = request
        self.engine = engine
        set = engine.limit
    }

    var numeric: Numeric? { type }
    var kernel: String { "reducesum-\(type.name)-\(set.name)" }

    func prepare(constants: Constants) throws(Failure) {
        let axes = try reducedAxes(constants)
        let kept = input.extents.indices.filter { !axes.contains($0) }
        let extents =
            keepsDimensions
            ? input.extents.indices.map { axes.contains($0) ? 1 : input.extents[$0] }
            : kept.map { input.extents[$0] }
        try request.expect(
            result, "reduced", is: .init(dtype: input.dtype, extents: extents))
        var shape = input.extents
        var end = shape.count
        while end > 0 {
            guard axes.contains(end - 1) else {
                end -= 1
                continue
            }
            var start = end - 1
            while start > 0, axes.contains(start - 1) { start -= 1 }
            stages.append(shape.split(start..<end))
            for axis in start..<end { shape[axis] = 1 }
            end = start
        }
        // Without axes the sum of one element each: a copy.
        if stages.isEmpty { stages = [shape.split(shape.count..<shape.count)] }
        for stage in stages.dropLast() {
            between.append(Workspace(bytes: Int(stage.outer * stage.inner) * type.bytes))
        }
        partials = Workspace(bytes: engine.threads * type.bytes)
    }

    private func reducedAxes(_ constants: Constants) throws(Failure) -> Set<Int> {
        let rank = input.extents.count
        var given: [Int64] = []
        if let axes = request.inputs.count > 1 ? request.inputs[1] : nil {
            guard let values = constants.integers(1, count: axes.count) else {
                throw .unsupported("ReduceSum needs its axes to be constant")
            }
            given = values
        }
        if given.isEmpty {
            let nothing = try request.int("noop_with_empty_axes", default: 0) != 0
            return nothing ? [] : Set(0..<rank)
        }
        var axes: Set<Int> = []
        for axis in given {
            let axis = try request.axis(Int(axis), rank: rank, "axis")
            guard axes.insert(axis).inserted else {
                throw .invalid("ReduceSum's axes name axis \(axis) twice")
            }
        }
        return axes
    }

    func run(_ call: borrowing Call) throws(Failure) {
        guard let partials else { return }
        var source = unsafe call.input(0)
        for (index, stage) in stages.enumerated() {
            let isLast = index == stages.count - 1
            let target = unsafe isLast ? call.output(0) : between[index].address
            unsafe cpusimd_sum_run(
                call.pool, type.kernels(set), stage, source, target, partials.address)
            unsafe source = UnsafeRawPointer(target)
        }
    }
}
