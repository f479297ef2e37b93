import Model

/// Operators that cut a part out of the input or add to its edges.
let sliceOperators = [slice, pad]

// MARK: - Slice

private let slice = OperatorDefinition(
    "Slice", since: 13,
    inputs: [
        FormalTensor("data", .any), FormalTensor(index: "starts"),
        FormalTensor(index: "ends"),
        FormalTensor(index: "axes", isOptional: true),
        FormalTensor(index: "steps", isOptional: true),
    ],
    outputs: [FormalTensor("output", .any)],
    inference: { operation throws(OperatorError) in
        let cuts = try cuts(of: operation)
        operation.outputs = [
            TensorSpec("output", operation.inputs[0].dtype, cuts.map(\.count))
        ]
    },
    work: { .ofMovement($0, elementsRead: $0.outputs[0].count) },
    oracle: movementOracle(reacts: false) { operation in
        // Inference has checked the cuts.
        let cuts = (try? cuts(of: operation)) ?? []
        let strides = Shape.strides(operation.inputs[0].shape)
        var map = IndexMap(extents: cuts.map(\.count), axes: [])
        for (cut, stride) in zip(cuts, strides) {
            map.axes.append(.strided(cut.step * stride))
            map.base += cut.start * stride
        }
        return map
    })

/// What is kept of one dimension.
private struct Cut {
    var start: Int
    var step: Int
    var count: Int

    /// Clamps as ONNX says: a walk forward to [0, extent], one backward to [-1, extent - 1].
    init(start: Int64, end: Int64, step: Int64, extent: Int) {
        let extent = Int64(extent)
        func clamped(_ value: Int64) -> Int64 {
            let position = value < 0 ? value &+ extent : value
            return step > 0 ? min(max(position, 0), extent) : min(max(position, -1), extent - 1)
        }
        let (first, last) = (clamped(start), clamped(end))
        let distance = step > 0 ? last - first : first - last
        let magnitude = step.magnitude
        self.start = max(0, Int(first))
        // A step beyond the extent keeps one position; a huge one would overflow offsets.
        self.step = step.magnitude > UInt64(max(extent, 1)) ? 0 : Int(step)
        count = distance <= 0 ? 0 : Int((UInt64(distance) - 1) / magnitude) + 1
    }
}

private func cuts(of operation: Operation) throws(OperatorError) -> [Cut] {
    let shape = operation.inputs[0].shape
    let starts = operation.input("starts")?.values ?? []
    let ends = operation.input("ends")?.values ?? []
    let given = operation.input("axes")?.values ?? starts.indices.map { Int64($0) }
    let steps = operation.input("steps")?.values ?? starts.map { _ in 1 }
    guard starts.count == ends.count, starts.count == given.count, starts.count == steps.count
    else {
        throw operation.error(
            .shape,
            "inputs starts, ends, axes and steps have \(starts.count), \(ends.count), "
                + "\(given.count) and \(steps.count) entries; they must be as many")
    }
    guard !steps.contains(0) else {
        throw operation.error(.shape, "input steps has 0; a step must not be 0")
    }
    var result = shape.map { Cut(start: 0, end: Int64($0), step: 1, extent: $0) }
    let axes = try operation.normalized(axes: given, rank: shape.count)
    for (entry, axis) in axes.enumerated() {
        result[axis] = Cut(
            start: starts[entry], end: ends[entry], step: steps[entry], extent: shape[axis])
    }
    return result
}

// MARK: - Pad

private let pad = OperatorDefinition(
    "Pad", since: 13,
    inputs: [
        FormalTensor("data", .any), FormalTensor(index: "pads"),
        FormalTensor("constant_value", .any, isOptional: true),
        FormalTensor(index: "axes", isOptional: true),
    ],
    outputs: [FormalTensor("output", .any)],
    attributes: [
        FormalAttribute(
            "mode", .string("constant"), choices: ["constant", "reflect", "edge", "wrap"])
    ],
    inference: { operation throws(OperatorError) in
        let shape = operation.inputs[0].shape
        if let value = operation.input("constant_value"), value.count != 1 {
            throw operation.error(
                .shape, "input constant_value has \(value.count) elements; it must have one")
        }
        let margins = try margins(of: operation)
        var output: [Int] = []
        for (axis, margin) in margins.enumerated() {
            let extent = shape[axis] + margin.before + margin.after
            guard extent >= 0 else {
                throw operation.error(
                    .shape, "input pads takes more from axis \(axis) than its extent \(shape[axis])"
                )
            }
            try checkMargin(margin, axis: axis, of: operation)
            output.append(extent)
        }
        operation.outputs = [TensorSpec("output", operation.inputs[0].dtype, output)]
    },
    work: { .ofMovement($0) },
    oracle: movementOracle(
        fill: "constant_value", reacts: false,
        { operation in
            let shape = operation.inputs[0].shape
            let strides = Shape.strides(shape)
            let margins = (try? margins(of: operation)) ?? []
            let mode = operation.string("mode") ?? "constant"
            return IndexMap(
                extents: operation.outputs[0].shape,
                axes: margins.enumerated().map { axis, margin in
                    if margin.before == 0, margin.after == 0 { return .strided(strides[axis]) }
                    return .table(
                        (0..<operation.outputs[0].shape[axis]).map {
                            source($0 - margin.before, shape[axis], mode) * strides[axis]
                        })
                })
        }))

/// What is added to both ends of a dimension; below zero: taken away.
private struct Margin {
    var before = 0
    var after = 0
}

private func margins(of operation: Operation) throws(OperatorError) -> [Margin] {
    let rank = operation.inputs[0].shape.count
    let pads = operation.input("pads")?.values ?? []
    let given = operation.input("axes")?.values ?? (0..<Int64(rank)).map { $0 }
    guard pads.count == 2 * given.count else {
        throw operation.error(
            .shape,
            "input pads has \(pads.count) entries; it must have two for each of \(given.count) axes"
        )
    }
    // Beyond any tensor: keeps sums of extents within an integer.
    guard pads.allSatisfy({ $0.magnitude <= 1 << 40 }) else {
        throw operation.error(.tooLarge, "input pads has an entry beyond 2^40")
    }
    var result = [Margin](repeating: Margin(), count: rank)
    for (entry, axis) in try operation.normalized(axes: given, rank: rank).enumerated() {
        result[axis] = Margin(before: Int(pads[entry]), after: Int(pads[entry + given.count]))
    }
    return result
}

private func checkMargin(
    _ margin: Margin, axis: Int, of operation: Operation
) throws(OperatorError) {
    let extent = operation.inputs[0].shape[axis]
    let largest = max(margin.before, margin.after)
    let mode = operation.string("mode") ?? "constant"
    guard mode != "constant", largest > 0 else { return }
    guard extent > 0 else {
        throw operation.error(.shape, "axis \(axis) has no element to pad with mode '\(mode)'")
    }
    guard mode != "reflect" || largest < extent else {
        throw operation.error(
            .shape,
            "input pads adds \(largest) to axis \(axis); mode 'reflect' has only \(extent - 1)")
    }
}

/// The position of an extent that stands at a position before, in or after it; -1: the fill value.
private func source(_ position: Int, _ extent: Int, _ mode: String) -> Int {
    if position >= 0, position < extent { return position }
    switch mode {
    case "edge": return position < 0 ? 0 : extent - 1
    case "reflect": return position < 0 ? -position : 2 * (extent - 1) - position
    case "wrap":
        let remainder = position % extent
        return remainder < 0 ? remainder + extent : remainder
    default: return -1
    }
}
