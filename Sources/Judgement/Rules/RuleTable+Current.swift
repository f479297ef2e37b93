import Model

extension RuleTable {
    /// The rules of this version. docs/warnings.md explains each.
    package static let current = RuleTable(
        version: "1.3", rules: clockErrors + failures + audits + qualifiers + warnings)

    /// Whatever the journal calls a failure that the table does not know.
    static let unknownFailure = "harnessError"

    private static let clockErrors = [
        Rule(
            "clockRateWrong", .error, .samples,
            when: .compare("clock.rateDeviation", .magnitudeAbove, 0.01), unit: "1",
            message: "the system's clocks differ by {percent}",
            hint: "check the clock source of the machine"),
        Rule(
            "suspended", .error, .samples, when: .compare("suspended", .above, 0.001), unit: "s",
            message: "the machine was suspended for {value} s during a launch",
            hint: "keep the machine from sleeping, and run again"),
        Rule(
            "intervalTooShort", .error, .samples, when: .compare("clock.share", .above, 0.05),
            unit: "1", message: "reading the clock is {percent} of a sample",
            hint: "the clock is too coarse for this; time batches instead of single events"),
    ]

    /// Raised by name: the journal, or another check, says that it happened.
    private static let failures = [
        Rule(
            "accuracyFailed", .error, .point,
            when: .compare("accuracy.error", .above, 1), unit: "1",
            hint: "the backend computed something else; see the error and the tolerance"),
        Rule(
            "outputsDiffer", .error, .point,
            hint: "the same work gave other bits: look for failing memory or units, threads that "
                + "are not waited for, or sums whose order is left to chance"),
        Rule(
            "implausible", .error, .point,
            when: .compare("ceiling.computeAtLeast", .above, 1.05), unit: "1",
            message: "at least {percent} of the compute ceiling of this run",
            hint: "faster than the hardware can be: look for skipped work or a broken kernel"),
        Rule(
            "crashed", .error, .point, hint: "see the backend's own output in launches.jsonl"),
        Rule(
            "timedOut", .error, .point,
            hint: "raise --deadline if the backend is known to be slow"),
        Rule("outOfMemory", .error, .point, hint: "raise --memory, or run smaller sizes"),
        Rule("exitedEarly", .error, .point, hint: "a plug-in must not call exit (rule R8)"),
        Rule(
            "protocolViolation", .error, .point,
            hint: "a plug-in must not write to descriptors that it did not open"),
        Rule("loadFailed", .error, .point, hint: "install what the library needs"),
        Rule(
            "deviceLost", .error, .point,
            hint: "the device stopped answering; look at its driver's log and reset it"),
        Rule("backendError", .error, .point, hint: "see the backend's own words"),
        Rule(
            "harnessError", .error, .point,
            hint: "this is a defect of the harness: please report it"),
    ]

