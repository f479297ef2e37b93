import Model

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What differs between operators that apply one function to every element.
private struct UnaryFunction: Sendable {
    let name: String
    let since: Int
    var domain = FormalTensor.Domain.anyNumber
    /// The error of a good implementation in units of roundoff, per unit of `magnitude`; 0: exact.
    let error: Double
    let value: @Sendable (Double) -> Double
    /// What the error is relative to, from argument and result.
    var magnitude: @Sendable (Double, Double) -> Double = { _, y in abs(y) }
    /// |x·f'(x)|: how much a rounded argument changes the result, from argument and result.
    let sensitivity: @Sendable (Double, Double) -> Double
}

/// Errors are twice OpenCL C's limits in ulp for single precision (exp 3, sqrt 3, tanh 5).
private let unaryFunctions: [UnaryFunction] = [
    UnaryFunction(
        name: "Abs", since: 13, error: 0, value: { abs($0) }, sensitivity: { _, y in abs(y) }),
    UnaryFunction(
        name: "Exp", since: 13, error: 6, value: { exp($0) },
        sensitivity: { x, y in abs(x) * y }),
    UnaryFunction(
        name: "Neg", since: 13, error: 0, value: { -$0 }, sensitivity: { _, y in abs(y) }),
    UnaryFunction(
        name: "Relu", since: 14, error: 0, value: { $0.isNaN ? $0 : max($0, 0) },
        sensitivity: { _, y in abs(y) }),
    // As exp, add, divide; relative to at least one half, so that (1 + tanh(x/2))/2 is as good.
    UnaryFunction(
        name: "Sigmoid", since: 13, error: 12, value: { 1 / (1 + exp(-$0)) },
        magnitude: { _, y in max(y, 0.5) }, sensitivity: { x, y in abs(x) * y * (1 - y) }),
    UnaryFunction(
        name: "Sqrt", since: 13, domain: .nonNegative, error: 6, value: { $0.squareRoot() },
        sensitivity: { _, y in y / 2 }),
    UnaryFunction(
        name: "Tanh", since: 13, error: 10, value: { tanh($0) },
        sensitivity: { x, y in abs(x) * (1 - y * y) }),
]

let unaryOperators: [OperatorDefinition] = unaryFunctions.map { function in
    let inputName = ["Exp", "Tanh"].contains(function.name) ? "input" : "X"
    let outputName = inputName == "X" ? "Y" : "output"
    return OperatorDefinition(
        function.name, since: function.since,
        inputs: [FormalTensor(inputName, domain: function.domain)],
        outputs: [FormalTensor(outputName)],
        inference: { operation throws(OperatorError) in
            let input = operation.inputs[0]
            operation.outputs = [TensorSpec(outputName, input.dtype, input.shape)]
        },
        work: { .ofTensors($0, flops: UInt64($0.outputs[0].count)) },
        oracle: oracle(of: function))
}

private func oracle(of function: UnaryFunction) -> Oracle {
    Oracle(
        rule: { operation, _ in
            function.error == 0 && isUnchanged(operation) ? .exact : .rounded
        },
        operationCount: { UInt64($0.outputs[0].count) },
        words: { operation, error in
            function.error == 0
                ? "0" : "\(Int(function.error))·\(error.mathType.roundoffText)·|y|"
        },
        evaluate: { call, range, expected in
            call.inputs[0].read(from: range.lowerBound, count: range.count, into: &expected.values)
            let error = call.error
            for position in expected.values.indices {
                let argument = expected.values[position]
                let result = function.value(argument)
                var bound = function.error * error.math * function.magnitude(argument, result)
                if error.roundsInputs {
                    bound += 2 * error.math * function.sensitivity(argument, result)
                }
                expected.values[position] = result
                expected.bounds[position] = bound
            }
        })
}

/// Whether values pass through without being rounded to another type.
private func isUnchanged(_ operation: Operation) -> Bool {
    !ErrorModel(operation).roundsInputs
        && operation.outputs[0].dtype.unitRoundoff <= operation.inputs[0].dtype.unitRoundoff
}
