import Model

/// Dropout: the identity in inference; random, and judged as such, in training.
let dropout = OperatorDefinition(
    "Dropout", since: 13,
    inputs: [
        FormalTensor("data", .real),
        FormalTensor(
            "ratio", .real.named("T1"), isOptional: true, domain: .scaled(by: 0, plus: 0.2)),
        FormalTensor("training_mode", .bool, isOptional: true),
    ],
    outputs: [FormalTensor("output", .real), FormalTensor("mask", .bool, isOptional: true)],
    attributes: [FormalAttribute(optional: "seed", .int)],
    inference: { operation throws(OperatorError) in
        for tensor in operation.inputs.dropFirst() where tensor.count != 1 {
            throw operation.error(
                .shape, "input \(tensor.name) has \(tensor.count) elements; it must be a scalar")
        }
        let data = operation.inputs[0]
        operation.outputs = [
            TensorSpec("output", data.dtype, data.shape), TensorSpec("mask", .bool, data.shape),
        ]
    },
    // A comparison and a product.
    work: { .ofTensors($0, flops: saturatingProduct(2, $0.inputs[0].count)) },
    oracle: Oracle(
        rule: { operation, error in
            if !operation.outputs[error.outputIndex].dtype.isFloat { return .integers }
            return error.passesThrough(operation) ? .exact : .rounded
        },
        operationCount: Operation.outputElementCount,
        words: { _, _ in "0" },
        judge: judgeDropout,
        evaluate: { call, range, expected in
            if !call.output.dtype.isFloat {
                for place in expected.integers.indices { expected.integers[place] = 1 }
                return
            }
            call.inputs[0].read(from: range.lowerBound, count: range.count, into: &expected.values)
        }))

/// Judges training: elements are dropped or scaled, and as many are kept as the ratio says.
///
/// The number kept is a sum of independent choices, so Hoeffding's bound gives its deviation: more
/// than λ·√n/2 has probability 2·exp(-2·(λ/2)²) = 2·exp(-λ²/2), as for sums of rounding errors.
private func judgeDropout(_ call: OracleCall, _ outputs: [TensorView]) -> Correctness? {
    guard let training = call.input("training_mode"), training.integer(0) != 0 else { return nil }
    let ratio = call.input("ratio")?.element(0) ?? 0.5
    if ratio == 0 { return nil }
    let (data, output) = (call.inputs[0], outputs[0])
    let mask = outputs.count > 1 ? outputs[1] : nil
    let scale = ratio == 1 ? 0 : 1 / (1 - ratio)
    let error = call.error
    let relative = 7 * error.math + error.output
    var (kept, decided, off) = (0, 0, 0)
    var (worst, first) = (0.0, -1)
    for position in 0..<output.spec.count {
        let (x, y) = (data.element(position), output.element(position))
        let scaled = x * scale
        let tolerance = relative * abs(scaled) + error.smallestNormal
        var isKept = y != 0
        if let mask {
            let bit = mask.integer(position)
            isKept = bit == 1
            if bit != 0 && bit != 1 { off += 1 }
        }
        // Zero is zero whether it is kept or not; only a mask can tell.
        if x != 0 || mask != nil {
            decided += 1
            kept += isKept ? 1 : 0
        }
        let value = abs(y - (isKept ? scaled : 0)) / tolerance
        worst = max(worst, value.isNaN ? .infinity : value)
        if !(value <= 1) {
            off += 1
            first = first < 0 ? position : first
        }
    }
    let expectedCount = Double(decided) * (1 - ratio)
    let spread = ErrorModel.deviations / 2 * Double(max(decided, 1)).squareRoot()
    let balance = ratio == 1 ? Double(kept) : abs(Double(kept) - expectedCount) / spread
    let value = off > 0 ? max(worst, 2) : max(worst, balance)
    var detail = ""
    if off > 0 {
        detail =
            "\(off) elements of \(output.spec.name) are neither dropped nor scaled; the first "
            + "is \(Shape.indices(of: max(first, 0), in: output.spec.shape))"
    } else if balance > 1 {
        detail =
            "\(kept) of \(decided) elements are kept where \(expectedCount) ± \(spread) are "
            + "expected"
    }
    return Correctness(
        checked: true, passed: value <= 1, method: "statistical", coverage: 1,
        value: value.isFinite ? min(value, 1e300) : 1e300,
        tolerance: "standard: dropped or within 7·\(error.mathType.roundoffText)·|y|, kept share "
            + "within 4/√n of 1 − ratio",
        detail: detail)
}
