import Model

let rotaryEmbedding = OperatorDefinition(
    "RotaryEmbedding", since: 23,
    inputs: [
        FormalTensor("X"), FormalTensor("cos_cache"), FormalTensor("sin_cache"),
        FormalTensor(
            "position_ids", .index, isOptional: true,
            domain: .index { 0...Int64(max(($0.inputs[1].shape.first ?? 1) - 1, 0)) }),
    ],
    outputs: [FormalTensor("Y")],
    attributes: [
        FormalAttribute("interleaved", .int(0), least: 0),
        FormalAttribute("num_heads", .int(0), least: 0),
        FormalAttribute("rotary_embedding_dim", .int(0), least: 0),
    ],
    inference: { operation throws(OperatorError) in
        let input = operation.inputs[0]
        let heads = try RotaryPlan.heads(operation)
        let headSize = heads.size
        let given = Int(clamping: operation.int("rotary_embedding_dim") ?? 0)
        let rotated = given == 0 ? headSize : given
        guard rotated % 2 == 0, rotated <= headSize else {
            throw operation.error(
                .attribute,
                "\(rotated) numbers of each head are rotated; it must be an even number of at most "
                    + "\(headSize)")
        }
        operation.set("rotary_embedding_dim", .int(Int64(rotated)))
        var wanted = [input.shape[0], heads.length, rotated / 2]
        if operation.input("position_ids") != nil {
            try checkPositions(operation, [input.shape[0], heads.length])
            wanted = [operation.inputs[1].shape[0], rotated / 2]
        }
        for tensor in operation.inputs[1...2] where tensor.shape != wanted {
            throw operation.error(
                .shape, "input \(tensor.name)'s shape is \(tensor.shape); it must be \(wanted)")
        }
        operation.outputs = [TensorSpec("Y", input.dtype, input.shape)]
    },
    // Two products and a sum for each rotated number.
    work: { operation in
        let plan = RotaryPlan(operation)
        let vectors = operation.inputs[0].count / max(plan.size, 1)
        return .ofTensors(operation, flops: saturatingProduct(3, vectors, plan.rotated))
    },
    oracle: Oracle(
        rule: { _, _ in .rounded },
        operationCount: { saturatingProduct(3, $0.inputs[0].count) },
        words: { _, error in "3·\(error.mathType.roundoffText)·(|x1·cos| + |x2·sin|)" },
        evaluate: evaluateRotary))

/// Checks positions, and that there are rows of the caches for them to name.
private func checkPositions(_ operation: Operation, _ shape: [Int]) throws(OperatorError) {
    guard let positions = operation.input("position_ids"), positions.shape == shape else {
        throw operation.error(.shape, "input position_ids must have the shape \(shape)")
    }
    guard let rows = operation.inputs[1].shape.first, rows > 0 else {
        throw operation.error(.shape, "input cos_cache has no rows")
    }
    for value in positions.values ?? [] where !(0..<Int64(rows)).contains(value) {
        throw operation.error(
            .input, "input position_ids has \(value); it must be from 0 to \(rows - 1)")
    }
}

/// Which numbers are rotated together.
private struct RotaryPlan {
    /// The numbers of one head, and how many of them are rotated.
    let size: Int
    let rotated: Int
    let heads: Int
    let length: Int
    let isInterleaved: Bool
    /// Whether heads stand before positions, as in inputs of four dimensions.
    let headsFirst: Bool

    init(_ operation: Operation) {
        // Inference has checked the shapes.
        let found = try? Self.heads(operation)
        (size, heads, length) = (found?.size ?? 1, found?.count ?? 1, found?.length ?? 1)
        rotated = Int(operation.int("rotary_embedding_dim") ?? 0)
        isInterleaved = operation.int("interleaved") ?? 0 != 0
        headsFirst = operation.inputs[0].shape.count == 4
    }

    static func heads(
        _ operation: Operation
    ) throws(OperatorError) -> (size: Int, count: Int, length: Int) {
        let shape = operation.inputs[0].shape
        let heads = Int(clamping: operation.int("num_heads") ?? 0)
        if shape.count == 4 {
            guard heads == 0 || heads == shape[1] else {
                throw operation.error(
                    .attribute, "attribute 'num_heads' is \(heads) but input X has \(shape[1])")
            }
            return (shape[3], shape[1], shape[2])
        }
        guard shape.count == 3, heads > 0, shape[2] % heads == 0 else {
            throw operation.error(
                .shape,
                "input X's shape is \(shape) with \(heads) heads; it must have 4 dimensions, or 3 "
                    + "with the last a multiple of attribute 'num_heads'")
        }
        return (shape[2] / heads, heads, shape[1])
    }

    /// The batch and position that a head's vector belongs to.
    func row(_ vector: Int) -> Int {
        if !headsFirst { return vector / heads }
        return vector / (heads * length) * length + vector % length
    }
}

private func evaluateRotary(_ call: OracleCall, _ range: Range<Int>, _ expected: inout Expected) {
    let plan = call.prepared { RotaryPlan(call.operation) }
    let error = call.error
    let half = plan.rotated / 2
    let input = call.inputs[0]
    let positions = call.input("position_ids")
    for position in range {
        let (vector, element) = position.quotientAndRemainder(dividingBy: plan.size)
        let place = position - range.lowerBound
        guard element < plan.rotated else {
            expected.values[place] = input.element(position)
            continue
        }
        let isFirst = plan.isInterleaved ? element % 2 == 0 : element < half
        let angle = plan.isInterleaved ? element / 2 : element % half
        let distance = plan.isInterleaved ? 1 : half
        let other = input.element(isFirst ? position + distance : position - distance)
        let row = plan.row(vector)
        let entry = (positions.map { Int($0.integer(row)) } ?? row) * half + angle
        let first = input.element(position) * call.inputs[1].element(entry)
        let second = other * call.inputs[2].element(entry)
        let magnitude = abs(first) + abs(second)
        expected.values[place] = isFirst ? first - second : first + second
        // Each product rounds once and so does their sum, which is at most the magnitudes.
        expected.bounds[place] = (3 * error.math + error.roundedFactors) * magnitude
    }
}
