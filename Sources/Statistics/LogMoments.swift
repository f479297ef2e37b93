import Glibc

/// Count, mean and variance of the logarithms of one side's launch values.
package struct LogMoments: Sendable, Hashable {
    package var count: Int
    package var mean: Double
    /// The sample variance (n − 1 below).
    package var variance: Double

    /// Moments of values that are all above 0; nil for fewer than two, and for others.
    package init?(_ values: [Double]) {
        guard values.count >= 2, values.allSatisfy({ $0 > 0 && $0.isFinite }) else { return nil }
        let moments = RunningMoments(values.map { log($0) })
        (count, mean, variance) = (moments.count, moments.mean, moments.variance)
    }

    /// Moments from a t interval of a geometric mean of that many launches.
    ///
    /// For values that are known by their interval alone. Nil for fewer than two launches, and
    /// for an interval that is not one of positive values.
    package init?(interval: ConfidenceInterval, count: Int) {
        guard count >= 2, interval.low > 0, interval.high.isFinite,
            interval.low <= interval.high, interval.level > 0, interval.level < 1
        else { return nil }
        let (low, high) = (log(interval.low), log(interval.high))
        let quantile = StudentDistribution(degreesOfFreedom: Double(count - 1))
            .twoSidedQuantile(level: interval.level)
        let standardError = (high - low) / 2 / quantile
        self.count = count
        mean = low + (high - low) / 2
        variance = standardError * standardError * Double(count)
    }

    /// The standard deviation of the logarithms: for small ones, the relative deviation.
    package var standardDeviation: Double { variance.squareRoot() }
}

extension Comparison {
    /// Welch's comparison of launches of which only the moments are known.
    ///
    /// Nil for fewer than three launches of a side.
    package init?(candidate: LogMoments, baseline: LogMoments, sense: Sense) {
        guard min(candidate.count, baseline.count) >= Self.countMin else { return nil }
        self.init(moments: candidate, baseline, sense: sense)
    }
}
