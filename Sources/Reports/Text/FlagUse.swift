import Model

/// One flag as a run used it: what it means, how often, and where.
struct FlagUse {
    var id: String
    var severity: Severity
    /// One example of what was observed.
    var example: Flag
    var count: Int
    /// Labels of the points that carry it, in order; `the run` for findings about everything.
    var places: [String]

    /// The flags of a record: errors first, then by name.
    static func all(of record: Record) -> [FlagUse] {
        var uses: [String: FlagUse] = [:]
        func add(_ flag: Flag, at place: String) {
            if uses[flag.id] == nil {
                uses[flag.id] = FlagUse(
                    id: flag.id, severity: flag.severity, example: flag, count: 0, places: [])
            }
            guard uses[flag.id]?.places.last != place else { return }
            uses[flag.id]?.count += 1
            uses[flag.id]?.places.append(place)
        }
        for flag in record.flags { add(flag, at: "the run") }
        for point in record.points {
            let place = "\(point.point.label) on \(Words.name(point.subject))"
            for flag in point.allFlags { add(flag, at: place) }
        }
        return uses.values.sorted {
            ($0.severity.order, $0.id) < ($1.severity.order, $1.id)
        }
    }
}

extension Severity {
    /// The position in listings: what takes away most comes first.
    var order: Int { Severity.allCases.firstIndex(of: self) ?? 0 }
}

extension PointRecord {
    /// Findings about the point and all of its metrics.
    var allFlags: [Flag] { flags + metrics.flatMap(\.flags) }

    /// Findings that bear on the headline: one of each name, gravest first.
    var headlineFlags: [Flag] {
        let name = headline?.name
        let own = flags.filter { $0.metric == nil || $0.metric == name }
        var seen: Set<String> = []
        let once = (own + (headline?.flags ?? [])).filter { seen.insert($0.id).inserted }
        return once.enumerated().sorted {
            ($0.element.severity.order, $0.offset) < ($1.element.severity.order, $1.offset)
        }.map(\.element)
    }

    /// Why there is no number, in one sentence.
    var reason: String {
        let all = reasons.isEmpty ? [correctness?.detail ?? ""] : reasons
        let text = all.filter { !$0.isEmpty }.joined(separator: "; ")
        if !text.isEmpty { return text }
        return outcome == .ok
            ? headline?.unavailable ?? "no headline metric was recorded" : "no reason was recorded"
    }
}
