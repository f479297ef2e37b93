import Testing

@testable import Statistics

@Suite struct DescriptiveTests {
    @Test func `Moments, medians, quartiles and outliers are numpy's`() throws {
        for row in Reference.shared.descriptive {
            let moments = RunningMoments(row.values)
            #expect(agree(moments.mean, row.mean, relative: 1e-14))
            #expect(agree(moments.variance, row.variance, relative: 1e-9))
            #expect(Median.of(row.values) == row.median)
            let tukey = try #require(TukeyOutliers(row.values, resolution: 0))
            #expect(agree(tukey.firstQuartile, row.firstQuartile, relative: 1e-15))
            #expect(agree(tukey.thirdQuartile, row.thirdQuartile, relative: 1e-15))
            #expect(row.values.count - tukey.counts[.inside, default: 0] == row.outliers)
        }
    }

    @Test func `Autocorrelation is numpy's, and corrected for its bias`() {
        for row in Reference.shared.descriptive {
            let autocorrelation = Autocorrelation(row.values)
            #expect(agree(autocorrelation.measured, row.autocorrelation, relative: 1e-8))
            #expect(agree(autocorrelation.corrected, row.corrected, relative: 1e-8))
        }
    }

    @Test func `Constant samples have no autocorrelation`() {
        #expect(Autocorrelation([5, 5, 5, 5]).measured == 0)
        #expect(Autocorrelation([1e18, 1e18, 1e18]).isIndependent)
    }

    @Test func `Alternating samples are dependent, but do not narrow the interval`() {
        let autocorrelation = Autocorrelation((0..<100).map { $0 % 2 == 0 ? 1 : 2 })
        #expect(!autocorrelation.isIndependent)
        #expect(autocorrelation.wideningFactor == 1)
    }

    @Test func `The median of integers is exact where a sum would overflow`() {
        #expect(Median.of([UInt64.max, UInt64.max - 2] as [UInt64]) == Double(UInt64.max))
        #expect(Median.of([7, 1, 4] as [UInt64]) == 4)
        #expect(Median.of([7, 1, 4, 5] as [UInt64]) == 4.5)
        #expect(Median.of([] as [UInt64]) == nil)
        #expect(
            Median.of([Double.greatestFiniteMagnitude, .greatestFiniteMagnitude])?.isFinite == true)
    }

    @Test func `A steady large value keeps its variance`() {
        let moments = RunningMoments((0..<1000).map { 1e15 + Double($0 % 2) })
        #expect(agree(moments.variance, 0.25 * 1000 / 999, relative: 1e-9))
        #expect(RunningMoments([3]).variance.isNaN)
    }

    @Test(arguments: [
        (290_000, 100, 29), (500_000, 4, 2), (990_000, 100, 99), (999_000, 1000, 999),
        (999_999, 3, 2), (1, 10, 0), (900_000, 1, 0),
    ])
    func `A quantile's index is floor(n·p) in whole numbers`(ppm: Int, count: Int, index: Int) {
        #expect(QuantileLevel(partsPerMillion: ppm).index(count: count) == index)
    }

    @Test func `A quantile's index does not overflow`() {
        #expect(QuantileLevel.p50.index(count: Int.max) == Int.max / 2)
    }

    @Test func `Outliers are labelled by side and severity`() throws {
        // Quartiles 3 and 7, range 4: fences at −3, −9, 13 and 19.
        let values: [Double] = [1, 2, 3, 4, 5, 6, 7, 8, 9]
        let tukey = try #require(TukeyOutliers(values, resolution: 1))
        #expect(tukey.label(of: -9.5) == .lowSevere)
        #expect(tukey.label(of: -9) == .lowMild)
        #expect(tukey.label(of: -3) == .inside)
        #expect(tukey.label(of: 13) == .inside)
        #expect(tukey.label(of: 13.5) == .highMild)
        #expect(tukey.label(of: 19.5) == .highSevere)
        #expect(tukey.severeShare == 0)
    }

    @Test func `Where the quartiles coincide the clock's resolution makes the fences`() throws {
        let values = [Double](repeating: 100, count: 17) + [101, 102, 140]
        let tukey = try #require(TukeyOutliers(values, resolution: 1))
        #expect(tukey.counts == [.inside: 18, .highMild: 1, .highSevere: 1])
        #expect(tukey.severeShare == 0.05)
    }

    @Test func `Varying batches give the slope through the origin`() {
        #expect(VaryingBatches.slope(batches: [1, 2, 3], elapsed: [10, 20, 30]) == 10)
        #expect(VaryingBatches.slope(batches: [0], elapsed: [10]) == nil)
    }
}
