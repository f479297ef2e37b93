import Model

let resize = OperatorDefinition(
    "Resize", since: 13,
    inputs: [FormalTensor("X"), FormalTensor(index: "sizes", isOptional: true)],
    outputs: [FormalTensor("Y")],
    attributes: [
        FormalAttribute("antialias", .int(0), least: 0), FormalAttribute("axes", .ints([])),
        FormalAttribute(
            "coordinate_transformation_mode", .string("half_pixel"),
            choices: [
                "half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "align_corners",
                "asymmetric", "tf_crop_and_resize",
            ]),
        FormalAttribute("cubic_coeff_a", .float(-0.75)),
        FormalAttribute("exclude_outside", .int(0), least: 0),
        FormalAttribute("extrapolation_value", .float(0)),
        FormalAttribute(
            "keep_aspect_ratio_policy", .string("stretch"),
            choices: ["stretch", "not_larger", "not_smaller"]),
        FormalAttribute("mode", .string("nearest"), choices: ["nearest", "linear"]),
        FormalAttribute(
            "nearest_mode", .string("round_prefer_floor"),
            choices: ["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"]),
        // Inputs of type float in ONNX, which must be constant there as well.
        FormalAttribute("roi", .floats([])), FormalAttribute("scales", .floats([])),
    ],
    inference: { operation throws(OperatorError) in
        guard operation.int("antialias") == 0 else {
            throw operation.error(
                .attribute, "attribute 'antialias' must be 0: it is not supported")
        }
        let axes = try resizeAxes(operation)
        operation.outputs = [TensorSpec("Y", operation.inputs[0].dtype, axes.map(\.output))]
    },
    // Two products and an addition for each dimension that is interpolated along.
    work: { operation in
        guard operation.string("mode") == "linear" else { return .ofMovement(operation) }
        let count = (try? resizeAxes(operation))?.count { $0.input != $0.output } ?? 0
        return .ofTensors(
            operation, flops: saturatingProduct(3, operation.outputs[0].count, (1 << count) - 1))
    },
    oracle: Oracle(
        rule: { operation, error in
            operation.string("mode") == "linear" ? .rounded : movementRule(operation, error)
        },
        operationCount: { saturatingProduct(4, $0.outputs[0].count) },
        words: { operation, error in
            operation.string("mode") == "linear"
                ? "(2·Σδ + 5·dimensions·\(error.mathType.roundoffText))·max|x|"
                : "equal, where a coordinate is exact in f32 or no element begins there"
        },
        evaluate: evaluateResize))

/// Every dimension of a resize; throws where extents and scales do not fit.
private func resizeAxes(_ operation: Operation) throws(OperatorError) -> [ResizeAxis] {
    let shape = operation.inputs[0].shape
    let given = operation.ints("axes") ?? []
    let chosen = try operation.normalized(
        axes: given.isEmpty ? (0..<Int64(shape.count)).map { $0 } : given, rank: shape.count)
    let scales = operation.floats("scales") ?? []
    let sizes = operation.input("sizes")?.values ?? []
    guard scales.isEmpty != sizes.isEmpty, scales.count + sizes.count == chosen.count else {
        throw operation.error(
            .shape,
            "either input sizes or attribute 'scales' must have a number for each of "
                + "\(chosen.count) axes")
    }
    let mode = operation.string("coordinate_transformation_mode") ?? "half_pixel"
    let region = operation.floats("roi") ?? []
    guard mode != "tf_crop_and_resize" || region.count == 2 * chosen.count else {
        throw operation.error(
            .attribute, "attribute 'roi' must have two numbers for each of \(chosen.count) axes")
    }
    let common = commonScale(operation, chosen)
    var result = shape.map { ResizeAxis(input: $0, output: $0, scale: 1, mode: "half_pixel") }
    for (entry, axis) in chosen.enumerated() {
        let extent = Double(shape[axis])
        var (scale, output) = (0.0, 0.0)
        if let common {
            (scale, output) = (common, (extent * common + 0.5).rounded(.down))
        } else if scales.isEmpty {
            (scale, output) = (Double(sizes[entry]) / max(extent, 1), Double(sizes[entry]))
        } else {
            (scale, output) = (scales[entry], (extent * scales[entry]).rounded(.down))
        }
        guard scale > 0, output >= 0, output <= 0x1p40, extent > 0 || output == 0 else {
            throw operation.error(
                .shape, "axis \(axis) of extent \(shape[axis]) cannot be resized by \(scale)")
        }
        result[axis].output = Int(output)
        result[axis].scale = scale
        result[axis].mode = mode
        if region.count == 2 * chosen.count {
            result[axis].region = (region[entry], region[entry + chosen.count])
        }
    }
    return result
}

