import Model

/// Networks that go through a sequence step by step.
let recurrentOperators: [OperatorDefinition] = [
    recurrent("LSTM", gates: 4), recurrent("GRU", gates: 3),
]

private func recurrent(_ name: String, gates: Int) -> OperatorDefinition {
    let isLong = gates == 4
    let bias = FormalTensor("B", isOptional: true, domain: .scaled(by: 0.5, plus: 0))
    var inputs = [
        FormalTensor("X"), FormalTensor("W", domain: .of { perRoot($0.inputs[1]) }),
        FormalTensor("R", domain: .of { perRoot($0.inputs[2]) }), bias,
        FormalTensor(
            "sequence_lens", TypeParameter("T1", [.i32]), isOptional: true,
            domain: .index { operation in
                1...Int64(max(operation.inputs[0].shape[isByBatch(operation) ? 1 : 0], 1))
            }),
        FormalTensor("initial_h", isOptional: true),
    ]
    if isLong {
        inputs += [
            FormalTensor("initial_c", isOptional: true),
            FormalTensor("P", isOptional: true, domain: .scaled(by: 0.5, plus: 0)),
        ]
    }
    // Y_h stands for the result where a case asks for nothing else.
    var outputs = [FormalTensor("Y", isOptional: true), FormalTensor("Y_h")]
    if isLong { outputs.append(FormalTensor("Y_c", isOptional: true)) }
    return OperatorDefinition(
        name, since: 14, inputs: inputs, outputs: outputs,
        attributes: [
            FormalAttribute(optional: "activation_alpha", .floats),
            FormalAttribute(optional: "activation_beta", .floats),
            FormalAttribute(optional: "activations", .strings),
            FormalAttribute(optional: "clip", .float),
            FormalAttribute(
                "direction", .string("forward"), choices: ["forward", "reverse", "bidirectional"]),
            FormalAttribute(optional: "hidden_size", .int), FormalAttribute("layout", .int(0)),
            isLong
                ? FormalAttribute("input_forget", .int(0))
                : FormalAttribute("linear_before_reset", .int(0)),
        ],
        inference: { operation throws(OperatorError) in
            let plan = try RecurrentPlan(checking: operation)
            operation.outputs = plan.outputs(operation.inputs[0].dtype)
        },
        work: { .ofTensors($0, flops: RecurrentPlan($0).operations()) },
        oracle: Oracle(
            rule: { _, _ in .rounded },
            // Sums, those of magnitudes and those of squares.
            operationCount: { RecurrentPlan($0).operations(times: 3) },
            sampleCost: {
                let plan = RecurrentPlan($0)
                let lines = UInt64(max(plan.batch * plan.directions, 1))
                return plan.operations(times: 3) / lines
            },
            words: { operation, error in
                let plan = RecurrentPlan(operation)
                return "first-order propagation through \(plan.steps) steps of sums within "
                    + "8·√\(plan.width + plan.hidden)·\(error.accumulateType.roundoffText)·Σ|x||w|"
            },
            // A sequence may be shorter than what was altered.
            reacts: { $0.input("sequence_lens") == nil },
            evaluate: evaluateRecurrent))
}

/// Weights by which sums of any length have the magnitude of one term.
@Sendable private func perRoot(_ weights: TensorSpec) -> FormalTensor.Domain {
    .scaled(by: 1 / Double(max(weights.shape.last ?? 1, 1)).squareRoot(), plus: 0)
}

private func isByBatch(_ operation: Operation) -> Bool { operation.int("layout") == 1 }

/// The extents of a recurrent network and what it does with them.
struct RecurrentPlan: Sendable {
    /// Four gates of LSTM, three of GRU.
    var gates: Int
    var steps: Int
    var batch: Int
    var width: Int
    var hidden: Int
    /// Whether each direction goes backwards.
    var isReversed: [Bool]
    /// Functions of each direction: for LSTM of gates, cell and hidden state, for GRU of gates and
    /// hidden state.
    var activations: [[RecurrentActivation]]
    /// Whether the forget gate is one less the input gate.
    var couplesForget: Bool
    /// Whether the hidden state is multiplied by its weights before it is reset.
    var resetsLast: Bool
    /// Whether a batch comes before its steps, and before the directions of states.
    var isByBatch: Bool
    var hasBias: Bool
    var hasPeepholes: Bool

