import Testing

@testable import Statistics

@Suite struct EarlyStoppingTests {
    @Test(arguments: [
        (QuantileLevel.p50, [7, 11, 14, 22, 35]),
        (.p90, [44, 64, 81, 127, 197]),
        (.p95, [90, 130, 165, 259, 398]),
        (.p97, [152, 219, 277, 433, 667]),
        (.p99, [459, 662, 838, 1307, 2010]),
        (.p999, [4603, 6636, 8403, 13105, 20140]),
    ])
    func `The queries needed for 0, 1, 2, 5 and 10 misses are the published ones`(
        quantile: QuantileLevel, needed: [Int]
    ) {
        let rule = EarlyStopping(quantile: quantile)
        #expect([0, 1, 2, 5, 10].map { rule.queriesNeeded(misses: $0) } == needed)
    }

    @Test func `The queries needed for p99 and up to seven misses are the published ones`() {
        let rule = EarlyStopping(quantile: .p99)
        #expect(
            (0...7).map { rule.queriesNeeded(misses: $0) }
                == [459, 662, 838, 1001, 1157, 1307, 1453, 1596])
    }

    @Test func `Hits needed are the first number whose tail probability is small enough`() {
        // 459 independent hits: 0.99^459 = 0.00992, and 0.99^458 = 0.01002.
        let rule = EarlyStopping(quantile: .p99)
        #expect(rule.hitsNeeded(misses: 0) == 459)
        #expect(rule.isShown(queries: 459, misses: 0))
        #expect(!rule.isShown(queries: 458, misses: 0))
        #expect(!rule.isShown(queries: 661, misses: 1))
    }

    @Test func `Several planned looks share the risk`() {
        let rule = EarlyStopping(quantile: .p99, looks: 10)
        #expect(abs(rule.confidence - 0.999) < 1e-12)
        // ln(0.001) / ln(0.99) = 687.3.
        #expect(rule.queriesNeeded(misses: 0) == 688)
    }

    @Test func `The clumping factor is numpy's`() {
        for row in Reference.shared.clumping {
            let clumping = Clumping(latencies: row.latencies, bound: row.bound)
            #expect(agree(clumping.factor, row.factor, relative: 1e-10))
        }
    }

    @Test func `Equal latencies within the bound are no clump, and still need 459 for p99`() {
        let clumping = Clumping(latencies: [UInt64](repeating: 100, count: 1000), bound: 5000)
        #expect(clumping.factor == 1)
        let rule = EarlyStopping(quantile: .p99)
        #expect(rule.isShown(queries: 459, misses: 0, clumping: clumping))
        #expect(!rule.isShown(queries: 458, misses: 0, clumping: clumping))
        #expect(Clumping(latencies: [], bound: 1).factor == 1)
    }

    @Test func `A run with nothing late can still be too clumped to show p99`() {
        // Two of 20 batches lie wholly above p90. Their means' variance is 1.8/19; times the
        // 50 of a batch, over 0.1 · 0.9, that is 52.6.
        let latencies = (0..<1000).map { UInt64((300..<400).contains($0) ? 200 : 100) }
        let fromP90 = latencies.map { $0 > 100 }
        #expect(agree(Clumping.factor(of: fromP90), 1000.0 / 19, relative: 1e-12))
        // p90 is the 901st value: with 100 slow ones it is the least of them.
        var rising = latencies
        rising[350] = 150
        let clumping = Clumping(latencies: rising, bound: 5000)
        #expect(clumping.factor > 40)
        #expect(
            !EarlyStopping(quantile: .p99).isShown(queries: 1000, misses: 0, clumping: clumping))
    }

    @Test func `Clumped misses need more queries than spread ones`() {
        let spread = (0..<2000).map { UInt64($0 % 250 == 0 ? 100 : 1) }
        let clumped = (0..<2000).map { UInt64((500..<508).contains($0) ? 100 : 1) }
        let rule = EarlyStopping(quantile: .p99)
        let one = Clumping(latencies: spread, bound: 50)
        let other = Clumping(latencies: clumped, bound: 50)
        #expect(one.factor == 1)
        #expect(other.factor > 7)
        #expect(rule.isShown(queries: 2000, misses: 8, clumping: one))
        #expect(!rule.isShown(queries: 2000, misses: 8, clumping: other))
        let needed = rule.queriesNeeded(misses: 8, clumping: other)
        #expect(rule.isShown(queries: needed, misses: 8, clumping: other))
    }

    @Test func `A quantile of too few values says how many it takes`() {
        let few = (0..<500).map(Double.init)
        #expect(QuantileEstimate(.p99, ofSorted: few) == .unresolved(count: 500, needed: 662))
        let many = (0..<700).map(Double.init)
        guard
            case .resolved(let value, let interval, let ranks) = QuantileEstimate(
                .p99, ofSorted: many)
        else {
            Issue.record("700 values resolve p99")
            return
        }
        #expect(value == 693)
        #expect(interval.low == Double(ranks.lower - 1))
        #expect(interval.contains(value))
        #expect(ranks.coverage >= 0.95)
    }

    @Test func `Clumped latencies leave a quantile unresolved`() {
        let values = (0..<700).map(Double.init)
        let estimate = QuantileEstimate(.p99, ofSorted: values, wideningFactor: 3)
        #expect(estimate == .unresolved(count: 700, needed: 5958))
    }
}
