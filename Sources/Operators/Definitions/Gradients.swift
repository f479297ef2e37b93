import Model

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Backward passes as operators of our own domain: docs/operators.md specifies them.
let gradientOperators: [OperatorDefinition] =
    (elementGradients + [geluGrad]).map(binaryDefinition)
    + [axisGradient("SoftmaxGrad"), axisGradient("LogSoftmaxGrad"), layerNormalizationGrad]

// MARK: - Element by element

private func gradient(
    _ name: String, of second: String, generated: FormalTensor.Domain = .anyNumber, error: Double,
    operations: Int, magnitudeText: String = "|y|",
    magnitude: @escaping @Sendable (Double, Double, Double) -> Double = { _, _, y in abs(y) },
    sensitivity: @escaping @Sendable (Double, Double, Double) -> Double = { _, _, y in 2 * abs(y) },
    value: @escaping @Sendable (Double, Double) -> Double
) -> BinaryFunction {
    BinaryFunction(
        name: name, domain: "assay", since: 1, names: ["dY", second, "dX"], type: .real,
        secondGenerated: generated, error: error, value: value, magnitude: magnitude,
        magnitudeText: magnitudeText, sensitivity: sensitivity, operations: operations)
}

private let elementGradients: [BinaryFunction] = [
    gradient("ReluGrad", of: "X", error: 0, operations: 1) { dY, x in x > 0 ? dY : 0 },
    // 1 − Y, two products.
    gradient(
        "SigmoidGrad", of: "Y", generated: .within(0...1), error: 3, operations: 3,
        sensitivity: { dY, y, result in 2 * abs(result) + abs(dY * y) }
    ) { dY, y in dY * y * (1 - y) },
    // The square, its difference from 1 and a product; relative to dY because 1 − Y² cancels.
    gradient(
        "TanhGrad", of: "Y", generated: .within(-1...1), error: 3, operations: 3,
        magnitudeText: "|dY|", magnitude: { dY, _, _ in abs(dY) },
        sensitivity: { dY, _, _ in 3 * abs(dY) }
    ) { dY, y in dY * (1 - y * y) },
    // σ 12 (of at least ½), twice; sums and products 6.
    gradient(
        "SiluGrad", of: "X", error: 30, operations: 6, magnitudeText: "|dY|·(1 + |x|)",
        magnitude: { dY, x, _ in abs(dY) * (1 + abs(x)) },
        sensitivity: { dY, x, _ in abs(dY) * (1 + abs(x)) }
    ) { dY, x in dY * logistic(x) * (1 + x * logistic(-x)) },
]

/// The derivative of Gelu: Φ(x) + x·φ(x), or that of its approximation with tanh.
///
/// erf 32 and exp 6 with their arguments and products; tanh is nearer.
private let geluGrad: BinaryFunction = {
    var function = gradient(
        "GeluGrad", of: "X", error: 40, operations: 10, magnitudeText: "|dY|·(1 + |x|)",
        magnitude: { dY, x, _ in abs(dY) * (1 + abs(x)) },
        sensitivity: { dY, x, _ in abs(dY) * (1 + abs(x)) },
        value: { dY, x in dY * geluSlope(x, usesTanh: false) })
    function.attributes = [
        FormalAttribute("approximate", .string("none"), choices: ["none", "tanh"])
    ]
    function.variant = { operation in
        let usesTanh = operation.string("approximate") == "tanh"
        return { dY, x in dY * geluSlope(x, usesTanh: usesTanh) }
    }
    return function
}()

private func geluSlope(_ x: Double, usesTanh: Bool) -> Double {
    if usesTanh {
        let scale = (2 / Double.pi).squareRoot()
        let t = tanh(scale * (x + 0.044715 * x * x * x))
        return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * scale * (1 + 3 * 0.044715 * x * x)
    }
    let density = exp(-x * x / 2) / (2 * Double.pi).squareRoot()
    return 0.5 * erfc(-x * 0.5.squareRoot()) + x * density
}

// MARK: - Along an axis

