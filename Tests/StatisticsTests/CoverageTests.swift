import Foundation
import Testing

@testable import Statistics

/// Seeded, bounded simulations of what section 17 of the measurement page promises.
@Suite struct CoverageTests {
    private static let runs = 2000

    /// Launches of a true time of 1: each with its own offset, then its samples.
    private func launches(
        _ simulation: inout Simulation, count: Int, samples: Int, launchSD: Double, sampleSD: Double
    ) -> [[Double]] {
        (0..<count).map { _ in
            let launch = launchSD * simulation.normal()
            return (0..<samples).map { _ in exp(launch + sampleSD * simulation.normal()) }
        }
    }

    @Test(arguments: [3, 5, 10])
    func `The t interval of launch medians covers 93 to 97 %`(count: Int) {
        var simulation = Simulation(seed: UInt64(count))
        var covered = 0
        for _ in 0..<Self.runs {
            let medians = launches(
                &simulation, count: count, samples: 9, launchSD: 0.01, sampleSD: 0.01
            ).compactMap { Median.of($0) }
            let estimate = MeanEstimate(launchValues: medians, scale: .geometric)
            if estimate?.interval?.contains(1) == true { covered += 1 }
        }
        #expect((1860...1940).contains(covered), "\(covered)")
    }

    @Test func `An interval of samples pooled over launches covers less than half`() {
        var simulation = Simulation(seed: 77)
        var covered = 0
        let runs = 500
        for _ in 0..<runs {
            let pooled = launches(
                &simulation, count: 10, samples: 30, launchSD: 0.01, sampleSD: 0.01
            ).flatMap { $0 }
            let ranks = RankInterval.median(count: pooled.count)
            let interval = ranks?.interval(ofSorted: pooled.sorted(), level: 0.95)
            if interval?.contains(1) == true { covered += 1 }
        }
        #expect(Double(covered) < 0.6 * Double(runs), "\(covered)")
    }

    @Test func `The median's interval covers for independent samples of any shape`() {
        var simulation = Simulation(seed: 78)
        var covered = 0
        for _ in 0..<Self.runs {
            let samples = (0..<30).map { _ in -log(simulation.uniform()) }
            if MedianEstimate(samples)?.interval?.contains(log(2)) == true { covered += 1 }
        }
        // Exact 95.7 %, a little more for chance widening.
        #expect((1880...1990).contains(covered), "\(covered)")
    }

    @Test(arguments: [(30, 0.5), (100, 0.5), (100, 0.8), (300, 0.8)])
    func `The widened interval covers autocorrelated samples`(count: Int, coefficient: Double) {
        var simulation = Simulation(seed: UInt64(count) + 1)
        var covered = 0
        var narrow = 0
        let runs = 600
        for _ in 0..<runs {
            let samples = simulation.autoregressive(count: count, coefficient: coefficient)
            if MedianEstimate(samples)?.interval?.contains(0) == true { covered += 1 }
            let exact = RankInterval.median(count: count)?
                .interval(ofSorted: samples.sorted(), level: 0.95)
            if exact?.contains(0) == true { narrow += 1 }
        }
        #expect(Double(covered) >= 0.92 * Double(runs), "\(covered)")
        #expect(Double(narrow) < 0.86 * Double(runs), "\(narrow)")
    }

    @Test func `Equal sides are called slower or faster in at most 3 of 2 000 comparisons`() {
        var simulation = Simulation(seed: 79)
        var wrong = 0
        for _ in 0..<Self.runs {
            let sides = (0..<2).map { _ in (0..<5).map { _ in exp(0.01 * simulation.normal()) } }
            let verdict = Comparison(candidate: sides[0], baseline: sides[1], sense: .cost)?
                .verdict(VerdictThreshold())
            if verdict == .slower || verdict == .faster { wrong += 1 }
        }
        // Published: at most 0.1 %; 2 expected, standard deviation 1.4.
        #expect(wrong <= 6, "\(wrong)")
    }

    @Test func `A true slow-down of 2 % is found at a launch deviation of 0.3 %`() {
        var simulation = Simulation(seed: 80)
        var found = 0
        for _ in 0..<500 {
            let baseline = (0..<5).map { _ in exp(0.003 * simulation.normal()) }
            let candidate = (0..<5).map { _ in 1.02 * exp(0.003 * simulation.normal()) }
            let comparison = Comparison(candidate: candidate, baseline: baseline, sense: .cost)
            if comparison?.verdict(VerdictThreshold()) == .slower { found += 1 }
        }
        // Published: 99 %.
        #expect(found >= 480, "\(found)")
    }

    @Test func `A planned number of equal launches is called the same four times in five`() {
        var simulation = Simulation(seed: 81)
        var same = 0
        for _ in 0..<500 {
            let sides = (0..<2).map { _ in (0..<22).map { _ in exp(0.01 * simulation.normal()) } }
            let verdict = Comparison(candidate: sides[0], baseline: sides[1], sense: .cost)?
                .verdict(VerdictThreshold())
            if verdict == .same { same += 1 }
        }
        #expect((370...440).contains(same), "\(same)")
    }
}
