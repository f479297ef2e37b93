import Model

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

// MARK: - Sending tokens to experts

let expertDispatch = OperatorDefinition(
    domain: "assay", "MoEDispatch", since: 1,
    inputs: [FormalTensor("X"), FormalTensor("Logits")],
    outputs: [
        FormalTensor("Dispatched"), FormalTensor("Weights"), FormalTensor("Positions", .index),
        FormalTensor("Offsets", .index),
    ],
    attributes: [FormalAttribute(required: "k", .int, least: 1)],
    inference: { operation throws(OperatorError) in
        let (input, logits) = (operation.inputs[0], operation.inputs[1])
        let k = Int(clamping: operation.int("k") ?? 1)
        guard input.shape.count == 2, logits.shape.count == 2, input.shape[0] == logits.shape[0],
            k <= logits.shape[1]
        else {
            throw operation.error(
                .shape,
                "inputs X and Logits are \(input.shape) and \(logits.shape); they must have as "
                    + "many "
                    + "rows, and \(k) experts must be among Logits' columns")
        }
        let rows = try operation.product(input.shape[0], k)
        operation.outputs = [
            TensorSpec("Dispatched", input.dtype, [rows, input.shape[1]]),
            TensorSpec("Weights", input.dtype, [input.shape[0], k]),
            TensorSpec("Positions", .i64, [input.shape[0], k]),
            TensorSpec("Offsets", .i64, [logits.shape[1]]),
        ]
    },
    // A comparison for each logit, and softmax over those that are chosen.
    work: { operation in
        let chosen = saturatingProduct(5, operation.outputs[1].count)
        return .ofTensors(operation, flops: UInt64(operation.inputs[1].count) + chosen)
    },
    oracle: Oracle(
        rule: { operation, error in
            switch error.outputIndex {
            case 0: movementRule(operation, error)
            case 1: .rounded
            default: .integers
            }
        },
        operationCount: { operation in
            let routing = saturatingProduct(20, operation.inputs[1].count)
            return routing + Operation.outputElementCount(operation)
        },
        // One output alone needs every token's choice.
        sampleCost: { saturatingProduct(20, $0.inputs[1].count) / 4096 + 1 },
        words: { _, error in
            "exact; weights: (18 + 2·(m − x) + 2·Σy(m − x))·\(error.mathType.roundoffText)·|y|"
        },
        reacts: { _ in false },
        evaluate: evaluateDispatch))

/// Which experts each token chose, and where its copies stand.
private struct Routing {
    /// For each token its experts, by descending logit.
    var experts: [[Int]] = []
    /// For each token and choice the row of the copy.
    var positions: [Int] = []
    /// For each row the token that stands there.
    var tokens: [Int] = []
    /// Where each expert's rows end.
    var ends: [Int] = []

    init(_ call: OracleCall) {
        let shape = call.inputs[1].spec.shape
        let k = Int(call.operation.int("k") ?? 1)
        var line = [Double](repeating: 0, count: shape[1])
        var counts = [Int](repeating: 0, count: shape[1])
        for token in 0..<shape[0] {
            call.inputs[1].read(from: token * shape[1], count: shape[1], into: &line)
            // Of equal logits the one of the lower expert comes first.
            let order = line.indices.sorted {
                line[$0] == line[$1] ? $0 < $1 : line[$0] > line[$1]
            }
            experts.append(Array(order.prefix(k)))
            for expert in order.prefix(k) { counts[expert] += 1 }
        }
        var next: [Int] = []
        for count in counts {
            next.append(ends.last ?? 0)
            ends.append((ends.last ?? 0) + count)
        }
        tokens = [Int](repeating: 0, count: shape[0] * k)
        // Tokens in order, so that each expert's rows are in the order of the tokens.
        for (token, chosen) in experts.enumerated() {
            for expert in chosen {
                tokens[next[expert]] = token
                positions.append(next[expert])
                next[expert] += 1
            }
        }
    }
}

