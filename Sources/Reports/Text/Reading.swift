package import Model

/// An estimate as text: one unit, and no more digits than the interval supports.
package struct Reading: Sendable, Hashable {
    package var value: String
    /// Nil where there is no interval.
    package var low: String?
    package var high: String?
    package var unit: String

    /// - Parameter unit: the unit of a whole column; nil: the one that suits the value.
    package init(_ estimate: Estimate, style: UnitStyle, unit: ShownUnit? = nil) {
        let unit = unit ?? style.unit(for: estimate.value)
        let value = estimate.value / unit.factor
        let low = estimate.interval.map { $0.low / unit.factor }
        let high = estimate.interval.map { $0.high / unit.factor }
        let decimals = Self.decimals(value: value, low: low, high: high)
        self.value = fixed(value, decimals)
        self.low = low.map { fixed($0, decimals) }
        self.high = high.map { fixed($0, decimals) }
        self.unit = unit.text
    }

    /// The number with its unit, such as `45.73 GB/s`.
    package var valueAndUnit: String { unit.isEmpty ? value : "\(value) \(unit)" }

    /// The interval in brackets; a dash where there is none.
    package var interval: String {
        guard let low, let high else { return "–" }
        return "[\(low), \(high)]"
    }

    /// Decimals that leave two significant digits of the interval's half-width.
    ///
    /// Without an interval, and where it has no width, three significant digits of the value:
    /// more would claim what nothing supports.
    static func decimals(value: Double, low: Double?, high: Double?) -> Int {
        if let low, let high, high > low, (high - low).isFinite {
            return digits(before: (high - low) / 2, keep: 2)
        }
        return value == 0 || !value.isFinite ? 0 : digits(before: value.magnitude, keep: 3)
    }

    private static func digits(before size: Double, keep: Int) -> Int {
        let exponent = Int(logarithm10(size).rounded(.down))
        return min(max(keep - 1 - exponent, 0), 6)
    }
}

/// A value without an interval, in the unit that suits it, with three significant digits.
package func shown(_ value: Double, unit: String) -> String {
    let estimate = Estimate(statistic: "", value: value, n: 0, launches: 0, interval: nil)
    return Reading(estimate, style: .of(unit: unit)).valueAndUnit
}

/// An amount of memory in binary units, without decimals where it is a whole number of them.
package func shown(_ bytes: Bytes) -> String {
    let value = Double(bytes.value)
    let unit = UnitStyle.of(unit: "By").unit(for: value)
    let count = value / unit.factor
    return fixed(count, count == count.rounded() ? 0 : 1) + " " + unit.text
}
