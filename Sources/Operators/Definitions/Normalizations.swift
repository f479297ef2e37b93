import Model

/// Normalizations beside LayerNormalization.
let normalizationOperators: [OperatorDefinition] = [
    rmsNormalization, groupNormalization, instanceNormalization, batchNormalization,
]

// MARK: - RMSNormalization

private let rmsNormalization = OperatorDefinition(
    "RMSNormalization", since: 23,
    inputs: [FormalTensor("X"), FormalTensor("scale", .real.named("V"))],
    outputs: [FormalTensor("Y", .real.named("V"))],
    attributes: [
        FormalAttribute("axis", .int(-1)), FormalAttribute("epsilon", .float(1e-5)),
        FormalAttribute("stash_type", .int(1), least: 1),
    ],
    inference: { operation throws(OperatorError) in
        let (input, scale) = (operation.inputs[0], operation.inputs[1])
        let axis = try operation.normalized(
            axis: operation.int("axis") ?? -1, rank: input.shape.count)
        let normalized = Array(input.shape[axis...])
        guard Shape.canBroadcast(scale.shape, to: normalized) else {
            throw operation.error(
                .shape,
                "input scale's shape \(scale.shape) does not broadcast to the normalized "
                    + "dimensions \(normalized) of input X")
        }
        operation.outputs = [TensorSpec("Y", scale.dtype, input.shape)]
    },
    // Square, sum, division, scale.
    work: { .ofTensors($0, flops: saturatingProduct(4, $0.inputs[0].count)) },
    oracle: Oracle(
        chunk: { max(1 << 16, rowLength($0)) },
        rule: { _, _ in .rounded },
        operationCount: { saturatingProduct(4, $0.inputs[0].count) },
        sampleCost: { saturatingProduct(4, rowLength($0)) },
        words: { operation, error in
            "(4·√\(rowLength(operation)) + 16)·\(error.accumulateType.roundoffText)·|y|"
        },
        evaluate: { call, range, expected in
            let shape = call.inputs[0].spec.shape
            let normalized = Array(shape[call.operation.axis(rank: shape.count)...])
            let count = rowLength(call.operation)
            var scale = [Double](repeating: 0, count: count)
            BroadcastReader(call.inputs[1], to: normalized).read(0..<count, into: &scale)
            let rows = RowNormalizer(
                call, count: count, epsilonDefault: 1e-5, isCentered: false,
                scale: { scale[$0 % count] }, bias: { _ in 0 })
            rows.evaluate(range, &expected)
        }))

/// The number of elements that share a mean square.
private func rowLength(_ operation: Operation) -> Int {
    let shape = operation.inputs[0].shape
    return Shape.count(shape[operation.axis(rank: shape.count)...])
}

// MARK: - Groups of channels

private let groupNormalization = OperatorDefinition(
    "GroupNormalization", since: 21,
    inputs: [FormalTensor("X"), FormalTensor("scale"), FormalTensor("bias")],
    outputs: [FormalTensor("Y")],
    attributes: [
        FormalAttribute("epsilon", .float(1e-5)),
        FormalAttribute(required: "num_groups", .int, least: 1),
        FormalAttribute("stash_type", .int(1), least: 1),
    ],
    inference: { operation throws(OperatorError) in
        let channels = try channelCount(operation)
        let groups = Int(operation.int("num_groups") ?? 1)
        guard channels % groups == 0 else {
            throw operation.error(
                .attribute,
                "attribute 'num_groups' is \(groups); it must divide the \(channels) channels")
        }
        operation.outputs = [TensorSpec("Y", operation.inputs[0].dtype, operation.inputs[0].shape)]
    },
    work: { .ofTensors($0, flops: saturatingProduct(7, $0.inputs[0].count)) },
    oracle: channelOracle { operation in Int(operation.int("num_groups") ?? 1) })

private let instanceNormalization = OperatorDefinition(
    "InstanceNormalization", since: 22,
    inputs: [FormalTensor("input"), FormalTensor("scale"), FormalTensor("B")],
    outputs: [FormalTensor("output")],
    attributes: [FormalAttribute("epsilon", .float(1e-5))],
    inference: { operation throws(OperatorError) in
        _ = try channelCount(operation)
        let input = operation.inputs[0]
        operation.outputs = [TensorSpec("output", input.dtype, input.shape)]
    },
    work: { .ofTensors($0, flops: saturatingProduct(7, $0.inputs[0].count)) },
    oracle: channelOracle { operation in operation.inputs[0].shape[1] })

/// The channels, dimension 1; throws unless scale and bias have one number for each.
private func channelCount(_ operation: Operation) throws(OperatorError) -> Int {
    let input = operation.inputs[0]
    guard input.shape.count >= 2 else {
        throw operation.error(
            .shape,
            "input \(input.name) has \(input.shape.count) dimensions; it must have at least 2")
    }
    for tensor in operation.inputs.dropFirst() where tensor.shape != [input.shape[1]] {
        throw operation.error(
            .shape,
            "input \(tensor.name)'s shape is \(tensor.shape); it must be [\(input.shape[1])], one "
                + "for each channel")
    }
    return input.shape[1]
}

