import Foundation
import Testing

@testable import Statistics

/// What must hold of verdicts, by simulation: seeded, so that the same sessions come every time.
///
/// Benchmarks/methodology.py repeats it with five times as many.
@Suite struct VerdictSimulationTests {
    private static let runs = 2000
    private static let threshold = VerdictThreshold()

    private func side(
        _ simulation: inout Simulation, _ count: Int, _ deviation: Double, centre: Double = 1
    ) -> [Double] {
        (0..<count).map { _ in centre * exp(deviation * simulation.normal()) }
    }

    private func paired(_ candidate: [Double], _ baseline: [Double]) -> Comparison? {
        Comparison(
            pairs: zip(candidate, baseline).map { (candidate: $0, baseline: $1) }, sense: .cost)
    }

    private func isFinding(_ verdict: ComparisonVerdict?) -> Bool {
        verdict == .slower || verdict == .faster
    }

    /// As the product judges: by the interval, where the launches of both sides vary little.
    private func isFinding(_ comparison: Comparison, _ sides: [[Double]]) -> Bool {
        let deviations = sides.compactMap { LogMoments($0)?.standardDeviation }
        return isFinding(comparison.verdict(Self.threshold, launchDeviations: deviations))
    }

    private static let conditions: [(deviation: Double, launches: Int)] = [0.003, 0.01, 0.03]
        .flatMap { deviation in [5, 10, 20].map { (deviation, $0) } }

