import Glibc
import Model
import Statistics

/// What the launches of a point that are still to come should be, decided from its pilot alone.
struct PilotDecision: Equatable {
    /// All launches of each subject, the pilot's included.
    var launches: Int
    /// Samples of each launch after the pilot.
    var samples: Int
    /// The relative half-width of the interval to expect of them.
    var expectedHalfWidth: Double

    /// The launches from which it is decided; fewer say nothing about how launches differ.
    static let pilotCount = 3
}

/// Plans what follows a pilot (measurement method, section 1).
struct PilotPlanner {
    /// Whether more launches than planned may be made: not where a budget was fixed beforehand.
    let mayExtend: Bool

    /// The decision for a point; nil where a subject has no complete pilot.
    ///
    /// All subjects get as many launches and samples, so that a comparison has equal sides.
    /// - Parameter pilots: for each subject, its first launches with their samples in nanoseconds.
    func decide(
        _ point: PlannedPoint, pilots: [[(entry: LaunchEntry, elapsed: [Int64])]]
    ) -> PilotDecision? {
        let profile = point.profile
        guard profile.targetHalfWidth != nil, !pilots.isEmpty else { return nil }
        var decision: PilotDecision?
        for pilot in pilots {
            guard let plan = plan(profile, pilot) else { return nil }
            let (launches, samples) = (plan.launches, plan.samplesPerLaunch)
            decision = PilotDecision(
                launches: max(decision?.launches ?? 0, launches),
                samples: max(decision?.samples ?? 0, samples),
                expectedHalfWidth: max(decision?.expectedHalfWidth ?? 0, plan.expectedHalfWidth))
        }
        if !mayExtend { decision?.launches = profile.launches }
        return decision
    }

    private func plan(
        _ profile: Profile, _ pilot: [(entry: LaunchEntry, elapsed: [Int64])]
    ) -> PilotPlan? {
        guard pilot.count >= PilotDecision.pilotCount,
            pilot.allSatisfy({ $0.entry.outcome == .ok && $0.elapsed.count >= 2 })
        else { return nil }
        let samples = pilot.reduce(0) { $0 + $1.elapsed.count }
        let sampling = pilot.reduce(0.0) { sum, launch in
            sum + launch.elapsed.reduce(0.0) { $0 + Double($1) }
        }
        let whole = pilot.reduce(0.0) { $0 + Double($1.entry.durationNanoseconds) }
        guard sampling > 0 else { return nil }
        let moments = pilot.map { launch in
            var moments = RunningMoments()
            // Logarithms, so that variances are relative.
            for ticks in launch.elapsed {
                moments.add(log(Double(max(1, ticks)) / Double(launch.entry.batch)))
            }
            return moments
        }
        return PilotPlan(
            pilot: moments,
            cost: PilotPlan.Cost(
                sample: sampling / Double(samples),
                launch: max(0, whole - sampling) / Double(pilot.count)),
            limits: PilotPlan.Limits(
                samples: profile.samplesMin...profile.samplesMax, launches: profile.launches,
                targetHalfWidth: profile.targetHalfWidth))
    }
}
