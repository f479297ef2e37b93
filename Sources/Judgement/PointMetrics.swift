import Model
import Statistics

/// Builds the metrics of one point on one subject from its good launches.
struct PointMetrics {
    private let planned: PlannedPoint
    private let launches: [LaunchSeries]
    private let clock: String

    init(planned: PlannedPoint, launches: [LaunchSeries], clock: String) {
        self.planned = planned
        self.launches = launches
        self.clock = clock
    }

    private var isChained: Bool { planned.point.timing == .chained }
    /// The metric that samples are of.
    var timeName: String { isChained ? "period" : "time" }

    /// All metrics that the point has, in the order reports show them.
    func all() -> [Metric] {
        var metrics = [timeMetric()]
        metrics += rates()
        if planned.point.timing == .single { metrics += percentiles() }
        metrics += corruptionBounds()
        if planned.point.duration != nil { metrics.append(sustainedShare()) }
        metrics += [
            once("firstCall", "duration", \.firstCallNanoseconds),
            once("compile", "duration", \.prepareNanoseconds),
            once("load", "duration", \.loadNanoseconds),
            memory(),
        ]
        if let device = deviceTime() { metrics.insert(device, at: 1) }
        return metrics
    }

    private var files: [String] {
        launches.flatMap { $0.entry.files.filter { !$0.hasSuffix(".start.i64") } }
    }

    /// Why there is no estimate; nil where there is one.
    private func reason(_ estimate: Estimate?) -> String? {
        guard estimate == nil else { return nil }
        return launches.isEmpty
            ? "no launch measured it" : "a launch's samples are shorter than the clock can tell"
    }

    private func timeMetric() -> Metric {
        let resolution = launches.map(\.resolution).max()
        let estimate = Estimates.time(launches)
        return Metric(
            name: timeName, quantity: "duration", unit: "s", direction: .smaller, kind: .measured,
            source: clock, resolution: resolution, estimate: estimate,
            unavailable: reason(estimate), samples: files)
    }

    static let deviceTimeName = "time.device"

    /// The time by the device's own clock; nil where it has none.
    private func deviceTime() -> Metric? {
        let launches = launches.compactMap { launch -> (Double, Double)? in
            guard let clock = launch.entry.inspection?.deviceClock,
                let time = Median.of(clock.device)
            else { return nil }
            return (time * 1e-9, Double(clock.device.count))
        }
        guard !launches.isEmpty else { return nil }
        var estimate = Estimates.once(
            launches.map(\.0), statistic: "median batch by the device's clock")
        estimate?.n = Int(launches.reduce(0) { $0 + $1.1 })
        return Metric(
            name: Self.deviceTimeName, quantity: "duration", unit: "s", direction: .smaller,
            kind: .measured, source: "device", estimate: estimate,
            unavailable: estimate == nil ? "the device's clock gave no time above zero" : nil)
    }

    private func rates() -> [Metric] {
        let work = planned.work
        var metrics: [Metric] = []
        if work.flops > 0 {
            metrics.append(
                rate("throughput.flop", "operation rate", "{FLOP}/s", Double(work.flops), "flops"))
        }
        let name = planned.point.operation.name
        if name == "Transfer" {
            metrics.append(
                rate(
                    "bandwidth.transfer", "data rate", "By/s", Double(work.bytes.value),
                    "bytes that arrived"))
        } else if name.hasPrefix("Storage") {
            metrics.append(
                rate(
                    "bandwidth.storage", "data rate", "By/s", Double(work.bytes.value),
                    "bytes of the file"))
        } else if work.bytes > .zero {
            metrics.append(
                rate(
                    "bandwidth.stream", "data rate", "By/s", Double(work.bytes.value),
                    "bytesRead + bytesWritten"))
        }
        if work.bytesOwnership > .zero {
            let bytes = work.bytes + work.bytesOwnership
            metrics.append(
                rate(
                    "bandwidth.real", "data rate", "By/s", Double(bytes.value),
                    "bytesRead + bytesWritten + bytesOwnership"))
        }
        if work.steps > 1 { metrics.append(accessLatency(Double(work.steps))) }
        if let load = loadBandwidth() { metrics.append(load) }
        return metrics
    }

    private func rate(
        _ name: String, _ quantity: String, _ unit: String, _ work: Double, _ formula: String
    ) -> Metric {
        let estimate = Estimates.rate(launches, work: work)
        return Metric(
            name: name, quantity: quantity, unit: unit, direction: .larger, kind: .derived,
            source: clock, estimate: estimate, unavailable: reason(estimate), samples: files,
            derivation: Derivation(formula: "(\(formula)) / \(timeName)", inputs: [timeName]))
    }

    /// What moved beside what is timed; nil where nothing does, or where it follows from the work.
    private func loadBandwidth() -> Metric? {
        let launches = launches.compactMap { launch in
            launch.entry.inspection?.talliedBytes.map { ($0, launch.seconds) }
        }
        guard !launches.isEmpty else { return nil }
        let isIdle = launches.contains { bytes, _ in bytes == .zero }
        var estimate =
            isIdle
            ? nil
            : Estimates.once(
                launches.map { bytes, seconds in Double(bytes.value) / seconds.reduce(0, +) },
                statistic: "total bytes / total time")
        estimate?.n = launches.reduce(0) { $0 + $1.1.count }
        return Metric(
            name: "bandwidth.load", quantity: "data rate", unit: "By/s", direction: .none,
            kind: .measured, source: clock, estimate: estimate,
            unavailable: estimate == nil ? "there was no load" : nil)
    }

