/// How far an energy value can be trusted, from the sensor and the window alone.
///
/// Efficiency is compared only within one class and one domain.
package enum EnergyClass: String, Sendable, Hashable, CaseIterable {
    /// A calibrated meter of at most 1 % error that sees all of the time.
    case a = "A"
    /// A counter that is renewed at least a hundred times in the window.
    case b = "B"
    /// Sampled power, or a slow counter; all of the time is covered.
    case c = "C"
    /// Part of the time is seen, or how much is not known.
    case d = "D"

    /// The largest error of class A, as a share.
    package static let accuracyMax = 0.01
    /// Updates in a window that class B needs.
    package static let updatesMin = 100.0
    /// The share of time from which a sensor counts as covering all of it.
    package static let coverageMin = 0.9
    /// What rounding may take from a value that lies exactly on a limit, as a share.
    static let rounding = 1e-9

    /// The class of a value from a window of that length.
    ///
    /// - Parameter periodSeconds: the time between two values that were seen; nil: not known.
    package static func of(
        _ sensor: EnergySensor, periodSeconds: Double?, windowSeconds: Double, isAliased: Bool
    ) -> EnergyClass {
        guard !isAliased, let coverage = sensor.coverage(periodSeconds: periodSeconds),
            coverage >= coverageMin * (1 - rounding)
        else { return .d }
        if sensor.isCalibrated, let accuracy = sensor.accuracy, accuracy <= accuracyMax {
            return .a
        }
        guard sensor.kind == .counter else { return .c }
        guard let periodSeconds else { return .d }
        return periodSeconds * updatesMin <= windowSeconds * (1 + rounding) ? .b : .c
    }
}

/// Whether a part-time sensor may beat with the work it watches.
package enum SensorAliasing {
    /// How close, as a share, the two periods must come.
    package static let tolerance = 0.05
    /// The largest divisor of the sensor's period that is looked at.
    package static let divisorMax = 8
    /// The largest multiple of the sensor's period that is looked at.
    package static let multipleMax = 4

    /// The sensor's period, divided or multiplied, that the work's comes close to; nil: none.
    ///
    /// A sensor that looks at the same part of each iteration is wrong by up to 60 % however long
    /// the window. `coverage` nil is taken as part of the time.
    package static func resonance(
        iterationSeconds: Double, sensorPeriodSeconds: Double, coverage: Double?
    ) -> Double? {
        let limit = EnergyClass.coverageMin * (1 - EnergyClass.rounding)
        guard (coverage ?? 0) < limit, sensorPeriodSeconds > 0 else { return nil }
        let candidates =
            (1...divisorMax).map { sensorPeriodSeconds / Double($0) }
            + (2...multipleMax).map { sensorPeriodSeconds * Double($0) }
        return candidates.first {
            abs(iterationSeconds - $0) <= tolerance * $0 * (1 + EnergyClass.rounding)
        }
    }
}
