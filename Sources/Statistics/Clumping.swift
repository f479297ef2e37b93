/// How far late queries come in clumps, so that they tell less than independent ones would.
package struct Clumping: Sendable, Hashable {
    /// τ̂: how many queries are worth one independent query; at least 1.
    package var factor: Double

    /// The number of contiguous batches that are compared.
    package static let batches = 20

    /// The larger factor of two indicators: over the bound, and above the run's own p90.
    ///
    /// Latencies stand in the order of their scheduled times. The second indicator counts even
    /// where nothing is late: a busy queue often has no late clump yet, and would pass for that.
    package init(latencies: [UInt64], bound: UInt64) {
        guard !latencies.isEmpty else {
            factor = 1
            return
        }
        let p90 = QuantileLevel.p90.value(ofSorted: latencies.sorted())
        factor = max(
            Self.factor(of: latencies.map { $0 > bound }),
            Self.factor(of: latencies.map { $0 > p90 }))
    }

    /// The batch-means estimate max(1, var(batch means)·(n/20) / (p̂(1−p̂))).
    ///
    /// 1 for fewer than 20 events, and where all events agree.
    package static func factor(of events: [Bool]) -> Double {
        let size = events.count / batches
        guard size >= 1 else { return 1 }
        var means = RunningMoments()
        for batch in 0..<batches {
            // Batches differ by one event at most when 20 does not divide the count.
            let start = batch * events.count / batches
            let end = (batch + 1) * events.count / batches
            let hits = events[start..<end].reduce(0) { $0 + ($1 ? 1 : 0) }
            means.add(Double(hits) / Double(end - start))
        }
        let share = Double(events.reduce(0) { $0 + ($1 ? 1 : 0) }) / Double(events.count)
        guard share > 0 && share < 1 else { return 1 }
        let perBatch = Double(events.count) / Double(batches)
        return max(1, means.variance * perBatch / (share * (1 - share)))
    }
}

extension EarlyStopping {
    /// Whether clumped queries show the quantile: n/τ ≥ n(⌈t/τ⌉).
    package func isShown(queries: Int, misses: Int, clumping: Clumping) -> Bool {
        let effective = (Double(misses) / clumping.factor).rounded(.up)
        return Double(queries) / clumping.factor >= Double(queriesNeeded(misses: Int(effective)))
    }

    /// The queries that would be needed with that many misses and that clumping.
    package func queriesNeeded(misses: Int, clumping: Clumping) -> Int {
        let effective = (Double(misses) / clumping.factor).rounded(.up)
        let needed = Double(queriesNeeded(misses: Int(effective))) * clumping.factor
        return Int(needed.rounded(.up))
    }
}
