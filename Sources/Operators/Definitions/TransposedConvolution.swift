import Model

let transposedConvolution = OperatorDefinition(
    "ConvTranspose", since: 11,
    inputs: [FormalTensor("X"), FormalTensor("W"), FormalTensor("B", isOptional: true)],
    outputs: [FormalTensor("Y")],
    attributes: windowAttributes + [
        FormalAttribute("group", .int(1), least: 1), FormalAttribute("kernel_shape", .ints([])),
        FormalAttribute("output_padding", .ints([])), FormalAttribute("output_shape", .ints([])),
    ],
    inference: { operation throws(OperatorError) in
        let (image, weight) = (operation.inputs[0].shape, operation.inputs[1].shape)
        try checkWeight(&operation)
        let group = Int(operation.int("group") ?? 1)
        guard weight[0] == image[1] else {
            throw operation.error(
                .shape,
                "input W's first dimension is \(weight[0]) but input X has \(image[1]) channels; "
                    + "they must be equal")
        }
        guard image[1] % group == 0 else {
            throw operation.error(
                .shape, "input X has \(image[1]) channels; they must be a multiple of \(group)")
        }
        let channels = try operation.product(weight[1], group)
        try checkBias(operation, count: channels)
        let output = try spreadWindows(&operation)
        operation.outputs = [
            TensorSpec("Y", operation.inputs[0].dtype, [image[0], channels] + output)
        ]
    },
    work: { operation in
        let products = saturatingProduct(2, operation.inputs[0].count, perInput(operation))
        let additions = operation.input("B") == nil ? 0 : UInt64(operation.outputs[0].count)
        return .ofTensors(
            operation, flops: products.addingReportingOverflow(additions).partialValue)
    },
    oracle: Oracle(
        rule: { _, error in error.roundsInputs ? .rounded : .summed },
        operationCount: { saturatingProduct(2, $0.inputs[0].count, perInput($0)) },
        sampleCost: { saturatingProduct(4, termsMax($0)) },
        words: { operation, error in
            var factor = "8·√\(termsMax(operation))·\(error.accumulateType.roundoffText)"
            if error.roundsInputs { factor = "(\(factor) + 4·\(error.mathType.roundoffText))" }
            return factor + "·Σ|x||w|"
        },
        evaluate: evaluateTransposed))

/// The outputs that each input is multiplied for.
private func perInput(_ operation: Operation) -> Int {
    Shape.count(operation.inputs[1].shape.dropFirst())
}

/// The most products that one output sums: of an axis, those taps that fall on it.
private func termsMax(_ operation: Operation) -> Int {
    let weight = operation.inputs[1].shape
    let windows = WindowPlan(operation, kernel: Array(weight.dropFirst(2)))
    var terms = operation.inputs[0].shape[1] / Int(operation.int("group") ?? 1)
    for axis in 0..<windows.rank {
        // Every stride-th tap, where steps between taps do not divide the stride otherwise.
        let period = windows.strides[axis] / gcd(windows.strides[axis], windows.dilations[axis])
        terms *= (windows.kernel[axis] + period - 1) / period
    }
    return terms
}

private func gcd(_ left: Int, _ right: Int) -> Int { right == 0 ? left : gcd(right, left % right) }

/// The output's extents; automatic pads and wanted extents become pads.
private func spreadWindows(_ operation: inout Operation) throws(OperatorError) -> [Int] {
    let kernel = Array(operation.inputs[1].shape.dropFirst(2))
    var plan = try operation.completeWindows(kernel: kernel)
    let mode = operation.string("auto_pad") ?? "NOTSET"
    let wanted = operation.ints("output_shape") ?? []
    let given = operation.ints("output_padding") ?? []
    var extra = given.isEmpty ? [Int64](repeating: 0, count: plan.rank) : given
    guard extra.count == plan.rank, extra.allSatisfy({ (0...1 << 30).contains($0) }) else {
        throw operation.error(
            .attribute, "attribute 'output_padding' must have \(plan.rank) numbers of at least 0")
    }
    guard wanted.isEmpty || wanted.count == plan.rank else {
        throw operation.error(
            .attribute, "attribute 'output_shape' must have \(plan.rank) numbers")
    }
    var output: [Int] = []
    for axis in 0..<plan.rank {
        let covered = try operation.product(plan.strides[axis], max(plan.input[axis] - 1, 0))
        let full = covered + Int(extra[axis]) + plan.reach(axis)
        var extent = full - plan.padsBefore[axis] - plan.padsAfter[axis]
        if !wanted.isEmpty || mode != "NOTSET" {
            extent =
                wanted.isEmpty
                ? plan.input[axis] * plan.strides[axis] : Int(clamping: wanted[axis])
            if wanted.isEmpty, mode == "VALID" { extent = full }
            // Keeps sums of extents within an integer.
            guard extent <= 1 << 40 else {
                throw operation.error(.tooLarge, "attribute 'output_shape' is \(wanted)")
            }
            // What windows do not reach is padding of the output, which is zero as well.
            extra[axis] += Int64(max(extent - full, 0))
            let cut = max(full - extent, 0)
            plan.padsBefore[axis] = mode == "SAME_UPPER" ? cut / 2 : cut - cut / 2
            plan.padsAfter[axis] = cut - plan.padsBefore[axis]
        }
        guard extent >= 0 else {
            throw operation.error(
                .shape, "dimension \(axis + 2) of the output would have \(extent) elements")
        }
        output.append(extent)
    }
    operation.set("pads", .ints((plan.padsBefore + plan.padsAfter).map { Int64($0) }))
    operation.set("output_padding", .ints(extra))
    // The pads say it all now; extents that are wanted would replace them.
    operation.set("output_shape", .ints([]))
    operation.set("auto_pad", .string("NOTSET"))
    return output
}

