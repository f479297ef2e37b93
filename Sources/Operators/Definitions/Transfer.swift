import Model

/// Bytes moved from one memory to another by the plug-in's own copies, not by an operation of it.
///
/// The outputs are the inputs, in the other memory: every byte is compared. Duplex moves as many
/// bytes back at the same time, on a queue of their own.
let transfer = OperatorDefinition(
    domain: "assay", "Transfer", since: 1, inputs: [FormalTensor("data"), FormalTensor("back")],
    outputs: [FormalTensor("moved"), FormalTensor("movedBack")],
    attributes: [
        FormalAttribute(required: "bytes", .int, least: 8),
        FormalAttribute("direction", .string("oneWay"), choices: ["oneWay", "duplex"]),
        FormalAttribute("from", .string("host.pageable"), choices: transferEnds),
        FormalAttribute("to", .string("device"), choices: transferEnds),
    ],
    makesTensors: true,
    inference: { operation throws(OperatorError) in
        let bytes = operation.int("bytes") ?? 0
        let (from, to) = (operation.string("from") ?? "", operation.string("to") ?? "")
        let isDuplex = operation.string("direction") == "duplex"
        guard bytes % 8 == 0 else {
            throw operation.error(
                .attribute, "attribute 'bytes' is \(bytes); it must be a multiple of 8")
        }
        guard from == "device" || to == "device" else {
            throw operation.error(
                .attribute, "from '\(from)' to '\(to)' does not touch the device that is measured")
        }
        guard !isDuplex || from != to else {
            throw operation.error(
                .attribute, "a copy within the device has no other direction to go")
        }
        let count = Int(bytes / 8)
        operation.inputs = [TensorSpec("data", .i64, [count])]
        operation.outputs = [TensorSpec("moved", .i64, [count])]
        if isDuplex {
            operation.inputs.append(TensorSpec("back", .i64, [count]))
            operation.outputs.append(TensorSpec("movedBack", .i64, [count]))
        }
    },
    // Each byte counts once, where it arrives.
    work: { operation in
        Work(bytesWritten: Bytes(operation.outputs.reduce(0) { $0 + UInt64($1.byteCount) }))
    },
    oracle: Oracle(
        rule: { _, _ in .integers },
        operationCount: Operation.outputElementCount,
        words: { _, _ in "exactly the bytes that were sent" },
        evaluate: { call, range, expected in
            call.inputs[call.outputIndex].read(
                from: range.lowerBound, count: range.count, into: &expected.integers)
        }))

/// The memories that a transfer begins or ends in.
private let transferEnds = ["host.pageable", "host.pinned", "device", "peer"]
