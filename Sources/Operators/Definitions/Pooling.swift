import Model

/// Operators that make one number of each window of each channel.
let poolingOperators = [maxPool, averagePool, globalMaxPool, globalAveragePool]

private let poolAttributes =
    windowAttributes + [
        FormalAttribute("ceil_mode", .int(0), least: 0),
        FormalAttribute(required: "kernel_shape", .ints),
    ]

private let maxPool = OperatorDefinition(
    "MaxPool", since: 12, inputs: [FormalTensor("X")], outputs: [FormalTensor("Y")],
    attributes: poolAttributes + [FormalAttribute("storage_order", .int(0), least: 0)],
    inference: { operation throws(OperatorError) in try inferPool(&operation) },
    work: { poolWork($0, extra: 0) }, oracle: maximumOracle)

private let averagePool = OperatorDefinition(
    "AveragePool", since: 11, inputs: [FormalTensor("X")], outputs: [FormalTensor("Y")],
    attributes: poolAttributes + [FormalAttribute("count_include_pad", .int(0), least: 0)],
    inference: { operation throws(OperatorError) in try inferPool(&operation) },
    work: { poolWork($0, extra: 1) }, oracle: averageOracle)

private let globalMaxPool = OperatorDefinition(
    "GlobalMaxPool", since: 1, inputs: [FormalTensor("X")], outputs: [FormalTensor("Y")],
    inference: { operation throws(OperatorError) in try inferGlobalPool(&operation) },
    work: { poolWork($0, extra: 0) }, oracle: maximumOracle)

private let globalAveragePool = OperatorDefinition(
    "GlobalAveragePool", since: 1, inputs: [FormalTensor("X")], outputs: [FormalTensor("Y")],
    inference: { operation throws(OperatorError) in try inferGlobalPool(&operation) },
    work: { poolWork($0, extra: 1) }, oracle: averageOracle)

// MARK: - Shapes

private func inferPool(_ operation: inout Operation) throws(OperatorError) {
    let kernel = (operation.ints("kernel_shape") ?? []).map { Int(clamping: $0) }
    let input = operation.inputs[0]
    let plan = try operation.slideWindows(
        kernel: kernel, roundsUp: operation.int("ceil_mode") != 0)
    for axis in 0..<plan.rank
    where max(plan.padsBefore[axis], plan.padsAfter[axis]) >= plan.reach(axis) {
        throw operation.error(
            .attribute,
            "attribute 'pads' adds \(max(plan.padsBefore[axis], plan.padsAfter[axis])) to "
                + "dimension "
                + "\(axis + 2), which fills a window of \(plan.reach(axis))")
    }
    operation.outputs = [TensorSpec("Y", input.dtype, input.shape.prefix(2) + plan.output)]
}

private func inferGlobalPool(_ operation: inout Operation) throws(OperatorError) {
    let input = operation.inputs[0]
    guard input.shape.count >= 3, !input.shape.dropFirst(2).contains(0) else {
        throw operation.error(
            .shape,
            "input X's shape is \(input.shape); it must have at least 3 dimensions, those behind "
                + "the second not empty")
    }
    let ones = [Int](repeating: 1, count: input.shape.count - 2)
    operation.outputs = [TensorSpec("Y", input.dtype, input.shape.prefix(2) + ones)]
}

/// The windows of a pool, or the one that is the whole image.
private func poolWindows(_ operation: Operation) -> WindowPlan {
    if let kernel = operation.ints("kernel_shape") {
        return WindowPlan(operation, kernel: kernel.map { Int($0) })
    }
    let input = Array(operation.inputs[0].shape.dropFirst(2))
    let ones = input.map { _ in 1 }
    let zeros = input.map { _ in 0 }
    return WindowPlan(
        input: input, kernel: input, dilations: ones, strides: ones, padsBefore: zeros,
        padsAfter: zeros, output: ones)
}

/// Additions or comparisons, and a division where there is one.
private func poolWork(_ operation: Operation, extra: Int) -> Work {
    let perOutput = max(poolWindows(operation).size - 1 + extra, 0)
    return .ofTensors(
        operation, flops: saturatingProduct(perOutput, operation.outputs[0].count))
}

