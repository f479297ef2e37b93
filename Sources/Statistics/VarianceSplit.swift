/// Where the noise is: the variance within launches and the variance between them.
///
/// Kalibera and Jones (2013), two levels. Feed logarithms to get relative variances.
package struct VarianceSplit: Sendable, Hashable {
    /// T₁²: the variance of one sample within its launch, pooled over launches.
    package var withinLaunches: Double
    /// T₂²: the variance of a launch's true mean; may be estimated below 0.
    package var betweenLaunches: Double

    /// The split of launches; nil for fewer than two of at least two samples each.
    ///
    /// The variance of a launch's mean counts samples as independent: where they are
    /// autocorrelated, some of the noise within launches shows as noise between them.
    package init?(launches: [RunningMoments]) {
        let usable = launches.filter { $0.count >= 2 }
        guard usable.count >= 2 else { return nil }
        let freedom = usable.reduce(0) { $0 + $1.count - 1 }
        let squares = usable.reduce(0.0) { $0 + $1.variance * Double($1.count - 1) }
        withinLaunches = squares / Double(freedom)
        // A launch of n samples adds T₁²/n of its own; launches may differ in n.
        let ofMeans = usable.reduce(0.0) { $0 + 1 / Double($1.count) } / Double(usable.count)
        betweenLaunches =
            RunningMoments(usable.map(\.mean)).variance - withinLaunches * ofMeans
    }

    /// The split of launches given as their samples.
    package init?(launches: [[Double]]) {
        self.init(launches: launches.map { RunningMoments($0) })
    }

    /// The share of one sample's variance that lies between launches, 0 to 1.
    ///
    /// Nil when nothing varies.
    package var betweenShare: Double? {
        let between = max(0, betweenLaunches)
        let total = between + withinLaunches
        return total > 0 ? between / total : nil
    }

    /// The samples per launch that spend a budget of time best: ⌈√((c₂/c₁)(T₁²/T₂²))⌉.
    ///
    /// `sampleCost` and `launchCost` are in one unit of time. Without variance between
    /// launches more launches gain nothing, so the answer is the largest allowed.
    package func samplesPerLaunch(
        sampleCost: Double, launchCost: Double, allowed: ClosedRange<Int>
    ) -> Int {
        precondition(sampleCost > 0 && launchCost >= 0, "costs are times")
        guard betweenLaunches > 0 else { return allowed.upperBound }
        let best = ((launchCost / sampleCost) * (withinLaunches / betweenLaunches))
            .squareRoot().rounded(.up)
        guard best < Double(allowed.upperBound) else { return allowed.upperBound }
        return max(allowed.lowerBound, Int(best))
    }
}
