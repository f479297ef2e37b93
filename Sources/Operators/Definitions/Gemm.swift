import Model

let gemm = OperatorDefinition(
    "Gemm", since: 13,
    inputs: [FormalTensor("A"), FormalTensor("B"), FormalTensor("C", isOptional: true)],
    outputs: [FormalTensor("Y")],
    attributes: [
        FormalAttribute("alpha", .float(1)), FormalAttribute("beta", .float(1)),
        FormalAttribute("transA", .int(0), least: 0), FormalAttribute("transB", .int(0), least: 0),
    ],
    inference: { operation throws(OperatorError) in
        for tensor in operation.inputs.prefix(2) where tensor.shape.count != 2 {
            throw operation.error(
                .shape, "input \(tensor.name) has \(tensor.shape.count) dimensions; it must have 2")
        }
        let problem = MatrixProblem(gemm: operation)
        let transposes = operation.int("transB") != 0
        let inner = operation.inputs[1].shape[transposes ? 1 : 0]
        guard inner == problem.k else {
            throw operation.error(
                .shape,
                "input B's \(transposes ? "last" : "first") dimension is \(inner) but input A's "
                    + "\(operation.int("transA") != 0 ? "first" : "last") is \(problem.k); "
                    + "they must be equal")
        }
        let shape = [problem.m, problem.n]
        if let added = operation.input("C"), !Shape.canBroadcast(added.shape, to: shape) {
            throw operation.error(
                .shape, "input C's shape \(added.shape) does not broadcast to \(shape)")
        }
        operation.outputs = [TensorSpec("Y", operation.inputs[0].dtype, shape)]
    },
    work: { .ofTensors($0, flops: MatrixProblem(gemm: $0).flops) },
    oracle: matrixOracle { MatrixProblem(gemm: $0) })

extension MatrixProblem {
    /// The product behind a Gemm, with its transpositions as layouts.
    init(gemm operation: Operation) {
        let (left, right) = (operation.inputs[0].shape, operation.inputs[1].shape)
        let transposesA = operation.int("transA") ?? 0 != 0
        let transposesB = operation.int("transB") ?? 0 != 0
        batch = []
        m = left[transposesA ? 1 : 0]
        k = left[transposesA ? 0 : 1]
        n = right[transposesB ? 0 : 1]
        a = MatrixLayout(
            batch: [], row: transposesA ? 1 : left[1], column: transposesA ? left[1] : 1)
        b = MatrixLayout(
            batch: [], row: transposesB ? 1 : right[1], column: transposesB ? right[1] : 1)
        alpha = operation.double("alpha") ?? 1
        beta = operation.input("C") == nil ? 0 : operation.double("beta") ?? 1
    }
}
