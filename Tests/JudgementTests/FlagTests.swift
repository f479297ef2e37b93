import Bundle
import Model
import Statistics
import TestSupport
import Testing

@testable import Judgement

/// Each finding is raised by data that should raise it, and by nothing else.
@Suite struct FlagTests {
    /// Data with something odd about it, and the one finding it should raise.
    struct Oddity: Sendable, CustomTestStringConvertible {
        var id: String
        /// Other findings that follow from the same data.
        var others: Set<String> = []
        var status: Validity
        var change: @Sendable (inout SampleRun) -> Void
        var testDescription: String { id }
    }

    private static func entry(
        _ change: @escaping @Sendable (inout LaunchEntry) -> Void
    ) -> @Sendable (inout SampleRun) -> Void {
        { $0.change = change }
    }

    /// Launches whose cores ran at these clocks.
    private static func clocks(_ hertz: [Int64]) -> @Sendable (inout SampleRun) -> Void {
        {
            $0.launches = hertz.indices.map { SampleRun.clean(seed: UInt64($0)) }
            $0.frequencies = hertz
            $0.change = {
                $0.counters.measuringStartNanoseconds = UInt64($0.launch) * 1_000_000_000
            }
        }
    }

    private static func calibration(_ overhead: Double) -> ClockCalibration {
        ClockCalibration(
            overheadNanoseconds: overhead, resolutionNanoseconds: 20, overheadP99Nanoseconds: 20)
    }

    static let oddities: [Oddity] = [
        Oddity(
            id: "intervalTooShort", status: .invalid,
            change: entry {
                $0.calibrationStart = calibration(110_000)
                $0.calibrationEnd = calibration(110_000)
            }),
        Oddity(
            id: "overhead", status: .valid,
            change: entry {
                $0.calibrationStart = calibration(30_000)
                $0.calibrationEnd = calibration(30_000)
            }),
        Oddity(
            id: "clockCalibrationShift", status: .valid,
            change: entry { $0.calibrationEnd = calibration(26) }),
        Oddity(
            id: "suspended", status: .invalid,
            change: entry { $0.counters.suspendedNanoseconds = 2_000_000 }),
        Oddity(
            id: "clockRate", status: .valid,
            change: entry { $0.counters.clockRateDeviation = -0.002 }),
        Oddity(
            id: "clockRateWrong", status: .invalid,
            change: entry { $0.counters.clockRateDeviation = 0.02 }),
        Oddity(
            id: "preempted", status: .qualified,
            change: entry { $0.counters.runQueueWaitNanoseconds = 1_100_000 }),
        Oddity(
            id: "hostSpeedUnsteady", status: .valid,
            change: entry { $0.counters.clockHertzAfter = 3.09e9 }),
        Oddity(
            id: "hostSpeedChanged", status: .qualified,
            change: entry { $0.counters.throughputAfter = 0.9e9 }),
        Oddity(
            id: "coresShared", status: .qualified,
            change: entry {
                $0.counters.clockHertzTogether = 2.7e9
                $0.counters.throughputTogether = 0.5e9
            }),
        Oddity(
            id: "stopped", status: .qualified,
            change: entry { $0.counters.stoppedNanoseconds = 300_000_000 }),
        Oddity(
            id: "steal", status: .qualified,
            change: entry {
                $0.counters.measuringNanoseconds = 12_000_000_000
                $0.counters.processorNanoseconds = 11_000_000_000
                $0.counters.stolenNanoseconds = 600_000_000
            }),
        Oddity(
            id: "stealNoted", status: .valid,
            change: entry {
                $0.counters.measuringNanoseconds = 12_000_000_000
                $0.counters.processorNanoseconds = 11_000_000_000
                $0.counters.stolenNanoseconds = 240_000_000
            }),
        Oddity(
            id: "cgroupThrottled", status: .qualified,
            change: entry { $0.counters.cgroupThrottles = 1 }),
        Oddity(
            id: "throttled", status: .qualified,
            change: entry { $0.counters.throttleEvents = 2 }),
        Oddity(
            id: "highLoad", status: .valid,
            change: entry { $0.counters.busyNanoseconds = 99_000_000 + 50_000_000 }),
        Oddity(
            id: "pressure", status: .valid,
            change: entry { $0.counters.pressureNanoseconds = 6_000_000 }),
        Oddity(id: "paging", status: .valid, change: entry { $0.counters.majorFaults = 1 }),
        Oddity(
            id: "warmupNotConverged", status: .qualified,
            change: entry { $0.warmupConverged = false }),
        Oddity(
            id: "threadsExceeded", status: .qualified,
            change: entry { $0.counters.processorNanoseconds = 190_000_000 }),
        Oddity(
            id: "ruleViolation", status: .qualified,
            change: entry { $0.violations = ["changed the signal mask"] }),
        Oddity(id: "zeroData", status: .valid, change: { $0.point.data = .zeros }),
        Oddity(id: "debugBuild", status: .qualified, change: { $0.debugBuild = true }),
        Oddity(
            id: "fewSamples", status: .valid,
            change: { $0.launches = [SampleRun.clean(seed: 1, count: 5)] }),
        Oddity(
            id: "drift", others: ["autocorrelated", "multimodal"], status: .qualified,
            change: {
                $0.launches = [
                    SampleRun.clean(seed: 1, count: 60).enumerated().map {
                        $1 + Int64($0) * 4_000
                    }
                ]
            }),
        Oddity(
            id: "outliers", others: ["multimodal", "autocorrelated"], status: .valid,
            change: {
                $0.launches[0] = $0.launches[0].enumerated().map { $0 % 13 == 5 ? $1 * 2 : $1 }
            }),
        Oddity(
            id: "autocorrelated", others: ["multimodal"], status: .valid,
            change: {
                // A slow wave of one percent: neighbours are alike, no drift from end to end.
                $0.launches[0] = (0..<64).map { 2_000_000 + 20_000 * ($0 / 8 % 2) + $0 % 8 * 500 }
            }),
        Oddity(
            id: "multimodal", others: ["autocorrelated"], status: .valid,
            change: {
                $0.launches[0] = SampleRun.clean(seed: 8, count: 60).enumerated().map {
                    $0 * 7919 % 11 < 5 ? $1 : $1 + 400_000
                }
            }),
        Oddity(
            id: "clockVaries", status: .valid, change: clocks([3_000_000_000, 2_800_000_000])),
        Oddity(
            id: "clockLowered", status: .qualified,
            change: clocks([3_000_000_000, 2_100_000_000])),
        Oddity(
            id: "memorySpeedUnsteady", status: .valid,
            change: {
                $0.work.bytesRead = Bytes(64 << 20)
                $0.change = {
                    $0.counters.memoryBefore = 40e9
                    $0.counters.memoryAfter = 28e9
                }
            }),
        Oddity(
            id: "noSteadyState", others: ["drift", "autocorrelated", "multimodal", "outliers"],
            status: .qualified,
            change: {
                $0.profile = .named(.certify)
                $0.launches = [
                    SampleRun.clean(seed: 4, count: 90)
                        + SampleRun.clean(seed: 5, count: 10, centre: 2.4e6)
                ]
            }),
        Oddity(
            id: "inconsistent", others: ["drift", "autocorrelated", "multimodal", "fewSamples"],
            status: .qualified,
            change: {
                $0.profile = .named(.certify)
                $0.launches = [
                    SampleRun.clean(seed: 4, count: 100),
                    SampleRun.clean(seed: 5, count: 40)
                        + SampleRun.clean(seed: 6, count: 60, centre: 2.4e6),
                ]
            }),
        Oddity(
            id: "notConverged", status: .qualified,
            change: {
                $0.profile.targetHalfWidth = 0.01
                $0.launches = [2e6, 2.2e6, 2.4e6].enumerated().map {
                    SampleRun.clean(seed: UInt64($0), centre: $1)
                }
            }),
    ]

