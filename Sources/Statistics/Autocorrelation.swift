import Glibc

/// How much each value resembles the one before it.
package struct Autocorrelation: Sendable, Hashable {
    package var count: Int
    /// The lag-1 coefficient as measured; 0 for fewer than three values and for constant ones.
    package var measured: Double

    /// The coefficient of values in the order they were taken.
    package init(_ values: [Double]) {
        count = values.count
        measured = 0
        guard count >= 3 else { return }
        // Shifted by the first value: large steady values would lose their variance to rounding.
        let shift = values[0]
        var sum = 0.0
        for value in values { sum += value - shift }
        let mean = sum / Double(count)
        var squares = 0.0
        var products = 0.0
        var previous = 0.0
        for value in values {
            let deviation = value - shift - mean
            squares += deviation * deviation
            products += deviation * previous
            previous = deviation
        }
        if squares > 0 { measured = products / squares }
    }

    /// The coefficient without the bias −(1 + 3ρ)/n of short series; at most 1.
    package var corrected: Double {
        guard count >= 3 else { return 0 }
        return min(1, measured + (1 + 3 * measured) / Double(count))
    }

    /// How much wider than for independent values an interval must be: √((1+ρ)/(1−ρ)), at least 1.
    ///
    /// Infinite when the corrected coefficient is 1.
    package var wideningFactor: Double { Self.wideningFactor(corrected) }

    /// √((1+ρ)/(1−ρ)) for a positive coefficient; 1 for others.
    package static func wideningFactor(_ coefficient: Double) -> Double {
        if coefficient <= 0 { return 1 }
        if coefficient >= 1 { return .infinity }
        return ((1 + coefficient) / (1 - coefficient)).squareRoot()
    }

    /// The largest coefficient that independent values are expected to show: 1.96/√n.
    package var independenceLimit: Double { 1.96 / Double(count).squareRoot() }

    /// Whether the values may pass for independent ones.
    package var isIndependent: Bool { abs(measured) <= independenceLimit }
}
