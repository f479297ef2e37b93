import Model

let matMul = OperatorDefinition(
    "MatMul", since: 13, inputs: [FormalTensor("A"), FormalTensor("B")],
    outputs: [FormalTensor("Y")],
    inference: { operation throws(OperatorError) in
        let (left, right) = (operation.inputs[0].shape, operation.inputs[1].shape)
        guard let last = left.last, !right.isEmpty else {
            let scalar = left.isEmpty ? "A" : "B"
            throw operation.error(.shape, "input \(scalar) is a scalar; it must have a dimension")
        }
        let inner = right.count == 1 ? right[0] : right[right.count - 2]
        guard inner == last else {
            let place = right.count <= 2 ? "first" : "second to last"
            throw operation.error(
                .shape,
                "input B's \(place) dimension is \(inner) but input A's last is \(last); "
                    + "they must be equal")
        }
        guard let batch = Shape.broadcast(left.dropLast(2), right.dropLast(2)) else {
            throw operation.error(
                .shape,
                "input A's leading dimensions \(Array(left.dropLast(2))) and input B's "
                    + "\(Array(right.dropLast(2))) do not broadcast")
        }
        let rows = left.count == 1 ? [] : [left[left.count - 2]]
        let columns = right.count == 1 ? [] : [right[right.count - 1]]
        operation.outputs = [TensorSpec("Y", operation.inputs[0].dtype, batch + rows + columns)]
    },
    work: { .ofTensors($0, flops: MatrixProblem(matMul: $0).flops) },
    oracle: matrixOracle { MatrixProblem(matMul: $0) })

extension MatrixProblem {
    /// The products behind a MatMul: one for each position of the broadcast leading dimensions.
    init(matMul operation: Operation) {
        let (left, right) = (operation.inputs[0].shape, operation.inputs[1].shape)
        k = left[left.count - 1]
        m = left.count == 1 ? 1 : left[left.count - 2]
        n = right.count == 1 ? 1 : right[right.count - 1]
        // Inference has checked that the leading dimensions broadcast.
        batch = Shape.broadcast(left.dropLast(2), right.dropLast(2)) ?? []
        let (m, n, k) = (m, n, k)
        a = MatrixLayout(
            batch: Shape.broadcastStrides(left.dropLast(2), to: batch).map { $0 * m * k },
            row: k, column: 1)
        b = MatrixLayout(
            batch: Shape.broadcastStrides(right.dropLast(2), to: batch).map { $0 * k * n },
            row: n, column: 1)
        alpha = 1
        beta = 0
    }
}