private func channelOracle(_ groups: @escaping @Sendable (Operation) -> Int) -> Oracle {
    /// The elements that share a mean and a variance.
    @Sendable func length(_ operation: Operation) -> Int {
        let shape = operation.inputs[0].shape
        return shape[1] / max(groups(operation), 1) * Shape.count(shape[2...])
    }
    return Oracle(
        chunk: { max(1 << 16, length($0)) },
        rule: { _, _ in .rounded },
        operationCount: { saturatingProduct(7, $0.inputs[0].count) },
        sampleCost: { saturatingProduct(7, length($0)) },
        words: { operation, error in
            "8·√\(length(operation))·\(error.accumulateType.roundoffText)·"
                + "|scale|/σ·(mean|x| + |x − μ|·(1 + μ²/σ²)/2) + …"
        },
        evaluate: { call, range, expected in
            let shape = call.inputs[0].spec.shape
            let inner = Shape.count(shape[2...])
            let channels = shape[1]
            let rows = RowNormalizer(
                call, count: length(call.operation), epsilonDefault: 1e-5, isCentered: true,
                scale: { call.inputs[1].element($0 / inner % channels) },
                bias: { call.inputs[2].element($0 / inner % channels) })
            rows.evaluate(range, &expected)
        })
}

/// Normalizes rows of neighbouring elements; scale and bias depend on the element.
private struct RowNormalizer {
    let call: OracleCall
    let count: Int
    let epsilon: Double
    let isCentered: Bool
    let scale: (Int) -> Double
    let bias: (Int) -> Double

    init(
        _ call: OracleCall, count: Int, epsilonDefault: Double, isCentered: Bool,
        scale: @escaping (Int) -> Double, bias: @escaping (Int) -> Double
    ) {
        self.call = call
        self.count = count
        epsilon = call.operation.double("epsilon") ?? epsilonDefault
        self.isCentered = isCentered
        self.scale = scale
        self.bias = bias
    }

    func evaluate(_ range: Range<Int>, _ expected: inout Expected) {
        var line = [Double](repeating: 0, count: count)
        var position = range.lowerBound
        while position < range.upperBound {
            let start = position / count * count
            let upper = min(start + count, range.upperBound)
            call.inputs[0].read(from: start, count: count, into: &line)
            let row = NormalizedRow(
                line, epsilon: epsilon, error: call.error, isCentered: isCentered)
            for place in position..<upper {
                let result = row.result(line[place - start], scale(place), bias(place))
                expected.values[place - range.lowerBound] = result.value
                expected.bounds[place - range.lowerBound] = result.bound
            }
            position = upper
        }
    }
}

// MARK: - BatchNormalization

private let batchNormalization = OperatorDefinition(
    "BatchNormalization", since: 15,
    inputs: [
        FormalTensor("X"), FormalTensor("scale", .real.named("T1")),
        FormalTensor("B", .real.named("T1")), FormalTensor("input_mean", .real.named("T2")),
        FormalTensor("input_var", .real.named("T2"), domain: .nonNegative),
    ],
    outputs: [FormalTensor("Y")],
    attributes: [
        FormalAttribute("epsilon", .float(1e-5)), FormalAttribute("momentum", .float(0.9)),
        FormalAttribute("training_mode", .int(0), least: 0),
    ],
    inference: { operation throws(OperatorError) in
        guard operation.int("training_mode") == 0 else {
            throw operation.error(
                .attribute, "attribute 'training_mode' must be 0: statistics are inputs")
        }
        _ = try channelCount(operation)
        operation.outputs = [TensorSpec("Y", operation.inputs[0].dtype, operation.inputs[0].shape)]
    },
    // A multiplication and an addition with what was prepared for the channel.
    work: { .ofTensors($0, flops: saturatingProduct(2, $0.inputs[0].count)) },
    oracle: Oracle(
        rule: { _, _ in .rounded },
        operationCount: { saturatingProduct(4, $0.inputs[0].count) },
        words: { _, error in
            "\(error.mathType.roundoffText)·(17·|scale|/σ·(|x| + |μ|) + 2·|B|)"
        },
        evaluate: evaluateBatchNormalization))

private func evaluateBatchNormalization(
    _ call: OracleCall, _ range: Range<Int>, _ expected: inout Expected
) {
    let shape = call.inputs[0].spec.shape
    let (channels, inner) = (shape[1], Shape.count(shape[2...]))
    let epsilon = call.operation.double("epsilon") ?? 1e-5
    let error = call.error
    call.inputs[0].read(from: range.lowerBound, count: range.count, into: &expected.values)
    for (place, position) in range.enumerated() {
        let channel = position / inner % channels
        let x = expected.values[place]
        let (bias, mean) = (call.inputs[2].element(channel), call.inputs[3].element(channel))
        let deviation = (call.inputs[4].element(channel) + epsilon).squareRoot()
        let slope = call.inputs[1].element(channel) / deviation
        expected.values[place] = (x - mean) * slope + bias
        // Kernels may fold it into a·x + (B − μ·a); then both products round at their own size.
        // The sum with epsilon 1 (halved), root 6, quotient 5, and five steps: at most 17.
        var bound = 17 * abs(slope) * (abs(x) + abs(mean)) + 2 * abs(bias)
        if error.roundsInputs { bound += 6 * abs(slope) * (abs(x) + abs(mean)) + 2 * abs(bias) }
        expected.bounds[place] = error.math * bound
    }
}
