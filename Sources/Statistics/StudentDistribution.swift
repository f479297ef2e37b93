import Glibc

/// Student's t distribution with a positive, possibly fractional number of degrees of freedom.
package struct StudentDistribution: Sendable, Hashable {
    package let degreesOfFreedom: Double

    /// The distribution with those degrees of freedom; infinitely many give the normal one.
    package init(degreesOfFreedom: Double) {
        precondition(degreesOfFreedom > 0, "degrees of freedom are positive")
        self.degreesOfFreedom = degreesOfFreedom
    }

    /// The probability of a value of at most `t`.
    package func cumulative(_ t: Double) -> Double {
        t < 0 ? upperTail(-t) : 1 - upperTail(t)
    }

    /// The probability of a value above `t`, accurate far out in the tail.
    package func upperTail(_ t: Double) -> Double {
        if t < 0 { return 1 - upperTail(-t) }
        if t.isInfinite { return 0 }
        if degreesOfFreedom.isInfinite { return NormalDistribution.upperTail(t) }
        let squared = t * t
        let total = degreesOfFreedom + squared
        return 0.5
            * SpecialFunctions.incompleteBeta(
                degreesOfFreedom / total, complement: squared / total,
                a: degreesOfFreedom / 2, b: 0.5)
    }

    /// The value below which lies the probability `p`; infinite at 0 and 1.
    package func quantile(_ p: Double) -> Double {
        precondition(p >= 0 && p <= 1, "a probability lies between 0 and 1")
        if p == 0.5 { return 0 }
        return p < 0.5 ? -upperQuantile(p) : upperQuantile(1 - p)
    }

    /// The value that is exceeded in both directions together with the probability 1 − level.
    package func twoSidedQuantile(level: Double) -> Double { upperQuantile((1 - level) / 2) }

    /// The positive value with the probability `tail` (below one half) above it.
    private func upperQuantile(_ tail: Double) -> Double {
        if tail <= 0 { return .infinity }
        if degreesOfFreedom.isInfinite { return -NormalDistribution.quantile(tail) }
        var low = 0.0
        var high = max(1, -NormalDistribution.quantile(tail))
        while upperTail(high) > tail {
            low = high
            high *= 2
            if high.isInfinite { return .infinity }
        }
        // Newton's steps, kept inside a shrinking bracket.
        var t = 0.5 * (low + high)
        for _ in 0..<200 {
            let excess = upperTail(t) - tail
            if excess == 0 { return t }
            if excess > 0 { low = t } else { high = t }
            var next = t + excess / density(t)
            if !(next > low && next < high) { next = 0.5 * (low + high) }
            if abs(next - t) <= 4 * t.ulp { return next }
            t = next
        }
        return t
    }

    private func density(_ t: Double) -> Double {
        let half = degreesOfFreedom / 2
        let logScale =
            SpecialFunctions.logGamma(half + 0.5) - SpecialFunctions.logGamma(half)
            - 0.5 * log(degreesOfFreedom * Double.pi)
        return exp(logScale - (half + 0.5) * log1p(t * t / degreesOfFreedom))
    }
}
