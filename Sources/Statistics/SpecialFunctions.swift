import Glibc

/// Special functions that probabilities are made of; relative accuracy about 1e-13.
package enum SpecialFunctions {
    /// The natural logarithm of the gamma function of a positive number.
    package static func logGamma(_ x: Double) -> Double {
        precondition(x > 0, "logGamma is defined here for positive numbers")
        return lgamma(x).0
    }

    /// What Stirling's formula leaves out: ln Γ(x + 1) − (x + ½) ln x + x − ½ ln 2π.
    ///
    /// Taken apart because differences of log gammas of large numbers lose what is asked for.
    static func stirlingError(_ x: Double) -> Double {
        if x <= 15 {
            return lgamma(x + 1).0 - (x + 0.5) * log(x) + x - 0.5 * log(2 * Double.pi)
        }
        let squared = x * x
        let series =
            1.0 / 12
            - (1.0 / 360 - (1.0 / 1260 - (1.0 / 1680 - 1 / (1188 * squared)) / squared)
                / squared)
            / squared
        return series / x
    }

    /// The deviance term x ln(x / mean) + mean − x without cancellation near x = mean.
    static func deviance(_ x: Double, mean: Double) -> Double {
        let difference = x - mean
        let sum = x + mean
        guard abs(difference) < 0.1 * sum else { return x * log(x / mean) + mean - x }
        let ratio = difference / sum
        var total = difference * ratio
        var term = 2 * x * ratio
        for order in 1..<1000 {
            term *= ratio * ratio
            let next = total + term / Double(2 * order + 1)
            if next == total { return next }
            total = next
        }
        return total
    }

    /// The binomial probability of `successes` in `count` for real arguments, both at least 0.
    ///
    /// Loader's saddle-point form; `q` is 1 − p, given so that neither has to be rounded.
    static func binomialDensity(
        _ successes: Double, count: Double, p: Double, q: Double
    ) -> Double {
        let failures = count - successes
        if successes == 0 { return exp(count * (p < 0.5 ? log1p(-p) : log(q))) }
        if failures == 0 { return exp(count * (q < 0.5 ? log1p(-q) : log(p))) }
        let exponent =
            stirlingError(count) - stirlingError(successes) - stirlingError(failures)
            - deviance(successes, mean: count * p) - deviance(failures, mean: count * q)
        return exp(exponent) * (count / (2 * Double.pi * successes * failures)).squareRoot()
    }
}