    @Test(arguments: conditions)
    func `Intervals of values and of ratios cover 93 to 97 %, and A/A is wrong in under 1 %`(
        deviation: Double, launches: Int
    ) throws {
        var simulation = Simulation(seed: UInt64(1e6 * deviation) + UInt64(launches))
        var (values, welch, pairs, wrong, wrongPairs) = (0, 0, 0, 0, 0)
        for _ in 0..<Self.runs {
            let candidate = side(&simulation, launches, deviation)
            let baseline = side(&simulation, launches, deviation)
            let value = MeanEstimate(launchValues: candidate, scale: .geometric)
            if value?.interval?.contains(1) == true { values += 1 }
            let unpaired = try #require(
                Comparison(candidate: candidate, baseline: baseline, sense: .cost))
            if unpaired.ratioInterval().contains(1) { welch += 1 }
            if isFinding(unpaired, [candidate, baseline]) { wrong += 1 }
            let blocks = try #require(paired(candidate, baseline))
            if blocks.ratioInterval().contains(1) { pairs += 1 }
            if isFinding(blocks, [candidate, baseline]) { wrongPairs += 1 }
        }
        for covered in [values, welch, pairs] {
            #expect((1860...1940).contains(covered), "\(covered)")
        }
        // 1 % is promised.
        #expect(wrong <= 20 && wrongPairs <= 20, "\(wrong), \(wrongPairs)")
    }

    @Test(arguments: [
        (0.003, 5, 0.99, 0.0), (0.01, 5, 0.26, 0.02), (0.01, 10, 0.54, 0.17),
        (0.01, 20, 0.86, 0.73),
    ])
    func `Differences of 2 %, and none, are found as often as the design says`(
        deviation: Double, launches: Int, power: Double, same: Double
    ) throws {
        var simulation = Simulation(seed: UInt64(2e6 * deviation) + UInt64(launches))
        var (slower, equal) = (0.0, 0.0)
        for _ in 0..<Self.runs {
            let baseline = side(&simulation, launches, deviation)
            let candidate = side(&simulation, launches, deviation, centre: 1.02)
            let other = side(&simulation, launches, deviation)
            let found = Comparison(candidate: candidate, baseline: baseline, sense: .cost)
            if found?.verdict(Self.threshold) == .slower { slower += 1 }
            let none = Comparison(candidate: other, baseline: baseline, sense: .cost)
            if none?.verdict(Self.threshold) == .same { equal += 1 }
        }
        // Three standard errors of a share of 2 000, and half a per cent of rounding.
        func room(_ share: Double) -> Double {
            3 * (share * (1 - share) / Double(Self.runs)).squareRoot() + 0.006
        }
        #expect(abs(slower / Double(Self.runs) - power) < room(power), "\(slower)")
        // The design tabulates no SAME at 0.3 %.
        guard deviation > 0.003 else { return }
        #expect(abs(equal / Double(Self.runs) - same) < room(same), "\(equal)")
    }

    @Test func `A backend slower by 5 % is found in standard sessions of 2 % and less`() {
        for deviation in [0.003, 0.01, 0.02] {
            var simulation = Simulation(seed: UInt64(3e6 * deviation))
            var (found, covered) = (0, 0)
            for _ in 0..<1000 {
                let baseline = side(&simulation, 10, deviation)
                let candidate = side(&simulation, 10, deviation, centre: 1.05)
                let comparison = paired(candidate, baseline)
                if comparison?.verdict(Self.threshold) == .slower { found += 1 }
                if comparison?.ratioInterval().contains(1.05) == true { covered += 1 }
            }
            #expect(covered >= 925, "\(deviation): \(covered)")
            #expect(found >= (deviation < 0.015 ? 995 : 900), "\(deviation): \(found)")
        }
    }

    @Test(arguments: [0.005, 0.01])
    func `Nights that differ fool launches alone, and not the interval with their spread`(
        night: Double
    ) throws {
        var simulation = Simulation(seed: UInt64(1e6 * night))
        var (alone, whole, covered) = (0, 0, 0)
        for _ in 0..<Self.runs {
            let sides = (0..<2).map { _ in
                side(&simulation, 5, 0.003, centre: exp(night * simulation.normal()))
            }
            let nights = (0..<5).map { _ in night * simulation.normal() }
            let series = (0..<4).map { _ in
                nights.enumerated().map {
                    SessionNoise.Value(
                        occasion: $0, logarithm: $1 + 0.0013 * simulation.normal())
                }
            }
            let noise = try #require(SessionNoise(series: series))
            let launches = try #require(
                Comparison(candidate: sides[0], baseline: sides[1], sense: .cost))
            if isFinding(launches.verdict(Self.threshold)) { alone += 1 }
            let unpaired = launches.unpaired(candidate: noise.spread, baseline: noise.spread)
            let limit = VerdictThreshold(noiseFloor: expm1(noise.floor))
            if limit.isMachineFit, isFinding(unpaired.verdict(limit)) { whole += 1 }
            if unpaired.interval().contains(0) { covered += 1 }
        }
        // The design: 5 % and 32 % of the time.
        let expected = night < 0.007 ? 0.05 : 0.32
        #expect(abs(Double(alone) / Double(Self.runs) - expected) < 0.035, "\(alone)")
        #expect(whole <= Self.runs / 100, "\(whole)")
        #expect(Double(covered) >= 0.93 * Double(Self.runs), "\(covered)")
    }

    @Test func `Launches planned after a pilot leave the interval its coverage`() throws {
        var simulation = Simulation(seed: 4)
        var (covered, extended) = (0, 0)
        for _ in 0..<Self.runs {
            func launch(_ count: Int) -> [Double] {
                let centre = 0.01 * simulation.normal()
                return (0..<count).map { _ in centre + 0.01 * simulation.normal() }
            }
            var all = (0..<3).map { _ in launch(20) }
            let plan = try #require(
                PilotPlan(
                    pilot: all.map { RunningMoments($0) },
                    cost: PilotPlan.Cost(sample: 0.001, launch: 0.1),
                    limits: PilotPlan.Limits(
                        samples: 10...40, launches: 5, targetHalfWidth: 0.01)))
            if plan.launches > 5 { extended += 1 }
            while all.count < plan.launches { all.append(launch(plan.samplesPerLaunch)) }
            let medians = all.compactMap { Median.of($0).map { exp($0) } }
            let estimate = MeanEstimate(launchValues: medians, scale: .geometric)
            if estimate?.interval?.contains(1) == true { covered += 1 }
        }
        #expect((1860...1940).contains(covered), "\(covered)")
        #expect(extended > Self.runs / 4, "\(extended)")
    }

    @Test func `The expected number of false findings is the number there is`() throws {
        var simulation = Simulation(seed: 5)
        var (expected, found) = (0.0, 0.0)
        for _ in 0..<4000 {
            // Noise as large as δ, so that there is something to count.
            let comparison = try #require(
                paired(side(&simulation, 20, 0.01), side(&simulation, 20, 0.01)))
            let threshold = VerdictThreshold()
            expected += comparison.falseVerdictProbability(threshold)
            if isFinding(comparison.verdict(threshold)) { found += 1 }
        }
        #expect(expected < 20 && found < 20, "\(expected), \(found)")
        #expect(abs(expected - found) <= 3 * max(expected, 3).squareRoot(), "\(expected), \(found)")
    }

    @Test func `Over many equal comparisons Holm confirms none in 19 of 20 families`() throws {
        var simulation = Simulation(seed: 6)
        var (wrong, selected) = (0, 0)
        let families = 200
        for _ in 0..<families {
            // At the bound itself: the hardest case that is still no finding.
            let pValues = try (0..<30).map { _ in
                try #require(
                    paired(
                        side(&simulation, 10, 0.003, centre: 1.01), side(&simulation, 10, 0.003))
                ).pValue(beyond: log1p(0.01))
            }
            if MultipleTesting.holm(pValues).contains(where: { $0 <= 0.05 }) { wrong += 1 }
            if MultipleTesting.benjaminiHochberg(pValues).contains(where: { $0 <= 0.2 }) {
                selected += 1
            }
        }
        #expect(Double(wrong) <= 0.05 * Double(families) + 9, "\(wrong)")
        #expect(Double(selected) <= 0.2 * Double(families) + 17, "\(selected)")
    }
}
