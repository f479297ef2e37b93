import Model
import Statistics

/// One good launch's samples, as seconds per call.
struct LaunchSeries {
    let entry: LaunchEntry
    /// In order of acquisition.
    let seconds: [Double]
    let estimate: MedianEstimate

    /// Nil when the launch gave no samples.
    init?(entry: LaunchEntry, ticks: [Int64]) {
        guard entry.outcome == .ok, entry.batch > 0 else { return nil }
        let seconds = ticks.map { Double($0) * 1e-9 / Double(entry.batch) }
        guard let estimate = MedianEstimate(seconds) else { return nil }
        self.entry = entry
        self.seconds = seconds
        self.estimate = estimate
    }

    /// The median sample's length in nanoseconds, all its events together.
    var sampleNanoseconds: Double { estimate.value * 1e9 * Double(entry.batch) }

    /// The clock's resolution, as seconds per call.
    var resolution: Double {
        (entry.calibrationStart?.resolutionNanoseconds ?? 0) * 1e-9 / Double(entry.batch)
    }

    /// How a long series went; nil for profiles whose series are too short to tell.
    func shape(_ profile: Profile) -> SeriesShape? {
        guard profile.id == .certify, seconds.count >= profile.samplesMin else { return nil }
        return SeriesShape(seconds, resolution: resolution)
    }

    /// The within-launch interval as the record writes it; nil for too few samples.
    var interval: Interval? {
        guard estimate.isIntervalComplete, let found = estimate.interval else { return nil }
        return Interval(
            low: found.low, high: found.high, level: found.level,
            method: "order statistics of samples, widened for autocorrelation", basis: .samples)
    }
}
