import Model

/// Updates of random words of a table, as in HPC Challenge's RandomAccess: what one costs.
///
/// The output is the input with `updates` words combined by exclusive or. 256 streams of updates
/// have the table's lines of 64 bytes in turn, so the result does not depend on who does which.
let randomAccess = OperatorDefinition(
    domain: "assay", "RandomAccess", since: 1, inputs: [FormalTensor("table")],
    outputs: [FormalTensor("updated")],
    attributes: [
        FormalAttribute(required: "bytes", .int, least: 16384),
        FormalAttribute(required: "updates", .int, least: 256),
    ],
    makesTensors: true,
    inference: { operation throws(OperatorError) in
        let bytes = operation.int("bytes") ?? 0
        guard bytes.nonzeroBitCount == 1 else {
            throw operation.error(
                .attribute, "attribute 'bytes' is \(bytes); it must be a power of two")
        }
        let updates = operation.int("updates") ?? 0
        guard updates % Int64(RandomUpdates.streams) == 0 else {
            throw operation.error(
                .attribute, "attribute 'updates' is \(updates); it must be a multiple of 256")
        }
        operation.inputs = [TensorSpec("table", .i64, [Int(bytes / 8)])]
        operation.outputs = [TensorSpec("updated", .i64, [Int(bytes / 8)])]
    },
    work: { Work(steps: UInt64($0.int("updates") ?? 0)) },
    oracle: Oracle(
        rule: { _, _ in .exact },
        operationCount: { UInt64($0.int("updates") ?? 0) },
        words: { _, _ in "exactly the words with all updates" },
        evaluate: { call, range, expected in
            if call.scratch.changes.isEmpty {
                call.scratch.changes = RandomUpdates.changes(
                    words: call.outputCount, updates: Int(call.operation.int("updates") ?? 0))
            }
            call.inputs[0].read(
                from: range.lowerBound, count: range.count, into: &expected.values)
            for position in 0..<range.count {
                // Words stay below 2^52, so that numbers hold them exactly.
                let word = UInt64(expected.values[position])
                expected.values[position] = Double(
                    word ^ call.scratch.changes[range.lowerBound + position])
            }
        }))

/// The updates that a table receives.
enum RandomUpdates {
    static let streams = 256
    /// The bits of a number that are combined with a word.
    static let value: UInt64 = (1 << 52) - 1

    /// What each word is combined with in the end.
    static func changes(words: Int, updates: Int) -> [UInt64] {
        var changes = [UInt64](repeating: 0, count: words)
        let mask = UInt64(words / 8 / streams - 1)
        for stream in 0..<streams {
            var state = start(of: stream)
            for _ in 0..<updates / streams {
                // HPC Challenge's shift register.
                state = state << 1 ^ (state >> 63 == 1 ? 7 : 0)
                let line = Int(state >> 3 & mask) * streams + stream
                changes[line * 8 + Int(state & 7)] ^= state & value
            }
        }
        return changes
    }

    /// SplitMix64's output number `stream`, made odd: a shift register never leaves zero.
    private static func start(of stream: Int) -> UInt64 {
        var z = UInt64(stream + 1) &* 0x9e37_79b9_7f4a_7c15
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return (z ^ (z >> 31)) | 1
    }
}
