/// A quantile's probability in parts per million, so that ranks are exact integers.
///
/// The floor of a product of Doubles goes wrong: 0.29 · 100 gives rank 28.
package struct QuantileLevel: Sendable, Hashable, Comparable {
    package let partsPerMillion: Int

    /// The quantile of that many millionths, strictly between 0 and 1 000 000.
    package init(partsPerMillion: Int) {
        precondition(
            partsPerMillion > 0 && partsPerMillion < 1_000_000,
            "a quantile lies strictly between 0 and 1")
        self.partsPerMillion = partsPerMillion
    }

    /// The median, as an order statistic.
    package static let p50 = QuantileLevel(partsPerMillion: 500_000)
    /// The 90 % quantile.
    package static let p90 = QuantileLevel(partsPerMillion: 900_000)
    /// The 95 % quantile.
    package static let p95 = QuantileLevel(partsPerMillion: 950_000)
    /// The 97 % quantile.
    package static let p97 = QuantileLevel(partsPerMillion: 970_000)
    /// The 99 % quantile.
    package static let p99 = QuantileLevel(partsPerMillion: 990_000)
    /// The 99.9 % quantile.
    package static let p999 = QuantileLevel(partsPerMillion: 999_000)

    /// The probability as a fraction of 1.
    package var probability: Double { Double(partsPerMillion) / 1_000_000 }

    /// The index, from 0, of the quantile among `count` ascending values.
    package func index(count: Int) -> Int {
        precondition(count > 0, "a quantile needs at least one value")
        let (high, low) = count.multipliedFullWidth(by: partsPerMillion)
        return min(count - 1, 1_000_000.dividingFullWidth((high, low)).quotient)
    }

    /// The quantile of ascending values: `sorted[min(n − 1, n·ppm / 1 000 000)]`.
    package func value<Value>(ofSorted values: [Value]) -> Value {
        values[index(count: values.count)]
    }

    /// Whether the left quantile is the lower one.
    package static func < (left: QuantileLevel, right: QuantileLevel) -> Bool {
        left.partsPerMillion < right.partsPerMillion
    }
}
