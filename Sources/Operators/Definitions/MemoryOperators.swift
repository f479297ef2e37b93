import Model

/// One of STREAM's kernels, or a pass that only reads or only writes.
private struct MemoryKernel: Sendable {
    let name: String
    let inputs: [String]
    let output: String
    /// The operations per element, as STREAM counts them.
    let operations: Int
    /// What an element becomes, from the inputs and the scalar, and how far it may be from that.
    let element: @Sendable (Double, Double, Double) -> (value: Double, bound: Double)

    /// Arrays that are read and written; the sum of `MemoryRead` is no array.
    var arrays: Int { inputs.count + (output == "sum" ? 0 : 1) }
}

private let memoryKernels: [MemoryKernel] = [
    MemoryKernel(
        name: "MemoryRead", inputs: ["A"], output: "sum", operations: 1,
        element: { a, _, _ in (a, 0) }),
    MemoryKernel(
        name: "MemoryWrite", inputs: [], output: "A", operations: 0,
        element: { _, _, s in (s, 0) }),
    MemoryKernel(
        name: "MemoryCopy", inputs: ["A"], output: "C", operations: 0,
        element: { a, _, _ in (a, 0) }),
    MemoryKernel(
        name: "MemoryScale", inputs: ["C"], output: "B", operations: 1,
        element: { c, _, s in (s * c, 0) }),
    MemoryKernel(
        name: "MemoryAdd", inputs: ["A", "B"], output: "C", operations: 1,
        element: { a, b, _ in (a + b, 0) }),
    MemoryKernel(
        name: "MemoryTriad", inputs: ["B", "C"], output: "A", operations: 2,
        element: { b, c, s in
            // Fused and unfused multiply-add are both right; they differ in the last bit.
            let plain = b + s * c
            return (plain, abs(b.addingProduct(s, c) - plain))
        }),
]

let memoryOperators: [OperatorDefinition] = memoryKernels.map { kernel in
    OperatorDefinition(
        domain: "assay", kernel.name, since: 1, inputs: kernel.inputs.map { FormalTensor($0) },
        outputs: [FormalTensor(kernel.output)],
        attributes: [
            FormalAttribute(required: "bytes", .int, least: Int64(kernel.arrays * 512)),
            FormalAttribute("repetitions", .int(1), least: 1),
            FormalAttribute("scalar", .float(3)),
            FormalAttribute("stores", .string("plain"), choices: ["plain", "nonTemporal"]),
        ],
        makesTensors: true,
        inference: { operation throws(OperatorError) in
            // Whole blocks of 64 elements, so that threads never share a cache line.
            let count = Int(operation.int("bytes") ?? 0) / kernel.arrays / 512 * 64
            operation.inputs = kernel.inputs.map { TensorSpec($0, .f64, [count]) }
            operation.outputs = [
                TensorSpec(kernel.output, .f64, [kernel.output == "sum" ? 1 : count])
            ]
        },
        work: { work(of: kernel, $0) },
        oracle: oracle(of: kernel))
}

/// Elements of each array.
private func elements(_ kernel: MemoryKernel, _ operation: Operation) -> Int {
    Int(operation.int("bytes") ?? 0) / kernel.arrays / 512 * 64
}

private func work(of kernel: MemoryKernel, _ operation: Operation) -> Work {
    let passes = Int(operation.int("repetitions") ?? 1)
    let perArray = saturatingProduct(elements(kernel, operation), 8, passes)
    let written = kernel.output == "sum" ? 0 : perArray
    // A plain store reads the line it changes, except where the output is read anyway.
    let isPlain = operation.string("stores") == "plain"
    return Work(
        flops: saturatingProduct(elements(kernel, operation), kernel.operations, passes),
        bytesRead: Bytes(perArray * UInt64(kernel.inputs.count)), bytesWritten: Bytes(written),
        bytesOwnership: Bytes(isPlain ? written : 0))
}

private func oracle(of kernel: MemoryKernel) -> Oracle {
    let isSum = kernel.output == "sum"
    return Oracle(
        rule: { _, _ in isSum ? .rounded : .exact },
        operationCount: { UInt64(elements(kernel, $0)) },
        words: { operation, error in
            switch kernel.name {
            case "MemoryRead":
                "8·√\(elements(kernel, operation))·\(error.accumulateType.roundoffText)·Σ|x|"
            case "MemoryTriad": "exact, fused or not"
            default: "exact"
            }
        },
        evaluate: { call, range, expected in
            if isSum {
                evaluateSum(call, &expected)
                return
            }
            var second = [Double](repeating: 0, count: range.count)
            if let input = call.inputs.first {
                input.read(from: range.lowerBound, count: range.count, into: &expected.values)
            }
            if call.inputs.count > 1 {
                call.inputs[1].read(from: range.lowerBound, count: range.count, into: &second)
            }
            let scalar = call.operation.double("scalar") ?? 3
            for position in second.indices {
                let result = kernel.element(expected.values[position], second[position], scalar)
                expected.values[position] = result.value
                expected.bounds[position] = result.bound
            }
        })
}

private func evaluateSum(_ call: OracleCall, _ expected: inout Expected) {
    let input = call.inputs[0]
    let count = input.spec.count
    var line = [Double](repeating: 0, count: min(count, 1 << 14))
    for start in stride(from: 0, to: count, by: line.count) {
        let length = min(line.count, count - start)
        input.read(from: start, count: length, into: &line)
        let sums = sum(line, count: length)
        expected.values[0] += sums.value
        expected.bounds[0] += sums.magnitude
    }
    expected.bounds[0] *= call.error.reduction(count)
}
