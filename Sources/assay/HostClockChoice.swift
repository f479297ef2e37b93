import CAssaySystem

/// Chooses the run's host clock: the raw one unless reading it costs more than twice as much.
enum HostClockChoice {
    static func name() -> String {
        let raw = cost(ASSAY_CLOCK_MONOTONIC_RAW)
        let slewed = cost(ASSAY_CLOCK_MONOTONIC)
        return raw <= 2 * slewed ? "monotonic_raw" : "monotonic"
    }

    /// The median cost of back-to-back readings, in nanoseconds.
    private static func cost(_ clock: Int32) -> UInt32 {
        var costs = [UInt32](repeating: 0, count: 2001)
        unsafe assay_clock_pairs(clock, &costs, UInt32(costs.count))
        costs.sort()
        return max(1, costs[costs.count / 2])
    }
}
