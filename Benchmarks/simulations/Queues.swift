import Glibc

/// Items 4 and 10 of section 17: early stopping, looked at often, and for a queue.
enum Queues {
    private static let rule = EarlyStopping(quantile: .p99)

    /// Item 4: a system whose true rate of misses is exactly 1 %, looked at once and often.
    static func peeking(_ runs: Int, _ seed: UInt64) {
        let needed = (0...250).map { rule.queriesNeeded(misses: $0) }
        var random = Random("peeking", seed: seed)
        var (once, often, always) = (0, 0, 0)
        for _ in 0..<runs {
            var misses = 0
            var (isSeen, isSeenByTenth) = (false, false)
            for query in 1...20_000 {
                if random.uniform() < 0.01 { misses += 1 }
                guard misses < needed.count, query >= needed[misses] else { continue }
                isSeen = true
                if query % 2000 == 0 { isSeenByTenth = true }
                if query == 20_000 { once += 1 }
            }
            if isSeen { always += 1 }
            if isSeenByTenth { often += 1 }
        }
        Simulations.report("peeking/one look", once, of: runs)
        Simulations.report("peeking/ten looks", often, of: runs)
        Simulations.report("peeking/after each query", always, of: runs)
    }

    /// Item 10: one server, Poisson arrivals; the bound is the true p99, so every pass is wrong.
    static func passes(_ runs: Int, _ seed: UInt64, p99: [String: Double]) {
        for (name, bound) in p99.sorted(by: { $0.key < $1.key }) {
            guard let utilisation = Double(name.dropFirst(3)) else { continue }
            let isConstant = name.hasPrefix("det")
            for count in [2010, 10_000, 60_000] {
                var random = Random("queues\(name)/\(count)", seed: seed)
                var (plain, corrected) = (0, 0)
                let ticks = UInt64(bound * 1e6)
                for _ in 0..<runs {
                    let latencies = latencies(
                        &random, count: count, utilisation: utilisation, isConstant: isConstant)
                    let misses = latencies.count { $0 > ticks }
                    if rule.isShown(queries: count, misses: misses) { plain += 1 }
                    let clumping = Clumping(latencies: latencies, bound: ticks)
                    if rule.isShown(queries: count, misses: misses, clumping: clumping) {
                        corrected += 1
                    }
                }
                Simulations.report("queues/plain/\(name)/n=\(count)", plain, of: runs)
                Simulations.report("queues/corrected/\(name)/n=\(count)", corrected, of: runs)
            }
        }
    }

    /// In millionths of the mean service time, which is 1.
    private static func latencies(
        _ random: inout Random, count: Int, utilisation: Double, isConstant: Bool
    ) -> [UInt64] {
        var wait = 0.0
        var service = 1.0
        func next() -> Double {
            // Lindley: what is left of the last one's stay when the next arrives.
            wait = max(0, wait + service - random.exponential() / utilisation)
            service = isConstant ? 1 : random.exponential()
            return wait + service
        }
        // Past the start, where the queue is empty.
        for _ in 0..<2000 { _ = next() }
        return (0..<count).map { _ in UInt64(next() * 1e6) }
    }
}
