import Model

/// The element types of factors, each with the operations that its narrowest work comes in.
///
/// Twelve accumulators of 512 bits, twice, whatever the path: so that every path does the same
/// number, and no thread a part of a loop.
private let grains: [(dtype: String, operations: Int64)] = [
    ("f64", 768), ("f32", 768), ("f16", 1536), ("bf16", 1536), ("i32", 768), ("i16", 1536),
    ("i8", 3072),
]
/// Sixteen products of the largest tiles.
private let tileGrain: Int64 = 524_288

/// Independent multiply-adds from registers or tiles, as many as `operations` says, two for each.
let peak = OperatorDefinition(
    domain: "assay", "Peak", since: 1, inputs: [], outputs: [FormalTensor("checksum")],
    attributes: [
        FormalAttribute("dtype", .string("f32"), choices: grains.map(\.dtype)),
        FormalAttribute("operations", .int(96 << 20), least: 768),
        FormalAttribute(
            "path", .string("best"),
            choices: ["best", "scalar", "sse", "avx2", "avx512", "amx", "neon"]),
        FormalAttribute("unit", .string("vector"), choices: ["vector", "matrix"]),
    ],
    makesTensors: true,
    inference: { operation throws(OperatorError) in
        let isMatrix = operation.string("unit") == "matrix"
        let path = operation.string("path") ?? "best"
        guard path == "best" || (path == "amx") == isMatrix else {
            throw operation.error(
                .attribute,
                "attribute 'path' is '\(path)', which is no path of the unit "
                    + "'\(isMatrix ? "matrix" : "vector")'")
        }
        let dtype = operation.string("dtype") ?? "f32"
        let ofType = grains.first { $0.dtype == dtype }?.operations ?? 768
        let grain = isMatrix ? tileGrain : ofType
        let operations = operation.int("operations") ?? 0
        guard operations % grain == 0 else {
            throw operation.error(
                .attribute,
                "attribute 'operations' is \(operations); it must be a multiple of \(grain)")
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
            // Accumulators count the multiply-adds executed, whatever their type: sums are small
            // integers, and lanes are added up before they round or wrap around.
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
