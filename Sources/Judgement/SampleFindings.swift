import Model
import Statistics

/// Findings about a point's samples and launches. Nothing is dropped for them.
struct SampleFindings {
    private let launches: [LaunchSeries]
    private let metric: String
    private let threads: Int
    private(set) var flags: [Flag] = []

    /// - Parameter threads: what the backend was given.
    init(_ launches: [LaunchSeries], profile: Profile, metric: String, threads: Int) {
        self.launches = launches
        self.metric = metric
        self.threads = threads
        interval()
        samples(profile)
        machine()
    }

    private mutating func add(_ id: String, _ observed: Double?, _ message: String) {
        flags.append(FlagCatalog.flag(id, metric: metric, observed: observed, message: message))
    }

    /// Raises a finding when the worst of the launches is beyond the table's limit.
    private mutating func worst(
        _ id: String, _ value: (LaunchSeries) -> Double?, _ message: (Double) -> String
    ) {
        let values = launches.compactMap(value)
        guard let largest = values.max(by: { abs($0) < abs($1) }),
            abs(largest) > FlagCatalog.limit(id)
        else { return }
        add(id, largest, message(largest))
    }

    // MARK: - The clock and the length of a sample

    private mutating func interval() {
        var ratio = 0.0
        for launch in launches {
            guard let clock = launch.entry.calibrationStart else { continue }
            ratio = max(ratio, clock.overheadNanoseconds / launch.sampleNanoseconds)
            ratio = max(ratio, clock.resolutionNanoseconds / launch.sampleNanoseconds / 10)
        }
        let message = "reading the clock is \(percent(ratio)) of a sample"
        if ratio > FlagCatalog.limit("intervalTooShort") {
            add("intervalTooShort", ratio, message)
        } else if ratio > FlagCatalog.limit("overhead") {
            add("overhead", ratio, message)
        }
        worst("clockCalibrationShift", calibrationShift) {
            "the clock's cost changed by \(percent($0)) within a launch"
        }
        worst("suspended", { Double($0.entry.counters.suspendedNanoseconds) * 1e-9 }) {
            "the machine was suspended for \(rounded($0)) s during a launch"
        }
        let rate = launches.compactMap(\.entry.counters.clockRateDeviation)
            .max { abs($0) < abs($1) }
        guard let rate else { return }
        let text = "the system's clocks differ by \(percent(abs(rate)))"
        if abs(rate) > FlagCatalog.limit("clockRateWrong") {
            add("clockRateWrong", rate, text)
        } else if abs(rate) > FlagCatalog.limit("clockRate") {
            add("clockRate", rate, text)
        }
    }

    private func calibrationShift(_ launch: LaunchSeries) -> Double? {
        guard let start = launch.entry.calibrationStart, let end = launch.entry.calibrationEnd,
            start.overheadNanoseconds > 0
        else { return nil }
        return end.overheadNanoseconds / start.overheadNanoseconds - 1
    }

    // MARK: - The samples themselves

    private mutating func samples(_ profile: Profile) {
        let fewest = launches.map(\.seconds.count).min() ?? 0
        if Double(fewest) < max(FlagCatalog.limit("fewSamples"), Double(profile.samplesMin)) {
            add("fewSamples", Double(fewest), "a launch has \(fewest) samples only")
        }
        let unsteady = launches.filter { !$0.entry.warmupConverged }.count
        if unsteady > 0 {
            add(
                "warmupNotConverged", Double(unsteady),
                "\(unsteady) of \(launches.count) launches were not steady when measuring began")
        }
        worst(
            "autocorrelated",
            { launch in
                let correlation = launch.estimate.autocorrelation
                // Samples that alternate narrow nothing and widen nothing.
                return correlation.measured.isFinite
                    ? max(0, correlation.measured) * Double(correlation.count).squareRoot() : nil
            }
        ) { "neighbouring samples depend on each other (\(rounded($0)) standard errors)" }
        worst(
            "outliers",
            { launch in
                TukeyOutliers(launch.seconds, resolution: launch.resolution)?.severeShare
            }
        ) { "\(percent($0)) of the samples of a launch are far from the others" }
        drift()
        multimodality()
    }

    private mutating func drift() {
        let found = launches.compactMap { DriftTest($0.seconds) }.filter(\.isDrift)
        guard let largest = found.max(by: { abs($0.shift) < abs($1.shift) }) else { return }
        add(
            "drift", largest.shift,
            "samples drifted by \(signedPercent(largest.shift)) within a launch "
                + "(\(found.count) of \(launches.count) launches)")
    }

    private mutating func multimodality() {
        let limit = FlagCatalog.limit("multimodal")
        let found = launches.filter { launch in
            launch.seconds.count >= 10 && (DipTest(launch.seconds)?.pValue ?? 1) < limit
        }
        guard !found.isEmpty else { return }
        add(
            "multimodal", nil,
            "samples have more than one mode in \(found.count) of \(launches.count) launches")
    }

    // MARK: - The machine around them

    private mutating func machine() {
        let threads = Double(threads)
        worst(
            "preempted",
            { launch in
                let counters = launch.entry.counters
                guard counters.measuringNanoseconds > 0 else { return nil }
                return Double(counters.runQueueWaitNanoseconds)
                    / (Double(counters.measuringNanoseconds) * threads)
            }
        ) { "each thread waited for a core for \(percent($0)) of the measuring time" }
        let changes = launches.compactMap(speedChange)
        guard let largest = changes.max(by: { abs($0.1) < abs($1.1) }) else { return }
        let text = "the \(largest.0) canary changed by \(signedPercent(largest.1)) over a launch"
        if abs(largest.1) > FlagCatalog.limit("hostSpeedChanged") {
            add("hostSpeedChanged", largest.1, text)
        } else if abs(largest.1) > FlagCatalog.limit("hostSpeedUnsteady") {
            add("hostSpeedUnsteady", largest.1, text)
        }
    }

    private func speedChange(_ launch: LaunchSeries) -> (String, Double)? {
        let counters = launch.entry.counters
        let pairs = [
            ("clock", counters.clockHertzBefore, counters.clockHertzAfter),
            ("throughput", counters.throughputBefore, counters.throughputAfter),
        ]
        let changes = pairs.compactMap { name, before, after -> (String, Double)? in
            guard let before, let after, before > 0 else { return nil }
            return (name, after / before - 1)
        }
        return changes.max { abs($0.1) < abs($1.1) }
    }
}

/// A share as text with one decimal, such as `12.3 %`.
func percent(_ share: Double) -> String { rounded(share * 100) + " %" }

/// A change as text with its sign.
func signedPercent(_ share: Double) -> String { (share >= 0 ? "+" : "") + percent(share) }

/// A number with one decimal, or two significant digits below 1.
func rounded(_ value: Double) -> String {
    guard value.isFinite else { return "more" }
    let scale = value.magnitude < 1 ? 1000.0 : 10.0
    let scaled = (value * scale).rounded() / scale
    return scaled == scaled.rounded() && scaled.magnitude < 1e15
        ? "\(Int(scaled))" : "\(scaled)"
}
