import Bundle
import Model
import Statistics

/// The launch values of one metric of one point on one side.
struct ComparisonLaunches {
    /// By the number of the launch; empty where only the estimate is known.
    private(set) var values: [Int: Double] = [:]
    /// Nil for fewer than two usable launches.
    private(set) var moments: LogMoments?
    /// Why there are no launch values; nil where there are.
    private(set) var problem: String?

    init(_ metric: Metric, of point: PointRecord, in contents: BundleContents) {
        let entries = Self.entries(of: point, in: contents)
        do throws(ComparisonProblem) {
            let found = try Self.values(metric, of: point, entries, contents)
            // A launch that was made again counts with both of its values: none is dropped.
            values = Dictionary(grouping: found, by: \.0).compactMapValues { again in
                Means.geometric(again.map(\.1))
            }
        } catch {
            problem = error.description
        }
        if !values.isEmpty {
            moments = LogMoments(values.sorted { $0.key < $1.key }.map(\.value))
        } else if let estimate = metric.estimate, let interval = estimate.interval,
            interval.basis == .launches, interval.method.contains("log")
        {
            moments = LogMoments(
                interval: ConfidenceInterval(
                    low: interval.low, high: interval.high, level: interval.level),
                count: estimate.launches)
            problem = nil
        }
        if moments == nil, problem == nil { problem = "it has no interval over launches" }
    }

    /// The good launches of a point, in the order they were made.
    static func entries(of point: PointRecord, in contents: BundleContents) -> [LaunchEntry] {
        contents.launches.timed.filter {
            $0.pointHash == point.pointHash && $0.subject == point.subject && $0.outcome == .ok
        }.sorted { $0.index < $1.index }
    }

    /// The numbers of launches that both sides have, where they were taken in turn; else nil.
    ///
    /// In turn: at no time is a side ahead of the other by more than the two launches that
    /// A B, B A, A B … allows, and by those that one side has and the other lacks.
    static func blocks(_ baseline: [LaunchEntry], _ candidate: [LaunchEntry]) -> [Int]? {
        let order =
            (baseline.map { (index: $0.index, step: 1) }
            + candidate.map { (index: $0.index, step: -1) }).sorted { $0.index < $1.index }
        let allowed = 2 + abs(baseline.count - candidate.count)
        var lead = 0
        for entry in order {
            lead += entry.step
            if abs(lead) > allowed { return nil }
        }
        let shared = Set(baseline.map(\.launch)).intersection(candidate.map(\.launch))
        return shared.count >= 2 ? shared.sorted() : nil
    }

    private static func values(
        _ metric: Metric, of point: PointRecord, _ entries: [LaunchEntry],
        _ contents: BundleContents
    ) throws(ComparisonProblem) -> [(Int, Double)] {
        switch metric.name {
        case "time", "period", "latency.access":
            // The ratio of latencies per access is that of the times: the steps are the same.
            return point.launches.compactMap { launch in
                launch.outcome == .ok && launch.isReplaced != true
                    ? launch.value.map { (launch.index, $0) } : nil
            }
        case "firstCall": return once(entries, \.firstCallNanoseconds)
        case "compile": return once(entries, \.prepareNanoseconds)
        case "load": return once(entries, \.loadNanoseconds)
        case "latency.p50": return try quantiles(.p50, entries, contents)
        case "latency.p90": return try quantiles(.p90, entries, contents)
        case "latency.p99": return try quantiles(.p99, entries, contents)
        case "latency.p999": return try quantiles(.p999, entries, contents)
        default:
            let isRate = metric.name.hasPrefix("throughput.") || metric.name.hasPrefix("bandwidth.")
            guard isRate else { return [] }
            // Work over the launch's total time; the work is the same on both sides.
            return entries.compactMap { entry in
                guard let ticks = samples(entry, contents), !ticks.isEmpty else { return nil }
                let total = ticks.reduce(0.0) { $0 + Double($1) }
                let calls = Double(entry.batch) * Double(ticks.count)
                return total > 0 ? (entry.launch, calls / total) : nil
            }
        }
    }

    private static func once(
        _ entries: [LaunchEntry], _ field: KeyPath<LaunchEntry, UInt64?>
    ) -> [(Int, Double)] {
        entries.compactMap { entry in
            entry[keyPath: field].map { (entry.launch, Double(max($0, 1)) * 1e-9) }
        }
    }

    private static func quantiles(
        _ level: QuantileLevel, _ entries: [LaunchEntry], _ contents: BundleContents
    ) throws(ComparisonProblem) -> [(Int, Double)] {
        var found: [(Int, Double)] = []
        let needed = EarlyStopping(quantile: level).queriesNeeded(misses: 1)
        for entry in entries {
            let ticks = samples(entry, contents) ?? []
            guard ticks.count >= needed else {
                throw ComparisonProblem(
                    "a launch has \(ticks.count) events; \(needed) in each launch are needed to "
                        + "compare this percentile")
            }
            let value = level.value(ofSorted: ticks.sorted())
            found.append((entry.launch, Double(value) * 1e-9 / Double(entry.batch)))
        }
        return found
    }

    private static func samples(_ entry: LaunchEntry, _ contents: BundleContents) -> [Int64]? {
        let file =
            entry.files.first { $0.hasSuffix(".time.i64") || $0.hasSuffix(".period.i64") }
        return file.flatMap { contents.samples[$0] }
    }
}

/// Why two values cannot be set against each other, in one sentence.
struct ComparisonProblem: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }
}

extension ComparisonLaunches {
    /// Multiplies each launch's value by a factor of that launch; false where one is missing.
    mutating func scale(by factors: [Int: Double]) -> Bool {
        guard !values.isEmpty, values.keys.allSatisfy({ factors[$0] != nil }) else { return false }
        for launch in values.keys { values[launch]? *= factors[launch] ?? 1 }
        moments = LogMoments(values.sorted { $0.key < $1.key }.map(\.value))
        return moments != nil
    }
}
