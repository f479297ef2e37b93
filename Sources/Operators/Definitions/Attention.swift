import Model

let attention = OperatorDefinition(
    "Attention", since: 23,
    inputs: [
        FormalTensor("Q"), FormalTensor("K"), FormalTensor("V"),
        FormalTensor("attn_mask", .maskTypes, isOptional: true),
        FormalTensor("past_key", isOptional: true), FormalTensor("past_value", isOptional: true),
    ],
    outputs: [
        FormalTensor("Y"), FormalTensor("present_key", isOptional: true),
        FormalTensor("present_value", isOptional: true),
    ],
    attributes: [
        FormalAttribute("is_causal", .int(0), least: 0),
        FormalAttribute("kv_num_heads", .int(0), least: 0),
        FormalAttribute("q_num_heads", .int(0), least: 0),
        FormalAttribute("qk_matmul_output_mode", .int(0), least: 0),
        FormalAttribute("scale", .float(0)), FormalAttribute("softcap", .float(0)),
        FormalAttribute("softmax_precision", .int(0), least: 0),
    ],
    inference: { operation throws(OperatorError) in
        let query = operation.inputs[0]
        let plan = try AttentionPlan(checking: operation)
        if let mask = operation.input("attn_mask"),
            !Shape.canBroadcast(
                mask.shape.dropLast(), to: Array(plan.scoreShape.dropLast()))
                || (mask.shape.last ?? 0) > plan.keys || mask.shape.count < 2
        {
            throw operation.error(
                .shape,
                "input attn_mask's shape \(mask.shape) does not broadcast to \(plan.scoreShape)")
        }
        guard (operation.double("softcap") ?? 0) >= 0 else {
            throw operation.error(.attribute, "attribute 'softcap' must be at least 0")
        }
        // Zero stands for what is not given: the inverse root of a head's extent.
        if operation.double("scale") == 0 {
            operation.set("scale", .float(1 / Double(max(plan.headSize, 1)).squareRoot()))
        }
        let isFlat = query.shape.count == 3
        operation.outputs = [
            TensorSpec(
                "Y", query.dtype,
                isFlat
                    ? [plan.batch, plan.queries, plan.heads * plan.valueSize]
                    : [plan.batch, plan.heads, plan.queries, plan.valueSize]),
            TensorSpec(
                "present_key", query.dtype,
                [plan.batch, plan.sharedHeads, plan.keys, plan.headSize]),
            TensorSpec(
                "present_value", query.dtype,
                [plan.batch, plan.sharedHeads, plan.keys, plan.valueSize]),
        ]
    },
    work: { operation in
        let plan = AttentionPlan(operation)
        return .ofTensors(
            operation, flops: saturatingProduct(plan.operationsPerPair, plan.pairs))
    },
    oracle: Oracle(
        chunk: { max(AttentionPlan($0).valueSize, 1) * 64 },
        rule: { operation, error in
            operation.outputs[error.outputIndex].name == "Y"
                ? .rounded : movementRule(operation, error)
        },
        operationCount: {
            let plan = AttentionPlan($0)
            return saturatingProduct(2, plan.operationsPerPair, plan.pairs)
        },
        sampleCost: {
            let plan = AttentionPlan($0)
            return saturatingProduct(4, plan.keys, plan.headSize + 8)
        },
        words: { operation, error in
            "Σp|v|·(δ + Σpδ + (18 + 2·(m − s) + 2·Σp(m − s))·\(error.mathType.roundoffText) + "
                + "16·√\(AttentionPlan(operation).keys)·\(error.accumulateType.roundoffText))"
        },
        evaluate: evaluateAttention))

extension TypeParameter {
    /// Of a mask: numbers that are added to scores, or whether a key is looked at.
    fileprivate static let maskTypes = TypeParameter("U", DType.reals + [.bool])
}

/// The extents of an attention and where its rows lie.
struct AttentionPlan: Sendable {
    var batch: Int
    /// Heads of the queries and of keys and values.
    var heads: Int
    var sharedHeads: Int
    var queries: Int
    /// The keys of the call, those of the cache before them, and both.
    var newKeys: Int
    var pastKeys: Int
    var keys: Int { pastKeys + newKeys }
    /// The numbers of a query or key, and of a value.
    var headSize: Int
    var valueSize: Int
    /// Whether a position's heads lie together, as in inputs of three dimensions.
    var isFlat: Bool
    var isCausal: Bool
    var hasMask: Bool
    var softcap: Double

    /// The shape of the scores, which a mask must broadcast to.
    var scoreShape: [Int] { [batch, heads, queries, keys] }

