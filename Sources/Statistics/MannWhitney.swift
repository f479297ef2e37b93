/// The Mann–Whitney test of whether one set of values tends to be larger than another.
package struct MannWhitney: Sendable, Hashable {
    /// U of the first set: pairs in which its value is the larger one, ties counting half.
    package var statistic: Double
    /// Two-sided.
    package var pValue: Double
    /// Whether the p-value is exact rather than from the normal approximation.
    package var isExact: Bool

    /// The largest set for which the exact distribution is used, where there are no ties.
    package static let exactCountMax = 20

    /// The test of two sets; nil when one is empty.
    package init?(_ first: [Double], _ second: [Double]) {
        guard !first.isEmpty && !second.isEmpty else { return nil }
        let ranking = Self.rank(first, second)
        let n = first.count
        let m = second.count
        statistic = ranking.rankSum - Double(n) * Double(n + 1) / 2
        let larger = max(statistic, Double(n) * Double(m) - statistic)
        isExact = ranking.tieTerm == 0 && max(n, m) <= Self.exactCountMax
        pValue =
            isExact
            ? Self.exactPValue(n, m, larger: Int(larger))
            : Self.normalPValue(n, m, larger: larger, tieTerm: ranking.tieTerm)
    }

    /// The sum of the first set's mean ranks, and Σ(t³ − t) over groups of t equal values.
    private static func rank(
        _ first: [Double], _ second: [Double]
    ) -> (rankSum: Double, tieTerm: Double) {
        let all = (first.map { ($0, true) } + second.map { ($0, false) }).sorted { $0.0 < $1.0 }
        var rankSum = 0.0
        var tieTerm = 0.0
        var start = 0
        while start < all.count {
            var end = start + 1
            while end < all.count && all[end].0 == all[start].0 { end += 1 }
            let meanRank = Double(start + 1 + end) / 2
            for index in start..<end where all[index].1 { rankSum += meanRank }
            let ties = Double(end - start)
            tieTerm += ties * ties * ties - ties
            start = end
        }
        return (rankSum, tieTerm)
    }

    /// With tie correction and a continuity correction of one half.
    private static func normalPValue(_ n: Int, _ m: Int, larger: Double, tieTerm: Double) -> Double
    {
        let total = Double(n + m)
        let product = Double(n) * Double(m)
        let variance = product / 12 * (total + 1 - tieTerm / (total * (total - 1)))
        guard variance > 0 else { return 1 }
        let z = (larger - product / 2 - 0.5) / variance.squareRoot()
        return min(1, 2 * NormalDistribution.upperTail(z))
    }

    /// Twice the share of arrangements with a U of at least `larger`.
    private static func exactPValue(_ n: Int, _ m: Int, larger: Int) -> Double {
        let arrangements = Self.arrangements(n, m)
        let total = arrangements.reduce(0, +)
        return min(1, 2 * arrangements[larger...].reduce(0, +) / total)
    }

    /// How many arrangements of n among m values give each U from 0 to n·m.
    ///
    /// Coefficients of the Gaussian binomial Π (1 − q^(m+i)) / (1 − q^i): whole numbers,
    /// exact in a Double for up to 20 against 20.
    static func arrangements(_ n: Int, _ m: Int) -> [Double] {
        let size = n * m
        var counts = [Double](repeating: 0, count: size + 1)
        counts[0] = 1
        for i in 1...n {
            for power in stride(from: size, through: m + i, by: -1) {
                counts[power] -= counts[power - m - i]
            }
            for power in stride(from: i, through: size, by: 1) {
                counts[power] += counts[power - i]
            }
        }
        return counts
    }
}
