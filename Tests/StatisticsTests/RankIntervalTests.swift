import Testing

@testable import Statistics

@Suite struct RankIntervalTests {
    @Test(arguments: [
        (6, 1, 6, 0.96875), (8, 1, 8, 0.99219), (9, 2, 8, 0.96094), (10, 2, 9, 0.97852),
        (15, 4, 12, 0.96484), (20, 6, 15, 0.95861), (30, 10, 21, 0.95723),
        (50, 18, 33, 0.96716), (70, 27, 44, 0.95861), (71, 27, 45, 0.96807),
        (100, 40, 61, 0.96480),
    ])
    func `The median's 95 % ranks and coverage are the published ones`(
        count: Int, lower: Int, upper: Int, coverage: Double
    ) throws {
        let ranks = try #require(RankInterval.median(count: count))
        #expect(ranks.lower == lower)
        #expect(ranks.upper == upper)
        #expect(abs(ranks.coverage - coverage) < 0.000_006)
    }

    @Test(arguments: [(200, 86, 115), (500, 228, 273), (1000, 469, 532)])
    func `The median's 95 % ranks hold for large counts`(count: Int, lower: Int, upper: Int) throws
    {
        let ranks = try #require(RankInterval.median(count: count))
        #expect((ranks.lower, ranks.upper) == (lower, upper))
    }

    @Test(arguments: [(8, 1, 8), (20, 4, 17), (30, 8, 23), (100, 37, 64)])
    func `The median's 99 % ranks are the published ones`(
        count: Int, lower: Int, upper: Int
    ) throws {
        let ranks = try #require(RankInterval.median(count: count, level: 0.99))
        #expect((ranks.lower, ranks.upper) == (lower, upper))
        #expect(ranks.coverage >= 0.99)
    }

    @Test(arguments: 0...5)
    func `Five samples or fewer give no 95 % interval of the median`(count: Int) {
        #expect(RankInterval.median(count: count) == nil)
    }

    @Test func `The median's ranks are symmetric`() {
        for count in 6...400 {
            let ranks = RankInterval.median(count: count)
            #expect(ranks.map { $0.lower + $0.upper } == count + 1, "\(count)")
        }
    }

    @Test(arguments: [
        (QuantileLevel.p90, 29), (.p95, 59), (.p99, 299), (.p999, 2995), (.p50, 6),
    ])
    func `The fewest values for a 95 % interval are the published ones`(
        quantile: QuantileLevel, count: Int
    ) {
        #expect(RankInterval.countMin(quantile) == count)
        #expect(RankInterval(quantile, count: count) != nil)
        #expect(RankInterval(quantile, count: count - 1) == nil)
    }

    @Test func `Ranks of every quantile are those of a plain search with scipy`() {
        for row in Reference.shared.rank_intervals {
            let quantile = QuantileLevel(partsPerMillion: Int((row[0] * 1_000_000).rounded()))
            let ranks = RankInterval(quantile, count: Int(row[1]), level: row[2])
            if row[3] == 0 {
                #expect(ranks == nil, "\(row)")
            } else {
                #expect(ranks?.lower == Int(row[3]), "\(row)")
                #expect(ranks?.upper == Int(row[4]), "\(row)")
                #expect(agree(ranks?.coverage ?? 0, row[5], relative: 1e-10), "\(row)")
                #expect((ranks?.coverage ?? 0) >= row[2], "\(row)")
            }
        }
    }

    @Test func `Autocorrelation of 0.5 widens the interval of 100 samples by 1.732`() throws {
        let factor = Autocorrelation.wideningFactor(0.5)
        #expect(abs(factor - 1.732) < 0.0005)
        let ranks = try #require(RankInterval.median(count: 100)).widened(by: factor)
        // 50.5 ± 10.5 · 1.732, rounded outwards.
        #expect((ranks.lower, ranks.upper) == (32, 69))
        #expect(!ranks.isTruncated)
    }

    @Test(arguments: [3.0, 100, .infinity])
    func `Widening beyond the samples is marked`(factor: Double) throws {
        let ranks = try #require(RankInterval.median(count: 10)).widened(by: factor)
        #expect((ranks.lower, ranks.upper) == (1, 10))
        #expect(ranks.isTruncated)
    }

    @Test func `Widening keeps a quantile's interval around its rank`() throws {
        let exact = try #require(RankInterval(.p99, count: 2000))
        let wide = exact.widened(by: 2, around: .p99)
        let centre = 1980.5
        #expect(Double(wide.lower) == (centre - 2 * (centre - Double(exact.lower))).rounded(.down))
        #expect(Double(wide.upper) == (centre + 2 * (Double(exact.upper) - centre)).rounded(.up))
    }
}
