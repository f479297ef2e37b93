import Model

/// Dependent loads through a random cycle: what one access costs.
let pointerChase = OperatorDefinition(
    domain: "assay", "PointerChase", since: 1, inputs: [FormalTensor("table")],
    outputs: [FormalTensor("end")],
    attributes: [
        FormalAttribute(required: "bytes", .int, least: 16),
        FormalAttribute("pages", .string("small"), choices: ["small", "huge"]),
        FormalAttribute(required: "steps", .int, least: 1),
        FormalAttribute("stride", .int(64), least: 8),
        FormalAttribute("window", .int(0), least: 0),
    ],
    makesTensors: true,
    inference: { operation throws(OperatorError) in
        try checkChase(operation)
        let bytes = operation.int("bytes") ?? 0
        let stride = operation.int("stride") ?? 64
        let window = operation.int("window") ?? 0
        guard window == 0 || (window % stride == 0 && bytes % window == 0) else {
            throw operation.error(
                .attribute,
                "attribute 'window' is \(window); it must be 0, or a multiple of the stride "
                    + "\(stride) that divides the bytes \(bytes)")
        }
        operation.inputs = [TensorSpec("table", .i64, [Int(bytes / 8)], isConstant: true)]
        operation.outputs = [TensorSpec("end", .i64, [1])]
    },
    work: { Work(steps: UInt64($0.int("steps") ?? 0)) },
    oracle: Oracle(
        rule: { _, _ in .exact },
        operationCount: { operation in
            let plan = PointerChasePlan(operation)
            return UInt64(plan.steps % plan.nodes)
        },
        words: { _, _ in "exactly the element reached" },
        evaluate: { call, _, expected in
            expected.values[0] = Double(chaseEnd(call))
        }))

/// Checks the size of a chase's table and the distance of its nodes.
func checkChase(_ operation: Operation) throws(OperatorError) {
    let bytes = operation.int("bytes") ?? 0
    let stride = operation.int("stride") ?? 64
    guard stride % 8 == 0 else {
        throw operation.error(
            .attribute, "attribute 'stride' is \(stride); it must be a multiple of 8")
    }
    guard bytes % stride == 0, bytes / stride >= 2 else {
        throw operation.error(
            .attribute,
            "attribute 'bytes' is \(bytes); it must be at least two strides of \(stride), whole")
    }
}

/// The element that the steps of a chase lead to.
func chaseEnd(_ call: OracleCall) -> Int {
    let plan = PointerChasePlan(call.operation)
    // The table is one cycle through all nodes, so whole rounds change nothing.
    var element = 0
    for _ in 0..<plan.steps % plan.nodes { element = Int(call.inputs[0].element(element)) }
    return element
}
