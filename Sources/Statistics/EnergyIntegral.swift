/// The energy of a window, integrated as the kind of sensor demands.
///
/// Counters: growth modulo the wrap. Averaging sensors: rectangles to the left of each reading,
/// because a value covers the time before it. Instantaneous ones: trapezoids. At the window's
/// ends the readings are interpolated, so one reading must lie outside each end.
package struct EnergyIntegral: Sendable, Hashable {
    package var joules: Double
    /// Readings inside the window.
    package var readings: Int
    /// The longest time without a reading, or for a counter without growth.
    package var longestGapSeconds: Double
    /// Readings of a power sensor below 0 W, which are kept.
    package var negativeReadings: Int
    /// Whether a power sensor said the same at every reading.
    package var isUnchanging: Bool
    /// The time between the window's start and the reading closest to it.
    package var startEdgeSeconds: Double
    /// The time between the window's end and the reading closest to it.
    package var endEdgeSeconds: Double

    /// Integrates from one host time to another, both in nanoseconds.
    package init(
        of series: EnergySeries, sensor: EnergySensor, from start: UInt64, to end: UInt64
    ) throws(EnergyFailure) {
        guard end > start else { throw .emptyWindow }
        guard series.times.count >= 2 else { throw .tooFewReadings(series.times.count) }
        let origin = series.times[0]
        // Seconds since the first reading: exact enough in Double for years.
        let times = series.times.map { Double($0 &- origin) * 1e-9 - sensor.clockOffsetSeconds }
        let from = Self.seconds(start, since: origin)
        let to = Self.seconds(end, since: origin)
        guard times[0] <= from else { throw .notEnclosed(atStart: true) }
        guard times[times.count - 1] >= to else { throw .notEnclosed(atStart: false) }
        let first = Self.lastIndex(in: times, atOrBefore: from)
        let last = Self.firstIndex(in: times, atOrAfter: to)

        joules = 0
        readings = times.count { from <= $0 && $0 <= to }
        longestGapSeconds = 0
        negativeReadings = 0
        isUnchanging = false
        startEdgeSeconds = Self.distance(times, from)
        endEdgeSeconds = Self.distance(times, to)

        var stillSince = times[first]
        for index in first + 1..<last + 1 {
            let step = Step(series, sensor, times, index, from: from, to: to)
            joules += try step.joules(windowStart: from)
            if sensor.kind != .counter || series.values[index] != series.values[index - 1] {
                longestGapSeconds = max(longestGapSeconds, times[index] - stillSince)
                stillSince = times[index]
            }
        }
        longestGapSeconds = max(longestGapSeconds, times[last] - stillSince)
        let values = series.values[first...last]
        if sensor.kind == .counter {
            if joules == 0 { throw .counterStandsStill }
        } else {
            if values.allSatisfy({ $0 == 0 }) { throw .readsZero }
            negativeReadings = values.count { $0 < 0 }
            isUnchanging = values.allSatisfy { $0 == values[first] }
        }
    }

    // MARK: - One step between two readings

    private struct Step {
        let sensor: EnergySensor
        let earlier: Int64
        let later: Int64
        let begin: Double
        let end: Double
        /// The part of the step inside the window, as shares of the step.
        let low: Double
        let high: Double

        init(
            _ series: EnergySeries, _ sensor: EnergySensor, _ times: [Double], _ index: Int,
            from: Double, to: Double
        ) {
            self.sensor = sensor
            earlier = series.values[index - 1]
            later = series.values[index]
            begin = times[index - 1]
            end = times[index]
            let length = end - begin
            low = length > 0 ? max(0, (from - begin) / length) : 0
            high = length > 0 ? min(1, (to - begin) / length) : 1
        }

        func joules(windowStart: Double) throws(EnergyFailure) -> Double {
            let seconds = end - begin
            switch sensor.kind {
            case .counter:
                return try growth(seconds, windowStart) * (high - low)
            case .averaging:
                return Double(later) * sensor.scale * seconds * (high - low)
            case .instantaneous:
                let rise = Double(later) - Double(earlier)
                let middle = Double(earlier) + rise * (low + high) / 2
                return middle * sensor.scale * seconds * (high - low)
            }
        }

        private func growth(
            _ seconds: Double, _ windowStart: Double
        ) throws(EnergyFailure) -> Double {
            if let wrap = sensor.wrap {
                let wrapSeconds = Double(wrap) * sensor.scale / sensor.wattsMax
                guard seconds < wrapSeconds else {
                    throw .wrapAmbiguous(gapSeconds: seconds, wrapSecondsMin: wrapSeconds)
                }
            }
            guard let growth = sensor.growth(from: earlier, to: later) else {
                throw .counterWentBack(secondsAfterStart: end - windowStart)
            }
            let joules = Double(growth) * sensor.scale
            // What grew in two updates may show between two readings that are close together.
            let slack = 2 * (sensor.updatePeriodSeconds ?? 1)
            guard joules <= sensor.wattsMax * (seconds + slack) else {
                throw .counterJumped(
                    watts: seconds > 0 ? joules / seconds : .infinity, wattsMax: sensor.wattsMax)
            }
            return joules
        }
    }

    // MARK: - Search

    private static func seconds(_ time: UInt64, since origin: UInt64) -> Double {
        time >= origin ? Double(time - origin) * 1e-9 : -Double(origin - time) * 1e-9
    }

    /// The first index whose time is at least `limit`; the count when there is none.
    private static func firstIndex(in times: [Double], atOrAfter limit: Double) -> Int {
        var low = 0
        var high = times.count
        while low < high {
            let middle = (low + high) / 2
            if times[middle] < limit { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private static func lastIndex(in times: [Double], atOrBefore limit: Double) -> Int {
        let index = firstIndex(in: times, atOrAfter: limit)
        return index < times.count && times[index] == limit ? index : index - 1
    }

    private static func distance(_ times: [Double], _ time: Double) -> Double {
        let after = min(firstIndex(in: times, atOrAfter: time), times.count - 1)
        let before = max(0, after - 1)
        return min(abs(times[after] - time), abs(times[before] - time))
    }
}
