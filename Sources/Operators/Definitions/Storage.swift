import Model

/// A file that is read or written in blocks: what the machine's storage does.
///
/// Reading: the file holds the input, and the output is what was read, each block in its place.
/// Writing: every call writes the input and has the storage keep it; the output is the file's last
/// block, read again.
let storageOperators: [OperatorDefinition] = [true, false].map { isRead in
    OperatorDefinition(
        domain: "assay", isRead ? "StorageRead" : "StorageWrite", since: 1,
        inputs: [FormalTensor("data")], outputs: [FormalTensor(isRead ? "read" : "last")],
        attributes: [
            FormalAttribute("access", .string("sequential"), choices: ["sequential", "random"]),
            FormalAttribute("block", .int(1 << 20), least: 4096),
            FormalAttribute(required: "bytes", .int, least: 4096),
            FormalAttribute("cache", .string("bypass"), choices: ["bypass", "use"]),
        ],
        makesTensors: true,
        inference: { operation throws(OperatorError) in
            let bytes = operation.int("bytes") ?? 0
            let block = operation.int("block") ?? 0
            guard block % 4096 == 0 else {
                throw operation.error(
                    .attribute, "attribute 'block' is \(block); it must be a multiple of 4096")
            }
            guard bytes % block == 0, bytes / block < 1 << 32 else {
                throw operation.error(
                    .attribute,
                    "attribute 'bytes' is \(bytes); it must be whole blocks of \(block), fewer "
                        + "than 2^32")
            }
            operation.inputs = [TensorSpec("data", .i64, [Int(bytes / 8)], isConstant: isRead)]
            operation.outputs = [
                isRead
                    ? TensorSpec("read", .i64, [Int(bytes / 8)])
                    : TensorSpec("last", .i64, [Int(block / 8)])
            ]
        },
        work: { operation in
            let bytes = UInt64(operation.int("bytes") ?? 0)
            return Work(
                bytesRead: Bytes(isRead ? bytes : 0), bytesWritten: Bytes(isRead ? 0 : bytes),
                steps: bytes / UInt64(operation.int("block") ?? 1))
        },
        oracle: Oracle(
            rule: { _, _ in .integers },
            operationCount: Operation.outputElementCount,
            words: { _, _ in "exactly the bytes that were stored" },
            // A change near the beginning of what is written is not in the last block.
            reacts: { _ in false },
            evaluate: { call, range, expected in
                let start = call.inputs[0].spec.count - call.outputCount
                call.inputs[0].read(
                    from: start + range.lowerBound, count: range.count, into: &expected.integers)
            }))
}
