import Model

/// Operators that write where indices say.
let scatterOperators = [scatterElements, scatterND]

private let reduction = FormalAttribute(
    "reduction", .string("none"), choices: ["none", "add", "mul", "max", "min"])

private let scatterElements = OperatorDefinition(
    "ScatterElements", since: 18,
    inputs: [
        FormalTensor("data", .number),
        FormalTensor("indices", .indices, domain: .index { $0.indexRange(axis: $0.gatherAxis) }),
        FormalTensor("updates", .number),
    ],
    outputs: [FormalTensor("output", .number)],
    attributes: [FormalAttribute("axis", .int(0)), reduction],
    inference: { operation throws(OperatorError) in
        let (data, indices) = (operation.inputs[0], operation.inputs[1])
        let axis = try operation.normalized(
            axis: operation.int("axis") ?? 0, rank: data.shape.count)
        try operation.checkWithin(indices, data, axis: axis)
        try operation.checkIndices(extent: data.shape[axis])
        guard operation.inputs[2].shape == indices.shape else {
            throw operation.error(
                .shape,
                "input updates' shape \(operation.inputs[2].shape) must be that of input indices, "
                    + "\(indices.shape)")
        }
        operation.outputs = [TensorSpec("output", data.dtype, data.shape)]
    },
    work: scatterWork, oracle: scatterOracle)

private let scatterND = OperatorDefinition(
    "ScatterND", since: 18,
    inputs: [
        FormalTensor("data", .number),
        FormalTensor("indices", .index, domain: .index { $0.tupleRange }),
        FormalTensor("updates", .number),
    ],
    outputs: [FormalTensor("output", .number)], attributes: [reduction],
    inference: { operation throws(OperatorError) in
        let (data, indices) = (operation.inputs[0], operation.inputs[1])
        guard let length = indices.shape.last, length >= 1, length <= data.shape.count else {
            throw operation.error(
                .shape,
                "input indices' shape \(indices.shape) does not index input data's \(data.shape)")
        }
        try operation.checkIndices(extent: data.shape.prefix(length).min() ?? 1)
        let wanted = indices.shape.dropLast() + data.shape.dropFirst(length)
        guard operation.inputs[2].shape == Array(wanted) else {
            throw operation.error(
                .shape,
                "input updates' shape \(operation.inputs[2].shape) must be \(Array(wanted))")
        }
        operation.outputs = [TensorSpec("output", data.dtype, data.shape)]
    },
    work: scatterWork, oracle: scatterOracle)

/// One step for each update that is combined with what stood there.
@Sendable private func scatterWork(_ operation: Operation) -> Work {
    let combines = operation.string("reduction") != "none"
    return .ofTensors(operation, flops: combines ? UInt64(operation.inputs[2].count) : 0)
}

private let scatterOracle = Oracle(
    rule: { operation, error in
        if !operation.outputs[0].dtype.isFloat { return .integers }
        let reduction = operation.string("reduction") ?? "none"
        return ["add", "mul"].contains(reduction) ? .rounded : movementRule(operation, error)
    },
    operationCount: { UInt64($0.outputs[0].count + $0.inputs[2].count) },
    words: { operation, error in
        switch operation.string("reduction") {
        case "add": "8·√n·\(error.accumulateType.roundoffText)·Σ|x|"
        case "mul": "n·\(error.accumulateType.roundoffText)·|y|"
        case "none": "exact, or between updates of the same element"
        default: "exact"
        }
    },
    // A maximum need not change, and what is written twice hides what stood there.
    reacts: { $0.string("reduction") == "add" },
    evaluate: { call, range, expected in
        let plan = call.prepared { ScatterPlan(call) }
        let isInteger = !call.output.dtype.isFloat
        for position in range {
            let place = position - range.lowerBound
            let updates = plan.updates(of: position)
            if isInteger {
                expected.integers[place] = combined(
                    call.inputs[0].integer(position), updates.map { call.inputs[2].integer($0) },
                    plan.reduction, call.output.dtype)
            } else {
                let result = combined(
                    call.inputs[0].element(position), updates.map { call.inputs[2].element($0) },
                    plan.reduction, call.error)
                expected.values[place] = result.value
                expected.bounds[place] = result.bound
            }
        }
    })

/// Which updates meet at which part of the output.
private struct ScatterPlan {
    let reduction: String
    /// The elements that one index writes.
    let slice: Int
    /// The updates by the part that they write, in the order of the indices.
    private let byTarget: [Int: [Int]]

    init(_ call: OracleCall) {
        let indices = call.inputs[1]
        let data = call.inputs[0].spec.shape
        let shape = indices.spec.shape
        reduction = call.operation.string("reduction") ?? "none"
        var found: [Int: [Int]] = [:]
        if call.operation.name == "ScatterND" {
            let length = shape.last ?? 1
            slice = Shape.count(data.dropFirst(length))
            let strides = Shape.strides(Array(data.prefix(length)))
            for tuple in 0..<Shape.count(shape.dropLast()) {
                let target = (0..<length).reduce(0) { sum, axis in
                    let index = wrapped(indices.integer(tuple * length + axis), data[axis])
                    return sum + index * strides[axis]
                }
                found[target, default: []].append(tuple)
            }
        } else {
            slice = 1
            let axis = call.operation.gatherAxis
            let strides = Shape.strides(data)
            for entry in 0..<indices.spec.count {
                var place = Shape.indices(of: entry, in: shape)
                place[axis] = wrapped(indices.integer(entry), data[axis])
                let target = zip(place, strides).reduce(0) { $0 + $1.0 * $1.1 }
                found[target, default: []].append(entry)
            }
        }
        byTarget = found
    }

    /// The elements of the updates that meet at an element of the output.
    func updates(of position: Int) -> [Int] {
        (byTarget[position / slice] ?? []).map { $0 * slice + position % slice }
    }
}

private func combined(
    _ start: Int64, _ updates: [Int64], _ reduction: String, _ dtype: DType
) -> Int64 {
    updates.reduce(start) { value, update in
        switch reduction {
        case "add": dtype.wrapped(value &+ update)
        case "mul": dtype.wrapped(value &* update)
        case "max": max(value, update)
        case "min": min(value, update)
        default: update
        }
    }
}

private func combined(
    _ start: Double, _ updates: [Double], _ reduction: String, _ error: ErrorModel
) -> (value: Double, bound: Double) {
    guard let last = updates.last else { return (start, 0) }
    switch reduction {
    case "add":
        let value = updates.reduce(start, +)
        let magnitude = updates.reduce(abs(start)) { $0 + abs($1) }
        let factor = error.reduction(updates.count + 1) + error.roundedFactors
        return (value, factor * magnitude)
    case "mul":
        let value = updates.reduce(start, *)
        let factors = Double(updates.count + 1)
        let roundoff = error.accumulate + (error.roundsInputs ? 2 * error.math : 0)
        return (value, factors * roundoff * abs(value))
    case "max": return (updates.reduce(start, max), 0)
    case "min": return (updates.reduce(start, min), 0)
    // Which of several updates stays is not defined.
    default: return (last, updates.reduce(0) { max($0, abs($1 - last)) })
    }
}
