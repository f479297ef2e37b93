import Model

// MARK: - A product for each group of rows

let groupedMatMul = OperatorDefinition(
    domain: "assay", "GroupedMatMul", since: 1,
    inputs: [FormalTensor("A"), FormalTensor("B"), FormalTensor(index: "Offsets")],
    outputs: [FormalTensor("Y")],
    inference: { operation throws(OperatorError) in
        let (left, right) = (operation.inputs[0].shape, operation.inputs[1].shape)
        guard left.count == 2, right.count == 3, left[1] == right[1] else {
            throw operation.error(
                .shape,
                "inputs A and B are \(left) and \(right); they must have 2 and 3 dimensions, A's "
                    + "last equal to B's second")
        }
        let ends = operation.indices("Offsets") ?? []
        guard ends.count == right[0], ends.last ?? 0 == left[0], ends.first ?? 0 >= 0,
            zip(ends, ends.dropFirst()).allSatisfy({ $0 <= $1 })
        else {
            throw operation.error(
                .input,
                "input Offsets must have \(right[0]) rising numbers, where each group ends, the "
                    + "last of them \(left[0])")
        }
        operation.outputs = [TensorSpec("Y", operation.inputs[0].dtype, [left[0], right[2]])]
    },
    work: { operation in
        let (left, right) = (operation.inputs[0], operation.inputs[1])
        let flops = saturatingProduct(2, operation.outputs[0].count, left.shape[1])
        var work = Work.ofTensors(operation, flops: flops)
        // Of the matrices only those that have rows.
        let used = groupRows(operation).count { !$0.isEmpty }
        let perGroup = right.byteCount / max(right.shape[0], 1)
        work.bytesRead = Bytes(UInt64(left.byteCount + used * perGroup))
        return work
    },
    oracle: Oracle(
        chunk: { max($0.inputs[1].shape[2], 1) * 64 },
        rule: { _, error in error.roundsInputs ? .rounded : .summed },
        operationCount: { saturatingProduct(2, $0.outputs[0].count, $0.inputs[0].shape[1]) },
        sampleCost: { saturatingProduct(4, $0.inputs[0].shape[1]) },
        words: { operation, error in
            "8·√\(operation.inputs[0].shape[1])·\(error.accumulateType.roundoffText)·Σ|a||b|"
        },
        // Rows of a group may all be altered without another's changing, but some surely change.
        evaluate: evaluateGrouped))

/// The rows of each group.
private func groupRows(_ operation: Operation) -> [Range<Int>] {
    var start = 0
    return (operation.indices("Offsets") ?? []).map { end in
        defer { start = end }
        return start..<end
    }
}

private func evaluateGrouped(_ call: OracleCall, _ range: Range<Int>, _ expected: inout Expected) {
    let (left, right) = (call.inputs[0].spec.shape, call.inputs[1].spec.shape)
    let (k, n) = (left[1], right[2])
    let problem = MatrixProblem(
        batch: [right[0]], m: left[0], n: n, k: k,
        a: MatrixLayout(batch: [0], row: k, column: 1),
        b: MatrixLayout(batch: [k * n], row: n, column: 1), alpha: 1, beta: 0)
    var product = MatrixProduct(a: call.inputs[0], b: call.inputs[1], problem)
    let groups = call.prepared { groupRows(call.operation) }
    var position = range.lowerBound
    while position < range.upperBound {
        let (row, column) = position.quotientAndRemainder(dividingBy: n)
        let remaining = range.upperBound - position
        let group = groups.firstIndex { $0.contains(row) } ?? 0
        var (rows, columns) = (1, min(n - column, remaining))
        if column == 0, remaining >= n {
            (rows, columns) = (min(remaining / n, groups[group].upperBound - row), n)
        }
        product.accumulate(
            batch: group, rows: row..<row + rows, columns: column..<column + columns,
            into: &expected, at: position - range.lowerBound)
        position += rows * columns
    }
    let factor = call.error.reduction(k) + call.error.roundedFactors
    for index in expected.bounds.indices {
        expected.bounds[index] =
            factor * expected.bounds[index] + Double(k) * call.error.smallestNormal
    }
}

// MARK: - Weights of four bits

