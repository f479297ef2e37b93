import Model

// MARK: - Attention over pages

let pagedAttention = OperatorDefinition(
    domain: "assay", "PagedAttention", since: 1,
    inputs: [
        FormalTensor("Q"), FormalTensor("KeyCache"), FormalTensor("ValueCache"),
        FormalTensor(
            "BlockTable", .indices,
            domain: .index { 0...Int64(max($0.inputs[1].shape[0] - 1, 0)) }),
        FormalTensor(index: "Lengths"),
    ],
    outputs: [FormalTensor("Y")],
    attributes: [FormalAttribute("scale", .float(0)), FormalAttribute("softcap", .float(0))],
    inference: { operation throws(OperatorError) in
        let plan = try PagedPlan(checking: operation)
        guard (operation.double("softcap") ?? 0) >= 0 else {
            throw operation.error(.attribute, "attribute 'softcap' must be at least 0")
        }
        if operation.double("scale") == 0 {
            operation.set("scale", .float(1 / Double(plan.headSize).squareRoot()))
        }
        operation.outputs = [
            TensorSpec(
                "Y", operation.inputs[0].dtype, [plan.lengths.count, plan.heads, plan.valueSize])
        ]
    },
    work: { operation in
        let plan = PagedPlan(operation)
        let query = operation.inputs[0]
        var work = Work.ofTensors(operation, flops: saturatingProduct(plan.perKey, plan.pairs))
        // Of the caches only what the lengths reach.
        let width = query.dtype.bits / 8
        let numbers = plan.keys * plan.sharedHeads * (plan.headSize + plan.valueSize)
        let table = operation.inputs[3].byteCount
        work.bytesRead = Bytes(UInt64(query.byteCount + table + numbers * width))
        return work
    },
    oracle: Oracle(
        chunk: { PagedPlan($0).valueSize * 64 },
        rule: { _, _ in .rounded },
        operationCount: { saturatingProduct(2, PagedPlan($0).perKey, PagedPlan($0).pairs) },
        sampleCost: {
            let plan = PagedPlan($0)
            return saturatingProduct(4, plan.lengths.max() ?? 1, plan.headSize + 8)
        },
        words: { _, _ in "as Attention" },
        // What was altered may lie in blocks that no table names.
        reacts: { _ in false },
        evaluate: evaluatePagedAttention))

/// The extents of an attention over pages.
private struct PagedPlan {
    let heads: Int
    let sharedHeads: Int
    let headSize: Int
    let valueSize: Int
    let blockSize: Int
    let blocksPerSequence: Int
    let lengths: [Int]

    init(_ operation: Operation) {
        let (q, k) = (operation.inputs[0].shape, operation.inputs[1].shape)
        (heads, headSize) = (q[1], q[2])
        (blockSize, sharedHeads) = (k[1], k[2])
        valueSize = operation.inputs[2].shape[3]
        blocksPerSequence = operation.inputs[3].shape[1]
        lengths = operation.indices("Lengths") ?? []
    }

    init(checking operation: Operation) throws(OperatorError) {
        let shapes = operation.inputs.map(\.shape)
        guard shapes[0].count == 3, shapes[1].count == 4, shapes[2].count == 4,
            shapes[3].count == 2, !(shapes[0] + shapes[1] + shapes[2] + shapes[3]).contains(0)
        else {
            throw operation.error(
                .shape,
                "inputs are \(shapes); Q must have 3 dimensions, the caches 4 and BlockTable 2, "
                    + "none of them empty")
        }
        self.init(operation)
        guard shapes[1][3] == headSize, shapes[2].prefix(3) == shapes[1].prefix(3),
            heads % sharedHeads == 0, shapes[3][0] == shapes[0][0],
            lengths.count == shapes[0][0]
        else {
            throw operation.error(
                .shape,
                "inputs are \(shapes); the caches must agree with each other and with Q's last "
                    + "dimension, its heads be a multiple of theirs, BlockTable and Lengths have a "
                    + "row for each sequence")
        }
        let limit = blocksPerSequence * blockSize
        for length in lengths where !(1...limit).contains(length) {
            throw operation.error(
                .input, "input Lengths has \(length); it must be from 1 to \(limit)")
        }
        let blocks = Int64(shapes[1][0])
        for block in operation.inputs[3].values ?? [] where !(0..<blocks).contains(block) {
            throw operation.error(
                .input, "input BlockTable has \(block); it must be from 0 to \(blocks - 1)")
        }
    }

