import Model

extension RuleTable {
    /// Whether a backend did the work that was timed (measurement method, section 12).
    static let audits = [
        Rule(
            "workSkipped", .error, .point, when: .compare("audit.skipped", .above, 1.5),
            unit: "1",
            hint: "the backend remembers answers or leaves work out; its numbers mean nothing"),
        Rule(
            "outputIncomplete", .error, .point, when: .compare("audit.unwritten", .above, 0),
            unit: "1",
            message: "the first call left at least {value} elements of the outputs as they were",
            hint: "a backend must write every element of every output at every call"),
        Rule(
            "precisionLowered", .error, .point, when: .compare("audit.lowered", .equal, 1),
            message: "the outputs are wrong, but right by the tolerance of arithmetic in {text}",
            hint: "the arithmetic must be what was asked for, or the operation be refused"),
        Rule(
            "completedEarly", .error, .point, when: .compare("audit.lateBytes", .above, 0),
            unit: "By",
            message: "{value} bytes of output changed after the backend said that it was done",
            hint: "a queue's sync must not return before all of its work is done"),
        Rule(
            "samplesAltered", .error, .point,
            hint: "something in the worker wrote into the memory of the samples"),
        Rule(
            "hostClockAltered", .error, .point,
            when: .compare("audit.clock", .magnitudeAbove, 0.05), unit: "1",
            message: "the worker's clock showed {signedPercent} of the time that passed outside",
            hint: "something in the worker changed what its clock tells"),
        Rule(
            "timerMismatch", .error, .metric,
            when: .compare("device.clock", .magnitudeAbove, 0.01), unit: "1",
            message: "{text}",
            hint: "the device's clock is not to be believed; the host's time stands"),
        Rule(
            "ranOnHost", .error, .point, when: .compare("audit.contention", .above, 1.6),
            unit: "1",
            hint: "the host's processor did the work that was claimed for a device"),
        Rule("auditFailed", .error, .point, unit: "1", hint: "the audit says what it compared"),
        Rule(
            "slowedDown", .qualifier, .point, when: .compare("audit.slowdown", .above, 0.5),
            unit: "1",
            message: "even the fastest events took {percent} longer than at the end of the warm-up",
            hint: "what was measured is slower than the warm-up: look for throttling"),
        Rule(
            "worksWhenIdle", .qualifier, .point,
            when: .compare("audit.idleCores", .above, 0.5), unit: "1",
            message: "with nothing to do it kept {value} cores busy beyond its waiting threads",
            hint: "the backend works while nothing was asked of it; look at its threads"),
        Rule(
            "timerDeviation", .warning, .metric,
            when: .implies(
                .compare("device.clock", .magnitudeAbove, 0.001),
                .compare("device.clock", .magnitudeAbove, 0.01)), unit: "1",
            hint: "the device's clock is a little off; compare times of one source only"),
    ]
}