// MARK: - Results

/// Where a transposed convolution's outputs come from.
private struct TransposedPlan {
    let windows: WindowPlan
    let inputs: Int
    let outputs: Int
    let groupInputs: Int
    let groupOutputs: Int
    let weight: [Double]
    let terms: Int

    init(_ call: OracleCall) {
        let (image, weight) = (call.inputs[0].spec.shape, call.inputs[1].spec.shape)
        let group = Int(call.operation.int("group") ?? 1)
        windows = WindowPlan(call.operation, kernel: Array(weight.dropFirst(2)))
        inputs = image[1]
        groupInputs = image[1] / group
        groupOutputs = weight[1]
        outputs = weight[1] * group
        self.weight = call.inputs[1].numbers()
        terms = termsMax(call.operation)
    }

    /// The taps that fall on an output position of an axis, with the input position of each.
    func taps(_ axis: Int, _ position: Int) -> [(tap: Int, input: Int)] {
        (0..<windows.kernel[axis]).compactMap { tap in
            let shifted = position + windows.padsBefore[axis] - tap * windows.dilations[axis]
            guard shifted >= 0, shifted % windows.strides[axis] == 0 else { return nil }
            let input = shifted / windows.strides[axis]
            return input < windows.input[axis] ? (tap, input) : nil
        }
    }
}

private func evaluateTransposed(
    _ call: OracleCall, _ range: Range<Int>, _ expected: inout Expected
) {
    let plan = call.prepared { TransposedPlan(call) }
    let windows = plan.windows
    let plane = Shape.count(windows.input)
    let size = windows.size
    let perChannel = max(Shape.count(windows.output), 1)
    let error = call.error
    let factor = error.reduction(plan.terms) + error.roundedFactors
    let bias = call.input("B")?.numbers()
    for position in range {
        let channel = position / perChannel % plan.outputs
        let group = channel / max(plan.groupOutputs, 1)
        let image = position / perChannel / plan.outputs * plan.inputs + group * plan.groupInputs
        let offsets = meetings(plan, position % perChannel)
        var (value, magnitude) = (0.0, 0.0)
        for input in 0..<plan.groupInputs {
            let weights =
                ((group * plan.groupInputs + input) * plan.groupOutputs
                    + channel % plan.groupOutputs) * size
            for (tap, offset) in offsets {
                let product =
                    call.inputs[0].element((image + input) * plane + offset)
                    * plan.weight[weights + tap]
                value += product
                magnitude += abs(product)
            }
        }
        var bound = factor * magnitude + Double(plan.terms) * error.smallestNormal
        if let added = bias?[channel] {
            value += added
            bound += factor * abs(added) + error.math * abs(value)
        }
        expected.values[position - range.lowerBound] = value
        expected.bounds[position - range.lowerBound] = bound
    }
}

/// The elements of the window and of the image that meet at a position of the output.
private func meetings(_ plan: TransposedPlan, _ position: Int) -> [(tap: Int, offset: Int)] {
    let indices = Shape.indices(of: position, in: plan.windows.output)
    var result = [(tap: 0, offset: 0)]
    for (axis, index) in indices.enumerated() {
        let taps = plan.taps(axis, index)
        result = result.flatMap { entry in
            taps.map {
                (
                    entry.tap * plan.windows.kernel[axis] + $0.tap,
                    entry.offset * plan.windows.input[axis] + $0.input
                )
            }
        }
    }
    return result
}
