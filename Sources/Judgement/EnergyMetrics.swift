import Bundle
import Model
import Statistics

/// Energy of a point's launches, from what a source of power gave beside the run.
///
/// An indication: a window is as long as a launch measured, which for short profiles is too short
/// for most sensors and flagged so (measurement method, section 11).
struct EnergyMetrics {
    private let entry: PowerLog.Entry?
    private let series: EnergySeries?
    private let unavailable: String

    init(_ contents: BundleContents) {
        entry = contents.power?.widest
        let values = entry.flatMap { contents.powerReadings[$0.file] } ?? []
        let pairs = stride(from: 0, to: values.count - 1, by: 2)
        series = entry.map { entry in
            EnergySeries(
                times: pairs.map { UInt64(max(0, values[$0])) },
                values: pairs.map { values[$0 + 1] }, readPeriodSeconds: entry.readPeriodSeconds)
        }
        let tried = contents.power?.unavailable ?? ""
        unavailable = tried.isEmpty ? "no source of power was asked for" : tried
    }

    /// `energy.total` in joules per call, and `power.mean` in watts, with their findings.
    func metrics(_ launches: [LaunchSeries], rules: RuleTable) -> [Metric] {
        guard let entry, let series else { return [energy(nil), power(nil)] }
        var energies: [Double] = []
        var powers: [Double] = []
        var facts: [Facts] = []
        var classes: Set<EnergyClass> = []
        var failure: String?
        for launch in launches {
            let counters = launch.entry.counters
            guard let start = counters.measuringStartNanoseconds else { continue }
            do throws(EnergyFailure) {
                let found = try EnergyEstimate(
                    of: series, sensor: Self.sensor(entry), from: start,
                    to: start + counters.measuringNanoseconds, idle: nil,
                    iterationSeconds: launch.estimate.value)
                let calls = Double(launch.entry.samples) * Double(launch.entry.batch)
                energies.append(found.totalJoules / calls)
                powers.append(found.meanWatts)
                facts.append(Self.facts(found))
                classes.insert(found.energyClass)
            } catch {
                failure = "\(entry.source.name): \(error)"
            }
        }
        let worst = classes.max { $0.rawValue < $1.rawValue }
        var source = "\(entry.source.name) (\(entry.source.domain.rawValue)"
        source += worst.map { ", class \($0.rawValue))" } ?? ")"
        return [
            energy(Estimates.once(energies, statistic: "energy"), failure, source),
            power(Estimates.once(powers, statistic: "mean power"), failure, source),
        ].map { metric in
            var judged = metric
            judged.flags = rules.findings(.energy, in: facts, metric: metric.name)
            return judged
        }
    }

    private func energy(
        _ estimate: Estimate?, _ failure: String? = nil, _ source: String = ""
    ) -> Metric {
        Metric(
            name: "energy.total", quantity: "energy", unit: "J", direction: .smaller,
            kind: .measured, scope: .node, source: source, estimate: estimate,
            unavailable: estimate == nil ? failure ?? unavailable : nil)
    }

    private func power(
        _ estimate: Estimate?, _ failure: String? = nil, _ source: String = ""
    ) -> Metric {
        Metric(
            name: "power.mean", quantity: "power", unit: "W", direction: .none, kind: .measured,
            scope: .node, source: source, estimate: estimate,
            unavailable: estimate == nil ? failure ?? unavailable : nil)
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

    private static func sensor(_ entry: PowerLog.Entry) -> EnergySensor {
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
