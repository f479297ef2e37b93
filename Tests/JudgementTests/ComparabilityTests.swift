import Bundle
import Model
import Testing

@testable import Judgement

@Suite struct ComparabilityTests {
    private let metric = Metric(
        name: "time", quantity: "duration", unit: "s", direction: .smaller, kind: .measured,
        source: "clock", unavailable: "x")

    private func key(
        _ metric: Metric, pointHash: String = "p", devices: Int = 1, threads: Int = 2,
        math: DType? = .f32, accumulate: DType? = .f32, division: String = "closed"
    ) -> String {
        Comparability.key(
            pointHash: pointHash, metric: metric, devices: devices, threads: threads,
            execution: ExecutionInfo(math: math, accumulate: accumulate), division: division)
    }

    @Test func `Each ingredient makes another key`() {
        var named = metric
        named.name = "period"
        var redefined = metric
        redefined.definitionVersion = 2
        var scoped = metric
        scoped.scope = .node
        let keys = [
            key(metric), key(named), key(redefined), key(scoped), key(metric, pointHash: "q"),
            key(metric, devices: 2), key(metric, threads: 1), key(metric, math: .tf32),
            key(metric, math: nil), key(metric, accumulate: .f64), key(metric, accumulate: nil),
            key(metric, division: "open"),
            // What is swapped is not the same either.
            key(metric, math: .f64, accumulate: .f32), key(metric, math: .f32, accumulate: .f64),
        ]
        // The last is the tenth again.
        #expect(Set(keys).count == keys.count - 1)
    }

    @Test func `Where a value was found and how sure it is do not matter`() {
        var other = metric
        other.source = "another clock"
        other.status = .invalid
        other.samples = ["file"]
        other.resolution = 1
        #expect(key(other) == key(metric))
    }

    @Test func `The key is the hash of its ingredients, so that others can compute it`() {
        // printf 'p/time/1/device/1/2/f32/f32/closed/1' | sha256sum
        #expect(
            key(metric) == "574ced238863fcf2ceeff2375e8eac9bde4622ccfa37478dac2d83b02bb01255")
    }

    @Test func `Every metric of a point has a key of its own`() {
        var run = SampleRun()
        run.work.steps = 7
        let record = run.judged()
        let keys = record.metrics.map(\.comparabilityKey)
        #expect(keys.allSatisfy { $0.count == 64 })
        #expect(Set(keys).count == keys.count)
    }

    @Test func `The arithmetic that was really done decides, not what was asked for`() {
        var run = SampleRun()
        let plain = run.judged().metric("time")?.comparabilityKey
        run.change = { $0.execution = ExecutionInfo(math: .tf32) }
        #expect(run.judged().metric("time")?.comparabilityKey != plain)
    }

    @Test func `The same point measured again has the same keys`() {
        let first = SampleRun(launches: [SampleRun.clean(seed: 1)]).judged()
        let second = SampleRun(launches: [SampleRun.clean(seed: 2)]).judged()
        #expect(
            first.metrics.map(\.comparabilityKey) == second.metrics.map(\.comparabilityKey))
        #expect(first.estimate("time") != second.estimate("time"))
    }
}
