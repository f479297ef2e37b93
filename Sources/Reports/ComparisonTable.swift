import Model

/// The rows of one case as every rendering of a comparison lays them out.
struct ComparisonTable {
    /// What is printed of one metric of one point.
    struct Line {
        /// Values on the axes that vary.
        var values: [String]
        /// The subjects; empty where all rows of the comparison have the same.
        var subjects: String
        var metric: String
        var baseline: String
        var candidate: String
        /// Candidate over baseline; a dash where it was not computed.
        var ratio: String
        var interval: String
        var verdict: String
        /// How it was compared; empty where the heading says it for all.
        var conditions: String
        var reasons: [String]
    }

    var id: String
    /// Axes with one value throughout.
    var constants: [String]
    var axes: [String]
    /// How all rows were compared; nil where they differ.
    var conditions: String?
    var lines: [Line]

    /// The cases of a comparison in the order of its rows.
    static func all(of record: ComparisonRecord) -> [ComparisonTable] {
        var order: [String] = []
        var byCase: [String: [ComparisonRow]] = [:]
        for row in record.rows {
            if byCase[row.point.caseID] == nil { order.append(row.point.caseID) }
            byCase[row.point.caseID, default: []].append(row)
        }
        let isUniform = record.baseline.subject != nil && record.candidate.subject != nil
        return order.map {
            ComparisonTable(id: $0, rows: byCase[$0] ?? [], namesSubjects: !isUniform)
        }
    }

    private init(id: String, rows: [ComparisonRow], namesSubjects: Bool) {
        self.id = id
        var order: [String] = []
        var values: [String: Set<String>] = [:]
        for parameter in rows.flatMap(\.point.parameters) {
            if values[parameter.axis] == nil { order.append(parameter.axis) }
            values[parameter.axis, default: []].insert(parameter.value)
        }
        let isOnePoint = Set(rows.map(\.pointHash)).count == 1
        let fixed = order.filter { isOnePoint || values[$0]?.count == 1 }
        constants = fixed.map { "\($0)=\(values[$0]?.first ?? "")" }
        axes = order.filter { !fixed.contains($0) }
        let ways = Set(rows.map(Self.conditions))
        conditions = ways.count == 1 ? ways.first : nil
        let (axes, isCommon) = (axes, conditions != nil)
        lines = rows.map { row in
            Line(row, axes: axes, namesSubjects: namesSubjects, namesConditions: !isCommon)
        }
    }

    /// How a row was compared, and the smallest difference that counted.
    static func conditions(_ row: ComparisonRow) -> String {
        let basis =
            switch row.basis {
            case .pairedInterleaved: "paired, interleaved"
            case .interleaved: "interleaved"
            case .unpaired: "unpaired"
            }
        let (old, new) = (row.baseline.estimate.launches, row.candidate.estimate.launches)
        let launches =
            old == new
            ? "\(old) \(old == 1 ? "launch" : "launches") a side" : "\(old) and \(new) launches"
        let delta = fixed(row.delta.value * 100, row.delta.value < 0.1 ? 2 : 1)
        return "\(basis) · \(launches) · δ \(delta) % (\(row.delta.source))"
    }
}

extension ComparisonTable.Line {
    fileprivate init(
        _ row: ComparisonRow, axes: [String], namesSubjects: Bool, namesConditions: Bool
    ) {
        values = axes.map { axis in
            row.point.parameters.first { $0.axis == axis }?.value ?? "–"
        }
        let (old, new) = (Words.name(row.baseline.subject), Words.name(row.candidate.subject))
        subjects = namesSubjects ? (old == new ? new : "\(new) / \(old)") : ""
        metric = row.metric
        let style =
            row.metric.hasPrefix("utilization") ? UnitStyle.percent : .of(unit: row.unit)
        let pair = [row.baseline.estimate, row.candidate.estimate]
        let unit = style.unit(forAll: pair.map(\.value))
        let readings = pair.map { Reading($0, style: style, unit: unit).valueAndUnit }
        (baseline, candidate) = (readings[0], readings[1])
        if let found = row.ratio {
            let estimate = Estimate(
                statistic: "", value: found.value, n: 0, launches: 0, interval: found.interval)
            let reading = Reading(estimate, style: .of(unit: "1"))
            (ratio, interval) = (reading.value, reading.interval)
        } else {
            (ratio, interval) = ("–", "–")
        }
        verdict = row.verdict.rawValue.uppercased()
        conditions = namesConditions ? ComparisonTable.conditions(row) : ""
        reasons = row.reasons
        if row.isSelected, row.verdict != .same, row.basis == .unpaired {
            reasons.append("worth measuring again, both sides interleaved")
        }
    }
}

