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

/// Reductions over any axes, given as a constant: `ReduceSum` as of opset 13, others as of 18.
final class Reduce: Operator {
    /// What differs between them.
    private struct Row {
        var operation: Int32
        var types: ElementTypes
        var isMean = false
        /// What reduces the results of one group of axes along the next; nil: the same again.
        var again: Int32?
        /// The function of one input that is taken of the last result.
        var function: Int32?
    }

    private static let rows: [String: Row] = [
        "ReduceL1": Row(
            operation: CPUSIMD_REDUCE_SUM_ABS, types: .floating, again: CPUSIMD_REDUCE_SUM),
        "ReduceL2": Row(
            operation: CPUSIMD_REDUCE_SUM_SQUARE, types: .floating, again: CPUSIMD_REDUCE_SUM,
            function: CPUSIMD_SQRT),
        "ReduceLogSum": Row(
            operation: CPUSIMD_REDUCE_SUM, types: .floating, function: CPUSIMD_LOG),
        // The logarithm of a sum of exponentials of such logarithms is that of all together.
        "ReduceLogSumExp": Row(operation: CPUSIMD_REDUCE_LOG_SUM_EXP, types: .floating),
        "ReduceMax": Row(operation: CPUSIMD_REDUCE_MAX, types: .all),
        "ReduceMean": Row(operation: CPUSIMD_REDUCE_SUM, types: .wide, isMean: true),
        "ReduceMin": Row(operation: CPUSIMD_REDUCE_MIN, types: .all),
        "ReduceProd": Row(operation: CPUSIMD_REDUCE_PROD, types: .wide),
        "ReduceSum": Row(operation: CPUSIMD_REDUCE_SUM, types: .wide),
        "ReduceSumSquare": Row(
            operation: CPUSIMD_REDUCE_SUM_SQUARE, types: .wide, again: CPUSIMD_REDUCE_SUM),
    ]

    private let request: Request
    private let row: Row
    private let input: Request.Tensor
    private let result: Request.Tensor
    private let type: ElementType
    private let set: InstructionSet
    private let engine: Engine
    private let keepsDimensions: Bool
    /// One stage for each group of neighbouring axes, the last group first.
    private var stages: [cpusimd_axis] = []
    /// Results of all stages but the last, in the accumulator's type.
    private var between: [Workspace] = []
    private var partials: Workspace?
    private var divisor = 1.0

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        guard let row = Self.rows[request.name] else {
            throw .unsupported("there is no reduction \(request.name)")
        }
        self.row = row
        try request.expect(inputs: 1...2, outputs: 1)
        input = try request.input(0, "data")
        type = try request.elementType(input, "data", of: row.types)
        result = try request.output(0, "reduced")
        guard result.dtype == input.dtype else {
            throw .invalid("\(request.name)'s reduced must have the type of its data")
        }
        keepsDimensions = try request.int("keepdims", default: 1) != 0
        if let axes = request.inputs.count > 1 ? request.inputs[1] : nil {
            guard axes.dtype == ASSAY_I64, axes.extents.count == 1 else {
                throw .invalid("\(request.name)'s axes must be a list of i64")
            }
        }
        self.request = request
        self.engine = engine
        set = engine.limit
    }

    var numeric: Numeric? { type.numeric }
    var kernel: String { "\(request.name.lowercased())-\(type.name)-\(set.name)" }

    func prepare(constants: Constants) throws(Failure) {
        let axes = try reducedAxes(constants)
        let kept = input.extents.indices.filter { !axes.contains($0) }
        let extents =
            keepsDimensions
            ? input.extents.indices.map { axes.contains($0) ? 1 : input.extents[$0] }
            : kept.map { input.extents[$0] }
        try request.expect(
            result, "reduced", is: .init(dtype: input.dtype, extents: extents))
        if row.isMean { divisor = Double(axes.reduce(1) { $0 * input.extents[$1] }) }
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
            between.append(
                Workspace(bytes: Int(stage.outer * stage.inner) * type.accumulator.bytes))
        }
        let bytes = stages.enumerated().map { index, stage in
            let kind = (index == 0 ? type : type.accumulator).kernels(set)
            return unsafe Int(cpusimd_reduce_workspace(engine.pool, kind, stage))
        }
        partials = Workspace(bytes: bytes.max() ?? 0)
    }

    private func reducedAxes(_ constants: Constants) throws(Failure) -> Set<Int> {
        let rank = input.extents.count
        var given: [Int64] = []
        if let axes = request.inputs.count > 1 ? request.inputs[1] : nil {
            guard let values = constants.integers(1, count: axes.count) else {
                throw .unsupported("\(request.name) needs its axes to be constant")
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
                throw .invalid("\(request.name)'s axes name axis \(axis) twice")
            }
        }
        return axes
    }

    func run(_ call: borrowing Call) throws(Failure) {
        guard let partials else { return }
        var source = unsafe call.input(0)
        for (index, stage) in stages.enumerated() {
            let isLast = index == stages.count - 1
            let from = index == 0 ? type : type.accumulator
            let target = unsafe isLast ? call.output(0) : between[index].address
            var operation = index == 0 ? row.operation : row.again ?? row.operation
            // As the C library packs a function that follows.
            if isLast, let function = row.function { operation |= (function + 1) << 8 }
            unsafe cpusimd_reduce_run(
                call.pool, from.kernels(set), operation,
                (isLast ? type : type.accumulator).rawValue, stage, isLast ? divisor : 1, source,
                target, partials.address)
            unsafe source = UnsafeRawPointer(target)
        }
    }
}

/// `ArgMax` and `ArgMin` along one axis, as of opset 13.
final class ArgReduce: Operator {
    private let title: String
    private let isSmallest: Bool
    private let takesLast: Bool
    private let type: ElementType
    private let set: InstructionSet
    private let shape: cpusimd_axis

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        try request.expect(inputs: 1...1, outputs: 1)
        let input = try request.input(0, "data")
        type = try request.elementType(input, "data", of: .numbers)
        let axis = try request.axis(
            try request.int("axis", default: 0), rank: input.extents.count, "axis")
        guard input.extents[axis] > 0 else {
            throw .invalid("\(request.name) has nothing to choose from along axis \(axis)")
        }
        var extents = input.extents
        if try request.int("keepdims", default: 1) != 0 {
            extents[axis] = 1
        } else {
            extents.remove(at: axis)
        }
        try request.expect(
            try request.output(0, "reduced"), "reduced",
            is: .init(dtype: ASSAY_I64, extents: extents))
        takesLast = try request.int("select_last_index", default: 0) != 0
        shape = input.extents.split(axis..<axis + 1)
        title = request.name.lowercased()
        isSmallest = request.name == "ArgMin"
        set = engine.limit
    }

    var kernel: String { "\(title)-\(type.name)-\(set.name)" }

    func run(_ call: borrowing Call) throws(Failure) {
        if shape.outer * shape.inner == 0 { return }
        unsafe cpusimd_arg_run(
            call.pool, type.kernels(set), isSmallest ? 1 : 0, takesLast ? 1 : 0, shape,
            call.input(0), call.output(0).assumingMemoryBound(to: Int64.self))
    }
}
