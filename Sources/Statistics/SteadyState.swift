/// Whether warm-up is over: two neighbouring windows of samples look alike.
///
/// Fed with samples as they come. A slow trend passes every test of this kind, so the drift
/// test after measuring is needed too.
package struct SteadyState: Sendable {
    /// Samples in one window.
    package static let window = 20
    /// New samples from one test to the next.
    package static let slide = 5
    /// The relative difference of medians that is steady by itself.
    package static let shiftMax = 0.01
    /// The p-value above which windows are not told apart.
    package static let pValueMin = 0.01

    /// Whether two windows looked alike.
    package private(set) var isSteady = false
    /// Samples seen so far.
    package private(set) var count = 0
    private let resolution: Double
    /// The last two windows at most.
    private var recent: [Double] = []

    /// A detector for samples whose clock has that resolution, in the samples' unit.
    package init(resolution: Double = 0) {
        self.resolution = resolution
        recent.reserveCapacity(2 * Self.window + 1)
    }

    /// Takes the next sample into account; once steady, stays so.
    package mutating func add(_ sample: Double) {
        if recent.count == 2 * Self.window { recent.removeFirst() }
        recent.append(sample)
        count += 1
        guard !isSteady, recent.count == 2 * Self.window else { return }
        guard (count - 2 * Self.window) % Self.slide == 0 else { return }
        isSteady = Self.isSteady(
            Array(recent[..<Self.window]), then: Array(recent[Self.window...]),
            resolution: resolution)
    }

    /// Whether the later window continues the earlier one, whose first value is no outlier.
    package static func isSteady(
        _ earlier: [Double], then later: [Double], resolution: Double
    ) -> Bool {
        guard let quartiles = Quartiles(earlier), let before = Median.of(earlier),
            let after = Median.of(later)
        else { return false }
        let range = quartiles.range > 0 ? quartiles.range : resolution
        guard earlier[0] <= quartiles.third + 1.5 * range else { return false }
        if abs(after - before) <= shiftMax * abs(before) { return true }
        guard let test = MannWhitney(earlier, later) else { return false }
        return test.pValue > pValueMin
    }
}
