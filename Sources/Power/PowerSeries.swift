package import Model

/// What a recorder gathered from one source.
package struct PowerSeries: Sendable, Hashable {
    /// Readings that failed in a row, and why the first of them did.
    package struct Failure: Sendable, Hashable, Codable {
        /// Host time of the first, in nanoseconds.
        package var since: UInt64
        /// Host time of the last.
        package var until: UInt64
        package var count: Int
        /// One sentence.
        package var reason: String
    }

    /// Different failures that are kept; of the others only the number is.
    package static let failuresMax = 100

    package var source: PowerSource
    /// How often it was planned to be read.
    package var readPeriodSeconds: Double
    /// Host time of each reading in nanoseconds: the middle of the time that reading took.
    package var times: [UInt64] = []
    /// The raw value at each time.
    package var values: [Int64] = []
    package var failures: [Failure] = []
    /// All readings that failed.
    package var failureCount = 0
    /// The longest time that one reading took: half of it is the error of a time at most.
    package var readSecondsMax = 0.0

    package init(source: PowerSource, readPeriodSeconds: Double) {
        self.source = source
        self.readPeriodSeconds = readPeriodSeconds
    }

    /// Adds what a reading between two host times gave.
    package mutating func add(_ reading: PowerReading, from begin: UInt64, to end: UInt64) {
        let middle = begin + (end - begin) / 2
        switch reading {
        case .nothingNew: break
        case .value(let value):
            readSecondsMax = max(readSecondsMax, Double(end - begin) * 1e-9)
            times.append(middle)
            values.append(value)
        case .failed(let reason):
            failureCount += 1
            if let last = failures.indices.last, failures[last].reason == reason,
                times.last.map({ $0 < failures[last].since }) ?? true
            {
                failures[last].until = middle
                failures[last].count += 1
            } else if failures.count < Self.failuresMax {
                failures.append(Failure(since: middle, until: middle, count: 1, reason: reason))
            }
        }
    }

    /// Adds what a recorder gathered later from the same source.
    package mutating func append(_ later: PowerSeries) {
        times += later.times
        values += later.values
        failures += later.failures.prefix(max(0, Self.failuresMax - failures.count))
        failureCount += later.failureCount
        readSecondsMax = max(readSecondsMax, later.readSecondsMax)
    }

    /// One standard deviation of a window's length that slow reading causes.
    ///
    /// Each end is uniform over the time that reading took: s²/12 twice.
    package var readUncertaintySeconds: Double { readSecondsMax / 6.0.squareRoot() }

    /// Time and raw value in turn, as telemetry files hold them.
    package var interleaved: [Int64] {
        var flat: [Int64] = []
        flat.reserveCapacity(2 * times.count)
        for (time, value) in zip(times, values) {
            flat.append(Int64(clamping: time))
            flat.append(value)
        }
        return flat
    }
}