let blockQuantizedMatMul = OperatorDefinition(
    domain: "assay", "BlockQuantizedMatMul", since: 1,
    inputs: [
        FormalTensor("A"), FormalTensor("B", TypeParameter("Q", [.u8])), FormalTensor("BScale"),
    ],
    outputs: [FormalTensor("Y")], attributes: [FormalAttribute("block_size", .int(32), least: 2)],
    inference: { operation throws(OperatorError) in
        let shapes = operation.inputs.map(\.shape)
        let block = Int(clamping: operation.int("block_size") ?? 32)
        guard shapes[0].count == 2, shapes[1].count == 2, block % 2 == 0,
            shapes[0][1] % block == 0, shapes[1][1] * 2 == shapes[0][1],
            shapes[2] == [shapes[1][0], shapes[0][1] / block]
        else {
            throw operation.error(
                .shape,
                "inputs A, B and BScale are \(shapes); for A [m, k] they must be [n, k/2] and "
                    + "[n, k/\(block)], with k a multiple of the even block_size")
        }
        operation.outputs = [
            TensorSpec("Y", operation.inputs[0].dtype, [shapes[0][0], shapes[1][0]])
        ]
    },
    // The product; subtraction and scale of each weight.
    work: { operation in
        let k = operation.inputs[0].shape[1]
        let product = saturatingProduct(2, operation.outputs[0].count, k)
        let weights = saturatingProduct(4, operation.inputs[1].count)
        return .ofTensors(
            operation, flops: product.addingReportingOverflow(weights).partialValue)
    },
    oracle: Oracle(
        chunk: { max($0.inputs[1].shape[0], 1) * 64 },
        rule: { _, error in
            error.roundsInputs || error.mathType != error.accumulateType ? .rounded : .summed
        },
        operationCount: { saturatingProduct(4, $0.outputs[0].count, $0.inputs[0].shape[1]) },
        sampleCost: { saturatingProduct(8, $0.inputs[0].shape[1]) },
        words: { operation, error in
            "(8·√\(operation.inputs[0].shape[1])·\(error.accumulateType.roundoffText) + "
                + "2·\(error.mathType.roundoffText))·Σ|a||b|"
        },
        evaluate: evaluateBlockQuantized))

private func evaluateBlockQuantized(
    _ call: OracleCall, _ range: Range<Int>, _ expected: inout Expected
) {
    let k = call.inputs[0].spec.shape[1]
    let n = call.inputs[1].spec.shape[0]
    let block = Int(call.operation.int("block_size") ?? 32)
    let factor =
        call.error.reduction(k) + call.error.roundedFactors + 2 * call.error.math
    var weights = [Double](repeating: 0, count: k)
    let rows = range.lowerBound / n..<(range.upperBound + n - 1) / n
    var lines = [Double](repeating: 0, count: rows.count * k)
    for row in rows {
        call.inputs[0].read(
            from: row * k, count: k, into: &lines, at: (row - rows.lowerBound) * k)
    }
    // Column after column, so that each is unpacked once for all rows of the range.
    let columns = rows.count == 1 ? range.lowerBound % n..<(range.upperBound - 1) % n + 1 : 0..<n
    for column in columns {
        var isUnpacked = false
        for row in rows where range.contains(row * n + column) {
            if !isUnpacked { unpack(call, column, k, block, &weights) }
            isUnpacked = true
            let sums = dotProduct(lines, at: (row - rows.lowerBound) * k, weights, at: 0, count: k)
            let place = row * n + column - range.lowerBound
            expected.values[place] = sums.value
            expected.bounds[place] = factor * sums.magnitude + call.error.smallestNormal
        }
    }
}

/// The weights of one output: two codes in each byte, the lower half first, 8 standing for zero.
private func unpack(
    _ call: OracleCall, _ column: Int, _ k: Int, _ block: Int, _ weights: inout [Double]
) {
    for pair in 0..<k / 2 {
        let byte = call.inputs[1].integer(column * (k / 2) + pair)
        let scale = call.inputs[2].element(column * (k / block) + 2 * pair / block)
        weights[2 * pair] = Double(byte & 15 - 8) * scale
        weights[2 * pair + 1] = Double(byte >> 4 - 8) * scale
    }
}
