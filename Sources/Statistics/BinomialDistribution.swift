import Glibc

/// The number of successes among independent trials of one probability.
package struct BinomialDistribution: Sendable, Hashable {
    package let trials: Int
    package let probability: Double

    /// The distribution over 0 to `trials` successes.
    package init(trials: Int, probability: Double) {
        precondition(trials >= 0, "the number of trials is not negative")
        precondition(probability >= 0 && probability <= 1, "a probability lies between 0 and 1")
        self.trials = trials
        self.probability = probability
    }

    /// The probability of at most `successes`; 0 for negative numbers.
    package func cumulative(_ successes: Int) -> Double {
        if successes < 0 { return 0 }
        if successes >= trials { return 1 }
        return SpecialFunctions.incompleteBeta(
            1 - probability, complement: probability,
            a: Double(trials - successes), b: Double(successes + 1))
    }

    /// The probability of more than `successes`, without the cancellation of 1 − cumulative.
    package func upperTail(_ successes: Int) -> Double {
        if successes < 0 { return 1 }
        if successes >= trials { return 0 }
        return SpecialFunctions.incompleteBeta(
            probability, complement: 1 - probability,
            a: Double(successes + 1), b: Double(trials - successes))
    }

    /// The probability of exactly `successes`.
    package func density(_ successes: Int) -> Double {
        if successes < 0 || successes > trials { return 0 }
        if probability == 0 { return successes == 0 ? 1 : 0 }
        if probability == 1 { return successes == trials ? 1 : 0 }
        return SpecialFunctions.binomialDensity(
            Double(successes), count: Double(trials), p: probability, q: 1 - probability)
    }

    /// The smallest number of successes with a cumulative probability of at least `p`.
    package func quantile(_ p: Double) -> Int {
        var low = 0
        var high = trials
        while low < high {
            let middle = (low + high) / 2
            if cumulative(middle) >= p { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
