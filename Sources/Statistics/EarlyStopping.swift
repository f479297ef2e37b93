/// How many queries must have been seen before a latency quantile counts as shown.
///
/// MLPerf's rule: with `misses` queries over the bound, h = min{h : I_p(h, misses + 1) ≤ 1 − c}
/// hits are needed. Valid for independent queries and one look at the end only.
package struct EarlyStopping: Sendable, Hashable {
    package let quantile: QuantileLevel
    /// The confidence c for one look, less than 1.
    package let confidence: Double

    /// The rule for a number of planned looks, between which 1 − confidence is divided.
    package init(quantile: QuantileLevel, confidence: Double = 0.99, looks: Int = 1) {
        precondition(confidence > 0 && confidence < 1, "confidence lies strictly between 0 and 1")
        precondition(looks >= 1, "a run is looked at least once")
        self.quantile = quantile
        self.confidence = 1 - (1 - confidence) / Double(looks)
    }

    /// The queries within the bound needed beside that many over it: h(t).
    package func hitsNeeded(misses: Int) -> Int {
        precondition(misses >= 0, "a number of misses is not negative")
        let p = quantile.probability
        func isShown(_ hits: Int) -> Bool {
            SpecialFunctions.incompleteBeta(
                p, complement: Double(1_000_000 - quantile.partsPerMillion) / 1_000_000,
                a: Double(hits), b: Double(misses + 1)) <= 1 - confidence
        }
        var low = 1
        var high = 2
        while !isShown(high) {
            low = high
            high *= 2
        }
        while low < high {
            let middle = (low + high) / 2
            if isShown(middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// All queries needed when that many of them are over the bound: n(t) = h(t) + t.
    package func queriesNeeded(misses: Int) -> Int { hitsNeeded(misses: misses) + misses }

    /// Whether so many queries with so many misses show the quantile, were they independent.
    package func isShown(queries: Int, misses: Int) -> Bool {
        queries >= queriesNeeded(misses: misses)
    }
}
