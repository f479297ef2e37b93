import Bundle
import Model
import Statistics

/// Energy of a point, from what a source of power gave beside the run.
///
/// From windows of an energy phase where there was one. Otherwise an indication: a window is as
/// long as a launch measured, which for short profiles is too short for most sensors and flagged
/// so (measurement method, section 11).
struct EnergyMetrics {
    private let contents: BundleContents
    private let entry: PowerLog.Entry?
    private let series: EnergySeries?
    private let unavailable: String

    init(_ contents: BundleContents) {
        self.contents = contents
        entry = contents.power?.widest
        let values = entry.flatMap { contents.powerReadings[$0.file] } ?? []
        // A sweep in which the sensor gave nothing is no reading of zero.
        let pairs = stride(from: 0, to: values.count - 1, by: 2).filter { values[$0 + 1] != .min }
        series = entry.map { entry in
            EnergySeries(
                times: pairs.map { UInt64(max(0, values[$0])) },
                values: pairs.map { values[$0 + 1] }, readPeriodSeconds: entry.readPeriodSeconds)
        }
        let tried = contents.power?.unavailable ?? ""
        unavailable = tried.isEmpty ? "no source of power was asked for" : tried
    }

    /// Joules per call and watts, with their findings; after an energy phase also idle, net, and
    /// joules per operation or byte.
    func metrics(
        _ launches: [LaunchSeries], of planned: PlannedPoint, on subject: Subject, rules: RuleTable
    ) -> [Metric] {
        guard let entry, let series else {
            return ["energy.total", "power.mean"].map { metric($0, nil, unavailable, "") }
        }
        let windows = EnergyWindows(
            contents, launches: launches, pointHash: planned.pointHash, subject: subject)
        let iteration = Estimates.time(launches)?.value
        var found = EnergyOfWindows(
            series: series, sensor: Self.sensor(entry), windows: windows, iteration: iteration)
        found.measure()
        let worst = found.estimates.map(\.energyClass).max { $0.rawValue < $1.rawValue }
        var source = "\(entry.source.name) (\(entry.source.domain.rawValue)"
        source += worst.map { ", class \($0.rawValue)" } ?? ""
        source += windows.isPhase ? ", phase of its own)" : ")"
        let failure = found.failure.map { "\(entry.source.name): \($0)" } ?? unavailable
        var metrics = [
            metric("energy.total", found.total, failure, source),
            metric("power.mean", found.power, failure, source),
        ]
        if windows.isPhase {
            metrics += phaseMetrics(found, work: planned.work, failure: failure, source: source)
        }
        let facts = found.estimates.map(Self.facts)
        return metrics.map { metric in
            var judged = metric
            judged.flags = rules.findings(.energy, in: facts, metric: metric.name)
            return judged
        }
    }

    private func phaseMetrics(
        _ found: EnergyOfWindows, work: Work, failure: String, source: String
    ) -> [Metric] {
        var metrics = [
            metric(
                "energy.idle", found.idle, found.idleFailure ?? "idle power was not measured",
                source),
            metric("energy.net", found.net, found.netReason, source),
            metric(
                "power.idle", found.idlePower,
                found.idleFailure ?? "idle power was not measured", source),
        ]
        let unit: (name: String, quantity: String, unit: String, count: UInt64) =
            work.flops > 0
            ? ("energy.flop", "energy per operation", "J/{FLOP}", work.flops)
            : ("energy.byte", "energy per byte", "J/By", work.bytes.value)
        if unit.count > 0 {
            var derived = metric(
                unit.name, found.total?.divided(by: Double(unit.count)), failure, source)
            derived.quantity = unit.quantity
            derived.unit = unit.unit
            derived.kind = .derived
            derived.derivation = Derivation(
                formula: "energy.total / \(unit.count)", inputs: ["energy.total"])
            metrics.append(derived)
        }
        return metrics
    }

    private func metric(
        _ name: String, _ estimate: Estimate?, _ reason: String, _ source: String
    ) -> Metric {
        let isPower = name.hasPrefix("power.")
        return Metric(
            name: name, quantity: isPower ? "power" : "energy", unit: isPower ? "W" : "J",
            direction: isPower || name == "energy.idle" ? .none : .smaller, kind: .measured,
            scope: .node, source: source, estimate: estimate,
            unavailable: estimate == nil ? reason : nil)
    }

    private static func facts(_ estimate: EnergyEstimate) -> Facts {
        var facts = Facts()
        for finding in estimate.findings {
            switch finding {
            case .powerGap(let observed, _): facts.set("power.gap", observed)
            case .energyWindowShort(let observed, let limit):
                facts.set("energy.window", observed)
                facts.set("energy.windowWanted", limit)
            case .sensorAliasing(let iteration, _): facts.set("power.aliasing", iteration)
            case .idleDrift(let observed, _): facts.set("power.idleDrift", observed)
            case .negativeReadings(let count): facts.set("power.negative", Double(count))
            case .sensorUnchanging(let readings): facts.set("power.unchanging", Double(readings))
            }
        }
        return facts
    }

    /// What the statistics need to know of a source.
    static func sensor(_ entry: PowerLog.Entry) -> EnergySensor {
        let source = entry.source
        let clocks = [source.clockUncertaintySeconds, entry.readUncertaintySeconds]
        return EnergySensor(
            kind: EnergySensor.Kind(rawValue: source.kind.rawValue) ?? .instantaneous,
            scale: source.scale, wrap: source.wrap,
            updatePeriodSeconds: source.updatePeriodSeconds,
            averagingWindowSeconds: source.averagingWindowSeconds, accuracy: source.accuracy,
            isCalibrated: source.calibrationDate != nil,
            clockOffsetSeconds: source.clockOffsetSeconds,
            clockUncertaintySeconds: clocks.map { $0 * $0 }.reduce(0, +).squareRoot(),
            wattsMax: source.wattsMax)
    }
}

extension Estimate {
    /// The same of a part: all numbers divided by a count above zero.
    fileprivate func divided(by count: Double) -> Estimate {
        var part = self
        part.value /= count
        part.interval?.low /= count
        part.interval?.high /= count
        return part
    }
}
