import Model

let convolutionAttributes =
    windowAttributes + [
        FormalAttribute("group", .int(1), least: 1), FormalAttribute("kernel_shape", .ints([])),
    ]

let convolution = OperatorDefinition(
    "Conv", since: 11,
    inputs: [FormalTensor("X"), FormalTensor("W"), FormalTensor("B", isOptional: true)],
    outputs: [FormalTensor("Y")], attributes: convolutionAttributes,
    inference: { operation throws(OperatorError) in
        let shape = try convolutionShape(&operation)
        try checkBias(operation, count: shape[1])
        operation.outputs = [TensorSpec("Y", operation.inputs[0].dtype, shape)]
    },
    work: convolutionWork,
    oracle: Oracle(
        rule: { _, error in error.roundsInputs ? .rounded : .summed },
        operationCount: { saturatingProduct(2, $0.outputs[0].count, convolutionTerms($0)) },
        sampleCost: { saturatingProduct(4, convolutionTerms($0)) },
        words: { operation, error in
            var factor = "8·√\(convolutionTerms(operation))·\(error.accumulateType.roundoffText)"
            if error.roundsInputs { factor = "(\(factor) + 4·\(error.mathType.roundoffText))" }
            return factor + "·Σ|x||w|"
        },
        evaluate: evaluateConvolution))

/// Checks image and weight and derives the output's shape.
func convolutionShape(_ operation: inout Operation) throws(OperatorError) -> [Int] {
    try checkWeight(&operation)
    let (image, weight) = (operation.inputs[0].shape, operation.inputs[1].shape)
    let group = Int(operation.int("group") ?? 1)
    guard weight[1].multipliedReportingOverflow(by: group).partialValue == image[1] else {
        throw operation.error(
            .shape,
            "input W's second dimension is \(weight[1]) with \(group) groups but input X has "
                + "\(image[1]) channels; their product must equal it")
    }
    guard weight[0] % group == 0 else {
        throw operation.error(
            .shape,
            "input W's first dimension is \(weight[0]); it must be a multiple of \(group) groups")
    }
    let plan = try operation.slideWindows(kernel: Array(weight.dropFirst(2)))
    return [image[0], weight[0]] + plan.output
}

/// Two operations for each product, those with pads too, as in every published figure.
@Sendable func convolutionWork(_ operation: Operation) -> Work {
    let outputs = operation.outputs[0].count
    let products = saturatingProduct(2, outputs, convolutionTerms(operation))
    let additions = operation.input("B") == nil ? 0 : UInt64(outputs)
    return .ofTensors(operation, flops: products.addingReportingOverflow(additions).partialValue)
}

/// Checks the weight's rank and the attribute that repeats its window.
func checkWeight(_ operation: inout Operation) throws(OperatorError) {
    let (image, weight) = (operation.inputs[0].shape, operation.inputs[1].shape)
    guard image.count >= 3, weight.count == image.count else {
        throw operation.error(
            .shape,
            "input X has \(image.count) dimensions and input W \(weight.count); both must have as "
                + "many, at least 3")
    }
    let kernel = weight.dropFirst(2).map { Int64($0) }
    let given = operation.ints("kernel_shape") ?? []
    guard given.isEmpty || given == kernel else {
        throw operation.error(
            .attribute, "attribute 'kernel_shape' is \(given) but input W's window is \(kernel)")
    }
    operation.set("kernel_shape", .ints(kernel))
}

/// Checks that a bias has one number for each output channel.
func checkBias(_ operation: Operation, count: Int) throws(OperatorError) {
    guard let bias = operation.input("B"), bias.shape != [count] else { return }
    throw operation.error(
        .shape, "input B's shape is \(bias.shape); it must be [\(count)], the output's channels")
}

/// The products that are summed for one output.
func convolutionTerms(_ operation: Operation) -> Int {
    Shape.count(operation.inputs[1].shape.dropFirst())
}

