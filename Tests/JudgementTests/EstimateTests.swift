import Bundle
import FoundationEssentials
import Model
import TestSupport
import Testing

@testable import Judgement

/// Estimates against fixtures that scipy computed from the same samples.
@Suite struct EstimateTests {
    struct Expected: Decodable {
        var value: Double
        var interval: [Double]?

        init(from decoder: any Decoder) throws {
            var container = try decoder.unkeyedContainer()
            value = try container.decode(Double.self)
            interval = try container.decodeIfPresent([Double].self)
        }
    }

    struct Case: Decodable, CustomTestStringConvertible {
        var name: String
        var batch: UInt64
        var work: UInt64
        var samples: [[Int64]]
        var time: Expected
        var rate: Expected
        var launches: [Expected]
        var testDescription: String { name }
    }

    struct Fixture: Decodable {
        var cases: [Case]
        var percentiles: [String: Percentile]
    }

    enum Percentile: Decodable {
        case samples([[Int64]])
        case expected(Expected)

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let samples = try? container.decode([[Int64]].self) {
                self = .samples(samples)
            } else {
                self = .expected(try container.decode(Expected.self))
            }
        }
    }

    static let fixture: Fixture = {
        do {
            let bytes = try PackageFiles.bytes(
                PackageFiles.fixture("judgement/estimates.json"))
            return try JSONDecoder().decode(Fixture.self, from: Data(bytes))
        } catch {
            fatalError("estimates.json: \(error)")
        }
    }()

    private func run(_ item: Case) -> SampleRun {
        SampleRun(work: Work(flops: item.work), launches: item.samples, batch: item.batch)
    }

    /// Whether an estimate is the expected one, to twelve digits.
    private func check(_ estimate: Estimate?, _ expected: Expected, _ name: String) {
        guard let estimate else {
            Issue.record("\(name): no estimate")
            return
        }
        func isSame(_ left: Double, _ right: Double) -> Bool {
            abs(left - right) <= 1e-12 * abs(right)
        }
        #expect(isSame(estimate.value, expected.value), "\(name): \(estimate.value)")
        #expect((estimate.interval == nil) == (expected.interval == nil), "\(name)")
        guard let interval = estimate.interval, let ends = expected.interval else { return }
        #expect(isSame(interval.low, ends[0]), "\(name): \(interval.low)")
        #expect(isSame(interval.high, ends[1]), "\(name): \(interval.high)")
        #expect(interval.level == 0.95)
        #expect(interval.low <= estimate.value && estimate.value <= interval.high, "\(name)")
    }

    @Test(arguments: fixture.cases)
    func `Times and rates are those of scipy`(item: Case) {
        let record = run(item).judged()
        check(record.estimate("time"), item.time, "time")
        check(record.estimate("throughput.flop"), item.rate, "rate")
        #expect(record.estimate("time")?.n == item.samples.reduce(0) { $0 + $1.count })
        #expect(record.estimate("time")?.launches == item.samples.count)
    }

    @Test(arguments: fixture.cases)
    func `Each launch's own value and interval are those of scipy`(item: Case) {
        let record = run(item).judged()
        #expect(record.launches.count == item.launches.count)
        for (launch, expected) in zip(record.launches, item.launches) {
            check(
                Estimate(
                    statistic: "median", value: launch.value ?? .nan, n: launch.n, launches: 1,
                    interval: launch.interval), expected, "launch \(launch.index)")
            #expect(launch.interval.map { $0.basis == .samples } != false)
        }
    }

    @Test(arguments: fixture.cases)
    func `From three launches on the launch is the unit, below it the sample`(item: Case) {
        let record = run(item).judged()
        for name in ["time", "throughput.flop"] {
            guard let interval = record.estimate(name)?.interval else { continue }
            #expect(interval.basis == (item.samples.count >= 3 ? .launches : .samples))
            #expect(interval.method.contains("Student") == (item.samples.count >= 3))
        }
    }

    @Test
    func `Percentiles of single events are those of scipy, or unresolved with what is needed`()
        throws
    {
        guard case .samples(let events)? = Self.fixture.percentiles["samples"] else {
            Issue.record("no samples")
            return
        }
        let run = SampleRun(point: SampleRun.matMul(timing: .single), launches: events)
        let record = run.judged()
        for name in ["latency.p50", "latency.p90", "latency.p99"] {
            guard case .expected(let expected)? = Self.fixture.percentiles[name] else {
                Issue.record("no \(name)")
                continue
            }
            check(record.estimate(name), expected, name)
        }
        let unresolved = try #require(record.metric("latency.p999"))
        #expect(unresolved.estimate == nil)
        // The early-stopping number of p99.9 with one miss, from the method's table.
        #expect(unresolved.unavailable == "unresolved: 700 events, 6636 are needed")
    }

    @Test func `Batches and chains have no percentiles`() {
        for timing in [TimingMode.batch, .chained] {
            let record = SampleRun(point: SampleRun.matMul(timing: timing)).judged()
            #expect(!record.metrics.contains { $0.name.hasPrefix("latency.p") })
        }
    }

    @Test func `A chain's period is another metric than a time`() {
        let record = SampleRun(point: SampleRun.matMul(timing: .chained), batch: 2).judged()
        #expect(record.metric("time") == nil)
        #expect(record.metric("period")?.direction == .smaller)
        #expect(record.headline?.name == "period")
    }

    @Test func `Rates follow from the work that the point does`() throws {
        let samples = [Int64](repeating: 2_000_000, count: 10)
        var run = SampleRun(launches: [samples], batch: 4)
        run.work = Work(
            flops: 1_000, bytesRead: Bytes(600), bytesWritten: Bytes(200),
            bytesOwnership: Bytes(200), steps: 50)
        let record = run.judged()
        // One call takes 0.5 ms.
        #expect(record.estimate("time")?.value == 0.0005)
        #expect(record.estimate("throughput.flop")?.value == 2_000_000)
        #expect(record.estimate("bandwidth.stream")?.value == 1_600_000)
        #expect(record.estimate("bandwidth.real")?.value == 2_000_000)
        #expect(record.estimate("latency.access")?.value == 0.00001)
        #expect(record.estimate("firstCall")?.value == 0.003)
        #expect(record.estimate("memory.peak")?.value == 1_048_576)
        for name in ["throughput.flop", "bandwidth.stream", "bandwidth.real"] {
            #expect(record.metric(name)?.kind == .derived)
            #expect(record.metric(name)?.derivation?.inputs == ["time"])
        }
    }

    @Test func `Work that is not done gives no metric instead of a zero`() {
        var run = SampleRun()
        run.work = Work()
        let names = run.judged().metrics.map(\.name)
        #expect(
            names == [
                "time", "firstCall", "compile", "load", "memory.peak", "energy.total", "power.mean",
            ])
    }

    @Test func `What was not observed is unavailable and says why`() throws {
        var run = SampleRun()
        run.change = { $0.loadNanoseconds = nil }
        let load = try #require(run.judged().metric("load"))
        #expect(load.estimate == nil)
        #expect(load.unavailable == "no launch measured it")
    }

    @Test func `Samples of no length give no number and a reason`() throws {
        for ticks in [[0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 5, 6, 7]] as [[Int64]] {
            let record = SampleRun(launches: [ticks]).judged()
            let time = try #require(record.metric("time"))
            #expect(time.estimate == nil)
            #expect(time.unavailable == "a launch's samples are shorter than the clock can tell")
            #expect(time.status == .invalid)
            #expect(record.metric("throughput.flop")?.estimate == nil)
        }
        // One zero among others: a value, but no interval for the rate.
        let record = SampleRun(launches: [[0, 5, 5, 5, 5, 6, 7]]).judged()
        #expect(record.estimate("time")?.value == 5e-9)
        #expect(record.estimate("throughput.flop")?.interval == nil)
    }
}
