import Bundle
import Glibc
import Model
import Statistics
import Testing

@testable import Judgement

@Suite struct ComparisonTests {
    private let base = ComparisonSample.values(10, seed: 1)

    private func slower(_ factor: Double, seed: UInt64 = 2) -> [Double] {
        ComparisonSample.values(10, centre: 1e6 * factor, seed: seed)
    }

    @Test func `A slow-down of 5 % in interleaved launches is SLOWER and confirmed`() throws {
        let record = try ComparisonSample.against(base, slower(1.05)).compared()
        let row = try #require(record.time)
        #expect(row.verdict == .slower)
        #expect(row.basis == .pairedInterleaved)
        #expect(row.isConfirmedWorse && !row.isConfirmedBetter)
        #expect(
            row.delta
                == ComparedDelta(
                    value: 0.01, source: "least δ; the A/A floor is not known"))
        let ratio = try #require(row.ratio)
        #expect(abs(ratio.value - 1.05) < 0.005)
        let interval = try #require(ratio.interval)
        #expect(interval.low < 1.05 && 1.05 < interval.high)
        #expect(interval.basis == .launches)
        #expect(row.baseline.subject == ComparisonSample.old)
        #expect(record.candidate.subject == ComparisonSample.new)
    }

    @Test func `The interval of blocks is the t interval of their log ratios`() throws {
        let candidate = slower(1.02)
        let row = try #require(try ComparisonSample.against(base, candidate).compared().time)
        let logs = zip(candidate, base).map { log($0.rounded()) - log($1.rounded()) }
        let mean = logs.reduce(0, +) / 10
        let deviation = (logs.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 9).squareRoot()
        // scipy.stats.t.ppf(0.975, 9)
        let half = 2.262157162740992 * deviation / 10.0.squareRoot()
        let interval = try #require(row.ratio?.interval)
        #expect(abs(interval.low - exp(mean - half)) < 1e-9)
        #expect(abs(interval.high - exp(mean + half)) < 1e-9)
    }

    @Test func `Equal sides are the SAME, and a little noise leaves it open with what is needed`()
        throws
    {
        let same = try ComparisonSample.against(base, slower(1)).compared()
        #expect(same.time?.verdict == .same)
        #expect(same.time?.reasons == [])
        #expect(same.expectedFalseFindings < 0.01)
        let open = try ComparisonSample.against(
            base, ComparisonSample.values(10, centre: 1.008e6, deviation: 0.012, seed: 9)
        ).compared()
        let row = try #require(open.time)
        #expect(row.verdict == .inconclusive)
        #expect((row.launchesNeeded ?? 0) > 10)
        #expect(row.reasons.contains { $0.contains("launches of either side would settle it") })
    }

    @Test func `More of a rate is faster, and its ratio is that of the values`() throws {
        let record = try ComparisonSample.against(base, slower(1.05)).compared(
            ComparisonRequest(metrics: ["throughput.flop", "time"]))
        let rate = try #require(record.rows.first { $0.metric == "throughput.flop" })
        #expect(rate.direction == .larger)
        #expect(rate.verdict == .slower)
        let ratio = try #require(rate.ratio)
        #expect(abs(ratio.value - 1 / 1.05) < 0.005)
        let interval = try #require(ratio.interval)
        #expect(interval.low < ratio.value && ratio.value < interval.high)
        let values = [rate.candidate, rate.baseline].map(\.estimate.value)
        #expect(abs(values[0] / values[1] - ratio.value) < 1e-6)
    }

    @Test func `Four launches are compared by Welch and five as blocks`() throws {
        let four = try ComparisonSample.against(
            Array(base.prefix(4)), Array(slower(1.05).prefix(4))
        ).compared()
        #expect(four.time?.basis == .interleaved)
        #expect(four.time?.verdict == .slower)
        let five = try ComparisonSample.against(
            Array(base.prefix(5)), Array(slower(1.05).prefix(5))
        ).compared()
        #expect(five.time?.basis == .pairedInterleaved)
    }

    @Test func `Launches of one side after those of the other are no interleaved ones`() throws {
        var run = ComparisonSample.against(base, slower(1.05))
        run.isSequential = true
        let row = try #require(try run.compared().time)
        #expect(row.basis == .unpaired)
        #expect(row.verdict == .inconclusive)
        #expect(row.ratio?.interval == nil)
    }

    @Test(arguments: [
        ("ABBAABBA", [0, 1, 2, 3]), ("ABABABAB", [0, 1, 2, 3]), ("AAABBB", nil),
        ("BBBBBAAAAA", nil), ("AB", nil), ("ABBAABBAB", [0, 1, 2, 3]), ("ABBAABB", [0, 1, 2]),
    ])
    func `Launches in turn make blocks, also where one was made again or is missing`(
        order: String, expected: [Int]?
    ) {
        var sides: [Character: [LaunchEntry]] = ["A": [], "B": []]
        for (index, side) in order.enumerated() {
            let launch = sides[side]?.count ?? 0
            sides[side]?.append(
                LaunchEntry(
                    index: index, pointHash: "p", subject: ComparisonSample.new, launch: launch))
        }
        #expect(ComparisonLaunches.blocks(sides["A"] ?? [], sides["B"] ?? []) == expected)
    }

    @Test(arguments: [ProfileID.smoke, .trend])
    func `A profile that may not yield a verdict does not`(profile: ProfileID) throws {
        var run = ComparisonSample.against(base, slower(1.2))
        run.profile = profile
        let row = try #require(try run.compared().time)
        #expect(row.verdict == .inconclusive)
        #expect(row.reasons.contains { $0.contains("profile \(profile.rawValue)") })
        #expect(row.ratio?.interval != nil)
    }

    @Test func `A disturbed side ends INCONCLUSIVE and says which and by what`() throws {
        var run = ComparisonSample.against(base, slower(1.05))
        run.sides[1].change = { $0.counters.clockHertzAfter = 2.7e9 }
        let row = try #require(try run.compared().time)
        #expect(row.verdict == .inconclusive)
        #expect(
            row.reasons.contains {
                $0.hasPrefix("the baseline was disturbed: hostSpeedChanged: ")
            })
        #expect(!row.isConfirmedWorse && row.adjustedPValue == nil)
        #expect(row.candidate.flags.isEmpty)
        // What disturbed a launch disturbed its first call as well.
        let first = try #require(try run.compared().rows.first { $0.metric == "firstCall" })
        #expect(first.verdict == .inconclusive)
        #expect(first.reasons.contains { $0.contains("hostSpeedChanged") })
    }

    @Test func `Launches that vary by more than 2 % give no verdict`() throws {
        let noisy = ComparisonSample.values(10, centre: 1.3e6, deviation: 0.03, seed: 4)
        let row = try #require(try ComparisonSample.against(base, noisy).compared().time)
        #expect(row.verdict == .inconclusive)
        #expect(
            row.reasons.contains {
                $0.hasPrefix("launches vary by") && $0.contains("% (candidate),")
            })
        #expect((row.candidate.launchDeviation ?? 0) > 0.02)
    }

    @Test func `An INVALID metric gives no verdict`() throws {
        var run = ComparisonSample.against(base, slower(1.05))
        run.sides[0].change = { $0.counters.suspendedNanoseconds = 2_000_000_000 }
        let row = try #require(try run.compared().time)
        #expect(row.verdict == .inconclusive)
        #expect(row.reasons.contains { $0.hasPrefix("the candidate is INVALID: suspended") })
    }

    @Test func `Times that differ by the clock alone are said to`() throws {
        var run = ComparisonSample.against(base, slower(1.05))
        run.sides[0].change = {
            $0.counters.clockHertzBefore = 3e9 / 1.05
            $0.counters.clockHertzAfter = 3e9 / 1.05
        }
        let row = try #require(try run.compared().time)
        // Within one session the clock is the backend's own doing: it is slower.
        #expect(row.verdict == .slower)
        #expect(row.reasons.contains { $0.hasPrefix("clockExplained") })
    }

    @Test func `Other arithmetic is not compared, and the reason says so`() throws {
        var run = ComparisonSample.against(base, slower(1.05))
        run.sides[0].math = .tf32
        let record = try run.compared()
        #expect(record.rows.isEmpty)
        #expect(
            record.excluded.contains {
                $0.metric == "time"
                    && $0.reason.contains("arithmetic: f32 and tf32")
            })
    }

    @Test func `Two backends of one run can be named`() throws {
        let blas = Subject(backend: "blas", device: 0)
        let run = ComparisonSample(
            sides: [
                ComparisonSample.Side(subject: blas, launches: base),
                ComparisonSample.Side(launches: slower(1.05)),
            ])
        #expect(throws: ComparisonError.self) { try run.compared() }
        let record = try run.compared(
            ComparisonRequest(baselineBackend: "blas", candidateBackend: "cpu-simd"))
        #expect(record.time?.verdict == .slower)
        #expect(record.baseline.subject == blas)
        #expect(record.differences.contains { $0.name == "backend" && $0.baseline == "blas" })
        let back = try run.compared(
            ComparisonRequest(baselineBackend: "cpu-simd", candidateBackend: "blas:0"))
        #expect(back.time?.verdict == .faster)
        #expect(back.time?.isConfirmedBetter == true)
        #expect(throws: ComparisonError.self) {
            try run.compared(
                ComparisonRequest(baselineBackend: "blas", candidateBackend: "blas"))
        }
        #expect(throws: ComparisonError.self) {
            try run.compared(ComparisonRequest(baselineBackend: "x", candidateBackend: "blas"))
        }
    }

    @Test func `Equal rows give equal bytes, and the record reads back`() throws {
        let run = ComparisonSample.against(base, slower(1.05))
        let record = try run.compared()
        let text = try JSONCoding.pretty(record)
        #expect(try JSONCoding.pretty(run.compared()) == text)
        #expect(
            try JSONCoding.decode(ComparisonRecord.self, from: text, file: "x") == record)
    }

    @Test func `Every disturbance that forbids a verdict is no warning`() {
        for id in ComparisonRules.disturbingLaunches.union(ComparisonRules.disturbingMetric) {
            guard let flag = RuleTable.current.rule(id) else { continue }
            #expect(flag.severity == .qualifier || flag.severity == .error, "\(id)")
        }
    }
}
