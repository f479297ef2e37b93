import Model

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

let softmaxOperators = [
    softmaxDefinition("Softmax", isLogarithm: false),
    softmaxDefinition("LogSoftmax", isLogarithm: true),
]

private func softmaxDefinition(_ name: String, isLogarithm: Bool) -> OperatorDefinition {
    OperatorDefinition(
        name, since: 13, inputs: [FormalTensor("input")], outputs: [FormalTensor("output")],
        attributes: [FormalAttribute("axis", .int(-1))],
        inference: { operation throws(OperatorError) in
            let input = operation.inputs[0]
            _ = try operation.normalized(
                axis: operation.int("axis") ?? -1, rank: input.shape.count)
            operation.outputs = [TensorSpec("output", input.dtype, input.shape)]
        },
        // Compare, subtract, exponential, add, divide; or subtract the logarithm of the sum.
        work: { .ofTensors($0, flops: saturatingProduct(5, $0.inputs[0].count)) },
        oracle: Oracle(
            rule: { _, _ in .rounded },
            operationCount: { saturatingProduct(5, $0.inputs[0].count) },
            sampleCost: { saturatingProduct(5, softmaxLength($0)) },
            words: { operation, error in
                let roots = "8·√\(softmaxLength(operation))"
                let unit = error.mathType.roundoffText
                if isLogarithm {
                    return "(\(roots) + 6·(1 + |ln Σ|) + 2·(m − x) + |m| + 2·Σy·(m − x))·\(unit)"
                }
                return "(\(roots) + 18 + 2·(m − x) + 2·Σy·(m − x))·\(unit)·|y|"
            },
            evaluate: { call, range, expected in
                evaluateSoftmax(call, range, &expected, isLogarithm: isLogarithm)
            }))
}

private func softmaxLength(_ operation: Operation) -> Int {
    operation.inputs[0].shape[operation.axis(rank: operation.inputs[0].shape.count)]
}

/// The numbers that all elements of one slice along the axis share.
struct SoftmaxSlice {
    var largest: Double
    var sum: Double
    /// Σ y·(m − x): the average by which rounded differences disturb the sum.
    var disturbance: Double
    /// Σ y·|x|: the same for rounded arguments.
    var rounded: Double
}

private func evaluateSoftmax(
    _ call: OracleCall, _ range: Range<Int>, _ expected: inout Expected, isLogarithm: Bool
) {
    let input = call.inputs[0]
    let shape = input.spec.shape
    let axis = call.operation.axis(rank: shape.count)
    let length = shape[axis]
    let inner = Shape.count(shape[(axis + 1)...])
    let error = call.error
    let sum = error.reduction(length)
    var line = [Double](repeating: 0, count: length)
    for position in range {
        let outer = position / (length * inner)
        if outer != call.scratch.softmaxOuter {
            call.scratch.softmaxOuter = outer
            call.scratch.softmaxSlices = [SoftmaxSlice?](repeating: nil, count: inner)
        }
        let column = position % inner
        if call.scratch.softmaxSlices[column] == nil {
            input.read(
                from: outer * length * inner + column, step: inner, count: length, into: &line)
            call.scratch.softmaxSlices[column] = softmaxSlice(line)
        }
        guard let slice = call.scratch.softmaxSlices[column] else { continue }
        let argument = input.element(position)
        let result =
            isLogarithm
            ? slice.logarithm(argument, sum: sum, error)
            : slice.probability(argument, sum: sum, error)
        expected.values[position - range.lowerBound] = result.value
        expected.bounds[position - range.lowerBound] = result.bound
    }
}

extension SoftmaxSlice {
    /// A softmax, and its bound; `sum` is the relative error of the sum.
    func probability(_ argument: Double, sum reduction: Double, _ error: ErrorModel)
        -> (value: Double, bound: Double)
    {
        let distance = largest - argument
        let result = exp(-distance) / sum
        // Twice for differences: scaled by log2(e) before a base-2 exponential they round twice.
        var relative = error.math * (2 * distance + 2 * disturbance + 18) + reduction
        if error.roundsInputs { relative += 2 * error.math * (abs(argument) + rounded) }
        // An exponential that underflows is lost by at most the smallest normal number.
        return (result, (result == 0 ? 0 : relative * result) + error.smallestNormal)
    }

    /// The logarithm of a softmax, and its bound; `sum` is the relative error of the sum.
    func logarithm(_ argument: Double, sum reduction: Double, _ error: ErrorModel)
        -> (value: Double, bound: Double)
    {
        let distance = largest - argument
        let logarithm = log(sum)
        let result = -distance - logarithm
        // Kernels may also subtract m + ln Σ at once, which rounds at the size of m.
        var bound =
            reduction
            + error.math * (2 * disturbance + 6 + 6 * abs(logarithm) + 2 * distance + abs(largest))
        if error.roundsInputs { bound += 2 * error.math * (abs(argument) + rounded) }
        return (result, bound.isNaN ? 0 : bound)
    }
}

func softmaxSlice(_ line: [Double]) -> SoftmaxSlice {
    var largest = -Double.infinity
    for value in line { largest = value.isNaN ? value : max(largest, value) }
    if line.contains(where: \.isNaN) { largest = .nan }
    var slice = SoftmaxSlice(largest: largest, sum: 0, disturbance: 0, rounded: 0)
    for value in line {
        let power = exp(value - largest)
        slice.sum += power
        if power > 0 {
            slice.disturbance += power * (largest - value)
            slice.rounded += power * abs(value)
        }
    }
    slice.disturbance /= slice.sum
    slice.rounded /= slice.sum
    return slice
}