    var directions: Int { isReversed.count }
    var isLong: Bool { gates == 4 }

    /// The plan of a completed operation.
    init(_ operation: Operation) {
        guard let plan = try? RecurrentPlan(checking: operation) else {
            preconditionFailure("the operation was not completed")
        }
        self = plan
    }

    init(checking operation: Operation) throws(OperatorError) {
        gates = operation.name == "LSTM" ? 4 : 3
        isByBatch = operation.int("layout") == 1
        guard let layout = operation.int("layout"), layout == 0 || layout == 1 else {
            throw operation.error(.attribute, "attribute 'layout' must be 0 or 1")
        }
        let direction = operation.string("direction") ?? "forward"
        isReversed = direction == "bidirectional" ? [false, true] : [direction == "reverse"]
        couplesForget = operation.int("input_forget") ?? 0 != 0
        resetsLast = operation.int("linear_before_reset") ?? 0 != 0
        hasBias = operation.input("B") != nil
        hasPeepholes = operation.input("P") != nil
        let (input, weight) = (operation.inputs[0].shape, operation.inputs[2].shape)
        guard input.count == 3, weight.count == 3 else {
            throw operation.error(.shape, "inputs X and R must have 3 dimensions")
        }
        (steps, batch) = isByBatch ? (input[1], input[0]) : (input[0], input[1])
        (width, hidden) = (input[2], weight[2])
        if let clip = operation.double("clip"), clip <= 0 {
            throw operation.error(.attribute, "attribute 'clip' is \(clip); it must be above 0")
        }
        if let size = operation.int("hidden_size"), size != Int64(hidden) {
            throw operation.error(
                .attribute, "attribute 'hidden_size' is \(size) but input R makes it \(hidden)")
        }
        let kinds: [RecurrentActivation.Kind] =
            gates == 4 ? [.sigmoid, .tanh, .tanh] : [.sigmoid, .tanh]
        let all = try operation.recurrentActivations(kinds, directions: isReversed.count)
        activations = isReversed.indices.map {
            Array(all[$0 * kinds.count..<($0 + 1) * kinds.count])
        }
        try checkShapes(operation)
    }

    private func checkShapes(_ operation: Operation) throws(OperatorError) {
        let state = isByBatch ? [batch, directions, hidden] : [directions, batch, hidden]
        let wanted = [
            "W": [directions, gates * hidden, width], "R": [directions, gates * hidden, hidden],
            "B": [directions, 2 * gates * hidden], "sequence_lens": [batch], "initial_h": state,
            "initial_c": state, "P": [directions, 3 * hidden],
        ]
        for tensor in operation.inputs.dropFirst() {
            guard let shape = wanted[tensor.name], tensor.shape != shape else { continue }
            throw operation.error(
                .shape, "input \(tensor.name)'s shape is \(tensor.shape); it must be \(shape)")
        }
        let lengths = operation.input("sequence_lens")?.values ?? []
        for length in lengths where length < 0 || length > Int64(steps) {
            throw operation.error(
                .input,
                "input sequence_lens' value \(length) is not among the \(steps) steps of X")
        }
    }

    /// All outputs, the optional ones too.
    func outputs(_ dtype: DType) -> [TensorSpec] {
        let state = isByBatch ? [batch, directions, hidden] : [directions, batch, hidden]
        let whole =
            isByBatch ? [batch, steps, directions, hidden] : [steps, directions, batch, hidden]
        let both = [TensorSpec("Y", dtype, whole), TensorSpec("Y_h", dtype, state)]
        return isLong ? both + [TensorSpec("Y_c", dtype, state)] : both
    }

    /// Operations of so many executions: products, biases, functions, and what joins gates.
    func operations(times: Int = 1) -> UInt64 {
        let perUnit = 2 * gates * (width + hidden) + (isLong ? 9 : 8)
        let biases = (hasBias ? gates : 0) + (hasPeepholes ? 6 : 0)
        return saturatingProduct(times, steps, batch, directions, hidden, perUnit + biases)
    }
}
