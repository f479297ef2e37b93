import Glibc

extension SpecialFunctions {
    /// The regularised incomplete beta function I_x(a, b), for 0 ≤ x ≤ 1 and positive a and b.
    package static func incompleteBeta(_ x: Double, a: Double, b: Double) -> Double {
        incompleteBeta(x, complement: 1 - x, a: a, b: b)
    }

    /// I_x(a, b) where 1 − x is known better than subtraction would give it.
    package static func incompleteBeta(
        _ x: Double, complement: Double, a: Double, b: Double
    ) -> Double {
        precondition(a > 0 && b > 0, "the parameters of a beta distribution are positive")
        precondition(x >= 0 && complement >= 0, "x lies between 0 and 1")
        if x == 0 { return 0 }
        if complement == 0 { return 1 }
        // The continued fraction converges fast on one side of the mean only.
        if x <= (a + 1) / (a + b + 2) {
            return betaTail(x, complement, a, b)
        }
        return 1 - betaTail(complement, x, b, a)
    }

    /// x^a y^b / (a B(a, b)) times the continued fraction, with y = 1 − x.
    private static func betaTail(_ x: Double, _ y: Double, _ a: Double, _ b: Double) -> Double {
        let front = b / (a + b) * binomialDensity(a, count: a + b, p: x, q: y)
        return front == 0 ? 0 : front * betaFraction(x, a, b)
    }

    /// The continued fraction of the incomplete beta function by Lentz's method.
    private static func betaFraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
        let tiny = 1e-300
        func away(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }

        // About √max(a, b) terms are needed near the mean.
        let termsMax = 1000 + 20 * Int(min(max(a, b), 1e12).squareRoot())
        var c = 1.0
        var d = 1 / away(1 - (a + b) * x / (a + 1))
        var fraction = d
        for term in 1...termsMax {
            let m = Double(term)
            let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
            d = 1 / away(1 + even * d)
            c = away(1 + even / c)
            fraction *= d * c
            let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
            d = 1 / away(1 + odd * d)
            c = away(1 + odd / c)
            let step = d * c
            fraction *= step
            if abs(step - 1) < 1e-15 { break }
        }
        return fraction
    }
}
