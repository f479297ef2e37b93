// MARK: - Kinds of workload

extension CaseTable {
    static let operation = Table(
        "operator", "One call of an operator with ONNX's semantics.",
        [
            Field(
                "operator", .text(.identifier), required: true,
                "The operator's name in ONNX, such as MatMul."),
            Field(
                "domain", .word(["", "assay"]),
                "Where the operator is defined: nothing for ONNX, assay for this project's own."),
            Field(
                "attributes", .dictionary(.identifier, .oneOrMany(.scalar)),
                "Attributes as ONNX names them; numbers may be arithmetic with references."),
            Field(
                "inputs", .dictionary(.identifier, .map(input)),
                "Input tensors under their formal names in ONNX, in any order."),
            Field(
                "outputs", .dictionary(.identifier, .map(output)),
                "What is demanded of output tensors; shapes are derived."),
        ])

    static let input = Table(
        "input", "An input tensor.",
        [
            Field("dtype", .wordOrReference(dtypes), "The element type. Default with values: i64."),
            Field(
                "shape", .list(.formula, countMin: 0),
                "Extents, outermost first. Default with values: one extent, their number."),
            Field(
                "role", .word(["activation", "weight"]),
                "A weight is constant across calls and may be packed once, which is reported. "
                    + "Default: activation."),
            Field(
                "values", .list(.formula, countMin: 0),
                "The contents, for index tensors such as axes. Default: filled from the seed."),
        ])

    static let output = Table(
        "output", "What is demanded of an output tensor.",
        [
            Field(
                "dtype", .wordOrReference(dtypes), required: true,
                "The element type that it must have.")
        ])

    static let peak = Table(
        "peak", "As many operations a second as the processor can do, with no memory traffic.",
        [
            Field(
                "peak", .word(peakKinds), required: true,
                "What each step is, 2 operations for each multiply-add. fma: fused, of f32, f64 or "
                    + "f16. dot: of 2 neighbours of bf16 or i16, or 4 of i8, added to 32 bits. "
                    + "multiplyAdd: of i32, apart. tile: of tiles of bf16, f16 or i8."),
            Field("dtype", .wordOrReference(peakDTypes), required: true, "The element type."),
            Field(
                "path", .wordOrReference(peakPaths),
                "An instruction set, or best: the fastest there is. Default: best."),
            Field(
                "unit", .wordOrReference(["vector", "matrix"]),
                "Which units work. Default: matrix for tile, else vector."),
            Field(
                "operations", .formula,
                "Operations of one call, over all threads: a multiple of 768, of 1536 for 16 bits, "
                    + "of 3072 for 8, of 524288 for tiles. Default: "
                    + "\(PeakWorkload.operationsDefault)."
            ),
            Field("threads", .scalar, "As under measure."),
        ])

    static let memory = Table(
        "memory", "Traffic to caches or memory.",
        [Field("memory", .map(traffic), required: true, "The kernel and its parameters.")])

    static let traffic = Table(
        "traffic", "A memory kernel and its parameters.",
        [
            Field(
                "kernel", .wordOrReference(memoryKernels), required: true,
                "A STREAM kernel on f64; random: updates of random words; chase: a chain of "
                    + "dependent reads; loadedChase: such a chain while all other threads read."),
            Field(
                "bytes", .formula, required: true,
                "The size of all arrays together; random: of the table, a power of two; chases: of "
                    + "the table."),
            Field(
                "stores", .wordOrReference(["plain", "nonTemporal"]),
                "How the arrays are written. A read has no stores: there, values other than plain "
                    + "make no point. Default: plain."),
            Field(
                "repetitions", .formula,
                "Passes over the arrays in one call. Default: 16 MiB / bytes, at least 1."),
            Field("scalar", .number, "The constant of write, scale and triad. Default: 3."),
            Field(
                "updates", .formula,
                "Random: updates of one call, a multiple of 256. Default: 4 for each word, at "
                    + "least 262144 and at most 134217728."),
            Field("stride", .formula, "Chases: bytes from node to node. Default: 64."),
            Field(
                "window", .formula,
                "Chase: bytes whose nodes are all visited before the next such window; 0: all of "
                    + "it is one window. One that is not smaller than the table makes no point. "
                    + "Default: 0."),
            Field(
                "steps", .formula,
                "Chases: dependent reads in one call. Default: bytes / stride, which visits every "
                    + "node once, but at least \(MemoryWorkload.stepsMin) and at most "
                    + "\(MemoryWorkload.stepsMax). Every call begins at the "
                    + "first node: with fewer steps than nodes, only steps * stride bytes "
                    + "are touched."
            ),
            Field(
                "pages", .wordOrReference(["small", "huge"]),
                "Chases: the pages that hold the table. Default: small."),
            Field(
                "load", .wordOrReference(["none", "read"]),
                "LoadedChase: what the other threads do. Default: read."),
            Field(
                "delay", .formula,
                "LoadedChase: nanoseconds that each of them pauses after 4096 bytes; without a "
                    + "load, values other than 0 make no point. Default: 0."),
            Field(
                "streamBytes", .formula,
                "LoadedChase: the size of what they read, round and round, a multiple of 64 KiB. "
                    + "Default: 256 MiB."),
            Field("threads", .scalar, "As under measure."),
        ])

