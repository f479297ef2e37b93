import Model

/// A plan in words: what would run, what it costs, and what is left out and why.
enum PlanText {
    static func render(_ plan: Plan) -> String {
        var lines = [summary(plan)]
        let rows = plan.points.map { planned in
            [
                planned.point.label, planned.profile.id.rawValue, "\(planned.profile.launches)",
                tenths(planned.cost.seconds), planned.exclusion?.reason ?? "",
            ]
        }
        lines.append(
            Table.text(
                header: ["POINT", "PROFILE", "LAUNCHES", "SECONDS", "LEFT OUT BECAUSE"], rows: rows)
        )
        return lines.joined(separator: "\n")
    }

    /// How much runs, on what, and for how long, in one line.
    static func summary(_ plan: Plan) -> String {
        let running = plan.points.filter { $0.exclusion == nil }
        let subjects = plan.subjects.map(\.backend).joined(separator: ", ")
        return "\(running.count) points on \(plan.subjects.count) backend(s): \(subjects); "
            + "about \(Progress.duration(plan.cost)) in all"
    }

    private static func tenths(_ value: Double) -> String {
        "\((value * 10).rounded() / 10)"
    }
}
