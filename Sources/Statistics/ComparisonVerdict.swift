/// What a comparison allows to say.
package enum ComparisonVerdict: String, Sendable, Hashable, CaseIterable {
    case faster
    case slower
    case same
    case inconclusive

    /// The verdict from the interval of a log difference of costs, where positive is worse.
    ///
    /// Slower or faster only when the interval lies wholly beyond ±ln(1+δ), same when it
    /// lies wholly within.
    package init(interval: ConfidenceInterval, threshold: VerdictThreshold) {
        let bound = threshold.logDelta
        if interval.low > bound {
            self = .slower
        } else if interval.high < -bound {
            self = .faster
        } else if interval.low >= -bound && interval.high <= bound {
            self = .same
        } else {
            self = .inconclusive
        }
    }
}

extension Comparison {
    /// The verdict of this comparison.
    package func verdict(
        _ threshold: VerdictThreshold, level: Double = 0.95
    ) -> ComparisonVerdict {
        ComparisonVerdict(interval: interval(level: level), threshold: threshold)
    }

    /// The verdict of sides whose launches vary by those relative standard deviations.
    ///
    /// Inconclusive where a side's is beyond the limit for clean sessions.
    package func verdict(
        _ threshold: VerdictThreshold, launchDeviations: [Double], level: Double = 0.95
    ) -> ComparisonVerdict {
        let isClean = launchDeviations.allSatisfy { $0 <= VerdictThreshold.launchDeviationMax }
        return isClean ? verdict(threshold, level: level) : .inconclusive
    }

    /// The launches of each side (or pairs) that would settle a difference as large as this one.
    ///
    /// 15.7(σ/(Δ−δ))² beyond δ, 21.0(σ/(δ−Δ))² within it, where both bounds must hold, at a
    /// power of 80 % and never below 5. Nil when a million would not do: too close to δ, or
    /// what sessions differ by is in the way.
    package func launchesNeeded(_ threshold: VerdictThreshold) -> Int? {
        let gap = abs(logDifference) - threshold.logDelta
        let power: Double = gap > 0 ? 0.8 : 0.9
        let quantiles = NormalDistribution.quantile(0.975) + NormalDistribution.quantile(power)
        let variance = gap * gap / (quantiles * quantiles) - sessionVariance
        guard variance > 0 else { return nil }
        let needed = (pairVariance / variance).rounded(.up)
        guard needed <= 1_000_000 else { return nil }
        return max(5, Int(needed))
    }
}
