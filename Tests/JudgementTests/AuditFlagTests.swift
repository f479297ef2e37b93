import Bundle
import Model
import Testing

@testable import Judgement

/// What launches saw beside their samples, on both sides of each limit.
@Suite struct AuditFlagTests {
    /// What is seen, and the finding that it should raise; nil: none.
    struct Sight: Sendable, CustomTestStringConvertible {
        var name: String
        var flag: String?
        var change: @Sendable (inout LaunchEntry) -> Void
        var testDescription: String { name }
    }

    private static func seen(
        _ name: String, _ flag: String?,
        _ change: @escaping @Sendable (inout InspectionFacts) -> Void
    ) -> Sight {
        Sight(name: name, flag: flag) { entry in
            var facts = InspectionFacts()
            change(&facts)
            entry.inspection = facts
        }
    }

    private static func paired(
        _ ratio: Double, count: Int = 7, base: UInt64 = 100_000
    ) -> @Sendable (inout InspectionFacts) -> Void {
        { facts in
            facts.known = Array(repeating: base, count: count)
            facts.new = Array(repeating: UInt64(Double(base) * ratio), count: count)
        }
    }

    private static func clock(
        _ deviation: Double, drift: Double = 0, device: Double = 90
    ) -> @Sendable (inout InspectionFacts) -> Void {
        { facts in
            facts.deviceClock = DeviceClockFacts(
                spanNanoseconds: 600_000_000, deviation: deviation, drift: drift,
                device: [device, device, device], host: [100, 100, 100])
        }
    }

    static let sights: [Sight] = [
        seen("nothing odd", nil) { $0.poisonedSamples = 8 },
        seen("a sample that wrote nothing", "workSkipped") {
            $0.poisonedSamples = 8
            $0.unwrittenSamples = 1
        },
        seen("an event with new inputs that wrote nothing", "workSkipped") {
            $0.alteredEvents = 8
            $0.unchangedEvents = 1
        },
        seen("new inputs take 1.6 times as long", "workSkipped", paired(1.6)),
        seen("new inputs take 1.4 times as long", nil, paired(1.4)),
        seen("too few pairs", nil, paired(3, count: 4)),
        seen("a difference that caches make", nil, paired(3, base: 200)),
        seen("most pairs alike, one far off", nil) {
            $0.known = Array(repeating: 100_000, count: 7)
            $0.new = Array(repeating: 100_000, count: 6) + [9_000_000]
        },
        seen("events that are looked at take twice as long", "workSkipped") {
            $0.plainEventNanoseconds = 20_000
            $0.witnessedEventNanoseconds = 40_000
        },
        seen("copies that cost a little", nil) {
            $0.plainEventNanoseconds = 2_000
            $0.witnessedEventNanoseconds = 6_000
        },
        seen("elements that were never written", "outputIncomplete") {
            $0.unwrittenAtFirst = 3
            $0.poisonedSamples = 8
            $0.unwrittenSamples = 4
        },
        seen("bytes that come late", "completedEarly") { $0.lateBytes = 1 },
        seen("a core kept busy with nothing to do", "worksWhenIdle") {
            $0.idleNanoseconds = 4_000_000
            $0.idleProcessorNanoseconds = 2_400_000
        },
        seen("a little work with nothing to do", nil) {
            $0.idleNanoseconds = 4_000_000
            $0.idleProcessorNanoseconds = 1_600_000
        },
        seen("samples slower than the warm-up", "slowedDown") {
            $0.warmupEventNanoseconds = 1_250_000
        },
        seen("samples much like the warm-up", nil) { $0.warmupEventNanoseconds = 1_500_000 },
        seen("a device's clock that is right", nil, clock(0.0005)),
        seen("a device's clock that is a little off", "timerDeviation", clock(-0.005)),
        seen("a device's clock that is off", "timerMismatch", clock(0.02)),
        seen("a device's clock that drifts", "timerMismatch", clock(0, drift: 0.03)),
        seen("a device that took longer than the host", "timerMismatch", clock(0, device: 102)),
        Sight(name: "outputs of shorter arithmetic", flag: "precisionLowered") { entry in
            entry.inspection = InspectionFacts()
            entry.agreesWith = .bf16
        },
        Sight(name: "a worker whose clock runs slow", flag: "hostClockAltered") { entry in
            entry.inspection = InspectionFacts()
            entry.observedNanoseconds = 200_000_000
        },
        Sight(name: "a watcher that came late", flag: nil) { entry in
            entry.inspection = InspectionFacts()
            entry.observedNanoseconds = 144_000_000
        },
        Sight(name: "samples that were changed", flag: "samplesAltered") { entry in
            entry.outcome = .invalid
            entry.failure = "samplesAltered"
            entry.reasons = ["the samples handed over are not those that were taken"]
        },
    ]

    /// Raised by tests below and by those of the audits.
    static let flagsOfOtherTests: Set<String> = ["ranOnHost", "auditFailed"]

    @Test(arguments: sights) func `What was seen raises its finding and no other`(
        _ sight: Sight
    ) throws {
        var run = SampleRun()
        run.change = sight.change
        #expect(run.judged().flagIDs == Set([sight.flag].compactMap(\.self)))
    }

    @Test func `One disturbed launch of three is no evidence`() {
        var run = SampleRun()
        run.launches = [1, 2, 3].map { SampleRun.clean(seed: $0) }
        run.change = { entry in
            var facts = InspectionFacts()
            Self.paired(entry.launch == 1 ? 4 : 1)(&facts)
            entry.inspection = facts
        }
        #expect(run.judged().flagIDs.isEmpty)
    }

    @Test func `A device whose work slows with the host's cores is none`() {
        func flags(_ contention: Double, type: String) -> Set<String> {
            var run = SampleRun()
            run.change = { entry in
                entry.inspection = InspectionFacts()
                entry.inspection?.contention = contention
            }
            var contents = SampleRun.contents([run])
            contents.environment.backends[0].devices = [
                DeviceFacts(
                    index: 0, type: type, name: "d", vendor: "", architecture: "", driver: "",
                    runtime: "", computeUnits: 0, timingSource: "host", memory: .zero)
            ]
            return SampleRun.record(contents).points[0].flagIDs
        }
        #expect(flags(3.9, type: "gpu") == ["ranOnHost"])
        #expect(flags(1.2, type: "gpu").isEmpty)
        #expect(flags(3.9, type: "cpu").isEmpty)
    }

    @Test func `A device's time stands beside the host's, and its doubts beside it alone`() throws {
        var run = SampleRun()
        run.change = { entry in
            var facts = InspectionFacts()
            Self.clock(0.02)(&facts)
            entry.inspection = facts
        }
        let point = run.judged()
        let device = try #require(point.metric("time.device"))
        #expect(device.status == .invalid)
        #expect(abs((device.estimate?.value ?? 0) - 90e-9) < 1e-15)
        #expect(point.metric("time")?.status == .valid)
    }
}
