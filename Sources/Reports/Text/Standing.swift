import Model

/// What a reader may make of a point: the headline's validity, or why there is no number.
enum Standing: Hashable, CaseIterable {
    case valid, qualified, invalid
    case wrongResult, error, unavailable, unsupported, skipped, notScheduled, notReached

    init(_ record: PointRecord) {
        switch record.outcome {
        case .ok:
            switch record.headline {
            case let metric? where metric.estimate != nil: self = Self.of(metric.status)
            default: self = .unavailable
            }
        case .invalid: self = .wrongResult
        case .error: self = .error
        case .skipped: self = .skipped
        case .unsupported: self = .unsupported
        case .notScheduled: self = .notScheduled
        case .notReached: self = .notReached
        }
    }

    static func of(_ status: Validity) -> Standing {
        switch status {
        case .valid: .valid
        case .qualified: .qualified
        case .invalid: .invalid
        }
    }

    var name: String {
        switch self {
        case .valid: "valid"
        case .qualified: "qualified"
        case .invalid: "invalid"
        case .unavailable: "unavailable"
        case .wrongResult: Words.name(Outcome.invalid)
        case .error: Words.name(Outcome.error)
        case .unsupported: Words.name(Outcome.unsupported)
        case .skipped: Words.name(Outcome.skipped)
        case .notScheduled: Words.name(Outcome.notScheduled)
        case .notReached: Words.name(Outcome.notReached)
        }
    }

    /// What the word means, for readers who have not met it.
    var meaning: String {
        switch self {
        case .valid: "measured, checked, and no condition attached"
        case .qualified: "measured and checked; true under the conditions that its flags name"
        case .invalid: "measured, but the measurement cannot be believed"
        case .wrongResult: "the outputs failed the check, so no number is shown"
        case .error: "the backend or its process failed"
        case .unavailable: "ran and was checked, but the metric could not be obtained"
        case .unsupported: "the backend says that it cannot do this: a difference, not a defect"
        case .skipped: "known beforehand not to fit this machine"
        case .notScheduled: "not planned for this run"
        case .notReached: "the run ended before its turn"
        }
    }

    /// Whether the row shows a number.
    var hasNumber: Bool { self == .valid || self == .qualified || self == .invalid }
}
