/// A quantile of latencies with its interval, or how many values it would take.
package enum QuantileEstimate: Sendable, Hashable {
    case resolved(value: Double, interval: ConfidenceInterval, ranks: RankInterval)
    /// Too few values: `needed` is the 99 % early-stopping number with one miss.
    case unresolved(count: Int, needed: Int)

    /// The quantile of ascending values, its interval widened by a factor of at least 1.
    ///
    /// The factor is √τ, where τ is how many values one independent value is worth less.
    package init(
        _ quantile: QuantileLevel, ofSorted values: [Double], wideningFactor: Double = 1,
        level: Double = 0.95
    ) {
        let needed = EarlyStopping(quantile: quantile).queriesNeeded(misses: 1)
        let count = values.count
        guard count >= needed, let exact = RankInterval(quantile, count: count, level: level) else {
            self = .unresolved(count: count, needed: needed)
            return
        }
        let ranks = exact.widened(by: wideningFactor, around: quantile)
        guard !ranks.isTruncated else {
            let more = Double(needed) * wideningFactor * wideningFactor
            self = .unresolved(
                count: count, needed: more < 1e15 ? max(count + 1, Int(more)) : Int.max)
            return
        }
        self = .resolved(
            value: quantile.value(ofSorted: values),
            interval: ranks.interval(ofSorted: values, level: level), ranks: ranks)
    }
}
