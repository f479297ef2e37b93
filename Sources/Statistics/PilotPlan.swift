import Glibc

/// How to go on after a pilot: samples for each launch, and how many launches.
///
/// Kalibera and Jones (2013). Decided from the pilot alone, never by looking at the result
/// grow. The pilot's launches are part of the result, and what they cost counts.
package struct PilotPlan: Sendable, Hashable {
    /// What the profile allows.
    package struct Limits: Sendable, Hashable {
        package var samples: ClosedRange<Int>
        /// L, the launches that were planned.
        package var launches: Int
        /// The relative half-width of the launch-level interval to reach; nil: no target.
        package var targetHalfWidth: Double?
        /// What all launches together may cost, the pilot's included; nil: no limit.
        package var budget: Double?

        /// Limits of one point; costs are in one unit of time.
        package init(
            samples: ClosedRange<Int>, launches: Int, targetHalfWidth: Double?,
            budget: Double? = nil
        ) {
            precondition(samples.lowerBound >= 1, "a launch takes at least one sample")
            precondition(launches >= 1, "a point has at least one launch")
            self.samples = samples
            self.launches = launches
            self.targetHalfWidth = targetHalfWidth
            self.budget = budget
        }
    }

    /// What launches cost, in one unit of time.
    package struct Cost: Sendable, Hashable {
        /// c₁: one sample.
        package var sample: Double
        /// c₂: everything of a launch that is not a sample: start, set-up, warm-up, checking.
        package var launch: Double

        package init(sample: Double, launch: Double) {
            precondition(sample > 0 && launch >= 0, "costs are times")
            self.sample = sample
            self.launch = launch
        }
    }

    /// Samples of each launch that is still to come.
    package var samplesPerLaunch: Int
    /// All launches, the pilot's included: L to 2L.
    package var launches: Int
    /// The relative half-width that the pilot lets expect of that many.
    package var expectedHalfWidth: Double
    /// What all launches cost together, the pilot's included.
    package var cost: Double
    package var split: VarianceSplit

    /// The plan from the logarithms of a pilot's samples, launch by launch.
    ///
    /// Nil for fewer than two launches of at least two samples each.
    package init?(pilot: [RunningMoments], cost: Cost, limits: Limits) {
        guard let split = VarianceSplit(launches: pilot) else { return nil }
        self.split = split
        let samples = split.samplesPerLaunch(
            sampleCost: cost.sample, launchCost: cost.launch, allowed: limits.samples)
        samplesPerLaunch = samples
        let spent = pilot.reduce(0) { $0 + cost.launch + cost.sample * Double($1.count) }
        let each = cost.launch + cost.sample * Double(samples)
        func total(_ count: Int) -> Double { spent + each * Double(max(0, count - pilot.count)) }
        func halfWidth(_ count: Int) -> Double {
            Self.halfWidth(split, launches: count, samples: samples)
        }

        var count = max(limits.launches, pilot.count)
        if let target = limits.targetHalfWidth {
            while count < 2 * limits.launches, halfWidth(count) > target,
                total(count + 1) <= limits.budget ?? .infinity
            {
                count += 1
            }
        }
        launches = count
        expectedHalfWidth = halfWidth(count)
        self.cost = total(count)
    }

    /// The half-width that variances of a pilot let expect of the interval of launch medians.
    ///
    /// A median of n samples varies π/2 times as much as their mean. Infinite for one launch.
    package static func halfWidth(
        _ split: VarianceSplit, launches: Int, samples: Int
    ) -> Double {
        guard launches >= 2 else { return .infinity }
        let within = split.withinLaunches * Double.pi / 2 / Double(samples)
        let variance = max(0, split.betweenLaunches) + within
        let student = StudentDistribution(degreesOfFreedom: Double(launches - 1))
        return student.twoSidedQuantile(level: 0.95) * (variance / Double(launches)).squareRoot()
    }
}
