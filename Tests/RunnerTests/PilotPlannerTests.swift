import Model
import TestSupport
import Testing

@testable import Runner

/// What a pilot of three launches says of those that are still to come.
@Suite struct PilotPlannerTests {
    /// Launches whose medians lie `spread` apart, of samples with a noise of their own.
    private func pilot(
        spread: Double, noise: Double, seed: UInt64 = 7
    ) -> [(entry: LaunchEntry, elapsed: [Int64])] {
        var generator = SeededGenerator(seed: seed)
        return [-1.0, 0, 1].enumerated().map { index, place in
            var entry = LaunchEntry(
                index: index, pointHash: "p", subject: Subject(backend: "b", device: 0),
                launch: index)
            entry.outcome = .ok
            entry.durationNanoseconds = 500_000_000
            let centre = 2e6 * (1 + spread * place)
            return (
                entry,
                (0..<50).map { _ in Int64(centre * (1 + noise * (generator.unit() - 0.5))) }
            )
        }
    }

    private var point: PlannedPoint {
        let operation = Operation(
            domain: "assay", name: "Empty", opset: 1, inputs: [], outputs: [])
        return PlannedPoint(
            point: Point(caseID: "c", parameters: [], operation: operation, headline: .time),
            pointHash: "p", work: Work(), memory: .zero, profile: .named(.standard),
            cost: .seconds(1))
    }

    @Test func `Launches that agree need no more than were planned, of many samples`() throws {
        let decision = try #require(
            PilotPlanner(mayExtend: true).decide(point, pilots: [pilot(spread: 0, noise: 0.05)]))
        #expect(decision.launches == 10)
        #expect(decision.samples > 100)
        #expect(decision.expectedHalfWidth < 0.01)
    }

    /// Launches 5 % apart cannot reach 1 % with twice ten launches: t(0.975, 19)·5 %/√20 = 2.3 %.
    @Test func `Launches that differ get twice as many, and few samples each`() throws {
        let decision = try #require(
            PilotPlanner(mayExtend: true).decide(point, pilots: [pilot(spread: 0.05, noise: 0.01)]))
        #expect(decision.launches == 20)
        #expect(decision.samples == Profile.named(.standard).samplesMin)
        #expect(abs(decision.expectedHalfWidth - 0.0234) < 0.002)
    }

    @Test func `Where a budget was fixed the number of launches stays`() throws {
        let decision = try #require(
            PilotPlanner(mayExtend: false).decide(
                point, pilots: [pilot(spread: 0.05, noise: 0.01)]))
        #expect(decision.launches == 10)
    }

    @Test func `Both sides of a comparison get what the noisier one needs`() throws {
        let (calm, noisy) = (pilot(spread: 0, noise: 0.01), pilot(spread: 0.05, noise: 0.01))
        let planner = PilotPlanner(mayExtend: true)
        let decision = try #require(planner.decide(point, pilots: [calm, noisy]))
        #expect(decision.launches == 20)
        #expect(decision == planner.decide(point, pilots: [noisy, calm]))
    }

    @Test func `A pilot that failed decides nothing`() {
        var broken = pilot(spread: 0, noise: 0.01)
        broken[1].entry.outcome = .error
        #expect(PilotPlanner(mayExtend: true).decide(point, pilots: [broken]) == nil)
        #expect(PilotPlanner(mayExtend: true).decide(point, pilots: []) == nil)
    }
}
