import Model

/// Operators along one axis that are no reductions of ONNX's `Reduce` family.
let axisOperators: [OperatorDefinition] = [
    extremePosition("ArgMax", isLargest: true), extremePosition("ArgMin", isLargest: false),
    cumSum,
]

/// The slices of a dense tensor along one axis.
struct AxisSlices: Sendable {
    let length: Int
    /// The elements between neighbours of a slice.
    let inner: Int

    init(_ shape: [Int], axis: Int) {
        length = shape[axis]
        inner = Shape.count(shape[(axis + 1)...])
    }

    /// The first element of the slice that an element belongs to.
    func start(of position: Int) -> Int {
        position / (length * inner) * length * inner + position % inner
    }

    /// The place of an element in its slice.
    func index(of position: Int) -> Int { position / inner % length }
}

// MARK: - ArgMax and ArgMin

private func extremePosition(_ name: String, isLargest: Bool) -> OperatorDefinition {
    OperatorDefinition(
        name, since: 13, inputs: [FormalTensor("data", .number)],
        outputs: [FormalTensor("reduced", TypeParameter("I", [.i64]))],
        attributes: [
            FormalAttribute("axis", .int(0)), FormalAttribute("keepdims", .int(1), least: 0),
            FormalAttribute("select_last_index", .int(0), least: 0),
        ],
        inference: { operation throws(OperatorError) in
            let shape = operation.inputs[0].shape
            let axis = try operation.normalized(
                axis: operation.int("axis") ?? 0, rank: shape.count)
            guard shape[axis] > 0 else {
                throw operation.error(
                    .shape, "input data's axis \(axis) has no elements to choose from")
            }
            let chosen = shape.indices.map { $0 == axis }
            operation.outputs = [
                TensorSpec("reduced", .i64, operation.reducedShape(shape, chosen))
            ]
        },
        // n − 1 comparisons for each output.
        work: { operation in
            let count = operation.inputs[0].count - operation.outputs[0].count
            return .ofTensors(operation, flops: UInt64(count))
        },
        oracle: Oracle(
            rule: { _, _ in .integers },
            operationCount: { UInt64($0.inputs[0].count) },
            sampleCost: { UInt64($0.inputs[0].shape[$0.axis(rank: $0.inputs[0].shape.count)]) },
            words: { _, _ in "exactly the position" },
            reacts: { _ in false },
            evaluate: { call, range, expected in
                evaluateExtreme(call, range, &expected, isLargest: isLargest)
            }))
}

/// Of equal elements the first wins, or the last; what is not a number wins over all numbers.
private func evaluateExtreme(
    _ call: OracleCall, _ range: Range<Int>, _ expected: inout Expected, isLargest: Bool
) {
    let data = call.inputs[0]
    let slices = AxisSlices(data.spec.shape, axis: call.operation.axis(rank: data.spec.shape.count))
    let prefersLast = call.operation.int("select_last_index") != 0
    let isFloat = data.spec.dtype.isFloat
    let flip = data.spec.dtype == .u64 ? Int64.min : 0
    for (place, position) in range.enumerated() {
        let start = position / slices.inner * slices.length * slices.inner + position % slices.inner
        var best = 0
        for index in 1..<max(slices.length, 1) {
            let (known, next) = (start + best * slices.inner, start + index * slices.inner)
            let order: Int
            if isFloat {
                order = compare(data.element(next), data.element(known), isLargest)
            } else {
                let (a, b) = (data.integer(next) ^ flip, data.integer(known) ^ flip)
                order = a == b ? 0 : (a > b) == isLargest ? 1 : -1
            }
            if order > 0 || (order == 0 && prefersLast) { best = index }
        }
        expected.integers[place] = Int64(best)
    }
}

/// 1 where the next element beats the best so far, 0 where they are equal.
private func compare(_ next: Double, _ best: Double, _ isLargest: Bool) -> Int {
    if next.isNaN || best.isNaN { return next.isNaN ? (best.isNaN ? 0 : 1) : -1 }
    return next == best ? 0 : (next > best) == isLargest ? 1 : -1
}

// MARK: - CumSum