    private func accessLatency(_ steps: Double) -> Metric {
        var estimate = Estimates.time(launches)
        estimate?.value /= steps
        estimate?.interval?.low /= steps
        estimate?.interval?.high /= steps
        return Metric(
            name: "latency.access", quantity: "duration", unit: "s", direction: .smaller,
            kind: .derived, source: clock, estimate: estimate,
            unavailable: reason(estimate), samples: files,
            derivation: Derivation(formula: "\(timeName) / steps", inputs: [timeName]))
    }

    /// The rate of a launch's last tenth over that of its first: what is left when it is warm.
    private func sustainedShare() -> Metric {
        let shares = launches.compactMap { launch -> Double? in
            let tenth = launch.seconds.count / 10
            guard tenth > 0 else { return nil }
            let first = launch.seconds.prefix(tenth).reduce(0, +)
            let last = launch.seconds.suffix(tenth).reduce(0, +)
            return last > 0 ? first / last : nil
        }
        var estimate: Estimate?
        if !launches.isEmpty, shares.count == launches.count {
            estimate = Estimates.once(
                shares, statistic: "rate of the last tenth of samples / rate of the first")
            estimate?.n = launches.reduce(0) { $0 + $1.seconds.count }
        }
        return Metric(
            name: "sustained", quantity: "share", unit: "1", direction: .larger, kind: .derived,
            source: clock, estimate: estimate,
            unavailable: estimate == nil ? "a launch has fewer than ten samples" : nil,
            samples: files)
    }

    /// How often outputs may be wrong when none of so many differed; none where none were compared.
    ///
    /// The rule of three: of a share above 3 / n some of n would have been seen in 95 % of cases,
    /// as (1 - 3/n)^n < exp(-3).
    private func corruptionBounds() -> [Metric] {
        let found = launches.compactMap { $0.entry.inspection?.repetition }
        guard !found.isEmpty else { return [] }
        let counts: [(String, UInt64)] = [
            ("corruption.bound", found.reduce(0) { $0 + $1.elements }),
            ("corruption.bound.call", found.reduce(0) { $0 + $1.calls }),
        ]
        return counts.map { name, count in
            var estimate: Estimate?
            if count > 0 {
                estimate = Estimate(
                    statistic: "3 / n, none of n differed", value: 3 / Double(count),
                    n: Int(clamping: count), launches: found.count, interval: nil)
            }
            return Metric(
                name: name, quantity: "share", unit: "1", direction: .smaller, kind: .derived,
                source: "outputs", estimate: estimate,
                unavailable: estimate == nil ? "there was nothing to compare" : nil)
        }
    }

    /// Percentiles of single events over all launches; unresolved where events are too few.
    private func percentiles() -> [Metric] {
        let all = launches.flatMap(\.seconds).sorted()
        let levels: [(String, Int)] = [
            ("latency.p50", 500_000), ("latency.p90", 900_000), ("latency.p99", 990_000),
            ("latency.p999", 999_000),
        ]
        return levels.map { name, partsPerMillion in
            var estimate: Estimate?
            var reason: String?
            switch QuantileEstimate(QuantileLevel(partsPerMillion: partsPerMillion), ofSorted: all)
            {
            case .resolved(let value, let interval, _):
                estimate = Estimate(
                    statistic: "rank min(n-1, floor(n·p)) of single events", value: value,
                    n: all.count, launches: launches.count,
                    interval: Interval(
                        low: interval.low, high: interval.high, level: interval.level,
                        method: "order statistics", basis: .samples))
            case .unresolved(let count, let needed):
                reason = "unresolved: \(count) events, \(needed) are needed"
            }
            return Metric(
                name: name, quantity: "duration", unit: "s", direction: .smaller, kind: .measured,
                source: clock, estimate: estimate, unavailable: reason, samples: files)
        }
    }

    private func once(
        _ name: String, _ quantity: String, _ field: KeyPath<LaunchEntry, UInt64?>
    ) -> Metric {
        let values = launches.compactMap { $0.entry[keyPath: field] }.map {
            Double(max($0, 1)) * 1e-9
        }
        let estimate = Estimates.once(values, statistic: "value")
        return Metric(
            name: name, quantity: quantity, unit: "s", direction: .smaller, kind: .measured,
            source: clock, estimate: estimate,
            unavailable: estimate == nil ? "no launch measured it" : nil)
    }

    private func memory() -> Metric {
        let peak = launches.map { Double($0.entry.counters.peakResidentBytes) }.max()
        return Metric(
            name: "memory.peak", quantity: "information", unit: "By", direction: .smaller,
            kind: .counter, scope: .node, source: "getrusage",
            estimate: peak.map {
                Estimate(
                    statistic: "largest", value: $0, n: launches.count, launches: launches.count,
                    interval: nil)
            }, unavailable: peak == nil ? "no launch measured it" : nil)
    }
}
