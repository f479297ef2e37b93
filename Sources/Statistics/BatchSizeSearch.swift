/// How many events make one sample, found by trying: long enough for the clock.
///
/// Time a batch of `batch` events and hand the elapsed time to `record` until `isDone`.
package struct BatchSizeSearch: Sendable, Hashable {
    /// The time a batch is to take, in the clock's nanoseconds.
    package let target: UInt64
    /// The number of events to time next; the answer once `isDone`.
    package private(set) var batch: UInt64
    /// Whether `batch` is the answer.
    package private(set) var isDone = false
    private let batchMax: UInt64

    /// A search from `first` events upwards; the search gives up growing at `batchMax`.
    package init(target: UInt64, first: UInt64 = 1, batchMax: UInt64 = 1 << 40) {
        precondition(first >= 1 && first <= batchMax, "a batch has at least one event")
        self.target = target
        self.batchMax = batchMax
        batch = first
    }

    /// The least time of a sample: max(1 000 × resolution, 100 × overhead, 1 ms), in nanoseconds.
    package static func target(resolution: Double, overhead: Double) -> UInt64 {
        let needed = max(1000 * resolution, 100 * overhead, 1_000_000)
        return UInt64(needed.rounded(.up))
    }

    /// Takes the time that `batch` events took, and chooses the next batch or ends the search.
    package mutating func record(elapsed: UInt64) {
        guard !isDone else { return }
        if elapsed >= target || batch == batchMax {
            isDone = true
        } else {
            batch = Self.next(after: batch, elapsed: elapsed, target: target, batchMax: batchMax)
        }
    }

    /// The batch to try after one that took less than the target.
    ///
    /// Ten times as many while below a tenth of it, else B·1.2·target/elapsed; always more.
    package static func next(
        after batch: UInt64, elapsed: UInt64, target: UInt64, batchMax: UInt64
    ) -> UInt64 {
        precondition(elapsed < target, "a batch that took long enough is not followed by another")
        let proposal: Double =
            Double(elapsed) < 0.1 * Double(target)
            ? Double(batch) * 10
            : (Double(batch) * 1.2 * Double(target) / Double(elapsed)).rounded(.up)
        guard proposal < Double(batchMax) else { return batchMax }
        return max(batch + 1, UInt64(proposal))
    }
}