/// Where rows of a convolution's output come from.
private struct ConvolutionPlan {
    let windows: WindowPlan
    let channels: Int
    /// Channels of the input and of the output in one group.
    let groupInputs: Int
    let groupOutputs: Int
    let outputs: Int
    let plane: Int
    let imageStrides: [Int]
    let weight: [Double]
    /// What is taken from every element of the image; 0 for numbers.
    let shift: Double

    init(_ call: OracleCall) {
        let (image, weight) = (call.inputs[0].spec.shape, call.inputs[1].spec.shape)
        windows = WindowPlan(call.operation, kernel: Array(weight.dropFirst(2)))
        channels = image[1]
        groupInputs = weight[1]
        outputs = weight[0]
        groupOutputs = max(weight[0] / Int(call.operation.int("group") ?? 1), 1)
        imageStrides = Shape.strides(windows.input)
        plane = Shape.count(windows.input)
        shift = call.input("x_zero_point")?.element(0) ?? 0
        var numbers = call.inputs[1].numbers()
        if let zeros = call.input("w_zero_point")?.numbers() {
            let perOutput = max(numbers.count / max(weight[0], 1), 1)
            for index in numbers.indices {
                numbers[index] -= zeros[zeros.count == 1 ? 0 : index / perOutput]
            }
        }
        self.weight = numbers
    }
}

private func evaluateConvolution(
    _ call: OracleCall, _ range: Range<Int>, _ expected: inout Expected
) {
    let plan = call.prepared { ConvolutionPlan(call) }
    accumulateProducts(call, plan, range, &expected)
    finishConvolution(call, plan, range, &expected)
}

/// Sums of products of integers, which f64 holds exactly.
func evaluateConvolutionOfIntegers(
    _ call: OracleCall, _ range: Range<Int>, _ expected: inout Expected
) {
    let plan = call.prepared { ConvolutionPlan(call) }
    var sums = Expected()
    sums.reset(count: range.count)
    accumulateProducts(call, plan, range, &sums)
    for (place, sum) in sums.values.enumerated() {
        expected.integers[place] = DType.i32.wrapped(Int64(sum))
    }
}

private func accumulateProducts(
    _ call: OracleCall, _ plan: ConvolutionPlan, _ range: Range<Int>, _ expected: inout Expected
) {
    let row = plan.windows.output.last ?? 1
    var line: [Double] = []
    var position = range.lowerBound
    while position < range.upperBound {
        let column = position % row
        let count = min(row - column, range.upperBound - position)
        accumulateRow(
            call, plan, row: position / row, columns: column..<column + count, &line, &expected,
            at: position - range.lowerBound)
        position += count
    }
}

/// Adds all products of a part of one output row.
private func accumulateRow(
    _ call: OracleCall, _ plan: ConvolutionPlan, row: Int, columns: Range<Int>,
    _ line: inout [Double], _ expected: inout Expected, at place: Int
) {
    let windows = plan.windows
    let last = windows.rank - 1
    let outer = Shape.indices(of: row % outerCount(windows), in: windows.output.dropLast())
    let channel = row / outerCount(windows) % plan.outputs
    let image = row / outerCount(windows) / plan.outputs
    let firstInput = channel / plan.groupOutputs * plan.groupInputs
    let rows = outerElements(windows, outer, plan.imageStrides)
    // The part of an input row that all of these windows look at.
    let (low, high) = span(windows, last, columns)
    guard low < high else { return }
    if line.count < high - low { line = [Double](repeating: 0, count: high - low) }
    for input in 0..<plan.groupInputs {
        let start = (image * plan.channels + firstInput + input) * plan.plane
        let weights = (channel * plan.groupInputs + input) * windows.size
        for (element, offset) in rows {
            call.inputs[0].read(from: start + offset + low, count: high - low, into: &line)
            if plan.shift != 0 {
                for index in 0..<high - low { line[index] -= plan.shift }
            }
            for tap in 0..<windows.kernel[last] {
                let inside = windows.inside(last, element: tap, windows: columns)
                addProducts(
                    plan.weight[weights + element * windows.kernel[last] + tap], line,
                    from: inside.start - low, step: windows.strides[last],
                    count: inside.windows.count, to: &expected,
                    at: place + inside.windows.lowerBound - columns.lowerBound)
            }
        }
    }
}

