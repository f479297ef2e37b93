/// Samples with far outliers pulled in to fences of their neighbourhood.
///
/// For the search of change points only, which a single spike would mislead.
package enum Winsorized {
    /// Samples on either side of a sample that make its neighbourhood.
    package static let reach = 100

    /// Each sample within median ± 3·(p90 − p10) of the up to 201 samples around it.
    package static func values(_ samples: [Double]) -> [Double] {
        var window: [Double] = samples.prefix(reach).sorted()
        return samples.indices.map { index in
            if index + reach < samples.count { insert(samples[index + reach], into: &window) }
            if index > reach { remove(samples[index - reach - 1], from: &window) }
            let median = Median.ofSorted(window) ?? samples[index]
            let spread =
                3 * (QuantileLevel.p90.value(ofSorted: window) - p10.value(ofSorted: window))
            return min(max(samples[index], median - spread), median + spread)
        }
    }

    private static let p10 = QuantileLevel(partsPerMillion: 100_000)

    private static func insert(_ value: Double, into window: inout [Double]) {
        window.insert(value, at: place(of: value, in: window))
    }

    private static func remove(_ value: Double, from window: inout [Double]) {
        window.remove(at: place(of: value, in: window))
    }

    /// The first index whose value is not below `value`.
    private static func place(of value: Double, in window: [Double]) -> Int {
        var low = 0
        var high = window.count
        while low < high {
            let middle = (low + high) / 2
            if window[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
