import Model

/// The keys of case files, from which both checks and the published schema are made.
enum CaseTable {
    static let dtypes = DType.allCases.map(\.name)
    static let cacheStates = CacheState.allCases.map(\.rawValue)
    static let timingModes = TimingMode.allCases.map(\.rawValue)
    static let streamKernels = ["read", "write", "copy", "scale", "add", "triad"]
    static let memoryKernels = streamKernels + ["random", "chase", "loadedChase"]
    static let peakKinds = PeakWorkload.dtypes.map(\.kind)
    static let peakDTypes = ["f32", "f64", "f16", "bf16", "i32", "i16", "i8"]
    static let peakPaths = ["best", "scalar", "sse", "avx2", "avx512", "amx", "neon"]

    static let root = Table(
        "case", "A case: one workload, its axes, how it is measured and how it is verified.",
        [
            Field("assay", .version(1), required: true, "The version of this format."),
            Field(
                "id", .text(.id), required: true,
                "The name of the case, such as op/matmul. Unique; no part of the identity."),
            Field("title", .text(.any), required: true, "What is computed, for people."),
            Field(
                "workload", .oneOf(workloads, unavailable: unavailableWorkloads), required: true,
                "What is computed: exactly one of the kinds of workload."),
            Field(
                "axes", .map(axes),
                "Parameters with their values. Every combination is a point; the last axis varies "
                    + "fastest."),
            Field(
                "data", .oneOrMany(.text(.dataPattern)),
                "How inputs are filled; a list makes it an axis. Default: normal."),
            Field("measure", .map(measure), "How the points are measured."),
            Field("verify", .map(verify), "How outputs are checked."),
            Field("closedDivision", .map(closedDivision), "What a closed-division run may change."),
            Field("owner", .text(.any), "Who answers questions about the case."),
            Field("concurrency", .unavailable, "One device, or all at once."),
            Field("scenario", .unavailable, "The load of a serving case."),
        ])

    static let unavailableWorkloads = [
        "model", "collective", "data", "storage", "overlap",
    ]

    static let workloads = [operation, peak, memory, transfer, launch, integrity, stress]
    static let transferEnds = ["host.pageable", "host.pinned", "device", "peer"]

    // MARK: - Kinds of workload

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
        [Field("dtype", .wordOrReference(dtypes), "The element type that it must have.")])

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

    // MARK: - The rest

    static let axes: Table = {
        var table = Table(
            "axes", "Parameters with their values, in the order in which they vary.",
            [
                Field(
                    "types", .list(.either(.map(typeRoles), .word(dtypes)), countMin: 1),
                    "Element types by role. A bare type stands for every role but math and "
                        + "accumulate."),
                Field(
                    "data", .list(.text(.dataPattern), countMin: 1), "How inputs are filled."),
                Field(
                    "cache", .list(.word(cacheStates), countMin: 1),
                    "What the caches hold when an event starts."),
                Field("timing", .list(.word(timingModes), countMin: 1), "What one sample is."),
                Field(
                    "threads", .list(.scalar, countMin: 1),
                    "Numbers of threads, or all: every core that the run is given."),
            ], others: .list(.either(.map(axisValue), .scalar), countMin: 1))
        table.otherKeys = .name
        return table
    }()

    static let typeRoles = Table(
        "types", "Element types by role; storage is never tf32.",
        [
            Field("name", .scalar, required: true, "The name of the value."),
            Field("source", .text(.any), "Where it comes from."),
            Field("activation", .word(dtypes), "Of what flows through."),
            Field("weight", .word(dtypes), "Of what stays the same across calls."),
            Field("cache", .word(dtypes), "Of what is kept between calls."),
            Field("output", .word(dtypes), "Of results."),
            Field("math", .word(dtypes), "Of the arithmetic. Default: as the inputs."),
            Field("accumulate", .word(dtypes), "Of sums. Default: as the inputs."),
            Field("quantization", .unavailable, "How values are quantised."),
        ])

    static let axisValue = Table(
        "axis value", "A value with a name and any fields, referred to as $field or $axis.field.",
        [
            Field("name", .scalar, required: true, "The name of the value."),
            Field("source", .text(.any), "Where it comes from, such as model/llama3-8b."),
        ], others: .scalar)

    static let measure = Table(
        "measure", "How the points are measured; a list makes an axis.",
        [
            Field(
                "cache", .oneOrMany(.wordOrReference(cacheStates)),
                "What the caches hold when an event starts. Default: hot."),
            Field(
                "timing", .oneOrMany(.wordOrReference(timingModes)),
                "What one sample is. Default: batch."),
            Field(
                "threads", .oneOrMany(.scalar),
                "A number of threads, or all: every core that the run is given. Default: all, "
                    + "without being part of the identity."),
            Field("unit", .unavailable, "The unit of work."),
        ])

    static let verify = Table(
        "verify", "How outputs are checked.",
        [
            Field("oracle", .word(["f64"]), "What computes the reference. Default: f64."),
            Field(
                "tolerance", .word(["standard"]),
                "The name of the tolerance rule. Default: standard."),
            Field("coverage", .word(["auto"]), "How much is checked. Default: auto."),
        ])

    static let closedDivision = Table(
        "closedDivision", "Overrides that a closed-division run may make.",
        [
            Field(
                "mayChange", .list(.text(.name), countMin: 0), required: true,
                "Names of axes that may be given other values. Anything else moves the run to "
                    + "the open division.")
        ])
}

/// The keys of suite files.
enum SuiteTable {
    static let profiles = ProfileID.allCases.map(\.rawValue)

    static let root = Table(
        "suite", "A named selection of points with profiles and a budget.",
        [
            Field("assay", .version(1), required: true, "The version of this format."),
            Field("suite", .text(.suiteName), required: true, "The name of the suite."),
            Field("title", .text(.any), required: true, "What it is for."),
            Field("profile", .map(profile), required: true, "How much is measured."),
            Field("budget", .text(.duration), "What the plan may cost. Default: no limit."),
            Field(
                "pointBudget", .text(.duration),
                "A cap on the measuring time of a point. Default: the profile's."),
            Field(
                "always", .list(selection, countMin: 1), required: true,
                "Points that run every time."),
            Field(
                "rotate", .list(selection, countMin: 1),
                "Points that take turns over the nights. Those of always are left out."),
            Field("weekly", .unavailable, "Points that run once a week."),
        ])

    static let profile = Table(
        "profile", "Methodology profiles.",
        [
            Field("always", .word(profiles), required: true, "Of the points that always run."),
            Field(
                "rotate", .word(profiles),
                "Of the points that take turns. Default: that of always."),
        ])

    static let selection = Kind.either(.map(limitedSelection), .text(.casePattern))

    static let limitedSelection = Table(
        "selection", "Points of some cases with some values of their axes.",
        [
            Field(
                "case", .text(.casePattern), required: true,
                "A case's id, or the beginning of one followed by '*'.")
        ], others: .oneOrMany(.scalar))
}
