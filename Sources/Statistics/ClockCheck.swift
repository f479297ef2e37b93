/// Whether a difference of times is one of cycles too, or the clock's alone.
package enum ClockCheck: String, Sendable, Hashable, CaseIterable {
    /// Cycles moved the same way: it is the work that differs.
    case confirmed
    /// Times moved, cycles did not.
    case clockExplained
    /// Cycles are not known well enough to say.
    case undecided

    /// The check of a verdict on times by the comparison of time × clock; nil without a verdict.
    ///
    /// Meaningful for work whose speed follows the clock: what waits for memory does not.
    package init?(
        time: ComparisonVerdict, cycles: Comparison, threshold: VerdictThreshold
    ) {
        guard time == .slower || time == .faster else { return nil }
        switch cycles.verdict(threshold) {
        case time: self = .confirmed
        case .same: self = .clockExplained
        default: self = .undecided
        }
    }
}