    @Test(arguments: oddities)
    func `Odd data raises its finding, with the status that follows`(oddity: Oddity) throws {
        var run = SampleRun()
        oddity.change(&run)
        let record = run.judged()
        #expect(record.outcome == .ok)
        #expect(record.flagIDs.contains(oddity.id), "\(record.flagIDs)")
        #expect(record.flagIDs.subtracting(oddity.others) == [oddity.id])
        let definition = try #require(RuleTable.current.rule(oddity.id))
        let time = try #require(record.metric("time"))
        #expect(time.status == oddity.status)
        for flag in record.flags + time.flags where flag.id == oddity.id {
            #expect(flag.severity == definition.severity)
            #expect(flag.hint == definition.hint)
            #expect(!flag.message.isEmpty)
            // Beyond the limit, where there is one to be beyond of.
            if let limit = flag.limit, let observed = flag.observed,
                ![
                    "fewSamples", "multimodal", "coresShared", "clockVaries",
                    "clockLowered",
                ].contains(oddity.id)
            {
                #expect(abs(observed) > limit)
            }
        }
    }

    @Test(arguments: 1...20)
    func `Clean data raises nothing that says otherwise`(seed: UInt64) {
        let record = SampleRun(launches: [SampleRun.clean(seed: seed)]).judged()
        // One clean series in twenty looks autocorrelated by chance; nothing follows from it.
        #expect(record.flagIDs.subtracting(["autocorrelated"]) == [])
        #expect(record.metrics.allSatisfy { $0.status == .valid })
    }

