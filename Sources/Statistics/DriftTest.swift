/// Whether samples drifted while they were taken: the last third against the first.
///
/// A shift of the median alone would give false alarms in one series of five.
package struct DriftTest: Sendable, Hashable {
    /// The relative shift of the median that matters.
    package static let shiftMin = 0.02
    /// The p-value below which the thirds are told apart.
    package static let pValueMax = 0.01
    /// The autocorrelation above which blocks' medians are compared instead of samples.
    package static let autocorrelationMax = 0.2
    /// The fewest values in a third: five against five can reach a p-value below 0.01.
    package static let thirdMin = 5

    /// The relative change of the median from the first third to the last; positive is upwards.
    package var shift: Double
    package var pValue: Double
    /// Samples per block; 1 where samples were compared themselves.
    package var blockSize: Int

    /// Whether the shift is both large enough to matter and no accident.
    package var isDrift: Bool { abs(shift) > Self.shiftMin && pValue < Self.pValueMax }

    /// The test of samples in the order they were taken; nil for too few to tell.
    ///
    /// At least 15 samples are needed, and 30 where they are autocorrelated.
    package init?(_ samples: [Double]) {
        let (values, blockSize) = Self.blockMedians(samples)
        let third = values.count / 3
        guard third >= Self.thirdMin else { return nil }
        let first = Array(values.prefix(third))
        let last = Array(values.suffix(third))
        guard let before = Median.of(first), let after = Median.of(last), before != 0,
            let test = MannWhitney(first, last)
        else { return nil }
        shift = (after - before) / abs(before)
        pValue = test.pValue
        self.blockSize = blockSize
    }

    /// Medians of blocks as long as (1+ρ)/(1−ρ) samples, but of at least 15 blocks.
    ///
    /// Drift itself raises ρ, so longer blocks would hide what is looked for.
    private static func blockMedians(_ samples: [Double]) -> (values: [Double], blockSize: Int) {
        let autocorrelation = Autocorrelation(samples)
        guard autocorrelation.corrected > autocorrelationMax else { return (samples, 1) }
        let count = samples.count
        let factor = autocorrelation.wideningFactor
        let size = min(factor * factor, Double(count)).rounded(.up)
        let blocks = max(count / Int(size), min(3 * thirdMin, count / 2))
        let values = (0..<blocks).compactMap { block in
            let start = block * count / blocks
            let end = (block + 1) * count / blocks
            return Median.of(Array(samples[start..<end]))
        }
        return (values, count / max(1, blocks))
    }
}