    var keys: Int { lengths.reduce(0, +) }
    var pairs: Int { keys * heads }
    /// Both products, the scale and softmax.
    var perKey: Int { 2 * headSize + 2 * valueSize + 6 }
}

private func evaluatePagedAttention(
    _ call: OracleCall, _ range: Range<Int>, _ expected: inout Expected
) {
    let plan = call.prepared { PagedPlan(call.operation) }
    var row = AttentionRow(
        call, keys: plan.lengths.max() ?? 0, headSize: plan.headSize, valueSize: plan.valueSize)
    var position = range.lowerBound
    while position < range.upperBound {
        let column = position % plan.valueSize
        let count = min(plan.valueSize - column, range.upperBound - position)
        let vector = position / plan.valueSize
        let (sequence, head) = vector.quotientAndRemainder(dividingBy: plan.heads)
        let shared = head / (plan.heads / plan.sharedHeads)
        /// The vector of a cache: its block stands in the table.
        func place(_ key: Int) -> Int {
            let entry = sequence * plan.blocksPerSequence + key / plan.blockSize
            let block = Int(call.inputs[3].integer(entry))
            return (block * plan.blockSize + key % plan.blockSize) * plan.sharedHeads + shared
        }
        row.evaluate(
            query: VectorSource(view: call.inputs[0], start: vector * plan.headSize),
            visible: plan.lengths[sequence],
            key: { VectorSource(view: call.inputs[1], start: place($0) * plan.headSize) },
            value: { VectorSource(view: call.inputs[2], start: place($0) * plan.valueSize) })
        row.store(column..<column + count, in: &expected, at: position - range.lowerBound)
        position += count
    }
}

// MARK: - Writing into pages

let pagedKeyValueWrite = OperatorDefinition(
    domain: "assay", "PagedKeyValueWrite", since: 1,
    inputs: [
        FormalTensor("Key"), FormalTensor("Value"), FormalTensor("KeyCache"),
        FormalTensor("ValueCache"), FormalTensor(index: "Slots"),
    ],
    outputs: [FormalTensor("NewKeyCache"), FormalTensor("NewValueCache")],
    inference: { operation throws(OperatorError) in
        let shapes = operation.inputs.map(\.shape)
        let slots = operation.indices("Slots") ?? []
        guard shapes[0].count == 3, shapes[1].count == 3, shapes[2].count == 4,
            shapes[3].count == 4, shapes[0].dropFirst() == shapes[2].dropFirst(2),
            shapes[1].dropFirst() == shapes[3].dropFirst(2),
            shapes[2].prefix(3) == shapes[3].prefix(3), shapes[0][0] == slots.count,
            shapes[1][0] == slots.count
        else {
            throw operation.error(
                .shape,
                "inputs are \(shapes); Key and Value must have 3 dimensions, the caches 4 that end "
                    + "as theirs, and Slots a number for each of their rows")
        }
        let limit = shapes[2][0] * shapes[2][1]
        guard slots.allSatisfy({ (0..<limit).contains($0) }), Set(slots).count == slots.count
        else {
            throw operation.error(
                .input, "input Slots must be different numbers from 0 to \(limit - 1)")
        }
        operation.outputs = [
            TensorSpec("NewKeyCache", operation.inputs[2].dtype, shapes[2]),
            TensorSpec("NewValueCache", operation.inputs[3].dtype, shapes[3]),
        ]
    },
    // As a function of its inputs it copies the caches; kernels that write in place are not slower.
    work: { Work.ofTensors($0, flops: 0).withoutIndices($0) },
    oracle: .moving { call, range, sources in
        let rows = call.prepared {
            Dictionary(
                uniqueKeysWithValues: (call.operation.indices("Slots") ?? []).enumerated().map {
                    ($1, $0)
                })
        }
        let width = Shape.count(call.output.shape.dropFirst(2))
        for position in range {
            let (slot, column) = position.quotientAndRemainder(dividingBy: width)
            sources[position - range.lowerBound] =
                rows[slot].map {
                    ElementSource(input: call.outputIndex, position: $0 * width + column)
                } ?? ElementSource(input: call.outputIndex + 2, position: position)
        }
    })
