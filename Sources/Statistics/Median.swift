/// Medians: the middle value, or the mean of the two middle values.
package enum Median {
    /// The median of values in any order; nil when there are none.
    package static func of(_ values: [Double]) -> Double? { ofSorted(values.sorted()) }

    /// The median of integers in any order, such as nanoseconds; nil when there are none.
    package static func of(_ values: [UInt64]) -> Double? { ofSorted(values.sorted()) }

    /// The median of ascending values; nil when there are none.
    package static func ofSorted(_ values: some RandomAccessCollection<Double>) -> Double? {
        guard let (lower, upper) = middle(values) else { return nil }
        // Halving the difference cannot overflow, and equal values give themselves.
        return lower + (upper - lower) / 2
    }

    /// The median of ascending integers; nil when there are none.
    package static func ofSorted(_ values: some RandomAccessCollection<UInt64>) -> Double? {
        guard let (lower, upper) = middle(values) else { return nil }
        return Double(lower) + Double(upper - lower) / 2
    }

    private static func middle<Values: RandomAccessCollection>(
        _ values: Values
    ) -> (Values.Element, Values.Element)? {
        guard !values.isEmpty else { return nil }
        let lower = values.index(values.startIndex, offsetBy: (values.count - 1) / 2)
        let upper = values.index(values.startIndex, offsetBy: values.count / 2)
        return (values[lower], values[upper])
    }
}
