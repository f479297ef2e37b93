import Foundation
import Testing

@testable import Statistics

@Suite struct LaunchStatisticsTests {
    @Test func `Means of launch values and their t intervals are scipy's`() throws {
        for row in Reference.shared.means {
            let geometric = try #require(MeanEstimate(launchValues: row.values, scale: .geometric))
            #expect(agree(geometric.value, row.geometricMean, relative: 1e-12))
            #expect(agree(geometric.standardDeviation, row.logDeviation, relative: 1e-10))
            #expect(agree(try #require(geometric.interval).low, row.geometric[0], relative: 1e-10))
            #expect(agree(try #require(geometric.interval).high, row.geometric[1], relative: 1e-10))

            let arithmetic = try #require(
                MeanEstimate(launchValues: row.differences, scale: .arithmetic, level: 0.99))
            #expect(agree(arithmetic.value, row.arithmeticMean, relative: 1e-12))
            let interval = try #require(arithmetic.interval)
            #expect(agree(interval.low, row.arithmetic[0], relative: 1e-10))
            #expect(agree(interval.high, row.arithmetic[1], relative: 1e-10))
            #expect(interval.level == 0.99)
        }
    }

    @Test func `Two launches give a value and no interval`() throws {
        let estimate = try #require(MeanEstimate(launchValues: [1, 4], scale: .geometric))
        #expect(agree(estimate.value, 2, relative: 1e-15))
        #expect(estimate.interval == nil)
        #expect(estimate.relativeHalfWidth == .infinity)
        #expect(MeanEstimate(launchValues: [], scale: .arithmetic) == nil)
    }

    @Test(arguments: [[1, 0, 2], [1, -1, 2], [1, .nan, 2], [1, .infinity, 2]] as [[Double]])
    func `Values that have no logarithm have no geometric mean`(values: [Double]) {
        #expect(MeanEstimate(launchValues: values, scale: .geometric) == nil)
    }

    @Test func `Six launches enclose the median launch with 96.9 %`() throws {
        let six = try #require(MeanEstimate(launchValues: [3, 1, 2, 6, 5, 4], scale: .arithmetic))
        let range = try #require(six.range)
        #expect((range.low, range.high, range.level) == (1, 6, 0.96875))
        let five = MeanEstimate(launchValues: [3, 1, 2, 5, 4], scale: .arithmetic)
        #expect(five?.range == nil)
    }

    @Test func `The variance split is numpy's`() throws {
        let row = Reference.shared.variance_split
        let split = try #require(VarianceSplit(launches: row.launches))
        #expect(agree(split.withinLaunches, row.within, relative: 1e-10))
        #expect(agree(split.betweenLaunches, row.between, relative: 1e-10))
        #expect(VarianceSplit(launches: [[1, 2, 3]]) == nil)
        #expect(VarianceSplit(launches: [[1], [2]]) == nil)
    }

    @Test func `Samples per launch follow Kalibera and Jones`() throws {
        // Two launches of means 10 and 14 and variance 2 with two samples: T₂² = 8 − 1 = 7.
        let split = try #require(VarianceSplit(launches: [[9, 11], [13, 15]]))
        #expect((split.withinLaunches, split.betweenLaunches) == (2, 7))
        // √(350 · 2/7) = 10, and √(351 · 2/7) = 10.01.
        let allowed = 5...100
        #expect(split.samplesPerLaunch(sampleCost: 1, launchCost: 350, allowed: allowed) == 10)
        #expect(split.samplesPerLaunch(sampleCost: 2, launchCost: 702, allowed: allowed) == 11)
        #expect(split.samplesPerLaunch(sampleCost: 1, launchCost: 1, allowed: allowed) == 5)
        #expect(split.samplesPerLaunch(sampleCost: 1e-9, launchCost: 1e9, allowed: allowed) == 100)
    }

    @Test func `Without variance between launches as many samples as allowed are best`() throws {
        let split = try #require(VarianceSplit(launches: [[9, 11, 10], [10, 9, 11]]))
        #expect(split.betweenLaunches <= 0)
        #expect(split.betweenShare == 0)
        #expect(split.samplesPerLaunch(sampleCost: 1, launchCost: 9, allowed: 6...50) == 50)
    }

    @Test func `Rates are total work over total time`() {
        #expect(Means.rate(work: [10, 10], time: [1, 4]) == 4)
        #expect(Means.harmonic([10, 2.5]) == 4)
        #expect(Means.rate(work: [1], time: [0]) == nil)
        #expect(Means.harmonic([1, 0]) == nil)
        #expect(agree(Means.geometric([2, 8]) ?? 0, 4, relative: 1e-15))
    }

    @Test func `A median estimate is widened by the samples' own autocorrelation`() throws {
        var simulation = Simulation(seed: 11)
        let samples = simulation.autoregressive(count: 300, coefficient: 0.5).map { 10 + $0 }
        let estimate = try #require(MedianEstimate(samples))
        let exact = try #require(RankInterval.median(count: 300))
        #expect(estimate.wideningFactor > 1.4 && estimate.wideningFactor < 2.1)
        let ranks = try #require(estimate.ranks)
        #expect(ranks.lower < exact.lower && ranks.upper > exact.upper)
        let sorted = samples.sorted()
        #expect(estimate.interval?.low == sorted[ranks.lower - 1])
        #expect(estimate.interval?.high == sorted[ranks.upper - 1])
    }

    @Test func `Too few samples for an interval still have a median`() throws {
        let estimate = try #require(MedianEstimate([5, 1, 3]))
        #expect(estimate.value == 3)
        #expect(estimate.interval == nil)
        #expect(!estimate.isIntervalComplete)
        #expect(MedianEstimate([]) == nil)
    }
}