/// SoftmaxGrad: Y·(dY − Σ dY·Y). LogSoftmaxGrad: dY − exp(Y)·Σ dY.
private func axisGradient(_ name: String) -> OperatorDefinition {
    let isLogarithm = name == "LogSoftmaxGrad"
    return OperatorDefinition(
        domain: "assay", name, since: 1,
        inputs: [
            FormalTensor("dY"),
            FormalTensor("Y", domain: isLogarithm ? .within(-8...0) : .within(0...1)),
        ],
        outputs: [FormalTensor("dX")], attributes: [FormalAttribute("axis", .int(-1))],
        inference: { operation throws(OperatorError) in
            let (gradient, result) = (operation.inputs[0], operation.inputs[1])
            guard gradient.shape == result.shape else {
                throw operation.error(
                    .shape,
                    "input Y's shape is \(result.shape); it must be input dY's, \(gradient.shape)")
            }
            _ = try operation.normalized(
                axis: operation.int("axis") ?? -1, rank: gradient.shape.count)
            operation.outputs = [TensorSpec("dX", gradient.dtype, gradient.shape)]
        },
        // Product, sum, difference, product; or exponential, sum, product, difference.
        work: { .ofTensors($0, flops: saturatingProduct(4, $0.inputs[0].count)) },
        oracle: Oracle(
            rule: { _, _ in .rounded },
            operationCount: { saturatingProduct(4, $0.inputs[0].count) },
            sampleCost: {
                let shape = $0.inputs[0].shape
                return saturatingProduct(4, shape[$0.axis(rank: shape.count)])
            },
            words: { operation, error in
                let shape = operation.inputs[0].shape
                return "8·√\(shape[operation.axis(rank: shape.count)])·"
                    + "\(error.accumulateType.roundoffText)·"
                    + (isLogarithm ? "exp(Y)·Σ|dY| + …" : "|Y|·Σ|dY·Y| + …")
            },
            evaluate: { call, range, expected in
                evaluateAxis(call, range, &expected, isLogarithm: isLogarithm)
            }))
}

private func evaluateAxis(
    _ call: OracleCall, _ range: Range<Int>, _ expected: inout Expected, isLogarithm: Bool
) {
    let (gradient, result) = (call.inputs[0], call.inputs[1])
    let shape = gradient.spec.shape
    let slices = AxisSlices(shape, axis: call.operation.axis(rank: shape.count))
    let error = call.error
    let reduction = error.reduction(slices.length)
    let rounding = error.roundsInputs ? 4 * error.math : 0
    // Sums by the start of their slice; slices of a range follow each other in blocks of `inner`.
    var sums: [Int: (value: Double, magnitude: Double)] = [:]
    for (place, position) in range.enumerated() {
        let start = slices.start(of: position)
        if sums.count > 1 << 16 { sums.removeAll() }
        if sums[start] == nil {
            var (value, magnitude) = (0.0, 0.0)
            for index in 0..<slices.length {
                let element = start + index * slices.inner
                let dY = gradient.element(element)
                let term = isLogarithm ? dY : dY * result.element(element)
                value += term
                magnitude += abs(term)
            }
            sums[start] = (value, magnitude)
        }
        guard let total = sums[start] else { continue }
        let (dY, y) = (gradient.element(position), result.element(position))
        let sumBound = (reduction + rounding + error.math) * total.magnitude
        let value: Double
        var bound: Double
        if isLogarithm {
            let power = exp(y)
            value = dY - power * total.value
            bound = power * (sumBound + (7 + abs(y)) * error.math * abs(total.value))
            bound += error.math * abs(value) + rounding * (abs(dY) + power * abs(y * total.value))
        } else {
            value = y * (dY - total.value)
            bound = abs(y) * (sumBound + error.math * abs(dY - total.value))
            bound += error.math * abs(value) + rounding * abs(y) * (abs(dY) + abs(total.value))
        }
        (expected.values[place], expected.bounds[place]) = (value, bound)
    }
}

// MARK: - LayerNormalization

private let layerNormalizationGrad = OperatorDefinition(
    domain: "assay", "LayerNormalizationGrad", since: 1,
    inputs: [FormalTensor("dY"), FormalTensor("X"), FormalTensor("Scale")],
    outputs: [FormalTensor("dX"), FormalTensor("dScale"), FormalTensor("dB")],
    attributes: [FormalAttribute("axis", .int(-1)), FormalAttribute("epsilon", .float(1e-5))],
    inference: { operation throws(OperatorError) in
        let (gradient, input) = (operation.inputs[0], operation.inputs[1])
        guard gradient.shape == input.shape else {
            throw operation.error(
                .shape,
                "input dY's shape is \(gradient.shape); it must be input X's, \(input.shape)")
        }
        let axis = try operation.normalized(
            axis: operation.int("axis") ?? -1, rank: input.shape.count)
        let normalized = Array(input.shape[axis...])
        guard operation.inputs[2].shape == normalized else {
            throw operation.error(
                .shape,
                "input Scale's shape is \(operation.inputs[2].shape); it must be that of the "
                    + "normalized dimensions, \(normalized)")
        }
        operation.outputs = [
            TensorSpec("dX", input.dtype, input.shape),
            TensorSpec("dScale", input.dtype, normalized),
            TensorSpec("dB", input.dtype, normalized),
        ]
    },
    // Statistics 5; products and two sums 4; the result 5; dScale 2 and dB 1.
    work: { .ofTensors($0, flops: saturatingProduct(17, $0.inputs[1].count)) },
    oracle: Oracle(
        rule: { _, _ in .rounded },
        operationCount: { saturatingProduct(34, $0.inputs[1].count) },
        sampleCost: { operation in
            let (rows, count) = rowsAndCount(operation)
            return saturatingProduct(7, max(rows, 1), max(count, 1))
        },
        words: { operation, error in
            let (rows, count) = rowsAndCount(operation)
            let length = error.outputIndex == 0 ? count : rows
            return "8·√\(length)·\(error.accumulateType.roundoffText)·(sums of magnitudes) + …"
        },
        evaluate: evaluateLayerNormalizationGrad))

