import Glibc

/// A mean of launch values with Student's t interval: the result of a point.
///
/// The launch is the unit. An interval from samples pooled over launches would cover the
/// truth less than half of the time.
package struct MeanEstimate: Sendable, Hashable {
    /// What is averaged: values or their logarithms.
    package enum Scale: Sendable, Hashable {
        /// For quantities that may be 0 or below, such as net energy and differences.
        case arithmetic
        /// For positive quantities of ratio scale, such as times, rates and gross energy.
        case geometric
    }

    /// The fewest launches that an interval is made from.
    package static let countMin = 3
    /// The fewest launches whose smallest and largest value enclose the median with over 95 %.
    package static let rangeCountMin = 6

    package var scale: Scale
    /// The mean of the launch values on that scale, in their unit.
    package var value: Double
    package var count: Int
    /// Nil for fewer than three launches.
    package var interval: ConfidenceInterval?
    /// Between launches: of the values, or of their logarithms on the geometric scale.
    ///
    /// Not a number for a single launch.
    package var standardDeviation: Double
    package var smallest: Double
    package var largest: Double

    /// The mean of launch values; nil for none and for values that are not finite.
    ///
    /// Also nil for the geometric mean of values that are not all above 0.
    package init?(launchValues: [Double], scale: Scale, level: Double = 0.95) {
        guard let smallest = launchValues.min(), let largest = launchValues.max(),
            launchValues.allSatisfy(\.isFinite)
        else { return nil }
        if scale == .geometric && smallest <= 0 { return nil }
        let moments = RunningMoments(
            scale == .geometric ? launchValues.map { log($0) } : launchValues)
        self.scale = scale
        self.smallest = smallest
        self.largest = largest
        count = launchValues.count
        standardDeviation = moments.standardDeviation
        let back: (Double) -> Double = scale == .geometric ? { exp($0) } : { $0 }
        value = back(moments.mean)
        guard count >= Self.countMin else { return }
        let student = StudentDistribution(degreesOfFreedom: Double(count - 1))
        let halfWidth =
            student.twoSidedQuantile(level: level) * standardDeviation / Double(count).squareRoot()
        interval = ConfidenceInterval(
            low: back(moments.mean - halfWidth), high: back(moments.mean + halfWidth), level: level)
    }

    /// The smallest and largest launch value as an interval of the median launch.
    ///
    /// Nil for fewer than six launches. Its level is exact: 1 − 2^(1−L).
    package var range: ConfidenceInterval? {
        guard count >= Self.rangeCountMin else { return nil }
        return ConfidenceInterval(
            low: smallest, high: largest, level: 1 - exp2(Double(1 - count)))
    }

    /// Half the interval as a share of the value; infinite without an interval.
    package var relativeHalfWidth: Double {
        interval?.relativeHalfWidth(of: value) ?? .infinity
    }
}
