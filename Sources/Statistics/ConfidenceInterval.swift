/// A range that covers the true value with the stated probability.
package struct ConfidenceInterval: Sendable, Hashable {
    /// In the unit of the values it was made from.
    package var low: Double
    package var high: Double
    /// The nominal probability, such as 0.95.
    package var level: Double

    /// An interval from its ends.
    package init(low: Double, high: Double, level: Double) {
        self.low = low
        self.high = high
        self.level = level
    }

    /// Half the distance of the ends.
    package var halfWidth: Double { (high - low) / 2 }

    /// Half the width as a share of `value`; infinite when that is zero.
    package func relativeHalfWidth(of value: Double) -> Double {
        value == 0 ? .infinity : halfWidth / abs(value)
    }

    /// Whether the value lies between the ends or on one.
    package func contains(_ value: Double) -> Bool { low <= value && value <= high }

    /// The interval of a monotonically rising function of the value.
    package func mapped(_ transform: (Double) -> Double) -> ConfidenceInterval {
        ConfidenceInterval(low: transform(low), high: transform(high), level: level)
    }
}