/// Points or metrics that were not compared for one reason.
struct ComparisonExclusion {
    var reason: String
    /// Nil: whole points.
    var metric: String?
    var points: [String]

    /// Such as `energy.total of 12 points` or the one point's label.
    var what: String {
        let name = metric.map { "\($0) of " } ?? ""
        return points.count == 1 ? name + points[0] : name + Words.count(points.count, "point")
    }

    /// Exclusions of a comparison, equal ones together, in the order of their first.
    static func all(of record: ComparisonRecord) -> [ComparisonExclusion] {
        var found: [ComparisonExclusion] = []
        for one in record.excluded {
            let known = found.firstIndex { $0.reason == one.reason && $0.metric == one.metric }
            if let known {
                if !found[known].points.contains(one.point) {
                    found[known].points.append(one.point)
                }
            } else {
                found.append(
                    ComparisonExclusion(reason: one.reason, metric: one.metric, points: [one.point])
                )
            }
        }
        return found
    }
}

/// The sentences that every rendering of a comparison shares.
enum ComparisonWords {
    static let ratio =
        "Ratio: candidate / baseline of the values as they stand, with its 95 % interval. Whether "
        + "more or less is slower depends on the metric: more of a time, less of a rate."

    static let verdicts =
        "SLOWER and FASTER (for amounts MORE and LESS): the interval lies wholly beyond ±δ. SAME: "
        + "wholly within ±δ. INCONCLUSIVE: neither, or something forbids a verdict: no finding."

    static let order = "Rows stand in the order in which the candidate's plan declares them."

    static let scope = "One unit of each; not a statement about products."

    /// Such as `3 compared: 1 SLOWER, 2 SAME`, in the fixed order of the verdicts.
    static func counts(_ record: ComparisonRecord) -> String {
        let parts = Verdict.allCases.compactMap { verdict -> String? in
            let count = record.rows.count { $0.verdict == verdict }
            return count == 0 ? nil : "\(count) \(verdict.rawValue.uppercased())"
        }
        let list = parts.isEmpty ? "" : ": " + parts.joined(separator: ", ")
        return "\(record.rows.count) compared" + list
    }

    /// How many verdicts chance alone would give; nil where no row could have one.
    static func chance(_ record: ComparisonRecord) -> String? {
        let expected = record.expectedFalseFindings
        guard expected > 0 else { return nil }
        let number = expected < 0.01 ? "fewer than 0.01" : "at most " + fixed(expected, 2)
        return "If nothing differed, \(number) of these rows would be expected to read FASTER or "
            + "SLOWER by chance."
    }

    /// What is compared, line by line: one run for both sides, or one for each.
    static func sides(_ record: ComparisonRecord) -> [(label: String, text: String)] {
        let (old, new) = (record.baseline, record.candidate)
        func name(_ side: ComparedSide) -> String {
            side.subject.map { Words.name($0) } ?? "several backends"
        }
        guard old.run == new.run else {
            return [("Baseline", side(old)), ("Candidate", side(new))]
        }
        return [
            ("Bundle", "\(new.bundle), run \(new.run), \(new.started)"), ("Baseline", name(old)),
            ("Candidate", name(new)),
        ]
    }

    /// One side in a line: what, where, when.
    private static func side(_ side: ComparedSide) -> String {
        let subject = side.subject.map { Words.name($0) + " in " } ?? ""
        return subject + "\(side.bundle), run \(side.run), \(side.started)"
    }
}
