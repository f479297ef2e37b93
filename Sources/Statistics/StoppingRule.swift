/// When a launch has enough samples; fed with samples and times, it reads no clock.
///
/// Sample values are in any one unit; times are nanoseconds since measuring began.
package struct StoppingRule: Sendable {
    /// What ended the taking of samples.
    package enum Reason: String, Sendable, Hashable, CaseIterable {
        /// The interval of the median is as narrow as asked for.
        case converged
        /// More samples no longer narrow it.
        case plateau
        case sampleCap
        case timeCap
    }

    /// What a profile asks of one launch.
    package struct Limits: Sendable, Hashable {
        package var samplesMin: Int
        package var samplesMax: Int
        package var timeMin: UInt64
        package var timeMax: UInt64
        /// The relative half-width asked of the launch-level interval; nil: none is asked for.
        ///
        /// Within a launch half of it is wanted.
        package var targetHalfWidth: Double?

        /// Limits in samples and in nanoseconds since measuring began.
        package init(
            samplesMin: Int, samplesMax: Int, timeMin: UInt64, timeMax: UInt64,
            targetHalfWidth: Double?
        ) {
            self.samplesMin = samplesMin
            self.samplesMax = samplesMax
            self.timeMin = timeMin
            self.timeMax = timeMax
            self.targetHalfWidth = targetHalfWidth
        }
    }

    /// Samples from one look at the interval to the next.
    package static let checkInterval = 10
    /// The last estimates of the half-width that make a plateau.
    package static let plateauEstimates = 16
    /// Their standard deviation over their mean that is a plateau no more.
    package static let plateauVariationMax = 0.05
    /// The fewest samples before a plateau is believed.
    package static let plateauSamplesMin = 100

    /// What the launch was asked for.
    package let limits: Limits
    /// Why to stop; nil: go on.
    package private(set) var reason: Reason?
    /// All samples in the order they were taken.
    package private(set) var samples: [Double] = []
    /// The relative half-width at each look, newest last; infinite where there was none.
    package private(set) var halfWidths: [Double] = []
    private var sorted: [Double] = []

    /// A rule at the start of measuring.
    package init(limits: Limits) {
        precondition(limits.samplesMax >= 1, "a launch takes at least one sample")
        self.limits = limits
        // Growing inside the measuring loop would disturb the caches that are measured.
        let capacity = min(limits.samplesMax, 1 << 20)
        samples.reserveCapacity(capacity)
        sorted.reserveCapacity(capacity)
        halfWidths.reserveCapacity(capacity / Self.checkInterval + 1)
    }

    /// Takes the next sample into account; returns why to stop, or nil to go on.
    ///
    /// `elapsed` is the time since measuring began. Caps win over minimums.
    @discardableResult
    package mutating func add(_ sample: Double, elapsed: UInt64) -> Reason? {
        samples.append(sample)
        let isEnough = samples.count >= limits.samplesMin && elapsed >= limits.timeMin
        if isEnough && samples.count % Self.checkInterval == 0 {
            reason = look()
        }
        if reason == nil && samples.count >= limits.samplesMax { reason = .sampleCap }
        if reason == nil && elapsed >= limits.timeMax { reason = .timeCap }
        return reason
    }

    private mutating func look() -> Reason? {
        mergeNewSamples()
        let estimate = MedianEstimate(
            sorted: sorted, autocorrelation: Autocorrelation(samples))
        let halfWidth = estimate?.relativeHalfWidth ?? .infinity
        halfWidths.append(halfWidth)
        if let target = limits.targetHalfWidth, halfWidth <= target / 2 { return .converged }
        return isPlateau ? .plateau : nil
    }

    private var isPlateau: Bool {
        guard samples.count >= Self.plateauSamplesMin,
            halfWidths.count >= Self.plateauEstimates
        else { return false }
        let last = halfWidths.suffix(Self.plateauEstimates)
        guard last.allSatisfy(\.isFinite) else { return false }
        let moments = RunningMoments(last)
        return moments.standardDeviation < Self.plateauVariationMax * moments.mean
    }

    /// Sorts the samples since the last look into the sorted ones, from the back, in place.
    private mutating func mergeNewSamples() {
        let fresh = samples[sorted.count...].sorted()
        var old = sorted.count - 1
        sorted.append(contentsOf: fresh)
        var target = sorted.count - 1
        for value in fresh.reversed() {
            while old >= 0 && sorted[old] > value {
                sorted[target] = sorted[old]
                old -= 1
                target -= 1
            }
            sorted[target] = value
            target -= 1
        }
    }
}
