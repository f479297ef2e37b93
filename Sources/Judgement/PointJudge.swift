import Bundle
import Model
import Statistics

/// Makes the record of one point on one subject from its launches.
struct PointJudge {
    let contents: BundleContents
    let planned: PlannedPoint
    let subject: Subject

    private var entries: [LaunchEntry] {
        contents.launches.filter { $0.pointHash == planned.pointHash && $0.subject == subject }
            .sorted { $0.launch < $1.launch }
    }

    func record() -> PointRecord {
        let entries = entries
        var record = PointRecord(
            point: planned.point, pointHash: planned.pointHash, work: planned.work,
            profile: planned.profile.id, subject: subject, backend: backend(entries),
            outcome: .notReached, reasons: [], correctness: entries.compactMap(\.correctness).worst,
            launches: [], metrics: [], flags: [])
        if let exclusion = planned.exclusion {
            record.outcome = exclusion.outcome
            record.reasons = [exclusion.reason]
            return record
        }
        let series = entries.compactMap { entry in
            entry.files.first { !$0.hasSuffix(".start.i64") }
                .flatMap { contents.samples[$0] }
                .flatMap { LaunchSeries(entry: entry, ticks: $0) }
        }
        record.launches = entries.map { summary($0, series) }
        (record.outcome, record.reasons) = outcome(entries, good: series.count)
        record.flags = pointFlags(entries, good: series.count)
        guard record.outcome == .ok else { return record }
        record.metrics = metrics(series)
        return record
    }

    private func backend(_ entries: [LaunchEntry]) -> BackendFacts? {
        let used = contents.environment.backends.first { $0.manifest.id == subject.backend }
        guard let used else { return nil }
        let device = used.devices.first { $0.index == subject.device }
        let execution = entries.compactMap(\.execution).last
        let parts = [device?.runtime ?? "", execution?.kernel ?? ""].filter { !$0.isEmpty }
        return BackendFacts(
            id: used.manifest.id, version: used.manifest.version, sha256: used.sha256,
            device: device, implementation: parts.joined(separator: ", "), execution: execution)
    }

    private func summary(_ entry: LaunchEntry, _ series: [LaunchSeries]) -> LaunchSummary {
        let own = series.first { $0.entry.index == entry.index }
        return LaunchSummary(
            index: entry.launch, outcome: entry.outcome, stopReason: entry.stopReason,
            n: entry.samples, batch: entry.batch, value: own?.estimate.value,
            interval: own?.interval, counters: entry.counters)
    }

    /// What became of the point. Wrong outputs and failures are never averaged away.
    private func outcome(_ entries: [LaunchEntry], good: Int) -> (Outcome, [String]) {
        guard !entries.isEmpty else { return (.notReached, ["the run ended before it"]) }
        for bad in [Outcome.invalid, .error, .unsupported] {
            let such = entries.filter { $0.outcome == bad }
            guard !such.isEmpty else { continue }
            var reasons: [String] = []
            for reason in such.flatMap(\.reasons) where !reasons.contains(reason) {
                reasons.append(reason)
            }
            return (bad, reasons)
        }
        if good < planned.profile.launches {
            let missing = planned.profile.launches - good
            return good == 0
                ? (.notReached, ["the run ended before it"])
                : (.notReached, ["the run ended \(missing) launches before its end"])
        }
        return (.ok, [])
    }

    private func pointFlags(_ entries: [LaunchEntry], good: Int) -> [Flag] {
        var flags: [Flag] = []
        var seen: Set<String> = []
        for entry in entries {
            guard let failure = entry.failure, seen.insert(failure).inserted else { continue }
            flags.append(
                FlagCatalog.flag(
                    FlagCatalog.definition(failure) == nil ? "harnessError" : failure,
                    observed: entry.correctness?.value, message: entry.reasons.last ?? failure))
        }
        var violations: [String] = []
        for violation in entries.flatMap(\.violations) where !violations.contains(violation) {
            violations.append(violation)
        }
        if !violations.isEmpty {
            flags.append(
                FlagCatalog.flag(
                    "ruleViolation",
                    message: "the plug-in " + violations.joined(separator: ", ")))
        }
        if planned.point.data == .zeros {
            flags.append(FlagCatalog.flag("zeroData", message: "the inputs are all zero"))
        }
        if contents.plan.debugBuild {
            flags.append(FlagCatalog.flag("debugBuild", message: "a debug build measured this"))
        }
        if let excess = threadsExcess(entries) {
            flags.append(
                FlagCatalog.flag(
                    "threadsExceeded", observed: excess,
                    message: "it used \(percent(excess)) more processor time than its threads have")
            )
        }
        return flags
    }

    private var threads: Int {
        planned.point.threads?.resolved(cores: contents.plan.cpus.count) ?? contents.plan.cpus.count
    }

    /// How far processor time went beyond the threads given, where it went beyond the limit.
    private func threadsExcess(_ entries: [LaunchEntry]) -> Double? {
        let excess = entries.compactMap { entry -> Double? in
            let wall = entry.counters.measuringNanoseconds
            // Processor time is counted in ticks on some systems: short phases say nothing.
            guard wall > 50_000_000 else { return nil }
            return Double(entry.counters.processorNanoseconds) / (Double(wall) * Double(threads))
                - 1
        }.max()
        guard let excess, excess > FlagCatalog.limit("threadsExceeded") else { return nil }
        return excess
    }

    private func metrics(_ series: [LaunchSeries]) -> [Metric] {
        let builder = PointMetrics(planned: planned, launches: series, clock: contents.plan.clock)
        let findings = SampleFindings(
            series, profile: planned.profile, metric: builder.timeName, threads: threads)
        return builder.all().map { metric in
            var judged = metric
            // Everything that follows from the samples shares their findings.
            let isSampled =
                metric.name == builder.timeName || metric.derivation != nil
                || metric.name.hasPrefix("latency.")
            judged.flags = isSampled ? findings.flags.map { $0.about(metric.name) } : []
            if isSampled, let flag = notConverged(metric) { judged.flags.append(flag) }
            judged.comparabilityKey = Comparability.key(
                pointHash: planned.pointHash, metric: metric, devices: 1, threads: threads,
                execution: series.last?.entry.execution, division: "closed")
            return judged
        }
    }

    private func notConverged(_ metric: Metric) -> Flag? {
        guard let target = planned.profile.targetHalfWidth, let estimate = metric.estimate,
            let interval = estimate.interval, interval.basis == .launches
        else { return nil }
        let width = (interval.high - interval.low) / 2 / estimate.value
        guard width > target else { return nil }
        var flag = FlagCatalog.flag(
            "notConverged", metric: metric.name, observed: width,
            message: "the interval is ±\(percent(width)) wide; ±\(percent(target)) was asked for")
        flag.limit = target
        return flag
    }
}

extension Flag {
    /// The same finding about another metric.
    func about(_ metric: String) -> Flag {
        var flag = self
        flag.metric = metric
        return flag
    }
}

extension [Correctness] {
    /// The check that matters: a failed one, or the one nearest to its tolerance.
    fileprivate var worst: Correctness? {
        first { !$0.passed } ?? self.max { $0.value < $1.value }
    }
}
