/// The time of one event from batches of varying size, which defeat aliasing with the clock.
package enum VaryingBatches {
    /// Σxy/Σx²: the slope through the origin of elapsed times over batch sizes.
    ///
    /// In the unit of `elapsed`; nil when no batch has an event.
    package static func slope(batches: [Double], elapsed: [Double]) -> Double? {
        precondition(batches.count == elapsed.count, "each batch has one elapsed time")
        var products = 0.0
        var squares = 0.0
        for (batch, time) in zip(batches, elapsed) {
            products += batch * time
            squares += batch * batch
        }
        return squares > 0 ? products / squares : nil
    }
}
