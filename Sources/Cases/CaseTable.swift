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
        "model", "collective", "data", "overlap",
    ]

    static let workloads = [operation, peak, memory, transfer, storage, launch, integrity, stress]
    static let transferEnds = ["host.pageable", "host.pinned", "device", "peer"]

    // MARK: - Axes and the rest

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
