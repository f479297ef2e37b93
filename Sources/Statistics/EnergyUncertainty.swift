/// The standard deviations that make up the uncertainty of one energy value, in joules.
package struct EnergyUncertainty: Sendable, Hashable {
    /// What uncertainties are multiplied by when they are printed.
    package static let coverageFactor = 2.0

    /// The meter's gain: a rectangular distribution of ± its accuracy; nil: nobody knows it.
    package var gain: Double?
    /// The step in power at the window's ends, which a sensor sees up to one period late.
    package var edges: Double
    /// The difference between the sensor's idea of the window's length and the host's.
    package var clock: Double

    /// The three terms of an energy value.
    ///
    /// - Parameters:
    ///   - accuracy: the largest relative error; nil: not known.
    ///   - stepWatts: power under load less power when idle.
    ///   - startPeriodSeconds: the time between two values that were seen at the window's start.
    ///   - endPeriodSeconds: the same at its end.
    package init(
        joules: Double, seconds: Double, accuracy: Double?, stepWatts: Double,
        startPeriodSeconds: Double, endPeriodSeconds: Double, clockSeconds: Double
    ) {
        gain = accuracy.map { $0 * abs(joules) / 3.0.squareRoot() }
        // Each end is a uniform error over one period: τ²/12 twice is τ²/6.
        let squares =
            (startPeriodSeconds * startPeriodSeconds + endPeriodSeconds * endPeriodSeconds) / 12
        edges = abs(stepWatts) * squares.squareRoot()
        clock = seconds > 0 ? abs(joules / seconds) * clockSeconds : 0
    }

    /// Whether no term is missing; otherwise the uncertainty is at least `standard`.
    package var isComplete: Bool { gain != nil }

    /// One standard deviation.
    package var standard: Double {
        let gain = gain ?? 0
        return (gain * gain + edges * edges + clock * clock).squareRoot()
    }

    /// What is printed: two standard deviations.
    package var expanded: Double { Self.coverageFactor * standard }

    /// The half-width of a launch-level interval widened by what all launches have in common.
    package static func combined(halfWidth: Double, expanded: Double) -> Double {
        (halfWidth * halfWidth + expanded * expanded).squareRoot()
    }
}