private func evaluateDispatch(
    _ call: OracleCall, _ range: Range<Int>, _ expected: inout Expected
) {
    let routing = call.prepared { Routing(call) }
    let width = max(call.inputs[0].spec.shape[1], 1)
    for position in range {
        let place = position - range.lowerBound
        switch call.outputIndex {
        case 0:
            let token = routing.tokens[position / width]
            expected.values[place] = call.inputs[0].element(token * width + position % width)
        case 1:
            let weight = weight(call, routing, position)
            expected.values[place] = weight.value
            expected.bounds[place] = weight.bound
        case 2: expected.integers[place] = Int64(routing.positions[position])
        default: expected.integers[place] = Int64(routing.ends[position])
        }
    }
}

/// A share of the softmax over a token's chosen logits, judged as Softmax is.
private func weight(
    _ call: OracleCall, _ routing: Routing, _ position: Int
) -> (value: Double, bound: Double) {
    let k = Int(call.operation.int("k") ?? 1)
    let (token, choice) = position.quotientAndRemainder(dividingBy: k)
    let experts = call.inputs[1].spec.shape[1]
    let logits = routing.experts[token].map { call.inputs[1].element(token * experts + $0) }
    let largest = logits.first ?? 0
    let powers = logits.map { exp($0 - largest) }
    let total = powers.reduce(0, +)
    let disturbance = zip(powers, logits).reduce(0) { $0 + $1.0 * (largest - $1.1) } / total
    let value = powers[choice] / total
    let error = call.error
    var relative = error.math * (2 * (largest - logits[choice]) + 2 * disturbance + 18)
    relative += error.reduction(k)
    if error.roundsInputs {
        relative += 4 * error.math * logits.reduce(0) { max($0, abs($1)) }
    }
    return (value, relative * value + error.smallestNormal)
}

// MARK: - Bringing results back

let expertCombine = OperatorDefinition(
    domain: "assay", "MoECombine", since: 1,
    inputs: [
        FormalTensor("Y"),
        FormalTensor(
            "Positions", .index, domain: .index { 0...Int64(max($0.inputs[0].shape[0] - 1, 0)) }),
        FormalTensor("Weights"),
    ],
    outputs: [FormalTensor("Combined")],
    inference: { operation throws(OperatorError) in
        let shapes = operation.inputs.map(\.shape)
        guard shapes[0].count == 2, shapes[1].count == 2, shapes[1] == shapes[2] else {
            throw operation.error(
                .shape,
                "inputs Y, Positions and Weights are \(shapes); each must have 2 dimensions, the "
                    + "last two the same")
        }
        try operation.checkIndices(extent: shapes[0][0])
        operation.outputs = [
            TensorSpec("Combined", operation.inputs[0].dtype, [shapes[1][0], shapes[0][1]])
        ]
    },
    work: { operation in
        let (rows, width) = (operation.inputs[1].count, operation.inputs[0].shape[1])
        var work = Work.ofMovement(operation, elementsRead: rows * width)
        work.flops = saturatingProduct(2, rows, width)
        return work
    },
    oracle: Oracle(
        rule: { _, error in error.roundsInputs ? .rounded : .summed },
        operationCount: { saturatingProduct(2, $0.inputs[1].count, $0.inputs[0].shape[1]) },
        sampleCost: { saturatingProduct(2, $0.inputs[1].shape[1]) },
        words: { operation, error in
            "8·√\(operation.inputs[1].shape[1])·\(error.accumulateType.roundoffText)·Σ|w||y|"
        },
        // Rows may be altered that no position names.
        reacts: { _ in false },
        evaluate: { call, range, expected in
            let width = max(call.inputs[0].spec.shape[1], 1)
            let k = call.inputs[1].spec.shape[1]
            let factor = call.error.reduction(k) + call.error.roundedFactors
            for position in range {
                let (token, column) = position.quotientAndRemainder(dividingBy: width)
                var (value, magnitude) = (0.0, 0.0)
                for choice in token * k..<(token + 1) * k {
                    let row = wrapped(
                        call.inputs[1].integer(choice), call.inputs[0].spec.shape[0])
                    let part =
                        call.inputs[2].element(choice)
                        * call.inputs[0].element(row * width + column)
                    value += part
                    magnitude += abs(part)
                }
                expected.values[position - range.lowerBound] = value
                expected.bounds[position - range.lowerBound] =
                    factor * magnitude + Double(k) * call.error.smallestNormal
            }
        }))