/// The windows along all spatial dimensions but the last.
func outerCount(_ windows: WindowPlan) -> Int { Shape.count(windows.output.dropLast()) }

/// The window's rows that lie inside the input, with the offset of each in the image.
func outerElements(
    _ windows: WindowPlan, _ outer: [Int], _ strides: [Int]
) -> [(element: Int, offset: Int)] {
    var result = [(element: 0, offset: 0)]
    for (axis, window) in outer.enumerated() {
        var next: [(element: Int, offset: Int)] = []
        for (element, offset) in result {
            for tap in 0..<windows.kernel[axis] {
                let inside = windows.inside(axis, element: tap, windows: window..<window + 1)
                if inside.windows.isEmpty { continue }
                next.append(
                    (element * windows.kernel[axis] + tap, offset + inside.start * strides[axis]))
            }
        }
        result = next
    }
    return result
}

/// The part of a row that windows look at, pads left out.
func span(_ windows: WindowPlan, _ axis: Int, _ range: Range<Int>) -> (low: Int, high: Int) {
    let low = range.lowerBound * windows.strides[axis] - windows.padsBefore[axis]
    let high =
        (range.upperBound - 1) * windows.strides[axis] - windows.padsBefore[axis]
        + windows.reach(axis)
    return (max(low, 0), min(high, windows.input[axis]))
}

/// Adds a multiple of numbers that lie `step` apart, and its magnitude.
func addProducts(
    _ factor: Double, _ line: [Double], from start: Int, step: Int, count: Int,
    to expected: inout Expected, at place: Int
) {
    if count <= 0 { return }
    precondition(start >= 0 && start + (count - 1) * step < line.count)
    precondition(place >= 0 && place + count <= expected.values.count)
    unsafe line.withUnsafeBufferPointer { line in
        unsafe expected.values.withUnsafeMutableBufferPointer { values in
            unsafe expected.bounds.withUnsafeMutableBufferPointer { bounds in
                if step == 1 {
                    // Apart from the strided loop, so that the compiler can use vectors.
                    for index in 0..<count {
                        let product = unsafe factor * line[start + index]
                        unsafe values[place + index] += product
                        unsafe bounds[place + index] += abs(product)
                    }
                } else {
                    for index in 0..<count {
                        let product = unsafe factor * line[start + index * step]
                        unsafe values[place + index] += product
                        unsafe bounds[place + index] += abs(product)
                    }
                }
            }
        }
    }
}

/// Adds the bias and turns sums of magnitudes into bounds.
private func finishConvolution(
    _ call: OracleCall, _ plan: ConvolutionPlan, _ range: Range<Int>, _ expected: inout Expected
) {
    let error = call.error
    let terms = plan.groupInputs * plan.windows.size
    let factor = error.reduction(terms) + error.roundedFactors
    let underflow = Double(terms) * error.smallestNormal
    let bias = call.input("B")?.numbers()
    let perChannel = max(Shape.count(plan.windows.output), 1)
    for index in expected.values.indices {
        expected.bounds[index] = factor * expected.bounds[index] + underflow
        guard let bias else { continue }
        let added = bias[(range.lowerBound + index) / perChannel % plan.outputs]
        expected.values[index] += added
        // The bias may be the first term of the sum or be added to the result.
        expected.bounds[index] +=
            factor * abs(added) + error.math * abs(expected.values[index])
    }
}

extension TensorView {
    /// All elements as numbers.
    func numbers() -> [Double] {
        var result = [Double](repeating: 0, count: spec.count)
        read(from: 0, count: spec.count, into: &result)
        return result
    }
}
