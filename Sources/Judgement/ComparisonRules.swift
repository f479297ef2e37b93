import Model

/// What stands between a comparison and a verdict (measurement method, section 8).
enum ComparisonRules {
    /// Findings that something from outside was measured too: no verdict on anything of a launch.
    ///
    /// What a wide interval says already (`notConverged`), and what may be the backend's own
    /// way (`drift`, `warmupNotConverged`), qualifies a verdict and does not forbid it.
    static let disturbingLaunches: Set<String> = [
        "preempted", "stopped", "throttled", "hostSpeedChanged", "steal", "cgroupThrottled",
        "suspended", "debugBuild", "threadsExceeded",
    ]

    /// Findings that forbid a verdict on the metric that has them.
    static let disturbingMetric: Set<String> = [
        "noSteadyState", "inconsistent", "issuerLate", "saturated", "idleDrift",
        "energyWindowShort", "sensorAliasing", "powerGap",
    ]

    /// The findings that forbid a verdict on a metric: errors, and what disturbed its launches.
    ///
    /// What happened to a launch is said of its samples, and holds of its start as well.
    static func objections(_ point: PointRecord, _ metric: Metric) -> [Flag] {
        let own = metric.flags + point.flags.filter { $0.metric == nil || $0.metric == metric.name }
        let forbidding = own.filter {
            $0.severity == .error || disturbingMetric.contains($0.id)
        }
        let launches = (own + point.flags + point.metrics.flatMap(\.flags)).filter {
            disturbingLaunches.contains($0.id)
        }
        var seen: Set<String> = []
        return (forbidding + launches).filter { seen.insert($0.id).inserted }
    }

    /// The rate of false findings at which comparisons are selected to be measured again.
    static let selectionRate = 0.2

    /// The class of metrics that share one noise: what is sampled, happens once, or is metered.
    static func noiseClass(metric: String, point: Point) -> String {
        let threads = point.threads == .exactly(1) ? "one thread" : "several threads"
        switch metric {
        case "firstCall", "compile", "load", "pack", "quantize": return "start"
        case "latency.p90", "latency.p99", "latency.p999": return "tail, \(threads)"
        default:
            let isMetered = metric.hasPrefix("energy") || metric.hasPrefix("power")
            return isMetered ? "metered" : "sampled, \(threads)"
        }
    }

    /// Why nothing may be concluded from one side's value; one sentence each.
    static func objections(_ point: PointRecord, _ metric: Metric, side: String) -> [String] {
        var found = objections(point, metric).map { flag in
            let isInvalid = flag.severity == .error
            return "the \(side) \(isInvalid ? "is INVALID" : "was disturbed"): \(flag.id): "
                + flag.message
        }
        if metric.status == .invalid, found.isEmpty { found.append("the \(side) is INVALID") }
        if !Profile.named(point.profile).mayYieldVerdict {
            found.append(
                "the \(side)'s profile \(point.profile.rawValue) has too few launches for a verdict"
            )
        }
        return found
    }

    /// Findings that a reader of the verdict should know, without those that forbid one.
    static func remarks(_ metric: Metric, side: String) -> [String] {
        var seen: Set<String> = []
        return metric.flags.filter {
            $0.severity == .qualifier && seen.insert($0.id).inserted
        }.map { "the \(side) is qualified: \($0.id): \($0.message)" }
    }
}
