import Model

/// The launches that energy is measured in: idle, steady work, idle (measurement method, §11).
struct EnergyPhase {
    let plan: EnergyPlan
    /// When each subject was last left idle, by the run's clock.
    private var idleSince: [Subject: UInt64] = [:]

    init(_ plan: EnergyPlan) { self.plan = plan }

    /// Whether idle power of that subject has to be measured now.
    func wantsIdle(_ subject: Subject, at time: UInt64) -> Bool {
        guard let last = idleSince[subject] else { return true }
        return time - last >= EnergyPlan.idleEvery.value
    }

    /// Notes that the subject was idle just now.
    mutating func wasIdle(_ subject: Subject, at time: UInt64) { idleSince[subject] = time }

    /// The point as it is run for energy: in batches, for all windows without a stop.
    func point(_ planned: PlannedPoint) -> PlannedPoint {
        var long = planned
        // A single event says nothing about joules: events follow each other without a gap.
        if long.point.timing == .single { long.point.timing = .batch }
        long.profile.launches = 1
        long.profile.targetHalfWidth = nil
        long.profile.measureTimeMin = plan.measuring
        long.profile.measureTimeMax = plan.measuring
        // A batch takes a millisecond at least.
        long.profile.samplesMax = Int(plan.measuring.value / 1_000_000) + 1000
        long.profile.samplesMin = long.profile.samplesMax
        return long
    }
}
