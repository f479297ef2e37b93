import Model

/// What differs between element-wise operators of any number of broadcast inputs.
private struct VariadicFunction: Sendable {
    let name: String
    let since: Int
    let output: String
    let type: TypeParameter
    /// The result so far and the next element.
    let step: @Sendable (Double, Double) -> Double
    /// The same of integers; nil: the operator takes none.
    var integer: (@Sendable (Int64, Int64) -> Bool)?
    /// Whether elements are added: rounded at every step.
    var isSum = false
    /// Whether the sum is divided by the number of inputs.
    var isMean = false
}

private let variadicFunctions: [VariadicFunction] = [
    VariadicFunction(
        name: "Max", since: 13, output: "max", type: .number,
        step: { $0.isNaN || $1.isNaN ? .nan : max($0, $1) }, integer: { $1 > $0 }),
    VariadicFunction(
        name: "Min", since: 13, output: "min", type: .number,
        step: { $0.isNaN || $1.isNaN ? .nan : min($0, $1) }, integer: { $1 < $0 }),
    VariadicFunction(
        name: "Sum", since: 13, output: "sum", type: .real, step: { $0 + $1 }, isSum: true),
    VariadicFunction(
        name: "Mean", since: 13, output: "mean", type: .real, step: { $0 + $1 }, isSum: true,
        isMean: true),
]

let variadicOperators: [OperatorDefinition] = variadicFunctions.map { function in
    OperatorDefinition(
        function.name, since: function.since,
        inputs: [FormalTensor("data", function.type, isVariadic: true)],
        outputs: [FormalTensor(function.output, function.type)],
        inference: { operation throws(OperatorError) in
            let shape = try operation.broadcast(operation.inputs)
            operation.outputs = [TensorSpec(function.output, operation.inputs[0].dtype, shape)]
        },
        // n − 1 steps for each output, and the division of a mean.
        work: { operation in
            let steps = operation.inputs.count - (function.isMean ? 0 : 1)
            return .ofTensors(
                operation, flops: saturatingProduct(steps, operation.outputs[0].count))
        },
        oracle: oracle(of: function))
}

private func oracle(of function: VariadicFunction) -> Oracle {
    Oracle(
        rule: { operation, error in
            if !operation.outputs[0].dtype.isFloat { return .integers }
            return !function.isSum && error.passesThrough(operation) ? .exact : .rounded
        },
        operationCount: { saturatingProduct($0.inputs.count, $0.outputs[0].count) },
        words: { operation, error in
            function.isSum ? "\(operation.inputs.count)·\(error.mathType.roundoffText)·Σ|x|" : "0"
        },
        // What is altered may be the smaller of two.
        reacts: { _ in function.isSum },
        evaluate: { call, range, expected in
            if call.output.dtype.isFloat {
                evaluate(call, range, &expected, function)
            } else {
                evaluateIntegers(call, range, &expected, function)
            }
        })
}

private func evaluate(
    _ call: OracleCall, _ range: Range<Int>, _ expected: inout Expected,
    _ function: VariadicFunction
) {
    var line = [Double](repeating: 0, count: range.count)
    for (index, input) in call.inputs.enumerated() {
        BroadcastReader(input, to: call.output.shape).read(range, into: &line)
        for place in 0..<range.count {
            let value = line[place]
            expected.values[place] =
                index == 0 ? value : function.step(expected.values[place], value)
            expected.bounds[place] += function.isSum ? abs(value) : 0
        }
    }
    let error = call.error
    let count = Double(call.inputs.count)
    for place in 0..<range.count {
        // Few terms: every one of the roundings at its worst.
        let rounded = error.roundsInputs ? 2 * error.math : 0
        var bound = ((count - 1) * error.accumulate + rounded) * expected.bounds[place]
        if function.isMean {
            expected.values[place] /= count
            bound = bound / count + 5 * error.math * abs(expected.values[place])
        }
        if !function.isSum { bound = rounded * abs(expected.values[place]) }
        expected.bounds[place] = bound
    }
}

private func evaluateIntegers(
    _ call: OracleCall, _ range: Range<Int>, _ expected: inout Expected,
    _ function: VariadicFunction
) {
    // With the sign bit inverted, numbers without a sign are in order.
    let flip = call.output.dtype == .u64 ? Int64.min : 0
    for (index, input) in call.inputs.enumerated() {
        let line = BroadcastReader(input, to: call.output.shape).integers(range)
        for place in 0..<range.count {
            let known = expected.integers[place]
            let isBetter = function.integer?(known ^ flip, line[place] ^ flip) ?? false
            if index == 0 || isBetter { expected.integers[place] = line[place] }
        }
    }
}