private let cumSum = OperatorDefinition(
    "CumSum", since: 14,
    inputs: [
        FormalTensor("x", TypeParameter("T", DType.reals + [.i64, .i32, .u64, .u32])),
        FormalTensor(index: "axis", .indices),
    ],
    outputs: [FormalTensor("y", TypeParameter("T", DType.reals + [.i64, .i32, .u64, .u32]))],
    attributes: [
        FormalAttribute("exclusive", .int(0), least: 0),
        FormalAttribute("reverse", .int(0), least: 0),
    ],
    inference: { operation throws(OperatorError) in
        let input = operation.inputs[0]
        let values = operation.input("axis")?.values ?? []
        guard values.count == 1 else {
            throw operation.error(
                .input, "input axis has \(values.count) values; it must have one")
        }
        _ = try operation.normalized(axis: values[0], rank: input.shape.count)
        operation.outputs = [TensorSpec("y", input.dtype, input.shape)]
    },
    work: { operation in
        var work = Work.ofTensors(operation, flops: UInt64(operation.inputs[0].count))
        work.bytesRead = Bytes(UInt64(operation.inputs[0].byteCount))
        return work
    },
    oracle: Oracle(
        rule: { operation, error in
            if !operation.outputs[0].dtype.isFloat { return .integers }
            return error.roundsInputs ? .rounded : .summed
        },
        operationCount: { saturatingProduct($0.inputs[0].count, sharesLine($0) ? 2 : length($0)) },
        sampleCost: { UInt64(length($0)) },
        words: { _, error in "8·√k·\(error.accumulateType.roundoffText)·Σ|x| of k terms" },
        evaluate: evaluateCumSum))

private func cumulativeAxis(_ operation: Operation) -> Int {
    let axis = Int(operation.input("axis")?.values?.first ?? 0)
    return axis < 0 ? axis + operation.inputs[0].shape.count : axis
}

private func length(_ operation: Operation) -> Int {
    operation.inputs[0].shape[cumulativeAxis(operation)]
}

/// Whether neighbouring outputs belong to one slice, so that sums are carried on.
private func sharesLine(_ operation: Operation) -> Bool {
    AxisSlices(operation.inputs[0].shape, axis: cumulativeAxis(operation)).inner == 1
}

private func evaluateCumSum(_ call: OracleCall, _ range: Range<Int>, _ expected: inout Expected) {
    let input = call.inputs[0]
    let slices = AxisSlices(input.spec.shape, axis: cumulativeAxis(call.operation))
    let isReverse = call.operation.int("reverse") != 0
    let isExclusive = call.operation.int("exclusive") != 0
    let isFloat = call.output.dtype.isFloat
    let error = call.error
    // In reverse the sums of a slice are carried on from its end.
    let order = isReverse ? Array(range.reversed()) : Array(range)
    var running = RunningSum()
    var previous = -1
    for position in order {
        let start = slices.start(of: position)
        let index = slices.index(of: position)
        let terms = (isReverse ? slices.length - index : index + 1) - (isExclusive ? 1 : 0)
        let isNext =
            slices.inner == 1 && previous >= 0 && slices.start(of: previous) == start
            && terms == running.count + 1
        if !isNext { running = RunningSum() }
        while running.count < terms {
            let place = isReverse ? slices.length - 1 - running.count : running.count
            running.add(input, at: start + place * slices.inner, isFloat: isFloat)
        }
        previous = position
        let place = position - range.lowerBound
        if isFloat {
            let factor = error.reduction(terms) + error.roundedFactors
            expected.values[place] = running.sum
            expected.bounds[place] =
                terms == 0 ? 0 : factor * running.magnitude + Double(terms) * error.smallestNormal
        } else {
            expected.integers[place] = call.output.dtype.wrapped(running.integer)
        }
    }
}

private struct RunningSum {
    var count = 0
    var sum = 0.0
    var magnitude = 0.0
    var integer: Int64 = 0

    mutating func add(_ input: TensorView, at position: Int, isFloat: Bool) {
        count += 1
        if isFloat {
            let value = input.element(position)
            sum += value
            magnitude += abs(value)
        } else {
            integer = integer &+ input.integer(position)
        }
    }
}
