package import Bundle
package import Model
import Statistics

/// Judges the eight audits from the launches of an audit's plan, all of one session and in turn.
package struct AuditJudge {
    private let contents: BundleContents
    private let points: [PointRecord]

    /// Samples looked at below which accuracy while timed is not shown.
    private static let lookedAtMin = 64
    /// How much faster known inputs may be, and how far the other runs may be apart.
    private static let sameInputs = 0.10
    private static let freshData = 0.05
    private static let twiceAsLong = 0.02
    /// The largest noise floor that the method allows; a machine beyond it decides nothing.
    private static let sameAgain = 0.03
    /// Sizes that differ by less say nothing, and times must differ by this at least.
    private static let sizeRatioMin = 1.9
    private static let timeRatioMin = 1.1
    /// Events shorter than this are mostly what it costs to ask for them.
    private static let timeMinSeconds = 5e-6

    /// - Parameter points: the record's, of every variant.
    package init(_ contents: BundleContents, points: [PointRecord]) {
        self.contents = contents
        self.points = points
    }

    /// The audits of each point that was measured, in the record's order.
    package func audits() -> [PointAudit] {
        points.filter { $0.subject.side == AuditVariant.usual.rawValue && isMeasured($0) }
            .map { point in
                PointAudit(
                    label: point.point.label, backend: point.subject.backend,
                    results: results(point))
            }
    }

    /// Marks the points whose audits failed.
    static func flag(
        _ points: inout [PointRecord], contents: BundleContents, rules: RuleTable
    ) {
        let judge = AuditJudge(contents, points: points)
        for index in points.indices {
            let point = points[index]
            guard point.subject.side == AuditVariant.usual.rawValue, judge.isMeasured(point)
            else { continue }
            for result in judge.results(point) where result.verdict == .failed {
                let flag = rules.flag(
                    "auditFailed", observed: Double(result.number),
                    text: "audit \(result.number) (\(result.name)): \(result.detail)")
                if let flag { points[index].flags.append(flag) }
            }
        }
    }

    private func isMeasured(_ point: PointRecord) -> Bool {
        point.outcome == .ok || point.outcome == .invalid || point.outcome == .error
    }

    private func results(_ point: PointRecord) -> [AuditResult] {
        [
            accuracy(point), sameInputs(point),
            compare(3, point, .freshData, limit: Self.freshData),
            compare(4, point, .twiceAsLong, limit: Self.twiceAsLong), physics(point),
            scaling(point), compare(7, point, .again, limit: Self.sameAgain),
            alteredInputs(point),
        ]
    }

    private func entries(_ point: PointRecord, anySide: Bool = false) -> [LaunchEntry] {
        contents.launches.timed.filter { entry in
            entry.pointHash == point.pointHash && entry.subject.backend == point.subject.backend
                && entry.subject.device == point.subject.device
                && (anySide || entry.subject.side == point.subject.side)
        }
    }

    // MARK: - What launches saw

    private func accuracy(_ point: PointRecord) -> AuditResult {
        let all = entries(point, anySide: true)
        let facts = all.compactMap(\.inspection)
        if let wrong = all.first(where: { $0.outcome == .invalid || $0.outcome == .error }) {
            return AuditResult(1, .failed, wrong.reasons.first ?? "a launch failed")
        }
        let looked = facts.reduce(0) { $0 + $1.poisonedSamples }
        let skipped = facts.reduce(0) { $0 + $1.unwrittenSamples }
        if skipped > 0 {
            return AuditResult(1, .failed, "\(skipped) of \(looked) samples wrote no outputs")
        }
        if point.point.operation.outputs.isEmpty {
            return AuditResult(1, .notApplicable, "the operation has no outputs")
        }
        return looked < Self.lookedAtMin
            ? AuditResult(
                1, .undecided, "\(looked) samples were looked at; \(Self.lookedAtMin) are needed")
            : AuditResult(1, .passed, "\(looked) samples drawn at random wrote their outputs")
    }

    private func sameInputs(_ point: PointRecord) -> AuditResult {
        let ratios = entries(point, anySide: true).compactMap(\.inspection)
            .compactMap { facts -> Double? in
                guard let known = Median.of(facts.known), let new = Median.of(facts.new),
                    known > 0
                else { return nil }
                return new / known
            }
        guard let mean = MeanEstimate(launchValues: ratios, scale: .geometric),
            let interval = mean.interval
        else { return AuditResult(2, .notApplicable, "no launch has events with new inputs") }
        let words = "with new inputs an event takes \(Self.words(interval)) of the usual time"
        if interval.low > 1 + Self.sameInputs { return AuditResult(2, .failed, words) }
        return AuditResult(2, interval.high < 1 + Self.sameInputs ? .passed : .undecided, words)
    }

    private func alteredInputs(_ point: PointRecord) -> AuditResult {
        let all = entries(point, anySide: true)
        let events = all.compactMap(\.inspection).reduce(0) { $0 + $1.alteredEvents }
        let unchanged = all.compactMap(\.inspection).reduce(0) { $0 + $1.unchangedEvents }
        let checks = all.compactMap(\.spotCheck)
        if let wrong = checks.first(where: { !$0.passed }) {
            return AuditResult(8, .failed, wrong.detail)
        }
        if unchanged > 0 {
            return AuditResult(8, .failed, "\(unchanged) of \(events) events wrote no outputs")
        }
        guard !checks.isEmpty else {
            return AuditResult(8, .notApplicable, "the operation has no inputs that may change")
        }
        return AuditResult(8, .passed, "outputs of \(checks.count) altered events are right")
    }

    private func physics(_ point: PointRecord) -> AuditResult {
        let flags = point.flags + point.metrics.flatMap(\.flags)
        if let found = flags.first(where: { $0.id == "implausible" || $0.id == "timerMismatch" }) {
            return AuditResult(5, .failed, found.message)
        }
        let shares = point.metrics.filter { $0.name.hasPrefix("utilization.") }
        guard !shares.isEmpty || point.metric("time.device") != nil else {
            return AuditResult(
                5, .notApplicable, "no ceiling was measured in this run and no device has a clock")
        }
        return AuditResult(5, .passed, "rates are below their ceilings, device below host")
    }

    // MARK: - Runs set against each other

    private func values(_ point: PointRecord) -> [Double] {
        point.launches.filter { $0.outcome == .ok }.compactMap(\.value)
    }

    private func variant(_ point: PointRecord, _ variant: AuditVariant) -> PointRecord? {
        points.first {
            $0.pointHash == point.pointHash && $0.subject.backend == point.subject.backend
                && $0.subject.device == point.subject.device
                && $0.subject.side == variant.rawValue
        }
    }

    /// Whether another variant's time is that of the usual one within a limit.
    private func compare(
        _ number: Int, _ point: PointRecord, _ other: AuditVariant, limit: Double
    ) -> AuditResult {
        guard let other = variant(point, other),
            let comparison = Comparison(
                candidate: values(other), baseline: values(point), sense: .cost)
        else { return AuditResult(number, .undecided, "there are too few launches") }
        let interval = comparison.ratioInterval()
        let words = "it takes \(Self.words(interval)) of the usual time"
        if interval.low > 1 + limit || interval.high < 1 / (1 + limit) {
            // What a neighbour does to one launch of two is no finding about the backend.
            let noise = Self.disturbances([point, other])
            return noise.isEmpty
                ? AuditResult(number, .failed, words)
                : AuditResult(
                    number, .undecided,
                    words + ", but the machine was not quiet (\(noise.joined(separator: ", ")))")
        }
        let isWithin = interval.low >= 1 / (1 + limit) && interval.high <= 1 + limit
        return AuditResult(number, isWithin ? .passed : .undecided, words)
    }

    /// Whether more work of the same case takes longer.
    private func scaling(_ point: PointRecord) -> AuditResult {
        let larger = points.filter { other in
            other.subject == point.subject && other.point.caseID == point.point.caseID
                && Self.isSameButForSize(other.point, point.point)
                && Self.size(other.work) >= Self.sizeRatioMin * Self.size(point.work)
        }.min { Self.size($0.work) < Self.size($1.work) }
        guard let larger else {
            return AuditResult(6, .notApplicable, "no larger point of the case was measured")
        }
        guard
            let comparison = Comparison(
                candidate: values(larger), baseline: values(point), sense: .cost),
            let time = Median.of(values(point))
        else { return AuditResult(6, .undecided, "there are too few launches") }
        guard time >= Self.timeMinSeconds else {
            return AuditResult(6, .notApplicable, "it takes no longer than asking for it")
        }
        let interval = comparison.ratioInterval()
        let work = Self.size(larger.work) / Self.size(point.work)
        let words =
            "\(rounded(work)) times the work takes \(Self.words(interval)) of the time"
        if interval.high < Self.timeRatioMin { return AuditResult(6, .failed, words) }
        return AuditResult(6, interval.low > Self.timeRatioMin ? .passed : .undecided, words)
    }

    /// The findings of points that say that something else used the machine.
    private static func disturbances(_ points: [PointRecord]) -> [String] {
        let found = Set(points.flatMap(\.metrics).flatMap(\.flags).map(\.id))
        return disturbing.filter(found.contains)
    }

    private static let disturbing = [
        "preempted", "hostSpeedChanged", "highLoad", "pressure", "steal", "stealNoted", "stopped",
        "cgroupThrottled", "throttled", "suspended",
    ]

    private static func size(_ work: Work) -> Double {
        max(Double(work.flops), Double(work.bytes.value), 1)
    }

    private static func isSameButForSize(_ first: Point, _ second: Point) -> Bool {
        first.operation.name == second.operation.name
            && first.operation.inputs.map(\.dtype) == second.operation.inputs.map(\.dtype)
            && first.cache == second.cache && first.timing == second.timing
            && first.threads == second.threads && first.data == second.data
    }

    private static func words(_ interval: ConfidenceInterval) -> String {
        "\(percent(interval.low)) to \(percent(interval.high))"
    }
}
