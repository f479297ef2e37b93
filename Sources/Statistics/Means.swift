import Glibc

/// Means of rates and ratios.
package enum Means {
    /// Total work over total time; nil when no time passed.
    package static func rate(work: [Double], time: [Double]) -> Double? {
        precondition(work.count == time.count, "each piece of work has one time")
        let total = time.reduce(0, +)
        return total > 0 ? work.reduce(0, +) / total : nil
    }

    /// The mean of rates for equal work: n / Σ(1/rate); nil unless all are above 0.
    package static func harmonic(_ rates: [Double]) -> Double? {
        guard !rates.isEmpty, rates.allSatisfy({ $0 > 0 }) else { return nil }
        return Double(rates.count) / rates.reduce(0) { $0 + 1 / $1 }
    }

    /// The geometric mean of ratios; nil unless all are above 0.
    package static func geometric(_ ratios: [Double]) -> Double? {
        guard !ratios.isEmpty, ratios.allSatisfy({ $0 > 0 }) else { return nil }
        return exp(RunningMoments(ratios.map { log($0) }).mean)
    }
}
