import Model
import Testing

@testable import Judgement

@Suite struct CorruptionBoundTests {
    @Test func `The bound is three over all that was compared in all launches`() throws {
        var run = SampleRun()
        run.launches = [SampleRun.clean(seed: 1), SampleRun.clean(seed: 2)]
        run.change = { entry in
            var facts = InspectionFacts()
            facts.repetition = RepetitionFacts(calls: 1000, elements: 3_000_000)
            entry.inspection = facts
        }
        let record = run.judged()
        let element = try #require(record.metric("corruption.bound"))
        #expect(element.estimate?.value == 5e-7 && element.estimate?.n == 6_000_000)
        #expect(element.unit == "1" && element.direction == .smaller)
        #expect(record.estimate("corruption.bound.call")?.value == 1.5e-3)
        // None of n at that share: less than one in twenty.
        let none = (0..<6_000).reduce(1.0) { product, _ in product * (1 - 3.0 / 6_000) }
        #expect(none < 0.05)
    }

    @Test func `Without repetitions there is no bound`() {
        #expect(SampleRun().judged().metric("corruption.bound") == nil)
    }

    @Test func `Outputs that differ are an error of the point by that name`() {
        var run = SampleRun()
        run.change = { entry in
            entry.outcome = .invalid
            entry.failure = "outputsDiffer"
            entry.reasons = ["2 of 10 output elements differed"]
        }
        let record = run.judged()
        #expect(record.outcome == .invalid && record.metrics.isEmpty)
        let flag = record.flags.first { $0.id == "outputsDiffer" }
        #expect(flag?.severity == .error)
        #expect(flag?.message.contains("2 of 10 output elements differed") == true)
    }
}
