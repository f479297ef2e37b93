import Glibc

/// The smallest difference that is worth a verdict, as a share (0.01 is 1 %).
package struct VerdictThreshold: Sendable, Hashable {
    /// The least δ of any comparison.
    package static let deltaMin = 0.01
    /// The largest noise floor of a machine that may give verdicts.
    package static let floorMax = 0.03

    /// The largest standard deviation of launch values, relative, at which a session is clean.
    ///
    /// At 3 % the interval rule alone would be wrong in 1.7 % of A/A comparisons of five
    /// launches: with so much noise ±1 % is no margin. With this limit it is 0.7 % at most.
    package static let launchDeviationMax = 0.02

    /// δ: max(1 %, timer quantum, A/A floor of at most 3 %).
    package var delta: Double
    /// Whether the machine's own noise allows verdicts at all.
    package var isMachineFit: Bool

    /// `timerQuantum` and `noiseFloor` are shares of the value measured.
    ///
    /// The floor comes from pairs of sessions on other nights, never from the data under test.
    package init(timerQuantum: Double = 0, noiseFloor: Double = 0) {
        delta = max(Self.deltaMin, timerQuantum, min(noiseFloor, Self.floorMax))
        isMachineFit = noiseFloor <= Self.floorMax
    }

    /// ln(1 + δ), the bound on the scale of logarithms.
    package var logDelta: Double { log1p(delta) }
}
