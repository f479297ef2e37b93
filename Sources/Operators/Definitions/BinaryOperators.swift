import Model

/// What differs between element-wise operators of two broadcast inputs.
private struct BinaryFunction: Sendable {
    let name: String
    /// The error of a good implementation in units of roundoff, relative to the result.
    let error: Double
    let value: @Sendable (Double, Double) -> Double
    /// What rounding the arguments changes, in units of roundoff.
    let sensitivity: @Sendable (Double, Double, Double) -> Double
}

private let binaryFunctions: [BinaryFunction] = [
    BinaryFunction(
        name: "Add", error: 1, value: { $0 + $1 }, sensitivity: { a, b, _ in abs(a) + abs(b) }),
    BinaryFunction(
        name: "Sub", error: 1, value: { $0 - $1 }, sensitivity: { a, b, _ in abs(a) + abs(b) }),
    BinaryFunction(
        name: "Mul", error: 1, value: { $0 * $1 }, sensitivity: { _, _, y in 2 * abs(y) }),
    // Twice the 2.5 ulp that OpenCL C allows for division in single precision.
    BinaryFunction(
        name: "Div", error: 5, value: { $0 / $1 }, sensitivity: { _, _, y in 2 * abs(y) }),
]

let binaryOperators: [OperatorDefinition] = binaryFunctions.map { function in
    OperatorDefinition(
        function.name, since: 14, inputs: [FormalTensor("A"), FormalTensor("B")],
        outputs: [FormalTensor("C")],
        inference: { operation throws(OperatorError) in
            let (left, right) = (operation.inputs[0], operation.inputs[1])
            guard let shape = Shape.broadcast(left.shape, right.shape) else {
                throw operation.error(
                    .shape,
                    "input A's shape \(left.shape) and input B's shape \(right.shape) do not "
                        + "broadcast; extents must be equal or 1, counted from the last")
            }
            operation.outputs = [TensorSpec("C", left.dtype, shape)]
        },
        work: { .ofTensors($0, flops: UInt64($0.outputs[0].count)) },
        oracle: oracle(of: function))
}

private func oracle(of function: BinaryFunction) -> Oracle {
    Oracle(
        rule: { _, _ in .rounded },
        operationCount: { UInt64($0.outputs[0].count) },
        words: { _, error in "\(Int(function.error))·\(error.mathType.roundoffText)·|y|" },
        evaluate: { call, range, expected in
            let shape = call.operation.outputs[0].shape
            var right = [Double](repeating: 0, count: range.count)
            BroadcastReader(call.inputs[0], to: shape).read(range, into: &expected.values)
            BroadcastReader(call.inputs[1], to: shape).read(range, into: &right)
            let error = call.error
            for position in right.indices {
                let (a, b) = (expected.values[position], right[position])
                let result = function.value(a, b)
                var bound = function.error * error.math * abs(result)
                if error.roundsInputs {
                    bound += 2 * error.math * function.sensitivity(a, b, result)
                }
                expected.values[position] = result
                expected.bounds[position] = bound
            }
        })
}
