import Model

/// Operators that do a thing `times` over, for what it costs once, and count how often they did.
private func cost(
    _ name: String, _ times: String, default count: Int64, stepsEach: Int64 = 1,
    others: [FormalAttribute] = [], counts: [String] = ["count"], words: String
) -> OperatorDefinition {
    OperatorDefinition(
        domain: "assay", name, since: 1, inputs: [], outputs: [FormalTensor("counts")],
        attributes: others + [FormalAttribute(times, .int(count), least: 1)],
        makesTensors: true,
        inference: { operation throws(OperatorError) in
            let count = operation.int(times) ?? 0
            guard count <= costMax else {
                throw operation.error(
                    .attribute, "attribute '\(times)' is \(count); it must be at most \(costMax)")
            }
            operation.inputs = []
            operation.outputs = [TensorSpec("counts", .i64, [counts.count])]
        },
        work: { Work(steps: UInt64(($0.int(times) ?? 0) * stepsEach)) },
        oracle: Oracle(
            rule: { _, _ in .exact },
            operationCount: { _ in 1 },
            words: { _, _ in "exactly " + words },
            evaluate: { call, range, expected in
                for position in 0..<range.count {
                    expected.values[position] = Double(
                        (call.operation.int(times) ?? 0) * stepsEach)
                }
            }))
}

/// Bounds what one call may ask of the system.
private let costMax: Int64 = 1 << 32

/// Memory that is written to and read again, page by page: how much there really is.
private let capacity = OperatorDefinition(
    domain: "assay", "Capacity", since: 1, inputs: [], outputs: [FormalTensor("counts")],
    attributes: [
        FormalAttribute(required: "bytes", .int, least: 4096),
        FormalAttribute("size", .string("small"), choices: ["small", "huge"]),
    ],
    makesTensors: true,
    inference: { operation throws(OperatorError) in
        let bytes = operation.int("bytes") ?? 0
        guard bytes % 4096 == 0, bytes <= 1 << 46 else {
            throw operation.error(
                .attribute,
                "attribute 'bytes' is \(bytes); it must be a multiple of 4096, at most \(1 << 46)")
        }
        operation.inputs = []
        operation.outputs = [TensorSpec("counts", .i64, [1])]
    },
    work: { Work(steps: UInt64($0.int("bytes") ?? 0) / 4096) },
    oracle: Oracle(
        rule: { _, _ in .exact },
        operationCount: { _ in 1 },
        words: { _, _ in "exactly the pages of 4096 bytes, each with its own number" },
        evaluate: { call, _, expected in
            expected.values[0] = Double((call.operation.int("bytes") ?? 0) / 4096)
        }))

let costOperators: [OperatorDefinition] = [
    capacity,
    // A line that one core has written is read and written by another, and back.
    cost(
        "CoreToCore", "roundTrips", default: 10_000, stepsEach: 2,
        others: [FormalAttribute("partner", .int(1), least: 1)],
        words: "the times that the line changed hands"),
    // Fresh pages are written to, and given back.
    cost(
        "PageFault", "pages", default: 4096,
        others: [FormalAttribute("size", .string("small"), choices: ["small", "huge"])],
        counts: ["fresh", "faults"], words: "one fresh page and one fault each"),
    // Every thread of the backend is given nothing to do, and waited for.
    cost(
        "ParallelRegion", "regions", default: 1000,
        words: "the regions that every thread took part in"),
    // A thread is started, does nothing, and is waited for.
    cost("ThreadSpawn", "count", default: 100, words: "the threads that ran"),
]
