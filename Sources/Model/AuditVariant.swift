/// What an audit changes in one of the runs that it compares; the number is the subject's side.
package enum AuditVariant: Int, Sendable, CaseIterable {
    /// As `assay run` measures.
    case usual = 0
    /// The same again.
    case again = 1
    /// Inputs from a seed that nobody has seen before, another in every launch.
    case freshData = 2
    /// Twice the measuring time and twice the samples.
    case twiceAsLong = 3

    /// The profile of this variant's launches.
    package func profile(_ usual: Profile) -> Profile {
        guard self == .twiceAsLong else { return usual }
        var longer = usual
        longer.samplesMin *= 2
        longer.samplesMax *= 2
        longer.measureTimeMin = longer.measureTimeMin * 2
        longer.measureTimeMax = longer.measureTimeMax * 2
        return longer
    }
}

extension Plan {
    /// What is different for a subject of this plan.
    package func variant(of subject: Subject) -> AuditVariant {
        isAudit == true ? AuditVariant(rawValue: subject.side) ?? .usual : .usual
    }
}