    private static let qualifiers = [
        Rule(
            "notConverged", .qualifier, .metric,
            when: .compare("halfWidth", .above, .fact("halfWidthTarget")), unit: "1",
            message: "the interval is ±{percent} wide; ±{limitPercent} was asked for",
            hint: "use a profile with more launches, or a quieter machine"),
        Rule(
            "warmupNotConverged", .qualifier, .samples, when: .compare("unsteady", .equal, 1),
            message: "{raised} of {launches} launches were not steady when measuring began",
            hint: "use a profile with a longer warm-up, or look for a slow trend"),
        Rule(
            "preempted", .qualifier, .samples, when: .compare("runQueue.share", .above, 0.01),
            unit: "1",
            message: "each thread waited for a core for {percent} of the measuring time",
            hint: "leave the cores to the measurement: stop other programs or use fewer cores"),
        Rule(
            "stopped", .qualifier, .samples, when: .compare("stopped", .above, 0), unit: "s",
            message: "the process was stopped for about {value} s during a launch",
            hint: "somebody sent it SIGSTOP, or a debugger or a container was paused; run again"),
        Rule(
            "steal", .qualifier, .samples, when: .compare("steal.share", .above, 0.02), unit: "1",
            message: "the hypervisor gave {percent} of the cores' time to others",
            hint: "use a machine of one's own, or run when its neighbours are quiet"),
        Rule(
            "cgroupThrottled", .qualifier, .samples,
            when: .compare("cgroup.throttled", .above, 0), unit: "1",
            message: "the cgroup's quota stopped the process {value} times in a launch",
            hint: "raise cpu.max of the container or slice, or use fewer threads"),
        Rule(
            "throttled", .qualifier, .samples, when: .compare("throttle.events", .above, 0),
            unit: "1", message: "the processor throttled itself {value} times in a launch",
            hint: "let it cool, or look at its power limit"),
        Rule(
            "clockLowered", .qualifier, .samples,
            when: .compare("frequency.share", .below, 0.75), unit: "1",
            message: "the cores ran at {percent} of the clock that another launch had",
            hint: "look at temperature, power limits and the frequency policy"),
        Rule(
            "drift", .qualifier, .samples,
            when: .all([
                .compare("drift.shift", .magnitudeAbove, 0.02), .compare("drift.p", .below, 0.01),
            ]), unit: "1",
            message: "samples drifted by {signedPercent} within a launch "
                + "({raised} of {launches} launches)",
            hint: "look at temperature and clock; warm up longer"),
        Rule(
            "hostSpeedChanged", .qualifier, .samples,
            when: .compare("canary.change", .magnitudeAbove, 0.05), unit: "1",
            message: "the {text} canary changed by {signedPercent} over a launch",
            hint:
                "something else used the machine, or its clock changed; run again when it is quiet"
        ),
        Rule(
            "coresShared", .qualifier, .samples, when: .compare("cores.apart", .below, 0.75),
            unit: "1",
            message: "with all its cores at work each did {percent} of what one does alone",
            hint:
                "the cores share units that the machine shows as apart, as two threads of one core "
                + "do under a hypervisor; pin the machine's processors, or use one core"),
        Rule(
            "noSteadyState", .qualifier, .samples, when: .compare("shape.unsteady", .equal, 1),
            message: "{raised} of {launches} launches never became steady",
            hint: "look at the samples in their order; the median depends on when one looks"),
        Rule(
            "inconsistent", .qualifier, .point, when: .compare("shapes.differ", .equal, 1),
            message: "launches went differently: {text}",
            hint: "look at the samples of each launch; processes of one kind do not agree"),
        Rule(
            "energyWindowShort", .qualifier, .energy,
            when: .compare("energy.window", .below, .fact("energy.windowWanted")), unit: "s",
            message: "the window of {value} s is too short for this sensor",
            hint: "use a profile that measures longer, or a sensor that is read more often"),
        Rule(
            "sensorAliasing", .qualifier, .energy, when: .compare("power.aliasing", .above, 0),
            unit: "s",
            message: "the sensor sees part of the time and beats with calls of {value} s",
            hint: "the value can be far off whatever the window; use another sensor"),
        Rule(
            "powerGap", .qualifier, .energy, when: .compare("power.gap", .above, 0), unit: "s",
            message: "the sensor gave nothing for {value} s",
            hint: "look at the source; what it missed was interpolated"),
        Rule(
            "idleDrift", .qualifier, .energy,
            when: .compare("power.idleDrift", .magnitudeAbove, 0.05), unit: "1",
            message: "idle power changed by {signedPercent} between before and after",
            hint: "let the machine settle; net energy is uncertain by as much"),
        Rule(
            "ruleViolation", .qualifier, .point, when: .compare("violations", .above, 0),
            message: "the plug-in {text}",
            hint: "the plug-in did what rule R8 forbids; its maintainer should know"),
        Rule(
            "threadsExceeded", .qualifier, .point, when: .compare("threads.excess", .above, 0.05),
            unit: "1", message: "it used {percent} more processor time than its threads have",
            hint: "the backend used more processor time than the threads it was given"),
        Rule(
            "debugBuild", .qualifier, .point, when: .compare("debugBuild", .equal, 1),
            message: "a debug build measured this", hint: "measure with a release build"),
    ]

