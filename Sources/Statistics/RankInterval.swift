/// Which two of n ascending values enclose a quantile with a given probability.
///
/// Exact for independent values of any continuous distribution: how many of them
/// lie below the quantile is binomial.
package struct RankInterval: Sendable, Hashable {
    /// Ranks count from 1.
    package var lower: Int
    package var upper: Int
    /// How many values there are.
    package var count: Int
    /// The exact probability of covering the quantile; of the ranks before widening.
    package var coverage: Double
    /// Whether widening asked for ranks beyond the smallest or largest value.
    ///
    /// Such an interval is narrower than it ought to be: there are too few values.
    package var isTruncated = false

    /// Ranks around a quantile; nil where `count` is too small for any at that level.
    ///
    /// Each tail gets half of 1 − level, which makes the median's ranks symmetric. Where
    /// even the largest (or smallest) value leaves more than that in its tail, the interval
    /// ends there and the other tail gets what is left.
    package init?(_ quantile: QuantileLevel, count: Int, level: Double = 0.95) {
        precondition(level > 0 && level < 1, "a confidence level lies strictly between 0 and 1")
        guard count > 0 else { return nil }
        let p = quantile.probability
        let distribution = BinomialDistribution(trials: count, probability: p)
        let tail = (1 - level) / 2
        let belowAll = distribution.density(0)
        let aboveAll = distribution.density(count)
        guard belowAll + aboveAll <= 1 - level else { return nil }

        let lowerTail = aboveAll > tail ? 1 - level - aboveAll : tail
        let upperTail = belowAll > tail ? 1 - level - belowAll : tail
        lower = Self.last(in: 1...count) { distribution.cumulative($0 - 1) <= lowerTail }
        // The mirror image: failures instead of successes.
        let fromTop = Self.last(in: 1...count) { rank in
            distribution.upperTail(count - rank) <= upperTail
        }
        upper = count + 1 - fromTop
        self.count = count
        coverage = 1 - distribution.cumulative(lower - 1) - distribution.upperTail(upper - 1)
    }

    /// Symmetric ranks around the median; nil for fewer than 6 values at 95 %.
    package static func median(count: Int, level: Double = 0.95) -> RankInterval? {
        RankInterval(.p50, count: count, level: level)
    }

    /// The fewest values for which any interval of the quantile exists.
    package static func countMin(_ quantile: QuantileLevel, level: Double = 0.95) -> Int {
        let p = quantile.probability
        func isEnough(_ count: Int) -> Bool {
            let distribution = BinomialDistribution(trials: count, probability: p)
            return distribution.density(0) + distribution.density(count) <= 1 - level
        }
        var high = 2
        while !isEnough(high) { high *= 2 }
        var low = high / 2
        while low < high {
            let middle = (low + high) / 2
            if isEnough(middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// Ranks whose distances from the centre are `factor` times as large, rounded outwards.
    ///
    /// The centre is the quantile's place among the ranks, so that each side keeps its share.
    package func widened(by factor: Double, around quantile: QuantileLevel = .p50) -> RankInterval {
        precondition(factor >= 1, "an interval is only ever widened")
        if factor == 1 { return self }
        var result = self
        if factor.isInfinite {
            (result.lower, result.upper, result.isTruncated) = (1, count, true)
            return result
        }
        let centre = quantile.probability * Double(count) + 0.5
        // A rank may lie a little on the wrong side of the centre of a skewed interval.
        let below = max(0, centre - Double(lower)) * factor
        let above = max(0, Double(upper) - centre) * factor
        let lowest = (centre - below).rounded(.down)
        let highest = (centre + above).rounded(.up)
        result.isTruncated = isTruncated || lowest < 1 || highest > Double(count)
        result.lower = Int(max(1, lowest))
        result.upper = Int(min(Double(count), highest))
        return result
    }

    /// The interval among those ascending values.
    package func interval(ofSorted values: [Double], level: Double) -> ConfidenceInterval {
        precondition(values.count == count, "ranks belong to a number of values")
        return ConfidenceInterval(low: values[lower - 1], high: values[upper - 1], level: level)
    }

    /// The largest number of the range for which `holds`; its start where it holds for none.
    private static func last(in range: ClosedRange<Int>, where holds: (Int) -> Bool) -> Int {
        var low = range.lowerBound
        var high = range.upperBound
        while low < high {
            let middle = low + (high - low + 1) / 2
            if holds(middle) { low = middle } else { high = middle - 1 }
        }
        return low
    }
}
