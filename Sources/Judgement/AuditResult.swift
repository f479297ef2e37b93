/// What one audit came to on one point (measurement method, section 12).
package struct AuditResult: Sendable, Hashable {
    /// What an audit allows to say.
    package enum Verdict: String, Sendable, CaseIterable {
        case passed
        case failed
        /// The launches do not show it either way.
        case undecided
        /// There is nothing to compare; the detail says why.
        case notApplicable
    }

    /// As the method numbers them, from 1.
    package var number: Int
    package var name: String
    package var verdict: Verdict
    /// What was compared, in one sentence without a full stop.
    package var detail: String

    static let names = [
        "accuracy while timed", "same inputs", "fresh data", "twice as long", "physics",
        "size scaling", "the same again", "altered inputs",
    ]

    init(_ number: Int, _ verdict: Verdict, _ detail: String) {
        self.number = number
        name = Self.names[number - 1]
        self.verdict = verdict
        self.detail = detail
    }
}

/// The eight audits of one point on one backend.
package struct PointAudit: Sendable, Hashable {
    package var label: String
    package var backend: String
    package var results: [AuditResult]
}
