import Model

// Gradients that are operators of ONNX have no entry of their own: those of MatMul and Gemm are
// products with one factor transposed, that of a convolution's input is ConvTranspose with the same
// weight, those of Transpose, Reshape, Slice and Concat are Transpose, Reshape, Pad and Split.

// MARK: - Weights of a convolution

let convolutionWeightGradient = OperatorDefinition(
    domain: "assay", "ConvWeightGrad", since: 1,
    inputs: [FormalTensor("X"), FormalTensor("Gradient")], outputs: [FormalTensor("WGradient")],
    attributes: windowAttributes + [
        FormalAttribute("group", .int(1), least: 1),
        FormalAttribute(required: "kernel_shape", .ints),
    ],
    inference: { operation throws(OperatorError) in
        let (image, gradient) = (operation.inputs[0].shape, operation.inputs[1].shape)
        let kernel = (operation.ints("kernel_shape") ?? []).map { Int(clamping: $0) }
        let group = Int(clamping: operation.int("group") ?? 1)
        let plan = try operation.slideWindows(kernel: kernel)
        guard gradient.count == image.count, gradient[0] == image[0],
            Array(gradient.dropFirst(2)) == plan.output, image[1] % group == 0,
            gradient[1] % group == 0
        else {
            throw operation.error(
                .shape,
                "input Gradient's shape is \(gradient); behind the batch \(image[0]) and a "
                    + "multiple "
                    + "of \(group) channels it must be \(plan.output)")
        }
        operation.outputs = [
            TensorSpec(
                "WGradient", operation.inputs[0].dtype, [gradient[1], image[1] / group] + kernel)
        ]
    },
    work: {
        .ofTensors($0, flops: saturatingProduct(2, $0.outputs[0].count, gradientTerms($0)))
    },
    oracle: Oracle(
        rule: { _, error in error.roundsInputs ? .rounded : .summed },
        operationCount: { saturatingProduct(2, $0.outputs[0].count, gradientTerms($0)) },
        sampleCost: { saturatingProduct(4, gradientTerms($0)) },
        words: { operation, error in
            "8·√\(gradientTerms(operation))·\(error.accumulateType.roundoffText)·Σ|x||g|"
        },
        evaluate: evaluateWeightGradient))

/// The products that are summed for one weight.
private func gradientTerms(_ operation: Operation) -> Int {
    let gradient = operation.inputs[1].shape
    return gradient[0] * Shape.count(gradient.dropFirst(2))
}

private func evaluateWeightGradient(
    _ call: OracleCall, _ range: Range<Int>, _ expected: inout Expected
) {
    let (image, gradient) = (call.inputs[0].spec.shape, call.inputs[1].spec.shape)
    let kernel = (call.operation.ints("kernel_shape") ?? []).map { Int($0) }
    var windows = WindowPlan(call.operation, kernel: kernel)
    windows.output = Array(gradient.dropFirst(2))
    let perGroup = image[1] / Int(call.operation.int("group") ?? 1)
    let groupOutputs = max(gradient[1] * perGroup / max(image[1], 1), 1)
    let last = windows.rank - 1
    let (plane, outputs) = (Shape.count(windows.input), Shape.count(windows.output))
    let strides = Shape.strides(windows.input)
    var (left, right) = ([Double](), [Double](repeating: 0, count: windows.output[last]))
    left = right
    let factor = call.error.reduction(gradientTerms(call.operation)) + call.error.roundedFactors
    for position in range {
        let taps = Shape.indices(of: position % windows.size, in: kernel)
        let channel = position / windows.size % perGroup
        let output = position / (windows.size * perGroup)
        let input = output / groupOutputs * perGroup + channel
        let columns = windows.inside(last, element: taps[last], windows: 0..<windows.output[last])
        var (value, magnitude) = (0.0, 0.0)
        for row in 0..<outputs / max(windows.output[last], 1) where !columns.windows.isEmpty {
            guard let offset = rowOffset(windows, taps, row, strides) else { continue }
            for item in 0..<image[0] {
                let count = columns.windows.count
                call.inputs[0].read(
                    from: (item * image[1] + input) * plane + offset + columns.start,
                    step: windows.strides[last], count: count, into: &left)
                call.inputs[1].read(
                    from: (item * gradient[1] + output) * outputs + row * windows.output[last]
                        + columns.windows.lowerBound, count: count, into: &right)
                let sums = dotProduct(left, at: 0, right, at: 0, count: count)
                value += sums.value
                magnitude += sums.magnitude
            }
        }
        expected.values[position - range.lowerBound] = value
        expected.bounds[position - range.lowerBound] =
            factor * magnitude + call.error.smallestNormal
    }
}

/// The image's row that a tap meets in a row of windows; nil: it lies in the pads.
private func rowOffset(
    _ windows: WindowPlan, _ taps: [Int], _ row: Int, _ strides: [Int]
) -> Int? {
    let outer = Shape.indices(of: row, in: windows.output.dropLast())
    var offset = 0
    for (axis, window) in outer.enumerated() {
        let inside = windows.inside(axis, element: taps[axis], windows: window..<window + 1)
        if inside.windows.isEmpty { return nil }
        offset += inside.start * strides[axis]
    }
    return offset
}

// MARK: - Rows of an embedding

let gatherGradient = OperatorDefinition(
    domain: "assay", "GatherGrad", since: 1,
    inputs: [
        FormalTensor("Gradient"),
        FormalTensor(
            "Indices", .indices,
            domain: .index { 0...max(($0.int("rows") ?? 1) - 1, 0) }),
    ],
    outputs: [FormalTensor("DataGradient")],
    attributes: [FormalAttribute(required: "rows", .int, least: 1)],
    inference: { operation throws(OperatorError) in
        let (gradient, indices) = (operation.inputs[0], operation.inputs[1])
        let rank = indices.shape.count
        let rows = Int(clamping: operation.int("rows") ?? 1)
        guard Array(gradient.shape.prefix(rank)) == indices.shape else {
            throw operation.error(
                .shape,
                "input Gradient's shape \(gradient.shape) must begin with Indices' "
                    + "\(indices.shape)")
        }
        try operation.checkIndices(extent: rows)
        operation.outputs = [
            TensorSpec("DataGradient", gradient.dtype, [rows] + gradient.shape.dropFirst(rank))
        ]
    },
    // One addition for each number of the gradient.
    work: { .ofTensors($0, flops: UInt64($0.inputs[0].count)) },
    oracle: Oracle(
        rule: { _, error in error.roundsInputs ? .rounded : .summed },
        operationCount: { UInt64($0.outputs[0].count + $0.inputs[0].count) },
        words: { _, error in "8·√n·\(error.accumulateType.roundoffText)·Σ|g|" },
        evaluate: { call, range, expected in
            let rows = call.output.shape[0]
            let width = Shape.count(call.output.shape.dropFirst())
            let entries = call.prepared {
                Dictionary(grouping: 0..<call.inputs[1].spec.count) {
                    wrapped(call.inputs[1].integer($0), rows)
                }
            }
            for position in range {
                let (row, column) = position.quotientAndRemainder(dividingBy: width)
                var (value, magnitude) = (0.0, 0.0)
                let own = entries[row] ?? []
                for entry in own {
                    let part = call.inputs[0].element(entry * width + column)
                    value += part
                    magnitude += abs(part)
                }
                let factor = call.error.reduction(own.count) + call.error.roundedFactors
                expected.values[position - range.lowerBound] = value
                expected.bounds[position - range.lowerBound] = factor * magnitude
            }
        }))
