import Glibc

/// The difference of a candidate from a baseline in launch values, on the scale of logarithms.
package struct Comparison: Sendable, Hashable {
    /// Which way a metric is better: less of a cost, more of a rate.
    package enum Sense: Sendable, Hashable { case cost, rate }

    /// Mean log candidate minus mean log baseline, as a cost: positive means worse.
    package var logDifference: Double
    package var standardError: Double
    package var degreesOfFreedom: Double
    /// The variance of the difference between one launch of each side.
    ///
    /// It falls with the number of launches of each side; other parts of the error do not.
    package var pairVariance: Double
    /// The part of the error's variance that more launches do not make smaller.
    package var sessionVariance = 0.0

    /// The fewest launches of each side.
    package static let countMin = 3
    /// The fewest pairs of a paired comparison.
    package static let pairCountMin = 5

    /// Welch's comparison of launches that were interleaved in one session.
    ///
    /// Nil for fewer than three launches of a side, and for values that are not above 0.
    package init?(candidate: [Double], baseline: [Double], sense: Sense) {
        guard min(candidate.count, baseline.count) >= Self.countMin,
            let c = LogMoments(candidate), let b = LogMoments(baseline)
        else { return nil }
        self.init(moments: c, b, sense: sense)
    }

    /// Welch's comparison of moments, of which each side has enough.
    init(moments c: LogMoments, _ b: LogMoments, sense: Sense) {
        let sign: Double = sense == .cost ? 1 : -1
        logDifference = sign * (c.mean - b.mean)
        let parts = [
            (variance: c.variance / Double(c.count), freedom: Double(c.count - 1)),
            (variance: b.variance / Double(b.count), freedom: Double(b.count - 1)),
        ]
        (standardError, degreesOfFreedom) = Self.satterthwaite(parts)
        pairVariance = c.variance + b.variance
    }

    /// The comparison of blocks, each of one launch of either side; at least five pairs.
    package init?(pairs: [(candidate: Double, baseline: Double)], sense: Sense) {
        guard pairs.count >= Self.pairCountMin,
            pairs.allSatisfy({ Self.isUsable($0.candidate) && Self.isUsable($0.baseline) })
        else { return nil }
        let differences = RunningMoments(pairs.map { log($0.candidate) - log($0.baseline) })
        let sign: Double = sense == .cost ? 1 : -1
        logDifference = sign * differences.mean
        standardError = (differences.variance / Double(pairs.count)).squareRoot()
        degreesOfFreedom = Double(pairs.count - 1)
        pairVariance = differences.variance
    }

    /// The same comparison of two single sessions, with what sessions differ by.
    ///
    /// Each side has its machine's spread from A/A calibration; more launches do not make it
    /// smaller.
    package func unpaired(
        candidate: SessionSpread, baseline: SessionSpread
    ) -> Comparison {
        var result = self
        var parts = [(variance: standardError * standardError, freedom: degreesOfFreedom)]
        if candidate == baseline {
            // One machine's spread is one estimate, however many sessions it is used for.
            parts.append((variance: 2 * candidate.variance, freedom: candidate.degreesOfFreedom))
        } else {
            parts += [candidate, baseline].map {
                (variance: $0.variance, freedom: $0.degreesOfFreedom)
            }
        }
        (result.standardError, result.degreesOfFreedom) = Self.satterthwaite(parts)
        result.sessionVariance += candidate.variance + baseline.variance
        return result
    }

    /// The same for two sessions of one machine.
    ///
    /// The standard deviation is of the logarithm of a session's value.
    package func unpaired(
        sessionStandardDeviation: Double, degreesOfFreedom: Double
    ) -> Comparison {
        let spread = SessionSpread(
            standardDeviation: sessionStandardDeviation, degreesOfFreedom: degreesOfFreedom)
        return unpaired(candidate: spread, baseline: spread)
    }

    /// Candidate over baseline as costs; above 1 is worse.
    package var ratio: Double { exp(logDifference) }

    /// The interval of `logDifference`.
    package func interval(level: Double = 0.95) -> ConfidenceInterval {
        let quantile = StudentDistribution(degreesOfFreedom: degreesOfFreedom)
            .twoSidedQuantile(level: level)
        let halfWidth = quantile * standardError
        return ConfidenceInterval(
            low: logDifference - halfWidth, high: logDifference + halfWidth, level: level)
    }

    /// The interval of `ratio`.
    package func ratioInterval(level: Double = 0.95) -> ConfidenceInterval {
        interval(level: level).mapped { exp($0) }
    }

    /// The two-sided p-value of there being no difference.
    package var pValue: Double { pValue(beyond: 0) }

    /// The p-value of the true difference being at most `threshold` (as a log) either way.
    ///
    /// McCarthy and Smyth (2009): at the threshold the rejection rate is the nominal one.
    package func pValue(beyond threshold: Double) -> Double {
        precondition(threshold >= 0, "a threshold is a magnitude")
        let magnitude = abs(logDifference)
        guard standardError > 0 else { return magnitude > threshold ? 0 : 1 }
        let student = StudentDistribution(degreesOfFreedom: degreesOfFreedom)
        return student.upperTail((magnitude - threshold) / standardError)
            + student.upperTail((magnitude + threshold) / standardError)
    }

    /// The probability of FASTER or SLOWER if the sides did not differ at all.
    ///
    /// Summed over comparisons it is the number of false findings to expect at most: with few
    /// launches the deviation may be larger than it seems, and that counts.
    package func falseVerdictProbability(
        _ threshold: VerdictThreshold, level: Double = 0.95
    ) -> Double {
        guard standardError > 0 else { return 0 }
        let student = StudentDistribution(degreesOfFreedom: degreesOfFreedom)
        let needed =
            student.twoSidedQuantile(level: level) + threshold.logDelta / standardError
        return 2 * student.upperTail(needed)
    }

    private static func isUsable(_ value: Double) -> Bool { value > 0 && value.isFinite }

    /// The root of a sum of variances, and its degrees of freedom after Welch and Satterthwaite.
    private static func satterthwaite(
        _ parts: [(variance: Double, freedom: Double)]
    ) -> (Double, Double) {
        let total = parts.reduce(0) { $0 + $1.variance }
        let spread = parts.reduce(0) { $0 + $1.variance * $1.variance / $1.freedom }
        let freedom = spread > 0 ? total * total / spread : parts.reduce(0) { $0 + $1.freedom }
        return (total.squareRoot(), freedom)
    }
}
