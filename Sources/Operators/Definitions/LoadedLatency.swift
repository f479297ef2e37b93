import Model

/// Dependent loads on one thread while all others read memory: latency against bandwidth.
///
/// The table and its walk are those of PointerChase. How much the others read depends on how fast
/// the walk goes, so the call says it: `streamed` holds the bytes, and the sum of all words read.
/// They take blocks of 64 KiB in turn, so that from the number of blocks the sum is known, whoever
/// read them.
let loadedLatency = OperatorDefinition(
    domain: "assay", "LoadedLatency", since: 1,
    inputs: [FormalTensor("table"), FormalTensor("stream")],
    outputs: [FormalTensor("end"), FormalTensor("streamed")],
    attributes: [
        FormalAttribute(required: "bytes", .int, least: 16),
        FormalAttribute("delay", .int(0), least: 0),
        FormalAttribute("load", .string("read"), choices: ["none", "read"]),
        FormalAttribute("pages", .string("small"), choices: ["small", "huge"]),
        FormalAttribute(required: "steps", .int, least: 1),
        FormalAttribute("streamBytes", .int(1 << 28), least: Int64(LoadStream.block)),
        FormalAttribute("stride", .int(64), least: 8),
    ],
    makesTensors: true,
    inference: { operation throws(OperatorError) in
        try checkChase(operation)
        let streamBytes = Int(operation.int("streamBytes") ?? 0)
        guard streamBytes % LoadStream.block == 0 else {
            throw operation.error(
                .attribute,
                "attribute 'streamBytes' is \(streamBytes); it must be a multiple of "
                    + "\(LoadStream.block)")
        }
        guard operation.int("delay") ?? 0 <= LoadStream.delayMax else {
            throw operation.error(
                .attribute, "attribute 'delay' must be at most \(LoadStream.delayMax) nanoseconds")
        }
        let tableElements = Int(operation.int("bytes") ?? 0) / 8
        operation.inputs = [TensorSpec("table", .i64, [tableElements], isConstant: true)]
        if operation.isLoaded {
            operation.inputs.append(TensorSpec("stream", .i64, [streamBytes / 8]))
        }
        operation.outputs = [TensorSpec("end", .i64, [1]), TensorSpec("streamed", .i64, [2])]
    },
    work: { Work(steps: UInt64($0.int("steps") ?? 0)) },
    oracle: Oracle(
        rule: { _, _ in .integers },
        operationCount: { UInt64(PointerChasePlan($0).nodes) },
        words: { _, _ in "exactly the element reached, and the sum of the words read" },
        reacts: { $0.isLoaded },
        judge: judgeLoaded,
        evaluate: { call, _, expected in expected.integers[0] = Int64(chaseEnd(call)) }),
    tally: "streamed")

extension Operation {
    /// Whether a LoadedLatency has a load at all.
    fileprivate var isLoaded: Bool { string("load") != "none" }
}

/// What the threads beside a chase read.
enum LoadStream {
    /// The bytes that a thread takes at a time.
    static let block = 65536
    /// The longest pause after 4096 bytes, in nanoseconds: a call must come to an end.
    static let delayMax: Int64 = 1_000_000

    /// The sum, modulo 2^64, of the words in so many blocks, read in order round and round.
    static func sum(of stream: TensorView, blocks: Int) -> Int64 {
        let words = block / 8
        let rounds = blocks / (stream.spec.count / words)
        let rest = blocks % (stream.spec.count / words) * words
        var (whole, part) = (Int64(0), Int64(0))
        for position in 0..<stream.spec.count {
            if position == rest { part = whole }
            whole &+= stream.integer(position)
        }
        return whole &* Int64(rounds) &+ part
    }
}

/// Judges where the walk ended, and that what was read is what the call says it was.
private func judgeLoaded(_ call: OracleCall, _ outputs: [TensorView]) -> Correctness? {
    let end = outputs[0].integer(0)
    let (bytes, sum) = (outputs[1].integer(0), outputs[1].integer(1))
    let wanted = Int64(chaseEnd(call))
    var detail = ""
    if end != wanted {
        detail = "end is \(end) where \(wanted) is expected"
    } else if !call.operation.isLoaded {
        if bytes != 0 || sum != 0 { detail = "something was read without a load" }
    } else if bytes <= 0 || bytes % Int64(LoadStream.block) != 0 {
        detail = "streamed says \(bytes) bytes, which are no whole blocks"
    } else {
        let expected = LoadStream.sum(of: call.inputs[1], blocks: Int(bytes) / LoadStream.block)
        if sum != expected {
            detail = "the sum of \(bytes) bytes read is \(sum) where \(expected) is expected"
        }
    }
    return Correctness(
        checked: true, passed: detail.isEmpty, method: "full", coverage: 1,
        value: detail.isEmpty ? 0 : 1e300,
        tolerance: "standard: exactly the element reached, and the sum of the words read",
        detail: detail)
}