    /// The plan of a completed operation.
    init(_ operation: Operation) {
        let (q, k, v) = (
            operation.inputs[0].shape, operation.inputs[1].shape, operation.inputs[2].shape
        )
        isFlat = q.count == 3
        isCausal = operation.int("is_causal") ?? 0 != 0
        hasMask = operation.input("attn_mask") != nil
        softcap = operation.double("softcap") ?? 0
        batch = q[0]
        let past = operation.input("past_key")?.shape
        pastKeys = past?.count == 4 ? past?[2] ?? 0 : 0
        if isFlat {
            heads = max(Int(clamping: operation.int("q_num_heads") ?? 1), 1)
            sharedHeads = max(Int(clamping: operation.int("kv_num_heads") ?? 1), 1)
            (queries, newKeys) = (q[1], k[1])
            (headSize, valueSize) = (q[2] / heads, v[2] / sharedHeads)
        } else {
            (heads, sharedHeads) = (q[1], k[1])
            (queries, newKeys) = (q[2], k[2])
            (headSize, valueSize) = (q[3], v[3])
        }
    }

    /// The plan of an operation whose shapes have not been checked.
    init(checking operation: Operation) throws(OperatorError) {
        let shapes = operation.inputs.prefix(3).map(\.shape)
        let rank = shapes[0].count
        guard rank == 3 || rank == 4, shapes.allSatisfy({ $0.count == rank }) else {
            throw operation.error(
                .shape,
                "inputs Q, K and V have \(shapes.map(\.count)) dimensions; each must have 4, or 3")
        }
        self.init(operation)
        guard shapes.allSatisfy({ $0[0] == batch }) else {
            throw operation.error(.shape, "inputs Q, K and V must have equal first dimensions")
        }
        if isFlat {
            for name in ["q_num_heads", "kv_num_heads"] where operation.int(name) == 0 {
                throw operation.error(
                    .attribute, "attribute '\(name)' must be given for inputs of 3 dimensions")
            }
            guard shapes[0][2] % heads == 0, shapes[1][2] == sharedHeads * headSize,
                shapes[2][2] % sharedHeads == 0, shapes[2][1] == newKeys
            else {
                throw operation.error(
                    .shape,
                    "inputs Q, K and V are \(shapes) with \(heads) and \(sharedHeads) heads; heads "
                        + "of Q and K must be as long, K and V have as many positions")
            }
        } else {
            for (name, count) in [("q_num_heads", heads), ("kv_num_heads", sharedHeads)] {
                guard let given = operation.int(name), given != 0, given != count else { continue }
                throw operation.error(
                    .attribute, "attribute '\(name)' is \(given) but the input has \(count) heads")
            }
            guard shapes[1][3] == headSize, shapes[2][2] == newKeys, shapes[2][1] == sharedHeads
            else {
                throw operation.error(
                    .shape,
                    "inputs Q, K and V are \(shapes); Q and K must agree in the last dimension, K "
                        + "and V in heads and positions")
            }
        }
        let given = ["past_key", "past_value"].map { operation.input($0)?.shape }
        let wanted = [headSize, valueSize].map { [batch, sharedHeads, pastKeys, $0] }
        guard given == [nil, nil] || given == wanted else {
            throw operation.error(
                .shape,
                "inputs past_key and past_value must both be given, with the shapes \(wanted)")
        }
        guard sharedHeads > 0, heads % sharedHeads == 0 else {
            throw operation.error(
                .shape, "\(heads) heads of Q must be a multiple of K's \(sharedHeads)")
        }
    }

    /// The keys that a query looks at: with a causal mask, those of the cache and up to its own.
    func visibleKeys(_ query: Int) -> Int {
        isCausal ? min(pastKeys + query + 1, keys) : keys
    }

    /// The pairs of a query and a key whose score is computed.
    var pairs: Int {
        let perHead = (0..<(isCausal ? queries : 0)).reduce(0) { $0 + visibleKeys($1) }
        return batch * heads * (isCausal ? perHead : queries * keys)
    }

    /// Both products, scale, softmax (5), softcap (divide, tanh, multiply) and the mask's addition.
    var operationsPerPair: Int {
        2 * headSize + 2 * valueSize + 6 + (softcap > 0 ? 3 : 0) + (hasMask ? 1 : 0)
    }

    /// Batch, head and query that a row of the output belongs to.
    func row(_ row: Int) -> (batch: Int, head: Int, query: Int) {
        let batch = row / (heads * queries)
        let rest = row % (heads * queries)
        return isFlat
            ? (batch, rest % heads, rest / heads) : (batch, rest / queries, rest % queries)
    }

    /// The first element of a head's position in an input of that many positions and heads.
    func start(
        batch: Int, head: Int, position: Int, heads: Int, positions: Int, size: Int
    ) -> Int {
        isFlat
            ? ((batch * positions + position) * heads + head) * size
            : ((batch * heads + head) * positions + position) * size
    }

    /// Where a key or value lies: in the cache, or among those of the call.
    func source(
        _ names: (new: String, past: String), batch: Int, head: Int, position: Int, size: Int
    ) -> (name: String, start: Int) {
        if position < pastKeys {
            return (names.past, ((batch * sharedHeads + head) * pastKeys + position) * size)
        }
        let start = start(
            batch: batch, head: head, position: position - pastKeys, heads: sharedHeads,
            positions: newKeys, size: size)
        return (names.new, start)
    }
}
