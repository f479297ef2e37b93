/// What must be known of a power or energy sensor to make joules of its readings.
package struct EnergySensor: Sendable, Hashable {
    /// What a single reading says.
    package enum Kind: String, Sendable, Hashable {
        /// The energy since some start; only differences mean something.
        case counter
        /// The mean power of a window that ends at the reading.
        case averaging
        /// The power of the moment.
        case instantaneous
    }

    package var kind: Kind
    /// Joules (counter) or watts in one raw unit.
    package var scale: Double
    /// Raw units after which a counter starts again from zero; nil: it does not within any run.
    package var wrap: UInt64?
    /// Time between two new values of the sensor; nil: not known.
    package var updatePeriodSeconds: Double?
    /// What part of that time a value covers; nil: not known. Without meaning for counters.
    package var averagingWindowSeconds: Double?
    /// The largest error as a share of the value; nil: not known.
    package var accuracy: Double?
    /// Whether somebody compared it with a standard, at a known date.
    package var isCalibrated: Bool
    /// How far a reading lies behind what it describes.
    package var clockOffsetSeconds: Double
    /// The standard deviation of a window's length as the sensor sees it.
    package var clockUncertaintySeconds: Double
    /// More than what it measures can ever take: a reading beyond is no reading.
    package var wattsMax: Double

    package init(
        kind: Kind, scale: Double, wrap: UInt64? = nil, updatePeriodSeconds: Double? = nil,
        averagingWindowSeconds: Double? = nil, accuracy: Double? = nil, isCalibrated: Bool = false,
        clockOffsetSeconds: Double = 0, clockUncertaintySeconds: Double = 0,
        wattsMax: Double = 100_000
    ) {
        self.kind = kind
        self.scale = scale
        self.wrap = wrap
        self.updatePeriodSeconds = updatePeriodSeconds
        self.averagingWindowSeconds = averagingWindowSeconds
        self.accuracy = accuracy
        self.isCalibrated = isCalibrated
        self.clockOffsetSeconds = clockOffsetSeconds
        self.clockUncertaintySeconds = clockUncertaintySeconds
        self.wattsMax = wattsMax
    }

    /// The growth of a counter between two raw readings, over at most one wrap.
    ///
    /// Nil when it went back without being one that wraps: it was reset.
    package func growth(from earlier: Int64, to later: Int64) -> Int64? {
        guard earlier >= 0, later >= 0 else { return nil }
        guard later < earlier else { return later - earlier }
        // UInt64 holds the sum: a wrap of 2^64 itself cannot be written down.
        guard let wrap, wrap > UInt64(earlier) else { return nil }
        return Int64(exactly: wrap - UInt64(earlier) + UInt64(later))
    }

    /// The part of time that its values cover when a new one is seen every `periodSeconds`.
    ///
    /// Nil: not known. A sensor that is read more rarely than it averages covers less than all.
    package func coverage(periodSeconds: Double?) -> Double? {
        if kind == .counter { return 1 }
        guard let window = averagingWindowSeconds, let periodSeconds, periodSeconds > 0 else {
            return kind == .instantaneous ? 0 : nil
        }
        return min(1, window / periodSeconds)
    }
}

/// Raw readings of one sensor with the host's times, in order.
package struct EnergySeries: Sendable, Hashable {
    /// Host time of each reading in nanoseconds, never falling.
    package var times: [UInt64]
    /// The raw value at each time.
    package var values: [Int64]
    /// How often it was planned to be read.
    package var readPeriodSeconds: Double

    package init(times: [UInt64], values: [Int64], readPeriodSeconds: Double) {
        precondition(times.count == values.count, "a reading is a time and a value")
        self.times = times
        self.values = values
        self.readPeriodSeconds = readPeriodSeconds
    }

    /// The median time between two different values; nil for fewer than three changes.
    ///
    /// What stands in for an update period that nobody declared.
    package var observedUpdateSeconds: Double? {
        var changes: [UInt64] = []
        for index in values.indices.dropFirst() where values[index] != values[index - 1] {
            changes.append(times[index])
        }
        guard changes.count > 3 else { return nil }
        let spans = zip(changes, changes.dropFirst()).map { $1 - $0 }.sorted()
        return Double(spans[spans.count / 2]) * 1e-9
    }
}
