import Foundation
import Testing

@testable import Statistics

@Suite struct VerdictTests {
    @Test func `Welch's comparison of logarithms is scipy's`() throws {
        for row in Reference.shared.comparisons {
            let comparison = try #require(
                Comparison(candidate: row.candidate, baseline: row.baseline, sense: .cost))
            #expect(agree(comparison.logDifference, row.difference, relative: 1e-9))
            #expect(agree(comparison.standardError, row.standardError, relative: 1e-9))
            #expect(agree(comparison.degreesOfFreedom, row.degreesOfFreedom, relative: 1e-9))
            #expect(agree(comparison.pValue, row.pValue, relative: 1e-8))
            let beyond = comparison.pValue(beyond: log1p(0.01))
            #expect(agree(beyond, row.beyondOnePercent, relative: 1e-8))
            #expect(
                agree(comparison.interval().low, row.interval[0], relative: 1e-9, absolute: 1e-13))
            #expect(
                agree(comparison.interval().high, row.interval[1], relative: 1e-9, absolute: 1e-13))
        }
    }

    @Test func `The paired comparison is scipy's`() throws {
        let row = Reference.shared.paired
        let pairs = zip(row.candidate, row.baseline).map { (candidate: $0, baseline: $1) }
        let comparison = try #require(Comparison(pairs: pairs, sense: .cost))
        #expect(agree(comparison.logDifference, row.difference, relative: 1e-10))
        #expect(agree(comparison.pValue, row.pValue, relative: 1e-9))
        #expect(agree(comparison.interval().low, row.interval[0], relative: 1e-9))
        #expect(agree(comparison.interval().high, row.interval[1], relative: 1e-9))
        #expect(Comparison(pairs: Array(pairs.prefix(4)), sense: .cost) == nil)
    }

    @Test func `A higher rate is the lower cost`() throws {
        let fast = [11.0, 11.1, 10.9, 11.0]
        let slow = [10.0, 10.1, 9.9, 10.0]
        let rate = try #require(Comparison(candidate: fast, baseline: slow, sense: .rate))
        let cost = try #require(Comparison(candidate: fast, baseline: slow, sense: .cost))
        #expect(rate.logDifference == -cost.logDifference)
        #expect(rate.verdict(VerdictThreshold()) == .faster)
        #expect(cost.verdict(VerdictThreshold()) == .slower)
    }

    @Test func `Too few launches or impossible values are not compared`() {
        #expect(Comparison(candidate: [1, 2], baseline: [1, 2, 3], sense: .cost) == nil)
        #expect(Comparison(candidate: [1, 2, 0], baseline: [1, 2, 3], sense: .cost) == nil)
        #expect(Comparison(candidate: [1, 2, .nan], baseline: [1, 2, 3], sense: .cost) == nil)
    }

    @Test(arguments: [
        (0.011, 0.03, ComparisonVerdict.slower), (-0.03, -0.011, .faster), (-0.009, 0.0099, .same),
        (0.005, 0.02, .inconclusive), (-0.02, 0.02, .inconclusive), (-0.02, -0.005, .inconclusive),
        (0.0099, 0.03, .inconclusive),
    ])
    func `The verdict follows from where the interval lies`(
        low: Double, high: Double, verdict: ComparisonVerdict
    ) {
        let interval = ConfidenceInterval(low: low, high: high, level: 0.95)
        #expect(ComparisonVerdict(interval: interval, threshold: VerdictThreshold()) == verdict)
    }

    @Test func `Delta is the largest of one percent, the timer and the noise floor`() {
        #expect(VerdictThreshold().delta == 0.01)
        #expect(VerdictThreshold(timerQuantum: 0.02).delta == 0.02)
        #expect(VerdictThreshold(noiseFloor: 0.015).delta == 0.015)
        let noisy = VerdictThreshold(noiseFloor: 0.05)
        #expect(noisy.delta == 0.03)
        #expect(!noisy.isMachineFit)
        #expect(VerdictThreshold(noiseFloor: 0.03).isMachineFit)
    }

    @Test func `Identical launches are the same, with nothing to divide by`() throws {
        let comparison = try #require(
            Comparison(candidate: [2, 2, 2], baseline: [2, 2, 2], sense: .cost))
        #expect(comparison.verdict(VerdictThreshold()) == .same)
        #expect(comparison.pValue == 1)
        #expect(comparison.launchesNeeded(VerdictThreshold()) == 5)
        let other = try #require(
            Comparison(candidate: [3, 3, 3], baseline: [2, 2, 2], sense: .cost))
        #expect(other.pValue == 0)
        #expect(other.verdict(VerdictThreshold()) == .slower)
    }

    @Test func `Launches needed follow the planning formula`() throws {
        // Standard deviation of each side 1 %, candidate 3 % slower, δ = 1 %, on logarithms.
        let deviation = 0.01
        let side = [-1.0, 0, 1].map { $0 * deviation }
        func comparison(_ shift: Double) throws -> Comparison {
            try #require(
                Comparison(
                    candidate: side.map { exp($0 + shift) }, baseline: side.map { exp($0) },
                    sense: .cost))
        }
        let threshold = VerdictThreshold()
        let gap = 0.03 - log(1.01)
        let expected = Int(
            (2 * pow(1.959963985 + 0.841621234, 2) * pow(0.01 / gap, 2)).rounded(.up))
        #expect(expected == 5 || expected == 4)
        #expect(try comparison(0.03).launchesNeeded(threshold) == max(5, expected))
        // 15.7 · (0.01 / (0.0129 − 0.00995))² = 180.4.
        #expect(try comparison(0.0129).launchesNeeded(threshold) == 181)
        // No difference: 21.015 · (0.01 / 0.00995)² = 21.2.
        #expect(try comparison(0).launchesNeeded(threshold) == 22)
        #expect(try comparison(log(1.01)).launchesNeeded(threshold) == nil)
    }

    @Test func `Single sessions carry what sessions differ by`() throws {
        let comparison = try #require(
            Comparison(
                candidate: [1.02, 1.021, 1.022, 1.0205], baseline: [1, 1.001, 1.002, 1.0005],
                sense: .cost))
        #expect(comparison.verdict(VerdictThreshold()) == .slower)
        let unpaired = comparison.unpaired(sessionStandardDeviation: 0.005, degreesOfFreedom: 20)
        #expect(unpaired.verdict(VerdictThreshold()) == .inconclusive)
        let variance = comparison.standardError * comparison.standardError + 2 * 0.005 * 0.005
        #expect(agree(unpaired.standardError, variance.squareRoot(), relative: 1e-12))
        #expect(unpaired.degreesOfFreedom > 19 && unpaired.degreesOfFreedom < 24)
        // No number of launches removes the sessions' variance.
        #expect(unpaired.launchesNeeded(VerdictThreshold()) == nil)
    }

    @Test func `Adjusted p-values are scipy's`() {
        let row = Reference.shared.multiple_testing
        for (value, expected) in zip(MultipleTesting.holm(row.pValues), row.holm) {
            #expect(agree(value, expected, relative: 1e-12))
        }
        for (value, expected) in zip(
            MultipleTesting.benjaminiHochberg(row.pValues), row.benjaminiHochberg)
        {
            #expect(agree(value, expected, relative: 1e-12))
        }
        #expect(MultipleTesting.holm([]) == [])
    }
}
