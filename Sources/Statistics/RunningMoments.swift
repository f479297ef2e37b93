/// Mean and variance in one pass.
///
/// Welford's update: summing squares instead would lose the variance of a
/// large, steady value to rounding.
package struct RunningMoments: Sendable, Hashable {
    package private(set) var count = 0
    /// The mean of the values so far; 0 before the first.
    package private(set) var mean = 0.0
    private var sumOfSquares = 0.0

    /// Moments of nothing yet.
    package init() {}

    /// Moments of those values.
    package init(_ values: some Sequence<Double>) {
        for value in values { add(value) }
    }

    /// Takes one more value into account.
    package mutating func add(_ value: Double) {
        count += 1
        let before = value - mean
        mean += before / Double(count)
        sumOfSquares += before * (value - mean)
    }

    /// The sample variance (n − 1 below); not a number until there are two values.
    package var variance: Double { count > 1 ? sumOfSquares / Double(count - 1) : .nan }

    /// The sample standard deviation; not a number until there are two values.
    package var standardDeviation: Double { variance.squareRoot() }
}