/// The scale of all axes where sizes are bounds that keep the aspect ratio; else nil.
private func commonScale(_ operation: Operation, _ axes: [Int]) -> Double? {
    let sizes = operation.input("sizes")?.values ?? []
    let ratios = zip(axes, sizes).map { axis, size in
        Double(size) / Double(max(operation.inputs[0].shape[axis], 1))
    }
    return switch operation.string("keep_aspect_ratio_policy") {
    case "not_larger": ratios.min()
    case "not_smaller": ratios.max()
    default: nil
    }
}

extension Operation {
    /// The attribute of that name as a list of numbers; nil when absent or of another type.
    func floats(_ name: String) -> [Double]? {
        switch attribute(name) {
        case .floats(let values)?: values
        case .ints(let values)?: values.map { Double($0) }
        default: nil
        }
    }
}

/// What each position of each dimension is made of.
private struct ResizePlan {
    let shape: [Int]
    let strides: [Int]
    let entries: [[ResizeEntry]]
    let isLinear: Bool
    let outsideValue: Double
    /// The dimensions along which numbers are interpolated.
    let interpolated: Int

    init(_ operation: Operation) {
        // Inference has checked the dimensions.
        let axes = (try? resizeAxes(operation)) ?? []
        let isLinear = operation.string("mode") == "linear"
        let rounding = operation.string("nearest_mode") ?? "round_prefer_floor"
        shape = axes.map(\.output)
        strides = Shape.strides(operation.inputs[0].shape)
        entries = axes.map { axis in
            (0..<axis.output).map {
                isLinear
                    ? ResizeEntry(linear: axis, $0)
                    : ResizeEntry(nearest: axis, $0, rounding: rounding)
            }
        }
        self.isLinear = isLinear
        outsideValue = operation.double("extrapolation_value") ?? 0
        interpolated = axes.count { $0.scale != 1 || $0.mode != "half_pixel" }
    }
}

private func evaluateResize(_ call: OracleCall, _ range: Range<Int>, _ expected: inout Expected) {
    let plan = call.prepared { ResizePlan(call.operation) }
    let input = call.inputs[0]
    let error = call.error
    for position in range {
        let place = position - range.lowerBound
        let indices = Shape.indices(of: position, in: plan.shape)
        let entries = zip(plan.entries, indices).map { $0[$1] }
        if entries.contains(where: \.isOutside) {
            expected.values[place] = plan.outsideValue
            continue
        }
        var (value, magnitude, weightError) = (0.0, 0.0, 0.0)
        for (offset, weight) in corners(entries, plan.strides) {
            value += weight * input.element(offset)
            magnitude += weight * abs(input.element(offset))
        }
        for entry in entries { weightError += entry.weightError }
        expected.values[place] = value
        if plan.isLinear {
            // Moving a place by δ changes the result by at most 2δ of the largest neighbour.
            let largest = weightError == 0 ? 0 : largestNeighbour(input, entries, plan.strides)
            let rounding = Double(5 * plan.interpolated) * error.math + error.roundedFactors
            expected.bounds[place] = 2 * weightError * largest + rounding * magnitude
        } else if entries.contains(where: { !$0.others.isEmpty }) {
            for offset in neighbours(entries, plan.strides) {
                expected.bounds[place] = max(
                    expected.bounds[place], abs(input.element(offset) - value))
            }
        }
    }
}

/// The elements that are interpolated between, with the product of their weights.
private func corners(
    _ entries: [ResizeEntry], _ strides: [Int]
) -> [(offset: Int, weight: Double)] {
    var result = [(offset: 0, weight: 1.0)]
    for (entry, stride) in zip(entries, strides) {
        if entry.weight == 0 {
            for index in result.indices { result[index].offset += entry.low * stride }
            continue
        }
        result = result.flatMap {
            [
                ($0.offset + entry.low * stride, $0.weight * (1 - entry.weight)),
                ($0.offset + entry.high * stride, $0.weight * entry.weight),
            ]
        }
    }
    return result
}

/// The elements that rounding of coordinates may bring in.
private func neighbours(_ entries: [ResizeEntry], _ strides: [Int]) -> [Int] {
    var result = [0]
    for (entry, stride) in zip(entries, strides) {
        let positions = Set([entry.low, entry.high] + entry.others)
        result = result.flatMap { offset in positions.map { offset + $0 * stride } }
    }
    return result
}

private func largestNeighbour(
    _ input: TensorView, _ entries: [ResizeEntry], _ strides: [Int]
) -> Double {
    neighbours(entries, strides).reduce(0) { max($0, abs(input.element($1))) }
}
