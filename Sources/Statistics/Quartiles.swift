/// First and third quartile by linear interpolation between order statistics.
///
/// Only fences are built from these. Reported quantiles are order statistics: `QuantileLevel`.
package struct Quartiles: Sendable, Hashable {
    package var first: Double
    package var third: Double
    /// The interquartile range.
    package var range: Double { third - first }

    /// The quartiles of values in any order; nil when there are none.
    package init?(_ values: [Double]) {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        first = Self.interpolated(sorted, 0.25)
        third = Self.interpolated(sorted, 0.75)
    }

    private static func interpolated(_ sorted: [Double], _ p: Double) -> Double {
        let position = Double(sorted.count - 1) * p
        let index = Int(position)
        guard index + 1 < sorted.count else { return sorted[index] }
        return sorted[index] + (position - Double(index)) * (sorted[index + 1] - sorted[index])
    }
}
