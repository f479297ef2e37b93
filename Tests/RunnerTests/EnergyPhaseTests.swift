import Bundle
import Model
import Testing

@testable import Runner

/// Which launches an energy phase consists of.
@Suite struct EnergyPhaseTests {
    private static let subject = Subject(backend: "good", device: 0)

    @Test func `Idle power is measured first, and again after half an hour`() {
        var phase = EnergyPhase(EnergyPlan(window: .seconds(10)))
        #expect(phase.wantsIdle(Self.subject, at: 0))
        phase.wasIdle(Self.subject, at: 1_000_000_000)
        #expect(!phase.wantsIdle(Self.subject, at: 1_800_000_000_000))
        #expect(phase.wantsIdle(Self.subject, at: 1_801_000_000_000))
        #expect(phase.wantsIdle(Subject(backend: "other", device: 0), at: 1_000_000_001))
    }

    /// Three windows of 10 s and a fifth of one for their different beginnings.
    @Test func `The work goes on without a stop for all windows, in batches`() {
        let plan = EnergyPlan(window: .seconds(10))
        let operation = Operation(name: "Add", opset: 14, inputs: [], outputs: [])
        var point = Point(
            caseID: "op/add", parameters: [], operation: operation, timing: .single, threads: nil)
        point.timing = .single
        let planned = PlannedPoint(
            point: point, pointHash: "x", work: Work(flops: 1), memory: .zero,
            profile: .named(.nightly), cost: .seconds(1))
        let long = EnergyPhase(plan).point(planned)
        #expect(long.point.timing == .batch)
        #expect(long.profile.launches == 1)
        #expect(long.profile.measureTimeMin == .seconds(32))
        #expect(long.profile.measureTimeMax == .seconds(32))
        // Nothing but time ends it: a sample takes a millisecond or more.
        #expect(long.profile.samplesMin > 32_000)
        #expect(long.profile.targetHalfWidth == nil)
    }

    @Test func `A plan with an energy phase says what it costs`() {
        let operation = Operation(name: "Add", opset: 14, inputs: [], outputs: [])
        let planned = PlannedPoint(
            point: Point(
                caseID: "op/add", parameters: [], operation: operation, timing: .batch,
                threads: nil), pointHash: "x", work: Work(flops: 1), memory: .zero,
            profile: .named(.smoke), cost: .seconds(1))
        var plan = Plan(
            request: ["op/add"], seed: Seed(1), subjects: [Self.subject], points: [planned],
            cpus: [0], memoryLimit: .zero, clock: "monotonic_raw", debugBuild: false)
        #expect(plan.cost == .seconds(1))
        plan.energy = EnergyPlan(window: .seconds(10))
        // 32 s of windows, a start, and idle before and after.
        #expect(plan.cost == .seconds(1 + 33 + 60))
    }
}
