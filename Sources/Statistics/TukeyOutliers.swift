/// How a sample lies to Tukey's fences; nothing is ever removed.
package enum OutlierLabel: Sendable, Hashable, CaseIterable {
    /// More than 3 interquartile ranges below the first quartile.
    case lowSevere
    /// More than 1.5 interquartile ranges below the first quartile.
    case lowMild
    case inside
    case highMild
    case highSevere
}

/// Fences around the middle half of the samples, and what lies beyond them.
package struct TukeyOutliers: Sendable, Hashable {
    package var firstQuartile: Double
    package var thirdQuartile: Double
    /// The interquartile range that fences are built from; the clock's resolution where it is 0.
    package var range: Double
    /// How many samples have each label; labels that none has are absent.
    package private(set) var counts: [OutlierLabel: Int]
    package private(set) var count: Int

    /// The fences and counts of samples in any order; nil when there are none.
    ///
    /// `resolution`, in the samples' unit, stands in for an interquartile range of 0, as
    /// coarse clocks give it: a difference of one tick is then no outlier.
    package init?(_ samples: [Double], resolution: Double) {
        guard let quartiles = Quartiles(samples) else { return nil }
        firstQuartile = quartiles.first
        thirdQuartile = quartiles.third
        range = quartiles.range > 0 ? quartiles.range : resolution
        count = samples.count
        counts = [:]
        for sample in samples { counts[label(of: sample), default: 0] += 1 }
    }

    /// How a value lies to the fences.
    package func label(of value: Double) -> OutlierLabel {
        if value < firstQuartile - 3 * range { return .lowSevere }
        if value < firstQuartile - 1.5 * range { return .lowMild }
        if value > thirdQuartile + 3 * range { return .highSevere }
        if value > thirdQuartile + 1.5 * range { return .highMild }
        return .inside
    }

    /// The share of severe outliers on both sides, 0 to 1.
    package var severeShare: Double {
        Double(counts[.lowSevere, default: 0] + counts[.highSevere, default: 0]) / Double(count)
    }
}
