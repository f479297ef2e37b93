import Model
import Statistics

/// What a sensor says of windows of work and of idle stretches beside them.
struct EnergyOfWindows {
    let series: EnergySeries
    let sensor: EnergySensor
    let windows: EnergyWindows
    /// Seconds of one call, for sensors that may beat with it.
    let iteration: Double?

    private(set) var estimates: [EnergyEstimate] = []
    private(set) var calls: [Double] = []
    private(set) var failure: String?
    private(set) var idleFailure: String?
    private var level: IdlePower?

    init(
        series: EnergySeries, sensor: EnergySensor, windows: EnergyWindows, iteration: Double?
    ) {
        self.series = series
        self.sensor = sensor
        self.windows = windows
        self.iteration = iteration
    }

    /// Integrates every window; one that cannot be told leaves its reason.
    mutating func measure() {
        let levels = windows.idle.map { window -> PowerLevel? in
            guard let window else { return nil }
            do throws(EnergyFailure) {
                return try PowerLevel(
                    of: series, sensor: sensor, from: window.start, to: window.end)
            } catch {
                idleFailure = "\(error)"
                return nil
            }
        }
        if levels.count == 2 { level = IdlePower(before: levels[0], after: levels[1]) }
        for window in windows.windows where window.calls > 0 {
            do throws(EnergyFailure) {
                estimates.append(
                    try EnergyEstimate(
                        of: series, sensor: sensor, from: window.start, to: window.end,
                        idle: level, iterationSeconds: iteration))
                calls.append(window.calls)
            } catch {
                failure = "\(error)"
            }
        }
    }

    /// Joules per call.
    var total: Estimate? {
        estimate(
            zip(estimates, calls).map { $0.totalJoules / $1 },
            expanded: mean(zip(estimates, calls).map { $0.uncertainty.expanded / $1 }),
            statistic: "energy", scale: .geometric)
    }

    /// Watts under load.
    var power: Estimate? {
        estimate(
            estimates.map(\.meanWatts),
            expanded: mean(estimates.map { $0.uncertainty.expanded / $0.windowSeconds }),
            statistic: "mean power", scale: .geometric)
    }

    /// Joules per call that the machine would have taken anyway.
    var idle: Estimate? {
        guard let level else { return nil }
        let joules = zip(estimates, calls).compactMap { estimate, calls in
            estimate.idleJoules.map { $0 / calls }
        }
        let share = level.watts == 0 ? 0 : level.standardUncertainty / abs(level.watts)
        return estimate(
            joules, expanded: EnergyUncertainty.coverageFactor * share * abs(mean(joules)),
            statistic: "idle power × time", scale: .arithmetic)
    }

    /// Watts of the idle machine, from before and after.
    var idlePower: Estimate? {
        guard let level else { return nil }
        let half = EnergyUncertainty.coverageFactor * level.standardUncertainty
        return Estimate(
            statistic: "mean of before and after", value: level.watts, n: windows.idle.count,
            launches: 1,
            interval: Interval(
                low: level.watts - half, high: level.watts + half, level: 0.95,
                method: "k = 2, with the change from before to after", basis: .samples))
    }

    /// Joules per call above idle; nil where they do not stand out, see ``netReason``.
    var net: Estimate? {
        var joules: [Double] = []
        var deviations: [Double] = []
        for (estimate, calls) in zip(estimates, calls) {
            guard case .shown(let net, let deviation) = estimate.net else { return nil }
            joules.append(net / calls)
            deviations.append(deviation / calls)
        }
        return estimate(
            joules, expanded: EnergyUncertainty.coverageFactor * mean(deviations),
            statistic: "energy above idle", scale: .arithmetic)
    }

    /// Why there is no net energy.
    var netReason: String {
        if estimates.isEmpty { return failure ?? "no window was measured" }
        if level == nil { return idleFailure ?? "idle power was not measured" }
        return "the difference from idle is not above three of its standard deviations"
    }

    private func mean(_ values: [Double]) -> Double {
        values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
    }

    /// The mean of windows or launches, its interval widened by what all have in common.
    ///
    /// - Parameter expanded: two standard deviations of the sensor's own uncertainty.
    private func estimate(
        _ values: [Double], expanded: Double, statistic: String, scale: MeanEstimate.Scale
    ) -> Estimate? {
        guard let mean = MeanEstimate(launchValues: values, scale: scale) else { return nil }
        let (value, parts) = (values.count == 1 ? values[0] : mean.value, values.count)
        let unit = windows.isPhase ? "windows" : "launches"
        let interval = mean.interval.map { found in
            Interval(
                low: value
                    - EnergyUncertainty.combined(halfWidth: value - found.low, expanded: expanded),
                high: value
                    + EnergyUncertainty.combined(halfWidth: found.high - value, expanded: expanded),
                level: found.level, method: "Student t of \(unit), with the sensor's k = 2",
                basis: windows.isPhase ? .samples : .launches)
        }
        return Estimate(
            statistic: parts > 1 ? "mean of \(statistic) over \(unit)" : statistic, value: value,
            n: parts, launches: windows.isPhase ? 1 : parts, interval: interval)
    }
}
