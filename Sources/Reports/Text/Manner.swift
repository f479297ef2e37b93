import Model

extension PointRecord {
    /// What did the work, as far as the backend says: the library and its version.
    var library: String { backend?.implementation ?? "" }

    /// What in the library did the work, as far as it says: kernel, arithmetic, place.
    var kernel: String {
        var parts: [String] = []
        if let execution = backend?.execution {
            parts.append(execution.kernel)
            if let math = execution.math { parts.append("math \(math.name)") }
            if let sums = execution.accumulate { parts.append("sums \(sums.name)") }
            if !execution.executedOn.isEmpty { parts.append("on \(execution.executedOn)") }
        }
        return parts.filter { !$0.isEmpty }.joined(separator: ", ")
    }
}

extension Correctness {
    /// How the outputs were compared and within what tolerance.
    var manner: String {
        guard checked else { return tolerance.isEmpty ? "not checked" : tolerance }
        let share = fixed(coverage * 100, coverage < 0.1 ? 2 : 0)
        return "\(method), \(share) % of outputs, tolerance \(tolerance)"
    }

    /// What came of it; the number is the largest error as a multiple of the tolerance.
    var verdict: String {
        guard checked else { return "not checked" }
        let error = value < 1e299 ? fixed(value, 3) : "∞"
        return "\(passed ? "passed" : "failed"), \(error)"
    }
}
