/// Hartigan's dip test of whether values come from a distribution with one peak.
///
/// The dip is the largest distance of the empirical distribution function from the closest
/// one that is convex up to some point and concave after it.
package struct DipTest: Sendable, Hashable {
    /// The fewest values that the test is made for.
    package static let countMin = 10

    /// The dip statistic, between 1/(2n) and 1/4.
    package var dip: Double
    /// The share of uniform samples of that size with a larger dip; below 0.05 is multimodal.
    ///
    /// From a simulated table: 0.0005 stands for that or less.
    package var pValue: Double

    /// The test of values in any order; nil for fewer than ten.
    ///
    /// Coarse values read as several peaks, one for each value: a clock's ticks must be much
    /// finer than the spread.
    package init?(_ values: [Double]) {
        guard values.count >= Self.countMin else { return nil }
        dip = Self.dip(ofSorted: values.sorted())
        pValue = Self.pValue(dip: dip, count: values.count)
    }

    /// The dip of ascending values, by Hartigan and Hartigan's (1985) shrinking modal interval.
    static func dip(ofSorted values: [Double]) -> Double {
        let count = values.count
        guard count > 1, values[0] < values[count - 1] else { return 0.5 / Double(count) }
        var low = 0
        var high = count - 1
        // In units of 1/n, and twice the distance to the closest unimodal function.
        var dip = 1.0
        // Each round shrinks the interval, so there are at most n.
        for _ in 0..<count {
            let hulls = Hulls(values, low: low, high: high)
            let gap = hulls.largestGap()
            guard gap.size > dip else { break }
            dip = max(
                dip, hulls.lowerDeviation(upTo: gap.low), hulls.upperDeviation(from: gap.high))
            if gap.low == low && gap.high == high { break }
            low = gap.low
            high = gap.high
        }
        return dip / Double(2 * count)
    }

    /// The share of uniform samples with a larger dip, by interpolation in the table.
    ///
    /// The dip times √n changes slowly with n; beyond the table its last row holds.
    static func pValue(dip: Double, count: Int) -> Double {
        let scaled = dip * Double(count).squareRoot()
        let rows = nullDistribution
        guard let above = rows.firstIndex(where: { $0.count >= count }) else {
            return pValue(scaled: scaled, quantiles: rows[rows.count - 1].quantiles)
        }
        guard above > 0, rows[above].count > count else {
            return pValue(scaled: scaled, quantiles: rows[above].quantiles)
        }
        let (before, after) = (rows[above - 1], rows[above])
        let share = Double(count - before.count) / Double(after.count - before.count)
        let quantiles = zip(before.quantiles, after.quantiles).map { $0 + share * ($1 - $0) }
        return pValue(scaled: scaled, quantiles: quantiles)
    }

    private static func pValue(scaled: Double, quantiles: [Double]) -> Double {
        guard let above = quantiles.firstIndex(where: { $0 > scaled }) else {
            return 1 - probabilities[probabilities.count - 1]
        }
        guard above > 0 else { return 1 }
        let share = (scaled - quantiles[above - 1]) / (quantiles[above] - quantiles[above - 1])
        let below = probabilities[above - 1]
        return 1 - (below + share * (probabilities[above] - below))
    }
}
