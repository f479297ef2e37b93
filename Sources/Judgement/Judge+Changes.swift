package import Model

extension Judge {
    /// What a second judgement finds otherwise, one sentence for each point and metric.
    package static func changes(from before: Record, to after: Record) -> [String] {
        zip(before.points, after.points).flatMap { old, new -> [String] in
            let place = "\(new.point.label) on \(new.subject.backend)"
            var found = difference(old.flags, new.flags).map { ["\(place): \($0)"] } ?? []
            for metric in new.metrics {
                guard let earlier = old.metric(metric.name) else {
                    found.append("\(place), \(metric.name): is new")
                    continue
                }
                let flags = difference(earlier.flags, metric.flags)
                guard flags != nil || earlier.status != metric.status else { continue }
                let status =
                    earlier.status == metric.status
                    ? "\(metric.status.rawValue)"
                    : "\(earlier.status.rawValue) → \(metric.status.rawValue)"
                found.append(
                    "\(place), \(metric.name): \(status)" + (flags.map { " (\($0))" } ?? ""))
            }
            return found
        }
    }

    /// Findings that came and went: `+preempted −drift`; nil when they are the same.
    private static func difference(_ before: [Flag], _ after: [Flag]) -> String? {
        let (old, new) = (Set(before.map(\.id)), Set(after.map(\.id)))
        guard old != new else { return nil }
        let came = new.subtracting(old).sorted().map { "+" + $0 }
        let went = old.subtracting(new).sorted().map { "−" + $0 }
        return (came + went).joined(separator: " ")
    }
}
