/// The median of one launch's samples with an interval from order statistics.
///
/// The interval speaks of this launch only: other launches differ by more.
package struct MedianEstimate: Sendable, Hashable {
    package var value: Double
    package var count: Int
    /// Nil for too few samples (below 6 at 95 %).
    package var interval: ConfidenceInterval?
    /// The ranks of the interval's ends, after widening.
    package var ranks: RankInterval?
    package var autocorrelation: Autocorrelation
    /// What the interval was widened by, at least 1.
    package var wideningFactor: Double { autocorrelation.wideningFactor }

    /// The estimate from samples in the order they were taken; nil when there are none.
    package init?(_ samples: [Double], level: Double = 0.95) {
        self.init(
            sorted: samples.sorted(), autocorrelation: Autocorrelation(samples), level: level)
    }

    /// The estimate from ascending samples whose autocorrelation was measured in time order.
    init?(sorted: [Double], autocorrelation: Autocorrelation, level: Double = 0.95) {
        guard let median = Median.ofSorted(sorted) else { return nil }
        value = median
        count = sorted.count
        self.autocorrelation = autocorrelation
        ranks = RankInterval.median(count: count, level: level)?
            .widened(by: autocorrelation.wideningFactor)
        interval = ranks?.interval(ofSorted: sorted, level: level)
    }

    /// Whether the interval is as wide as its level asks for.
    package var isIntervalComplete: Bool { ranks.map { !$0.isTruncated } ?? false }

    /// Half the interval as a share of the median; infinite without a complete interval.
    package var relativeHalfWidth: Double {
        guard let interval, isIntervalComplete else { return .infinity }
        return interval.relativeHalfWidth(of: value)
    }
}