// MARK: - Results

private let maximumOracle = Oracle(
    rule: movementRule,
    operationCount: { saturatingProduct($0.outputs[0].count, poolWindows($0).size) },
    sampleCost: { saturatingProduct(2, poolWindows($0).size) },
    words: { operation, error in movementRule(operation, error) == .exact ? "exact" : "0" },
    reacts: { _ in false },
    evaluate: { call, range, expected in
        let windows = call.prepared { poolWindows(call.operation) }
        for index in expected.values.indices { expected.values[index] = -.infinity }
        forEachTap(call, windows, range) { value, place in
            // A number that is none stays.
            if !(value <= expected.values[place]) { expected.values[place] = value }
        }
    })

private let averageOracle = Oracle(
    rule: { _, error in error.roundsInputs ? .rounded : .summed },
    operationCount: { saturatingProduct($0.outputs[0].count, poolWindows($0).size) },
    sampleCost: { saturatingProduct(2, poolWindows($0).size) },
    words: { operation, error in
        "(8·√\(poolWindows(operation).size)·\(error.accumulateType.roundoffText) + "
            + "6·\(error.mathType.roundoffText))·mean|x|"
    },
    evaluate: { call, range, expected in
        let windows = call.prepared { poolWindows(call.operation) }
        var counts = [Double](repeating: 0, count: range.count)
        forEachTap(call, windows, range) { value, place in
            expected.values[place] += value
            expected.bounds[place] += abs(value)
            counts[place] += 1
        }
        let includesPads = call.operation.int("count_include_pad") ?? 0 != 0
        let error = call.error
        let perChannel = max(Shape.count(windows.output), 1)
        // Division by OpenCL's limit of 2.5 ulp; a multiplication by the rounded inverse is nearer.
        let factor = error.reduction(windows.size) + error.roundedFactors / 2 + 6 * error.math
        for index in counts.indices {
            let divisor =
                includesPads
                ? paddedCount(windows, (range.lowerBound + index) % perChannel) : counts[index]
            expected.values[index] /= divisor
            expected.bounds[index] =
                factor * expected.bounds[index] / divisor + error.smallestNormal
        }
    })

/// The elements of a window that lie in the input or in its pads.
private func paddedCount(_ windows: WindowPlan, _ position: Int) -> Double {
    let indices = Shape.indices(of: position, in: windows.output)
    var count = 1
    for (axis, window) in indices.enumerated() {
        let start = window * windows.strides[axis]
        let end = windows.padsBefore[axis] + windows.input[axis] + windows.padsAfter[axis]
        let inside = (end - start + windows.dilations[axis] - 1) / windows.dilations[axis]
        count *= min(windows.kernel[axis], max(inside, 0))
    }
    return Double(count)
}

/// Calls a function for each element of each window, with the output's place in the range.
private func forEachTap(
    _ call: OracleCall, _ windows: WindowPlan, _ range: Range<Int>,
    _ visit: (_ value: Double, _ place: Int) -> Void
) {
    let last = windows.rank - 1
    let row = windows.output[last]
    let plane = Shape.count(windows.input)
    let strides = Shape.strides(windows.input)
    var line: [Double] = []
    var position = range.lowerBound
    while position < range.upperBound {
        let column = position % row
        let columns = column..<column + min(row - column, range.upperBound - position)
        let place = position - range.lowerBound - column
        let outer = Shape.indices(
            of: position / row % outerCount(windows), in: windows.output.dropLast())
        let start = position / row / outerCount(windows) * plane
        let (low, high) = span(windows, last, columns)
        if line.count < high - low { line = [Double](repeating: 0, count: high - low) }
        for (_, offset) in outerElements(windows, outer, strides) where low < high {
            call.inputs[0].read(from: start + offset + low, count: high - low, into: &line)
            for tap in 0..<windows.kernel[last] {
                let inside = windows.inside(last, element: tap, windows: columns)
                var source = inside.start - low
                for window in inside.windows {
                    visit(line[source], place + window)
                    source += windows.strides[last]
                }
            }
        }
        position += columns.count
    }
}
