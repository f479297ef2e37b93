import Model

/// The records of one case as every report lays them out.
struct CaseGroup {
    /// One point and its records, backends in alphabetical order.
    struct PointGroup {
        var point: Point
        var records: [PointRecord]
    }

    /// A subject for which every point of the case ended the same way, without a number.
    struct Whole {
        var subject: Subject
        var outcome: Outcome
        var reasons: [String]
        var count: Int
    }

    var id: String
    var points: [PointGroup] = []
    var wholes: [Whole] = []
    /// Axes with one value throughout; they stand in the heading instead of in every row.
    var constants: [Parameter] = []
    /// The other axes, in declared order.
    var axes: [String] = []

    /// What its first number is, in words; nil where it has none.
    var title: String? {
        headline.map {
            Words.title(metric: $0.name, of: points.first?.point.operation.name ?? "")
        }
    }

    /// Every record of the case, in order.
    var records: [PointRecord] { points.flatMap(\.records) }

    /// The name of the headline metric; nil when no point has one.
    var headline: Metric? { records.lazy.compactMap(\.headline).first }

    /// The backend of every row; nil where there are several, or none.
    var onlyBackend: String? {
        let names = Set(records.map { Words.name($0.subject) })
        return names.count == 1 ? names.first : nil
    }

    /// The library that did the work, where all rows agree; nil where they do not.
    var onlyLibrary: String? { common(\.library) }

    /// What in the library did the work, where all rows agree; nil where they do not.
    var onlyKernel: String? { common(\.kernel) }

    private func common(_ name: (PointRecord) -> String) -> String? {
        let names = Set(records.filter { $0.backend != nil }.map(name))
        return names.count == 1 ? names.first : nil
    }

    /// How outputs were checked, where all rows agree; nil where they do not.
    var onlyCheck: String? {
        let checks = Set(records.compactMap { $0.correctness?.manner })
        return checks.count == 1 ? checks.first : nil
    }

    /// How the case was measured, where all its points agree; empty texts where they do not.
    var conditions: [String] {
        func common(_ value: (PointRecord) -> String) -> [String] {
            let all = Set(records.map(value))
            return all.count == 1 ? Array(all) : []
        }
        return common {
            $0.point.cache == .hot ? "caches hot" : "caches \($0.point.cache.rawValue)"
        }
            + common { "\($0.point.timing.rawValue) timing" }
            + common { Words.threads($0.point.threads) }
            + common { "profile \($0.profile.rawValue)" }
            + common { $0.division + " division" } + intervalBasis
    }

    /// What the headlines' intervals were taken over, where they agree.
    private var intervalBasis: [String] {
        let bases = Set(records.compactMap { $0.headline?.estimate?.interval?.basis })
        guard bases.count == 1, let basis = bases.first else { return [] }
        switch basis {
        case .samples: return ["intervals within one launch"]
        case .launches: return ["intervals over launches"]
        case .sessions: return ["intervals over sessions"]
        }
    }

    /// The values of the point on the axes that vary.
    func values(of point: Point) -> [String] {
        axes.map { axis in point.parameters.first { $0.axis == axis }?.value ?? "–" }
    }

    /// The cases of a record, in declared order.
    static func all(of record: Record) -> [CaseGroup] {
        var order: [String] = []
        var byCase: [String: [PointRecord]] = [:]
        for point in record.points {
            if byCase[point.point.caseID] == nil { order.append(point.point.caseID) }
            byCase[point.point.caseID, default: []].append(point)
        }
        return order.map { CaseGroup(id: $0, records: byCase[$0] ?? []) }
    }

    /// Every point of a record, cases in declared order and backends in alphabetical order.
    static func ordered(_ record: Record) -> [PointRecord] {
        var order: [String: Int] = [:]
        for point in record.points {
            let key = point.point.caseID + " " + point.pointHash
            if order[key] == nil { order[key] = order.count }
        }
        var cases: [String: Int] = [:]
        for point in record.points where cases[point.point.caseID] == nil {
            cases[point.point.caseID] = cases.count
        }
        return record.points.sorted { left, right in
            func key(_ record: PointRecord) -> (Int, Int, Subject) {
                let id = record.point.caseID
                return (
                    cases[id] ?? 0, order[id + " " + record.pointHash] ?? 0, record.subject
                )
            }
            return key(left) < key(right)
        }
    }

    private init(id: String, records: [PointRecord]) {
        self.id = id
        wholes = Self.wholes(in: records)
        let collapsed = Set(wholes.map(\.subject))
        var position: [String: Int] = [:]
        for record in records where !collapsed.contains(record.subject) {
            if let index = position[record.pointHash] {
                points[index].records.append(record)
            } else {
                position[record.pointHash] = points.count
                points.append(PointGroup(point: record.point, records: [record]))
            }
        }
        for index in points.indices {
            points[index].records.sort {
                $0.subject < $1.subject
            }
        }
        findAxes(in: records)
    }

    private static func wholes(in records: [PointRecord]) -> [Whole] {
        var bySubject: [Subject: [PointRecord]] = [:]
        for record in records { bySubject[record.subject, default: []].append(record) }
        return bySubject.values.compactMap { records -> Whole? in
            let first = records[0]
            guard records.count > 1, first.outcome != .ok, first.outcome != .invalid,
                first.outcome != .error,
                records.allSatisfy({ $0.outcome == first.outcome && $0.reasons == first.reasons })
            else { return nil }
            return Whole(
                subject: first.subject, outcome: first.outcome, reasons: first.reasons,
                count: records.count)
        }.sorted {
            $0.subject < $1.subject
        }
    }

    private mutating func findAxes(in records: [PointRecord]) {
        var order: [String] = []
        var values: [String: Set<String>] = [:]
        for record in records {
            for parameter in record.point.parameters {
                if values[parameter.axis] == nil { order.append(parameter.axis) }
                values[parameter.axis, default: []].insert(parameter.value)
            }
        }
        for axis in order {
            if let only = values[axis]?.first, values[axis]?.count == 1, points.count > 1 {
                // The heading's conditions say these in words.
                guard !["cache", "timing", "threads"].contains(axis) else { continue }
                constants.append(Parameter(axis: axis, value: only))
            } else {
                axes.append(axis)
            }
        }
    }
}
