/// Why no energy can be had from a series of readings: it never becomes 0 J instead.
package enum EnergyFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// A window without length.
    case emptyWindow
    /// Fewer than two readings.
    case tooFewReadings(Int)
    /// No reading before the window's start, or none after its end.
    case notEnclosed(atStart: Bool)
    /// A counter went back and is none that wraps.
    case counterWentBack(secondsAfterStart: Double)
    /// A counter grew by more than what it measures can take: it was reset, or is broken.
    case counterJumped(watts: Double, wattsMax: Double)
    /// Two readings lie so far apart that a counter may have wrapped more than once between.
    case wrapAmbiguous(gapSeconds: Double, wrapSecondsMin: Double)
    /// A counter did not grow in the whole window.
    case counterStandsStill
    /// A power sensor read nothing but zero.
    case readsZero

    package var description: String {
        func short(_ value: Double) -> String { "\((value * 1000).rounded() / 1000)" }
        return switch self {
        case .emptyWindow: "the window has no length"
        case .tooFewReadings(let count): "the sensor gave \(count) reading(s); two are needed"
        case .notEnclosed(let atStart):
            atStart
                ? "the sensor gave no reading before the window began"
                : "the sensor gave no reading after the window ended: it stopped"
        case .counterWentBack(let seconds):
            "the counter went back \(short(seconds)) s after the window began: it was reset"
        case .counterJumped(let watts, let most):
            "the counter grew by \(short(watts)) W, and \(short(most)) W is the most there can be"
        case .wrapAmbiguous(let gap, let wrap):
            "two readings are \(short(gap)) s apart, and the counter may wrap in \(short(wrap)) s"
        case .counterStandsStill: "the counter did not move in the whole window"
        case .readsZero: "the sensor read 0 W in the whole window"
        }
    }
}
