import Model

/// Fused multiply-adds from registers, as many as `operations` says.
let peak = OperatorDefinition(
    domain: "assay", "Peak", since: 1, inputs: [], outputs: [FormalTensor("checksum")],
    attributes: [
        FormalAttribute("dtype", .string("f32"), choices: ["f32", "f64"]),
        FormalAttribute("operations", .int(96 << 20), least: 768),
        FormalAttribute(
            "path", .string("best"), choices: ["best", "scalar", "sse", "avx2", "avx512", "neon"]),
        FormalAttribute("unit", .string("vector"), choices: ["vector"]),
    ],
    makesTensors: true,
    inference: { operation throws(OperatorError) in
        let operations = operation.int("operations") ?? 0
        guard operations % 768 == 0 else {
            throw operation.error(
                .attribute, "attribute 'operations' is \(operations); it must be a multiple of 768")
        }
        operation.inputs = []
        operation.outputs = [TensorSpec("checksum", .f64, [1])]
    },
    work: { Work(flops: UInt64($0.int("operations") ?? 0)) },
    oracle: Oracle(
        rule: { _, _ in .exact },
        operationCount: { _ in 1 },
        words: { _, _ in "exactly operations/2, the multiply-adds executed" },
        evaluate: { call, _, expected in
            // Every accumulator adds 1 per multiply-add, so their sum counts those executed.
            expected.values[0] = Double((call.operation.int("operations") ?? 0) / 2)
        }))

/// Nothing: what a call itself costs.
let emptyOperation = OperatorDefinition(
    domain: "assay", "Empty", since: 1, inputs: [], outputs: [],
    makesTensors: true,
    inference: { operation throws(OperatorError) in
        operation.inputs = []
        operation.outputs = []
    },
    work: { _ in Work(steps: 1) },
    oracle: nil)