    private static let warnings = [
        Rule(
            "fewSamples", .warning, .samples,
            when: .compare("samples", .below, .fact("samplesWanted")), unit: "1",
            message: "a launch has {value} samples only",
            hint: "use a profile with a longer measuring time"),
        Rule(
            "highLoad", .warning, .samples, when: .compare("foreign.share", .above, 0.05),
            unit: "1",
            message: "other programs used {percent} of a core in the measuring time",
            hint: "stop them: they share caches, memory and power with what is measured"),
        Rule(
            "stealNoted", .warning, .samples,
            when: .implies(
                .compare("steal.share", .above, 0.005), .compare("steal.share", .above, 0.02)),
            unit: "1", message: "the hypervisor gave {percent} of the cores' time to others",
            hint: "use a machine of one's own, or run when its neighbours are quiet"),
        Rule(
            "pressure", .warning, .samples, when: .compare("pressure.share", .above, 0.05),
            unit: "1", message: "somebody waited for a core {percent} of the measuring time",
            hint: "stop other programs, or give the measurement fewer cores than there are"),
        Rule(
            "paging", .warning, .samples, when: .compare("majorFaults", .above, 0), unit: "1",
            message: "{value} pages came from the disk in a launch",
            hint: "memory is short; run smaller sizes or free some"),
        Rule(
            "autocorrelated", .info, .samples, when: .compare("autocorrelation", .above, 1.96),
            unit: "1",
            message: "neighbouring samples depend on each other ({value} standard errors)",
            hint: "intervals were widened for it; nothing to do"),
        Rule(
            "multimodal", .info, .samples, when: .compare("dip.p", .below, 0.01), unit: "1",
            message: "samples have more than one mode in {raised} of {launches} launches",
            hint: "look at the samples: there is more than one speed"),
        Rule(
            "outliers", .warning, .samples, when: .compare("outliers.severe", .above, 0.05),
            unit: "1", message: "{percent} of the samples of a launch are far from the others",
            hint: "look at the samples; none was dropped"),
        Rule(
            "clockRate", .warning, .samples,
            when: .implies(
                .compare("clock.rateDeviation", .magnitudeAbove, 0.001),
                .compare("clock.rateDeviation", .magnitudeAbove, 0.01)), unit: "1",
            message: "the system's clocks differ by {percent}",
            hint: "check the clock source of the machine"),
        Rule(
            "overhead", .warning, .samples,
            when: .implies(
                .compare("clock.share", .above, 0.01), .compare("clock.share", .above, 0.05)),
            unit: "1", message: "reading the clock is {percent} of a sample",
            hint: "time batches instead of single events"),
        Rule(
            "clockCalibrationShift", .info, .samples,
            when: .compare("clock.calibrationShift", .magnitudeAbove, 0.25), unit: "1",
            message: "the clock's cost changed by {percent} within a launch",
            hint: "the clock's cost changed during a launch; the machine was not quiet"),
        Rule(
            "hostSpeedUnsteady", .warning, .samples,
            when: .implies(
                .compare("canary.change", .magnitudeAbove, 0.02),
                .compare("canary.change", .magnitudeAbove, 0.05)), unit: "1",
            message: "the {text} canary changed by {signedPercent} over a launch",
            hint: "the machine changed a little during a launch"),
        Rule(
            "clockVaries", .warning, .samples,
            when: .implies(
                .compare("frequency.share", .below, 0.95),
                .compare("frequency.share", .below, 0.75)), unit: "1",
            message: "the cores ran at {percent} of the clock that another launch had",
            hint: "fix the clock, or read the interval as one that includes such changes"),
        Rule(
            "memorySpeedUnsteady", .warning, .samples,
            when: .compare("canary.memory", .magnitudeAbove, 0.25), unit: "1",
            message: "reading memory changed by {signedPercent} over a launch",
            hint: "neighbours use the caches and the memory that this point needs"),
        Rule(
            "negativePower", .warning, .energy, when: .compare("power.negative", .above, 0),
            unit: "1", message: "the sensor read below 0 W at {value} readings; they are kept",
            hint: "look at the sensor's wiring and range"),
        Rule(
            "sensorUnchanging", .warning, .energy, when: .compare("power.unchanging", .above, 0),
            unit: "1", message: "the sensor said the same at all {value} readings",
            hint: "it may have stopped; compare it with another"),
        Rule(
            "zeroData", .warning, .point, when: .compare("zeroData", .equal, 1),
            message: "the inputs are all zero",
            hint: "power and speed of zeros are not those of data"),
        Rule(
            "repeatedAfterThrottling", .info, .point,
            when: .compare("launches.cooled", .above, 0), unit: "1",
            message: "{value} launches were throttled and made again after cooling down",
            hint: "those that were throttled are kept beside them; cool the machine better"),
        Rule(
            "repeatedAfterDisturbance", .info, .point,
            when: .compare("launches.disturbed", .above, 0), unit: "1",
            message: "{value} launches that something else disturbed were made again",
            hint: "those that were disturbed are kept beside them; a quieter machine needs none"),
        Rule(
            "aboveReference", .warning, .metric, when: .compare("ceiling.share", .above, 1),
            unit: "1", message: "{percent} of the ceiling '{text}'",
            hint: "faster than the ceiling measured in this run; the ceiling was measured too low"),
    ]
}