    @Test func `Of twenty clean runs few look autocorrelated`() {
        let found = (1...20).filter {
            SampleRun(launches: [SampleRun.clean(seed: $0)]).judged().flagIDs != []
        }
        #expect(found.count <= 4)
    }

    @Test(arguments: [
        ("crashed", Outcome.error), ("timedOut", .error), ("outOfMemory", .error),
        ("exitedEarly", .error), ("protocolViolation", .error), ("loadFailed", .error),
        ("backendError", .error), ("harnessError", .error), ("deviceLost", .error),
        ("accuracyFailed", .invalid), ("outputsDiffer", .invalid),
    ])
    func `A failure is a finding of the point, in the words of the launch`(
        id: String, outcome: Outcome
    ) {
        var run = SampleRun()
        run.change = {
            $0.outcome = outcome
            $0.failure = id
            $0.reasons = ["this went wrong"]
        }
        let record = run.judged()
        #expect(record.outcome == outcome)
        #expect(record.reasons == ["this went wrong"])
        #expect(record.flags.map(\.id) == [id])
        #expect(record.flags.first?.severity == .error)
        #expect(record.flags.first?.message == "this went wrong")
        #expect(record.metrics == [])
    }

    @Test func `A failure that the table does not know is the harness's own`() {
        var run = SampleRun()
        run.change = {
            $0.outcome = .error
            $0.failure = "somethingNew"
        }
        #expect(run.judged().flags.map(\.id) == ["harnessError"])
    }

    @Test func `Every finding of the table is raised by a test`() {
        let failures: Set<String> = [
            "crashed", "timedOut", "outOfMemory", "exitedEarly", "protocolViolation",
            "loadFailed", "backendError", "harnessError", "accuracyFailed", "deviceLost",
            "outputsDiffer",
        ]
        let ceilings: Set<String> = ["implausible", "aboveReference"]
        let power = Set(EnergyMetricTests.findings.map(\.id)).union(["idleDrift"])
        let audits = Set(AuditFlagTests.sights.compactMap(\.flag))
            .union(AuditFlagTests.flagsOfOtherTests)
        let tested = Set(Self.oddities.map(\.id)).union(failures).union(ceilings).union(power)
            .union(audits)
            // RepeatedLaunchTests.
            .union(["repeatedAfterThrottling", "repeatedAfterDisturbance"])
        #expect(tested == Set(RuleTable.current.rules.map(\.id)))
    }

    @Test func `Limits that the statistics keep as well are the same in both places`() throws {
        #expect(RuleTable.current.limit("drift") == DriftTest.shiftMin)
        #expect(RuleTable.current.limit("autocorrelated") == 1.96)
        #expect(RuleTable.current.limit("hostSpeedChanged") == HostQuiet.speedChangeMax)
        #expect(RuleTable.current.limit("preempted") == HostQuiet.waitShareMax)
        for (grave, light) in [
            ("clockRateWrong", "clockRate"), ("intervalTooShort", "overhead"),
            ("hostSpeedChanged", "hostSpeedUnsteady"), ("steal", "stealNoted"),
        ] {
            let limit = try #require(RuleTable.current.limit(grave))
            #expect(limit > (try #require(RuleTable.current.limit(light))))
        }
    }

    @Test func `What others use is counted from four ticks of the kernel on`() {
        var run = SampleRun()
        run.change = { $0.counters.busyNanoseconds = 99_000_000 + 40_000_000 }
        #expect(!run.judged().flagIDs.contains("highLoad"))
    }

    @Test func `Of a short run nothing is said about stolen time`() {
        var run = SampleRun()
        run.change = { $0.counters.stolenNanoseconds = 50_000_000 }
        #expect(run.judged().flagIDs.isEmpty)
    }

    @Test func `The worst launch decides what is observed`() throws {
        var run = SampleRun()
        run.launches = (1...3).map { SampleRun.clean(seed: $0) }
        run.change = {
            $0.counters.runQueueWaitNanoseconds = [0, 9_000_000, 2_000_000][$0.launch]
        }
        let flags = try #require(run.judged().metric("time")).flags
        let flag = try #require(flags.first { $0.id == "preempted" })
        #expect(flag.observed == 0.09)
        #expect(flag.limit == 0.01)
        #expect(flag.metric == "time")
    }

    @Test func `Findings about samples concern what follows from them, and not the start`() throws {
        var run = SampleRun()
        run.change = { $0.counters.suspendedNanoseconds = 2_000_000 }
        let record = run.judged()
        #expect(record.metric("throughput.flop")?.status == .invalid)
        #expect(record.metric("throughput.flop")?.flags.first?.metric == "throughput.flop")
        #expect(record.metric("load")?.status == .valid)
        #expect(record.metric("memory.peak")?.status == .valid)
    }
}
