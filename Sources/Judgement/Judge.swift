package import Bundle
package import Model

/// Derives a run's record from its plan, journal and samples; the same input, the same record.
package enum Judge {
    /// The whole record.
    ///
    /// - Parameters:
    ///   - status: `complete` or `partial`.
    ///   - ended: UTC, ISO 8601.
    ///   - rules: the table of findings to judge by.
    package static func record(
        of contents: BundleContents, status: String, ended: String,
        rules: RuleTable = .current
    ) -> Record {
        let plan = contents.plan
        let environment = contents.environment
        let subjects = plan.subjects.sorted()
        var points = plan.points.flatMap { planned in
            subjects.map { subject in
                PointJudge(contents: contents, planned: planned, subject: subject, rules: rules)
                    .record()
            }
        }
        Ceilings(points, cpus: plan.cpus.count, rules: rules).apply(to: &points)
        if plan.isAudit == true {
            AuditJudge.flag(&points, contents: contents, rules: rules)
        }
        for index in points.indices { points[index].settleStatus() }
        var profiles: [ProfileID] = []
        for id in ProfileID.allCases where plan.points.contains(where: { $0.profile.id == id }) {
            profiles.append(id)
        }
        let run = RunFacts(
            id: environment.runID, started: environment.started, ended: ended, status: status,
            harness: environment.harness, methodology: plan.methodology, rules: rules.version,
            planSha256: contents.planSha256, seed: plan.seed, request: plan.request,
            profiles: profiles)
        return Record(
            run: run, machine: environment.before,
            calibration: calibration(contents, rules: rules), points: points, flags: [])
    }

    /// What the harness itself cost, from its own points and from every launch's calibration.
    private static func calibration(
        _ contents: BundleContents, rules: RuleTable
    ) -> CalibrationFacts {
        var facts = CalibrationFacts(clock: contents.plan.clock)
        let pairs = contents.launches.timed.compactMap { $0.calibrationStart?.overheadNanoseconds }
        facts.clockPairNanoseconds = metric(
            "clock.pair", pairs.map { $0 * 1e-9 }, clock: contents.plan.clock)
        guard let planned = contents.plan.harnessPoints.first else { return facts }
        var record = PointJudge(
            contents: contents, planned: planned, subject: .harness, rules: rules
        ).record()
        record.settleStatus()
        facts.harnessOverhead = record.metric("time")
        let ready = contents.launches.filter { $0.subject == .harness }
            .compactMap(\.readyNanoseconds)
        facts.workerStart = metric(
            "worker.ready", ready.map { Double($0) * 1e-9 }, clock: contents.plan.clock)
        return facts
    }

    private static func metric(_ name: String, _ values: [Double], clock: String) -> Metric? {
        guard let estimate = Estimates.once(values.filter { $0 > 0 }, statistic: "value") else {
            return nil
        }
        return Metric(
            name: name, quantity: "duration", unit: "s", direction: .smaller, kind: .measured,
            scope: .node, source: clock, estimate: estimate)
    }
}

extension PointRecord {
    /// Each metric's status follows from its own findings and the point's.
    mutating func settleStatus() {
        for index in metrics.indices {
            let severities = (metrics[index].flags + flags).map(\.severity)
            metrics[index].status =
                severities.contains(.error)
                ? .invalid : severities.contains(.qualifier) ? .qualified : .valid
        }
    }
}