private func rowsAndCount(_ operation: Operation) -> (rows: Int, count: Int) {
    let shape = operation.inputs[1].shape
    let axis = operation.axis(rank: shape.count)
    return (Shape.count(shape[..<axis]), Shape.count(shape[axis...]))
}

/// One row of X with its statistics, and of dY·Scale with its sums.
private struct GradientRow {
    let x: [Double]
    let dY: [Double]
    let row: NormalizedRow
    /// Relative error of 1/σ, absolute error of the mean.
    let inverseError: Double
    let meanError: Double

    init(_ call: OracleCall, _ index: Int, _ count: Int) {
        var (x, dY) = ([Double](repeating: 0, count: count), [Double](repeating: 0, count: count))
        call.inputs[1].read(from: index * count, count: count, into: &x)
        call.inputs[0].read(from: index * count, count: count, into: &dY)
        let row = NormalizedRow(
            x, epsilon: call.operation.double("epsilon") ?? 1e-5, error: call.error)
        self.row = row
        meanError = row.meanResult.1
        inverseError = row.inverseResult.1 * row.deviation
        (self.x, self.dY) = (x, dY)
    }

    /// x̂ of an element and how far it may be off.
    func standardized(_ index: Int, _ error: ErrorModel) -> (value: Double, bound: Double) {
        let value = (x[index] - row.mean) / row.deviation
        let bound =
            meanError / row.deviation + abs(value) * (inverseError + 2 * error.math)
            + (error.roundsInputs ? 2 * error.math * abs(x[index]) / row.deviation : 0)
        return (value, bound)
    }
}

private func evaluateLayerNormalizationGrad(
    _ call: OracleCall, _ range: Range<Int>, _ expected: inout Expected
) {
    let (rows, count) = rowsAndCount(call.operation)
    let error = call.error
    let rounding = error.roundsInputs ? 4 * error.math : 0
    if call.output.name == "dX" {
        evaluateInputGradient(call, range, &expected, count)
        return
    }
    let isScale = call.output.name == "dScale"
    var magnitudes = [Double](repeating: 0, count: range.count)
    for row in 0..<rows {
        let line = GradientRow(call, row, count)
        for (place, index) in range.enumerated() {
            let dY = line.dY[index]
            let standardized =
                isScale ? line.standardized(index, error) : (value: 1.0, bound: 0.0)
            expected.values[place] += dY * standardized.value
            expected.bounds[place] += abs(dY) * standardized.bound
            magnitudes[place] += abs(dY * standardized.value)
        }
    }
    for place in expected.bounds.indices {
        expected.bounds[place] +=
            (error.reduction(rows) + rounding + error.math) * magnitudes[place]
    }
}

/// dX = (g − mean(g) − x̂·mean(g·x̂))/σ with g = dY·Scale.
private func evaluateInputGradient(
    _ call: OracleCall, _ range: Range<Int>, _ expected: inout Expected, _ count: Int
) {
    let error = call.error
    let n = Double(count)
    let rounding = error.roundsInputs ? 4 * error.math : 0
    let relative = error.reduction(count) + rounding + 6 * error.math
    var position = range.lowerBound
    while position < range.upperBound {
        let row = position / count
        let line = GradientRow(call, row, count)
        let inverse = 1 / line.row.deviation
        var (sum, sumMagnitude, product, productMagnitude, drift) = (0.0, 0.0, 0.0, 0.0, 0.0)
        for index in 0..<count {
            let g = line.dY[index] * call.inputs[2].element(index)
            let standardized = line.standardized(index, error)
            sum += g
            sumMagnitude += abs(g)
            product += g * standardized.value
            productMagnitude += abs(g * standardized.value)
            drift += abs(g) * standardized.bound
        }
        let upper = min((row + 1) * count, range.upperBound)
        for place in position..<upper {
            let index = place - row * count
            let g = line.dY[index] * call.inputs[2].element(index)
            let standardized = line.standardized(index, error)
            let inner = g - sum / n - standardized.value * product / n
            var bound = relative * (abs(g) + sumMagnitude / n)
            bound += abs(standardized.value) * (relative * productMagnitude + drift) / n
            bound += standardized.bound * abs(product) / n
            bound += (line.inverseError + 4 * error.math) * abs(inner)
            expected.values[place - range.lowerBound] = inner * inverse
            expected.bounds[place - range.lowerBound] = bound * inverse
        }
        position = upper
    }
}
