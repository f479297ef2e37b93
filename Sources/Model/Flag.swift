/// How much a finding takes away from a metric.
package enum Severity: String, Sendable, Hashable, Codable, CaseIterable {
    /// The metric is INVALID.
    case error
    /// The metric is QUALIFIED: true under a stated condition.
    case qualifier
    case warning
    case info
}

/// A typed validity finding about a metric or a whole point.
package struct Flag: Sendable, Hashable, Codable {
    /// The name of the finding, such as `notConverged`; each has an entry in docs/warnings.md.
    package var id: String
    package var severity: Severity
    /// The metric it concerns; nil: every metric of the point.
    package var metric: String?
    /// What was observed, in `unit`; nil when the finding is not a number.
    package var observed: Double?
    package var limit: Double?
    package var unit: String?
    package var message: String
    /// What a reader can do about it.
    package var hint: String

    package init(
        _ id: String, _ severity: Severity, metric: String? = nil, observed: Double? = nil,
        limit: Double? = nil, unit: String? = nil, message: String, hint: String
    ) {
        self.id = id
        self.severity = severity
        self.metric = metric
        self.observed = observed
        self.limit = limit
        self.unit = unit
        self.message = message
        self.hint = hint
    }
}
