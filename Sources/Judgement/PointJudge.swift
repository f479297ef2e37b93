import Bundle
import Model
import Statistics

/// Makes the record of one point on one subject from its launches.
struct PointJudge {
    let contents: BundleContents
    let planned: PlannedPoint
    let subject: Subject
    let rules: RuleTable

    private var entries: [LaunchEntry] {
        contents.launches.filter { $0.pointHash == planned.pointHash && $0.subject == subject }
            .filter { $0.phase == nil }.sorted { ($0.launch, $0.index) < ($1.launch, $1.index) }
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
        let series = entries.timed.compactMap { entry in
            entry.files.first { !$0.hasSuffix(".start.i64") }
                .flatMap { contents.samples[$0] }
                .flatMap { LaunchSeries(entry: entry, ticks: $0) }
        }
        let replaced = Set(entries.compactMap(\.retryOf))
        record.launches = entries.map { entry in
            var summary = summary(entry, series)
            if replaced.contains(entry.index) { summary.isReplaced = true }
            return summary
        }
        (record.outcome, record.reasons) = outcome(entries, good: series.count)
        record.flags = pointFlags(entries, series)
        guard record.outcome == .ok else { return record }
        record.metrics = metrics(series)
        return record
    }

    private func backend(_ entries: [LaunchEntry]) -> BackendFacts? {
        let used = contents.environment.backends.first {
            $0.manifest.id == subject.backend && ($0.side ?? 0) == subject.side
        }
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
            interval: own?.interval, counters: entry.counters,
            shape: own?.shape(planned.profile)?.rawValue)
    }

    /// What became of the point. Wrong outputs and failures are never averaged away.
    private func outcome(_ entries: [LaunchEntry], good: Int) -> (Outcome, [String]) {
        guard !entries.isEmpty else { return (.notReached, [reasonNotReached]) }
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
                ? (.notReached, [reasonNotReached])
                : (.notReached, ["the run ended \(missing) launches before its end"])
        }
        return (.ok, [])
    }

    /// Why there is no launch: the device was given up before, or the run ended.
    private var reasonNotReached: String {
        let last = contents.launches.last { $0.subject == subject && $0.givenUp != nil }
        guard let last, let reason = last.givenUp else { return "the run ended before it" }
        let culprit = contents.plan.points.first { $0.pointHash == last.pointHash }
        let place = culprit.map { "after '\($0.point.label)'" } ?? "before"
        return "the device was given up \(place): \(reason)"
    }

    /// What is found about the point as a whole: failures by name, then what the rules say.
    private func pointFlags(_ entries: [LaunchEntry], _ series: [LaunchSeries]) -> [Flag] {
        var flags: [Flag] = []
        var seen: Set<String> = []
        for entry in entries {
            guard let failure = entry.failure, seen.insert(failure).inserted else { continue }
            let id = RuleTable.current.rule(failure) == nil ? RuleTable.unknownFailure : failure
            let flag = rules.flag(
                id, observed: entry.correctness?.value, limit: rules.limit(id),
                text: entry.reasons.last ?? failure)
            if let flag { flags.append(flag) }
        }
        var facts = Facts()
        let replaced = Set(entries.compactMap(\.retryOf))
        let again = entries.filter { replaced.contains($0.index) }
        let throttled = again.count { ($0.counters.throttleEvents ?? 0) > 0 }
        facts.set("launches.cooled", Double(throttled))
        facts.set("launches.disturbed", Double(again.count - throttled))
        var violations: [String] = []
        for violation in entries.flatMap(\.violations) where !violations.contains(violation) {
            violations.append(violation)
        }
        facts.set(
            "violations", Double(violations.count), text: violations.joined(separator: ", "))
        facts.set("zeroData", planned.point.data == .zeros ? 1 : 0)
        facts.set("debugBuild", contents.plan.debugBuild ? 1 : 0)
        let shapes = series.compactMap { $0.shape(planned.profile) }
        if !shapes.isEmpty {
            let names = Set(shapes.map(\.rawValue)).sorted().joined(separator: ", ")
            facts.set("shapes.differ", SeriesShape.agreed(shapes) == nil ? 1 : 0, text: names)
        }
        AuditFacts(entries, series: series)
            .point(device: backend(entries)?.device, threads: threads, into: &facts)
        let launches = entries.map { entry in
            LaunchFacts.processorFacts(entry.counters, threads: Double(threads))
        }
        // One set of facts for the point, and one for each launch: no rule asks for both.
        return flags + rules.findings(.point, in: [facts] + launches)
    }

    private var threads: Int {
        planned.point.threads?.resolved(cores: contents.plan.cpus.count) ?? contents.plan.cpus.count
    }

    private func metrics(_ series: [LaunchSeries]) -> [Metric] {
        let builder = PointMetrics(planned: planned, launches: series, clock: contents.plan.clock)
        let steal = LaunchFacts.stealShare(
            contents.launches, cpus: contents.plan.cpus.count)
        let cpus = contents.plan.cpus.prefix(threads)
        let clocks = series.map { LaunchFacts.clock($0.entry, cpus: cpus, in: contents) }
        // The clock under this load, as it was in the fastest launch.
        let reference = clocks.compactMap { $0 }.max()
        var facts = series.map {
            LaunchFacts.facts(
                of: $0, profile: planned.profile, threads: threads, steal: steal,
                around: LaunchFacts.Surroundings(
                    contents.environment.before, work: planned.work, threads: threads))
        }
        for (index, clock) in clocks.enumerated() {
            if let clock, let reference { facts[index].set("frequency.share", clock / reference) }
        }
        let findings = rules.findings(.samples, in: facts, metric: builder.timeName)
        var deviceClock = Facts()
        AuditFacts(series.map(\.entry), series: series).deviceClock(into: &deviceClock)
        let energy = EnergyMetrics(contents).metrics(
            series, of: planned, on: subject, rules: rules)
        return builder.all().map { metric in
            var judged = metric
            // Everything that follows from the samples shares their findings.
            let isSampled =
                metric.name == builder.timeName || metric.derivation != nil
                || metric.name.hasPrefix("latency.")
            judged.flags = isSampled ? findings.map { $0.about(metric.name) } : []
            if isSampled {
                judged.flags += rules.findings(
                    .metric, in: [convergence(of: metric)], metric: metric.name)
            }
            if metric.name == PointMetrics.deviceTimeName {
                judged.flags += rules.findings(.metric, in: [deviceClock], metric: metric.name)
            }
            return keyed(judged, series)
        } + energy.map { keyed($0, series) }
    }

    /// The metric with the key that says what it may stand beside.
    private func keyed(_ metric: Metric, _ series: [LaunchSeries]) -> Metric {
        var metric = metric
        // Joules are compared within one class and domain only, which the source names.
        let isPower = metric.name.hasPrefix("energy.") || metric.name.hasPrefix("power.")
        metric.comparabilityKey = Comparability.key(
            pointHash: planned.pointHash + (isPower ? metric.source : ""), metric: metric,
            devices: 1, threads: threads, execution: series.last?.entry.execution,
            division: "closed")
        return metric
    }

    /// How wide the interval of a metric is, and how wide it may be.
    private func convergence(of metric: Metric) -> Facts {
        var facts = Facts()
        guard let target = planned.profile.targetHalfWidth, let estimate = metric.estimate,
            let interval = estimate.interval, interval.basis == .launches
        else { return facts }
        facts.set("halfWidth", (interval.high - interval.low) / 2 / estimate.value)
        facts.set("halfWidthTarget", target)
        return facts
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
