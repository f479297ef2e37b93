import Model

let layerNormalization = OperatorDefinition(
    "LayerNormalization", since: 17,
    inputs: [FormalTensor("X"), FormalTensor("Scale"), FormalTensor("B", isOptional: true)],
    outputs: [
        FormalTensor("Y"), FormalTensor("Mean", .real.named("U"), isOptional: true),
        FormalTensor("InvStdDev", .real.named("U"), isOptional: true),
    ],
    attributes: [
        FormalAttribute("axis", .int(-1)), FormalAttribute("epsilon", .float(1e-5)),
        FormalAttribute("stash_type", .int(1), least: 1),
    ],
    inference: { operation throws(OperatorError) in
        let input = operation.inputs[0]
        let axis = try operation.normalized(
            axis: operation.int("axis") ?? -1, rank: input.shape.count)
        let normalized = Array(input.shape[axis...])
        for tensor in operation.inputs.dropFirst()
        where !Shape.canBroadcast(tensor.shape, to: normalized) {
            throw operation.error(
                .shape,
                "input \(tensor.name)'s shape \(tensor.shape) does not broadcast to the normalized "
                    + "dimensions \(normalized) of input X")
        }
        let ones = [Int](repeating: 1, count: normalized.count)
        let statistics = Array(input.shape[..<axis]) + ones
        operation.outputs = [
            TensorSpec("Y", input.dtype, input.shape), TensorSpec("Mean", .f32, statistics),
            TensorSpec("InvStdDev", .f32, statistics),
        ]
    },
    // Mean, difference, square, sum of squares, division, scale; and the bias.
    work: { operation in
        let perElement = operation.input("B") == nil ? 6 : 7
        return .ofTensors(
            operation, flops: saturatingProduct(perElement, operation.inputs[0].count))
    },
    oracle: Oracle(
        chunk: { max(1 << 16, normalizedCount($0)) },
        rule: { _, _ in .rounded },
        operationCount: { saturatingProduct(7, $0.inputs[0].count) },
        sampleCost: { saturatingProduct(7, normalizedCount($0)) },
        words: { operation, error in
            "8·√\(normalizedCount(operation))·\(error.accumulateType.roundoffText)·"
                + "|Scale|/σ·(mean|x| + |x − μ|·(1 + μ²/σ²)/2) + …"
        },
        evaluate: evaluateLayerNormalization))

/// The number of elements that share a mean and a variance.
private func normalizedCount(_ operation: Operation) -> Int {
    let shape = operation.inputs[0].shape
    return Shape.count(shape[operation.axis(rank: shape.count)...])
}

private func evaluateLayerNormalization(
    _ call: OracleCall, _ range: Range<Int>, _ expected: inout Expected
) {
    let shape = call.inputs[0].spec.shape
    let normalized = Array(shape[call.operation.axis(rank: shape.count)...])
    let count = Shape.count(normalized)
    var line = [Double](repeating: 0, count: count)
    var scale = [Double](repeating: 0, count: count)
    var bias = [Double](repeating: 0, count: count)
    BroadcastReader(call.inputs[1], to: normalized).read(0..<count, into: &scale)
    if let added = call.input("B") {
        BroadcastReader(added, to: normalized).read(0..<count, into: &bias)
    }
    let epsilon = call.operation.double("epsilon") ?? 1e-5
    if call.output.name != "Y" {
        for (place, row) in range.enumerated() {
            call.inputs[0].read(from: row * count, count: count, into: &line)
            let row = NormalizedRow(line, epsilon: epsilon, error: call.error)
            let result = call.output.name == "Mean" ? row.meanResult : row.inverseResult
            (expected.values[place], expected.bounds[place]) = result
        }
        return
    }
    var position = range.lowerBound
    while position < range.upperBound {
        let start = position / count * count
        let upper = min(start + count, range.upperBound)
        call.inputs[0].read(from: start, count: count, into: &line)
        let row = NormalizedRow(line, epsilon: epsilon, error: call.error)
        for index in position - start..<upper - start {
            let place = start + index - range.lowerBound
            let result = row.result(line[index], scale[index], bias[index])
            expected.values[place] = result.value
            expected.bounds[place] = result.bound
        }
        position = upper
    }
}

/// Mean and deviation of one row, and how far rounding may take what is computed with them.
struct NormalizedRow {
    private let error: ErrorModel
    let mean: Double
    let deviation: Double
    private let meanMagnitude: Double
    private let meanError: Double
    /// The relative error of 1/σ.
    private let inverseError: Double

    /// A row whose mean is taken away, or left: then σ² is the mean square.
    init(_ line: [Double], epsilon: Double, error: ErrorModel, isCentered: Bool = true) {
        self.error = error
        let count = Double(line.count)
        let mean = isCentered ? line.reduce(0, +) / count : 0
        let variance = line.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
        let deviation = (variance + epsilon).squareRoot()
        let meanMagnitude = line.reduce(0) { $0 + abs($1) } / count
        let sum = error.reduction(line.count)
        let meanError = isCentered ? sum * meanMagnitude + error.math * abs(mean) : 0
        // Kernels may compute E[x²] − μ², which amplifies the error of the sums by 1 + μ²/σ².
        let amplification = 1 + mean * mean / (deviation * deviation)
        let varianceError =
            (sum + 4 * error.math) * amplification
            + meanError * meanError / (deviation * deviation)
        self.mean = mean
        self.deviation = deviation
        self.meanMagnitude = meanMagnitude
        self.meanError = meanError
        // Square root and division by OpenCL's limits: 3 and 2.5 ulp.
        inverseError = varianceError / 2 + 11 * error.math
    }

    /// The mean and its bound.
    var meanResult: (Double, Double) { (mean, meanError) }

    /// 1/σ and its bound.
    var inverseResult: (Double, Double) { (1 / deviation, inverseError / deviation) }

    func result(_ x: Double, _ scale: Double, _ bias: Double) -> (value: Double, bound: Double) {
        let difference = x - mean
        let scaled = difference / deviation * scale
        var differenceError = meanError + error.math * abs(difference)
        if error.roundsInputs { differenceError += 2 * error.math * (abs(x) + meanMagnitude) }
        var bound = abs(scale) / deviation * differenceError
        bound += abs(scaled) * (inverseError + 2 * error.math)
        if error.roundsInputs { bound += 2 * error.math * (abs(scaled) + abs(bias)) }
        bound += error.math * (abs(scaled) + abs(bias))
        return (scaled + bias, bound)
    }
}
