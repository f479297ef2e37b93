import Model

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

let softmax = OperatorDefinition(
    "Softmax", since: 13, inputs: [FormalTensor("input")], outputs: [FormalTensor("output")],
    attributes: [FormalAttribute("axis", .int(-1))],
    inference: { operation throws(OperatorError) in
        let input = operation.inputs[0]
        _ = try operation.normalized(axis: operation.int("axis") ?? -1, rank: input.shape.count)
        operation.outputs = [TensorSpec("output", input.dtype, input.shape)]
    },
    // Compare, subtract, exponential, add, divide.
    work: { .ofTensors($0, flops: saturatingProduct(5, $0.inputs[0].count)) },
    oracle: Oracle(
        rule: { _, _ in .rounded },
        operationCount: { saturatingProduct(5, $0.inputs[0].count) },
        sampleCost: {
            saturatingProduct(5, $0.inputs[0].shape[$0.axis(rank: $0.inputs[0].shape.count)])
        },
        words: { operation, error in
            let count = operation.inputs[0].shape[
                operation.axis(rank: operation.inputs[0].shape.count)]
            return "(8·√\(count) + 18 + 2·(m − x) + 2·Σy·(m − x))·"
                + "\(error.mathType.roundoffText)·|y|"
        },
        evaluate: evaluateSoftmax))

/// The numbers that all elements of one slice along the axis share.
struct SoftmaxSlice {
    var largest: Double
    var sum: Double
    /// Σ y·(m − x): the average by which rounded differences disturb the sum.
    var disturbance: Double
    /// Σ y·|x|: the same for rounded arguments.
    var rounded: Double
}

private func evaluateSoftmax(_ call: OracleCall, _ range: Range<Int>, _ expected: inout Expected) {
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
        let distance = slice.largest - argument
        let result = exp(-distance) / slice.sum
        // Twice for differences: scaled by log2(e) before a base-2 exponential they round twice.
        var relative = error.math * (2 * distance + 2 * slice.disturbance + 18) + sum
        if error.roundsInputs { relative += 2 * error.math * (abs(argument) + slice.rounded) }
        expected.values[position - range.lowerBound] = result
        // An exponential that underflows is lost by at most the smallest normal number.
        expected.bounds[position - range.lowerBound] =
            (result == 0 ? 0 : relative * result) + error.smallestNormal
    }
}

private func softmaxSlice(_ line: [Double]) -> SoftmaxSlice {
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
