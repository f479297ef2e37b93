import Glibc

/// Where the mean or the variance of a series changes, by the PELT search.
///
/// Killick, Fearnhead and Eckley (2012): the segmentation of least normal log-likelihood cost
/// plus a penalty for each change; exact, in time between n and n².
package struct ChangePoints: Sendable, Hashable {
    /// The fewest values in a segment: below two there is no variance.
    package static let segmentMin = 2

    /// Indices at which segments start, ascending; the first is 0. Empty for an empty series.
    package var starts: [Int]

    /// The segments of a series; the penalty is 15 ln n unless given.
    ///
    /// No segment is credited with a variance below `varianceFloor`, as clocks whose ticks
    /// repeat would have it; above 0.
    package init(_ values: [Double], varianceFloor: Double, penalty: Double? = nil) {
        precondition(varianceFloor > 0, "without a floor constant stretches cost minus infinity")
        starts = values.isEmpty ? [] : [0]
        let count = values.count
        guard count >= 2 * Self.segmentMin else { return }
        let cost = SegmentCost(values, varianceFloor: varianceFloor)
        let perChange = penalty ?? 15 * log(Double(count))

        // best[t] is the least cost of the first t values, last[t] where its last segment starts.
        var best = [Double](repeating: .infinity, count: count + 1)
        var last = [Int](repeating: 0, count: count + 1)
        best[0] = -perChange
        var candidates: [Int] = [0]
        // A start that lost at t can still win at t + 1, where no segment may start at t.
        var losers: Set<Int> = []
        for end in Self.segmentMin...count {
            for start in candidates {
                let total = best[start] + cost.of(start, end) + perChange
                if total < best[end] { (best[end], last[end]) = (total, start) }
            }
            let lostBefore = losers
            losers = []
            candidates.removeAll { lostBefore.contains($0) }
            for start in candidates where best[start] + cost.of(start, end) >= best[end] {
                losers.insert(start)
            }
            let next = end + 1 - Self.segmentMin
            if next >= Self.segmentMin { candidates.append(next) }
        }
        var reversed: [Int] = []
        var end = count
        while end > 0 {
            end = last[end]
            reversed.append(end)
        }
        starts = reversed.reversed()
    }

    /// Minus twice the log-likelihood of a normal segment, without its constant.
    private struct SegmentCost {
        private var sums = [0.0]
        private var squares = [0.0]
        private let varianceFloor: Double

        init(_ values: [Double], varianceFloor: Double) {
            self.varianceFloor = varianceFloor
            // Shifted, so that sums of squares keep the variance of a large steady value.
            let shift = Median.of(values) ?? 0
            for (index, value) in values.enumerated() {
                let deviation = value - shift
                sums.append(sums[index] + deviation)
                squares.append(squares[index] + deviation * deviation)
            }
        }

        func of(_ start: Int, _ end: Int) -> Double {
            let count = Double(end - start)
            let mean = (sums[end] - sums[start]) / count
            let variance = max(0, (squares[end] - squares[start]) / count - mean * mean)
            let allowed = max(variance, varianceFloor)
            return count * (log(allowed) + variance / allowed)
        }
    }
}
