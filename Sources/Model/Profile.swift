/// The name of a methodology profile (measurement method, section 1).
package enum ProfileID: String, Sendable, Hashable, Codable, CaseIterable {
    case smoke
    case trend
    case nightly
    case standard
    case certify
}

/// The numbers of a methodology profile: how much is measured, and when to stop.
package struct Profile: Sendable, Hashable, Codable {
    package var id: ProfileID
    /// Fresh processes per point: the statistical unit.
    package var launches: Int
    package var warmupTimeMin: Nanoseconds
    package var warmupTimeMax: Nanoseconds
    package var samplesMin: Int
    package var samplesMax: Int
    package var measureTimeMin: Nanoseconds
    package var measureTimeMax: Nanoseconds
    /// The half-width of the launch-level interval to reach, relative; nil: no target.
    package var targetHalfWidth: Double?
    /// The least time of a sample of several events; nil: what the clock needs.
    package var sampleTimeMin: Nanoseconds?
    /// Whether a run of this profile may end in FASTER or SLOWER by itself.
    package var mayYieldVerdict: Bool

    package init(
        id: ProfileID, launches: Int, warmup: (Double, Double), samples: (Int, Int),
        measure: (Double, Double), targetHalfWidth: Double?, mayYieldVerdict: Bool
    ) {
        self.id = id
        self.launches = launches
        self.warmupTimeMin = .seconds(warmup.0)
        self.warmupTimeMax = .seconds(warmup.1)
        self.samplesMin = samples.0
        self.samplesMax = samples.1
        self.measureTimeMin = .seconds(measure.0)
        self.measureTimeMax = .seconds(measure.1)
        self.targetHalfWidth = targetHalfWidth
        self.mayYieldVerdict = mayYieldVerdict
    }

    /// The methodology whose numbers these are; its major version is part of comparability.
    package static let methodology = "1.0"

    /// Whether a launch that the host disturbed is made again, once: where a claim stands on it.
    package var repeatsDisturbed: Bool { id == .standard || id == .certify }

    /// The profile of that name.
    package static func named(_ id: ProfileID) -> Profile {
        switch id {
        case .smoke:
            Profile(
                id: id, launches: 1, warmup: (0, 0.2), samples: (6, 50), measure: (0, 0.2),
                targetHalfWidth: nil, mayYieldVerdict: false)
        case .trend:
            Profile(
                id: id, launches: 3, warmup: (0.1, 2), samples: (10, 100), measure: (0.1, 0.5),
                targetHalfWidth: nil, mayYieldVerdict: false)
        case .nightly:
            Profile(
                id: id, launches: 5, warmup: (0.5, 5), samples: (20, 200), measure: (0.5, 3),
                targetHalfWidth: 0.03, mayYieldVerdict: true)
        case .standard:
            Profile(
                id: id, launches: 10, warmup: (3, 30), samples: (30, 1000), measure: (2, 20),
                targetHalfWidth: 0.01, mayYieldVerdict: true)
        case .certify:
            Profile(
                id: id, launches: 20, warmup: (10, 120), samples: (71, 5000), measure: (10, 60),
                targetHalfWidth: 0.005, mayYieldVerdict: true)
        }
    }

    /// The same profile with that many samples in each launch, at least two, however long it takes.
    package func repeating(_ count: Int) -> Profile {
        // One more is taken at the end, before which all outputs are overwritten.
        let samples = max(1, count - 1)
        var repeating = self
        repeating.samplesMin = samples
        repeating.samplesMax = samples
        repeating.measureTimeMin = .zero
        repeating.measureTimeMax = .seconds(86_400)
        repeating.targetHalfWidth = nil
        return repeating
    }

    /// The same profile with launches that go on for so long, whatever their samples say.
    package func sustaining(_ duration: Nanoseconds) -> Profile {
        // As many samples as show when speed changed, and no more than a long run can keep.
        let samples: UInt64 = 2000
        var sustaining = self
        sustaining.samplesMax = max(samplesMax, 100_000)
        sustaining.measureTimeMin = duration
        sustaining.measureTimeMax = duration
        sustaining.sampleTimeMin = Nanoseconds(duration.value / samples)
        sustaining.targetHalfWidth = nil
        return sustaining
    }

    /// The same profile with warm-up and measuring squeezed into a time per point.
    ///
    /// Used by suites that promise an upper bound; caps win over minimums.
    package func limited(toPointTime limit: Nanoseconds) -> Profile {
        var limited = self
        let perLaunch = limit.value / UInt64(max(1, launches))
        let warmup = Nanoseconds(perLaunch / 4)
        let measure = Nanoseconds(perLaunch / 2)
        limited.warmupTimeMin = min(warmupTimeMin, warmup)
        limited.warmupTimeMax = min(warmupTimeMax, warmup)
        limited.measureTimeMin = min(measureTimeMin, measure)
        limited.measureTimeMax = min(measureTimeMax, measure)
        return limited
    }
}
