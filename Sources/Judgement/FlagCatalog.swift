package import Model

/// What a flag means apart from the numbers of one finding.
package struct FlagDefinition: Sendable, Hashable {
    package var id: String
    package var severity: Severity
    /// Beyond this the finding is raised, in `unit`; nil where it is not a matter of degree.
    package var limit: Double?
    package var unit: String?
    package var hint: String
}

/// The versioned table of validity findings (measurement method, sections 13 and 14).
///
/// Every threshold of the methodology stands here and nowhere else.
package enum FlagCatalog {
    /// The version of the table; part of what a judgement can be traced to.
    package static let version = "1.0"

    /// All definitions, by severity, then in the order of the method's section 14.
    package static let all: [FlagDefinition] = errors + qualifiers + warnings

    private static let index = Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0) })

    /// A finding of that id. The id must be in the table.
    package static func flag(
        _ id: String, metric: String? = nil, observed: Double? = nil, message: String
    ) -> Flag {
        guard let definition = index[id] else {
            preconditionFailure("no flag '\(id)' in the table")
        }
        // JSON has no infinity: what is relative to nothing is told by the message alone.
        let number = observed.flatMap { $0.isFinite ? $0 : nil }
        return Flag(
            id, definition.severity, metric: metric, observed: number, limit: definition.limit,
            unit: definition.unit, message: message, hint: definition.hint)
    }

    /// The threshold of that finding. It must have one.
    package static func limit(_ id: String) -> Double {
        guard let limit = index[id]?.limit else { preconditionFailure("no limit for '\(id)'") }
        return limit
    }

    /// The definition of that id; nil when the table has none.
    package static func definition(_ id: String) -> FlagDefinition? { index[id] }

    private static func row(
        _ id: String, _ severity: Severity, _ limit: Double?, _ unit: String?, _ hint: String
    ) -> FlagDefinition {
        FlagDefinition(id: id, severity: severity, limit: limit, unit: unit, hint: hint)
    }

    private static let errors: [FlagDefinition] = [
        row("clockRateWrong", .error, 0.01, "1", "check the clock source of the machine"),
        row("suspended", .error, 0.001, "s", "keep the machine from sleeping, and run again"),
        row(
            "intervalTooShort", .error, 0.05, "1",
            "the clock is too coarse for this; time batches instead of single events"),
        row(
            "accuracyFailed", .error, 1, "1",
            "the backend computed something else; see the error and the tolerance"),
        row(
            "implausible", .error, 1.05, "1",
            "faster than the hardware can be: look for skipped work or a broken kernel"),
        row("crashed", .error, nil, nil, "see the backend's own output in launches.jsonl"),
        row("timedOut", .error, nil, nil, "raise --deadline if the backend is known to be slow"),
        row("outOfMemory", .error, nil, nil, "raise --memory, or run smaller sizes"),
        row("exitedEarly", .error, nil, nil, "a plug-in must not call exit (rule R8)"),
        row(
            "protocolViolation", .error, nil, nil,
            "a plug-in must not write to descriptors that it did not open"),
        row("loadFailed", .error, nil, nil, "install what the library needs"),
        row("backendError", .error, nil, nil, "see the backend's own words"),
        row("harnessError", .error, nil, nil, "this is a defect of the harness: please report it"),
    ]

    private static let qualifiers: [FlagDefinition] = [
        row(
            "notConverged", .qualifier, nil, "1",
            "use a profile with more launches, or a quieter machine"),
        row(
            "warmupNotConverged", .qualifier, nil, nil,
            "use a profile with a longer warm-up, or look for a slow trend"),
        row(
            "preempted", .qualifier, 0.01, "1",
            "leave the cores to the measurement: stop other programs or use fewer cores"),
        row("drift", .qualifier, 0.02, "1", "look at temperature and clock; warm up longer"),
        row(
            "hostSpeedChanged", .qualifier, 0.05, "1",
            "something else used the machine, or its clock changed; run again when it is quiet"),
        row(
            "ruleViolation", .qualifier, nil, nil,
            "the plug-in did what rule R8 forbids; its maintainer should know"),
        row(
            "threadsExceeded", .qualifier, 0.05, "1",
            "the backend used more processor time than the threads it was given"),
        row("debugBuild", .qualifier, nil, nil, "measure with a release build"),
    ]

    private static let warnings: [FlagDefinition] = [
        row("fewSamples", .warning, 6, "1", "use a profile with a longer measuring time"),
        row("autocorrelated", .info, 1.96, "1", "intervals were widened for it; nothing to do"),
        row("multimodal", .info, 0.01, "1", "look at the samples: there is more than one speed"),
        row("outliers", .warning, 0.05, "1", "look at the samples; none was dropped"),
        row("clockRate", .warning, 0.001, "1", "check the clock source of the machine"),
        row("overhead", .warning, 0.01, "1", "time batches instead of single events"),
        row(
            "clockCalibrationShift", .info, 0.25, "1",
            "the clock's cost changed during a launch; the machine was not quiet"),
        row(
            "hostSpeedUnsteady", .warning, 0.02, "1",
            "the machine changed a little during a launch"),
        row("zeroData", .warning, nil, nil, "power and speed of zeros are not those of data"),
        row(
            "aboveReference", .warning, 1, "1",
            "faster than the ceiling measured in this run; the ceiling was measured too low"),
    ]
}
