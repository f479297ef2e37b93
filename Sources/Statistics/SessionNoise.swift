/// The standard deviation of the logarithm of a session's value, and how well it is known.
package struct SessionSpread: Sendable, Hashable {
    package var standardDeviation: Double
    package var degreesOfFreedom: Double

    /// A spread; more than no degree of freedom.
    package init(standardDeviation: Double, degreesOfFreedom: Double) {
        precondition(standardDeviation >= 0, "a standard deviation is not negative")
        precondition(degreesOfFreedom > 0, "degrees of freedom are positive")
        self.standardDeviation = standardDeviation
        self.degreesOfFreedom = degreesOfFreedom
    }

    /// The square of the standard deviation.
    package var variance: Double { standardDeviation * standardDeviation }
}

/// What sessions of one machine differ by when nothing was changed between them.
///
/// Only pairs of sessions of different occasions (boots, nights) count: two sessions in a row
/// share what makes nights differ.
package struct SessionNoise: Sendable, Hashable {
    /// A session's value of one series: the logarithm, and on which occasion it was taken.
    package struct Value: Sendable, Hashable {
        package var occasion: Int
        package var logarithm: Double

        package init(occasion: Int, logarithm: Double) {
            self.occasion = occasion
            self.logarithm = logarithm
        }
    }

    /// The fewest occasions that say anything.
    package static let occasionsMin = 3

    /// Of the logarithm of one session's value, launch noise included.
    package var spread: SessionSpread
    /// The A/A floor: the 95 % quantile of |log ratio| over pairs of sessions.
    package var floor: Double
    package var occasions: Int
    package var pairs: Int

    /// The noise of several series of the same sessions; nil for fewer than three occasions.
    ///
    /// Series of one session share its state, so that more of them do not make the spread
    /// better known: its degrees of freedom are occasions − 1.
    package init?(series: [[Value]]) {
        var sum = 0.0
        var distances: [Double] = []
        for values in series {
            for (index, first) in values.enumerated() {
                for second in values[(index + 1)...] where second.occasion != first.occasion {
                    let distance = abs(second.logarithm - first.logarithm)
                    distances.append(distance)
                    sum += distance * distance / 2
                }
            }
        }
        occasions = series.map { Set($0.map(\.occasion)).count }.max() ?? 0
        guard occasions >= Self.occasionsMin, distances.allSatisfy(\.isFinite) else { return nil }
        pairs = distances.count
        spread = SessionSpread(
            standardDeviation: (sum / Double(pairs)).squareRoot(),
            degreesOfFreedom: Double(occasions - 1))
        floor = QuantileLevel.p95.value(ofSorted: distances.sorted())
    }
}