    static let transfer = Table(
        "transfer", "Bytes moved between memories by the device's own copies.",
        [
            Field(
                "transfer", .map(movement), required: true, "Where from, where to, and how much.")
        ])

    static let movement = Table(
        "movement", "A transfer and its parameters.",
        [
            Field(
                "from", .wordOrReference(transferEnds), required: true,
                "A memory of the host, as any program has it or pinned; the device's own; or that "
                    + "of the backend's next device."),
            Field("to", .wordOrReference(transferEnds), required: true, "As from."),
            Field(
                "bytes", .formula, required: true,
                "The bytes of one call, each way: a multiple of 8."),
            Field(
                "direction", .wordOrReference(["oneWay", "duplex"]),
                "Duplex moves as many bytes back at the same time. Default: oneWay."),
            Field("engine", .unavailable, "What moves the bytes."),
            Field("fan", .unavailable, "How many take part on each side."),
        ])

    static let storage = Table(
        "storage", "A file of the machine's storage, read or written in blocks.",
        [
            Field("storage", .map(file), required: true, "Whether to read or write, and how.")
        ])

    static let file = Table(
        "file", "A file and how it is used.",
        [
            Field(
                "read", .wordOrReference(["sequential", "random"]),
                "The file is read, its blocks in their order or shuffled. Either this or write."),
            Field("write", .wordOrReference(["sequential", "random"]), "The same, written."),
            Field("bytes", .formula, required: true, "The size of the file: whole blocks."),
            Field(
                "block", .formula, "Bytes of a block, a multiple of 4096. Default: 1 MiB."),
            Field(
                "cache", .wordOrReference(["bypass", "use"]),
                "Whether the system's page cache is passed by. Default: bypass."),
            Field("to", .unavailable, "Where what is read goes."),
        ])

    static let launch = Table(
        "launch", "The cost of starting work.",
        [Field("launch", .word(["empty"]), required: true, "empty: an operation without work.")])

    static let integrity = Table(
        "integrity", "Work of another case, again and again: every output must be the same bits.",
        [
            Field(
                "integrity", .map(repetition), required: true,
                "What is repeated, and how often. Its axes, data and measure are its own: this "
                    + "file has none.")
        ])

    static let repetition = Table(
        "repetition", "Points of a case that are repeated.",
        [
            Field(
                "of", .either(.map(repeatedPoints), .text(.id)), required: true,
                "The case whose points are repeated; or a map with it and values of its axes."),
            Field(
                "repetitions", .formula,
                "Calls of each launch whose outputs are compared, from 2 to "
                    + "\(RepeatedCase.repetitionsMax). Default: \(RepeatedCase.repetitionsDefault)."
            ),
        ])

    static let stress = Table(
        "stress", "Work of another case for a long time: whether it keeps its speed.",
        [
            Field(
                "stress", .map(strain), required: true,
                "What goes on, and how long. Its axes, data and measure are its own: this file "
                    + "has none.")
        ])

    static let strain = Table(
        "strain", "Points of a case that go on for a long time.",
        [
            Field(
                "of", .either(.map(repeatedPoints), .text(.id)), required: true,
                "The case whose points go on; or a map with it and values of its axes."),
            Field("duration", .text(.duration), "The time of each launch. Default: 60s."),
            Field("pattern", .unavailable, "Pulses with pauses between them."),
        ])

    static let repeatedPoints = Table(
        "repeated points", "A case and values of its axes.",
        [Field("case", .text(.id), required: true, "The case whose points are repeated.")],
        others: .oneOrMany(.scalar))
}
