/// How a long series of samples of one launch went.
package enum SeriesShape: String, Sendable, Hashable, CaseIterable {
    /// The same from the first sample to the last.
    case flat
    /// Slower at first, then steady.
    case warmup
    /// Faster at first, then steady.
    case slowdown
    /// Changed too late to call what remains steady.
    case noSteadyState

    /// The relative difference of means below which segments are the same.
    package static let differenceMax = 0.01
    /// The share of the samples that the final, steady part must hold.
    package static let steadyShareMin = 0.25

    /// The shape of samples in the order they were taken; nil for none.
    ///
    /// After Barrett and others (2017): change points of mean and variance on winsorised
    /// samples; segments that differ by less than 1 % from the last one count as the last one.
    package init?(_ samples: [Double], resolution: Double) {
        let values = Winsorized.values(samples)
        guard let median = Median.of(values) else { return nil }
        // The variance of rounding to the clock's ticks, and something for clocks without any.
        let relative = 1e-6 * median
        let floor = max(resolution * resolution / 12, relative * relative, .leastNormalMagnitude)
        let starts = ChangePoints(values, varianceFloor: floor).starts
        let ends = starts.dropFirst() + [values.count]
        let means = zip(starts, ends).map { RunningMoments(values[$0..<$1]).mean }
        let final = means[means.count - 1]
        func isFinal(_ mean: Double) -> Bool {
            abs(mean - final) <= Self.differenceMax * abs(final)
        }

        guard let lastOther = means.lastIndex(where: { !isFinal($0) }) else {
            self = .flat
            return
        }
        let steady = values.count - starts[lastOther + 1]
        if Double(steady) < Self.steadyShareMin * Double(values.count) {
            self = .noSteadyState
        } else if means.contains(where: { $0 < final && !isFinal($0) }) {
            self = .slowdown
        } else {
            self = .warmup
        }
    }

    /// What all launches agree on; nil when they are inconsistent, or when there are none.
    package static func agreed(_ launches: [SeriesShape]) -> SeriesShape? {
        guard let first = launches.first, launches.allSatisfy({ $0 == first }) else { return nil }
        return first
    }
}
