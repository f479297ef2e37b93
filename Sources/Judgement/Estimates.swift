import Model
import Statistics

/// Turns launches into estimates (measurement method, section 6).
enum Estimates {
    private static let launchMethod = "Student t of log launch values"

    /// The time per call.
    ///
    /// From three launches on the launch is the unit; below, only the spread within a launch is
    /// known, which says nothing about the next launch.
    static func time(_ launches: [LaunchSeries]) -> Estimate? {
        estimate(
            launches, values: launches.map(\.estimate.value), samplesMap: { ($0.low, $0.high) },
            statistic: "median")
    }

    /// A rate: work per second, from the time of all samples of a launch together.
    static func rate(_ launches: [LaunchSeries], work: Double) -> Estimate? {
        let isLaunchLevel = launches.count >= MeanEstimate.countMin
        let values = launches.map { launch in
            let mean = launch.seconds.reduce(0, +) / Double(launch.seconds.count)
            // Below launch level the interval is the median's, so the value must be too.
            return work / (isLaunchLevel ? mean : launch.estimate.value)
        }
        return estimate(
            launches, values: values, samplesMap: { (work / $0.high, work / $0.low) },
            statistic: isLaunchLevel ? "total work / total time" : "work / median time")
    }

    /// A value that each launch has once, such as its first call.
    static func once(_ values: [Double], statistic: String) -> Estimate? {
        guard let mean = MeanEstimate(launchValues: values, scale: .geometric) else { return nil }
        return Estimate(
            statistic: values.count > 1
                ? "geometric mean of \(statistic) over launches" : statistic,
            value: values.count == 1 ? values[0] : mean.value, n: values.count,
            launches: values.count,
            interval: mean.interval.map(launchInterval))
    }

    private static func estimate(
        _ launches: [LaunchSeries], values: [Double],
        samplesMap: (Interval) -> (low: Double, high: Double), statistic: String
    ) -> Estimate? {
        guard let mean = MeanEstimate(launchValues: values, scale: .geometric) else { return nil }
        let samples = launches.reduce(0) { $0 + $1.seconds.count }
        // One launch's value is itself: logarithm and power would round it out of its interval.
        var value = values.count == 1 ? values[0] : mean.value
        var interval = mean.interval.map(launchInterval)
        if interval == nil {
            // One or two launches: the hull of what each says of itself.
            let own = launches.compactMap(\.interval)
            let ends = own.map(samplesMap)
            // A sample of zero length gives a rate without a bound: no interval then.
            if own.count == launches.count, let low = ends.map(\.low).min(),
                let high = ends.map(\.high).max(), low >= 0, low <= high, high.isFinite
            {
                interval = own[0]
                interval?.low = low
                interval?.high = high
                value = min(max(value, low), high)
            }
        }
        let name =
            launches.count > 1 ? "geometric mean of launch values (\(statistic))" : statistic
        return Estimate(
            statistic: name, value: value, n: samples, launches: launches.count,
            interval: interval)
    }

    private static func launchInterval(_ interval: ConfidenceInterval) -> Interval {
        Interval(
            low: interval.low, high: interval.high, level: interval.level, method: launchMethod,
            basis: .launches)
    }
}
