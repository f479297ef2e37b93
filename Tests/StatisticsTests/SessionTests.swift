import Foundation
import Testing

@testable import Statistics

@Suite struct SessionTests {
    @Test func `What sessions differ by is numpy's`() throws {
        for row in ComparisonReference.shared.sessions {
            let series = row.series.map { values in
                zip(row.occasions, values).map {
                    SessionNoise.Value(occasion: $0, logarithm: $1)
                }
            }
            let noise = try #require(SessionNoise(series: series))
            #expect(agree(noise.spread.standardDeviation, row.deviation, relative: 1e-12))
            #expect(agree(noise.floor, row.floor, relative: 1e-12))
            #expect(noise.spread.degreesOfFreedom == row.degreesOfFreedom)
            #expect(noise.pairs == row.pairs)
        }
    }

    @Test func `Sessions of two occasions say nothing, however many there are`() {
        func series(_ occasions: [Int]) -> [[SessionNoise.Value]] {
            [occasions.map { SessionNoise.Value(occasion: $0, logarithm: Double($0)) }]
        }
        #expect(SessionNoise(series: series([0, 0, 0, 1, 1, 1])) == nil)
        #expect(SessionNoise(series: series([0, 1, 2])) != nil)
        #expect(SessionNoise(series: []) == nil)
    }

    @Test func `The interval of two single sessions is scipy's`() throws {
        for row in ComparisonReference.shared.unpaired {
            let launches = try #require(
                Comparison(candidate: row.candidate, baseline: row.baseline, sense: .cost))
            let spreads = zip(row.deviations, row.freedoms).map {
                SessionSpread(standardDeviation: $0, degreesOfFreedom: $1)
            }
            let whole = launches.unpaired(candidate: spreads[0], baseline: spreads[1])
            #expect(agree(whole.standardError, row.standardError, relative: 1e-10))
            #expect(agree(whole.degreesOfFreedom, row.degreesOfFreedom, relative: 1e-9))
            #expect(agree(whole.interval().low, row.interval[0], relative: 1e-9))
            #expect(agree(whole.interval().high, row.interval[1], relative: 1e-9))
        }
    }

    @Test func `A comparison knows how often it would be wrong without a difference`() throws {
        for row in ComparisonReference.shared.false_verdicts {
            var comparison = try #require(
                Comparison(candidate: [1, 2, 3], baseline: [1, 2, 3], sense: .cost))
            (comparison.standardError, comparison.degreesOfFreedom) = (row[0], row[1])
            let found = comparison.falseVerdictProbability(VerdictThreshold(noiseFloor: row[2]))
            #expect(agree(found, row[3], relative: 1e-8))
        }
    }

    @Test func `Launches known by their interval alone give scipy's comparison too`() throws {
        for row in Reference.shared.means {
            let interval = ConfidenceInterval(
                low: row.geometric[0], high: row.geometric[1], level: 0.95)
            let moments = try #require(LogMoments(interval: interval, count: row.values.count))
            #expect(agree(moments.standardDeviation, row.logDeviation, relative: 1e-9))
            #expect(agree(exp(moments.mean), row.geometricMean, relative: 1e-10))
        }
        for row in Reference.shared.comparisons {
            let sides = [row.candidate, row.baseline].compactMap { values -> LogMoments? in
                let mean = MeanEstimate(launchValues: values, scale: .geometric)
                return mean?.interval.flatMap { LogMoments(interval: $0, count: values.count) }
            }
            try #require(sides.count == 2)
            let comparison = try #require(
                Comparison(candidate: sides[0], baseline: sides[1], sense: .cost))
            #expect(agree(comparison.logDifference, row.difference, relative: 1e-8))
            #expect(agree(comparison.standardError, row.standardError, relative: 1e-8))
            #expect(agree(comparison.degreesOfFreedom, row.degreesOfFreedom, relative: 1e-8))
        }
    }

    @Test func `An interval that reaches zero or below gives no moments`() {
        for (low, high) in [(0.0, 1.0), (-1, 1), (2, 1), (1, .infinity)] {
            let interval = ConfidenceInterval(low: low, high: high, level: 0.95)
            #expect(LogMoments(interval: interval, count: 5) == nil)
        }
        #expect(LogMoments([1]) == nil)
        #expect(LogMoments([1, 0]) == nil)
    }

    @Test func `Times that moved without cycles are the clock's`() throws {
        func comparison(_ shift: Double, deviation: Double = 0.001) throws -> Comparison {
            let side = [-1.0, 0, 1, 0].map { exp(deviation * $0) }
            return try #require(
                Comparison(candidate: side.map { $0 * shift }, baseline: side, sense: .cost))
        }
        let threshold = VerdictThreshold()
        func check(_ time: ComparisonVerdict, _ cycles: Comparison) -> ClockCheck? {
            ClockCheck(time: time, cycles: cycles, threshold: threshold)
        }
        #expect(check(.slower, try comparison(1)) == .clockExplained)
        #expect(check(.slower, try comparison(1.05)) == .confirmed)
        #expect(check(.faster, try comparison(0.95)) == .confirmed)
        #expect(check(.faster, try comparison(1.05)) == .undecided)
        #expect(check(.slower, try comparison(1, deviation: 0.2)) == .undecided)
        #expect(check(.same, try comparison(1)) == nil)
        #expect(check(.inconclusive, try comparison(1)) == nil)
    }
}
