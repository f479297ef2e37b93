/// Mean power over a window in which nothing changed, such as an idle machine.
package struct PowerLevel: Sendable, Hashable {
    /// Blocks whose scatter tells how steady the power was.
    package static let blockCount = 10

    package var watts: Double
    /// One standard deviation: the meter's gain and the scatter of ten blocks.
    package var standardUncertainty: Double

    package init(watts: Double, standardUncertainty: Double) {
        self.watts = watts
        self.standardUncertainty = standardUncertainty
    }

    /// The level between two host times in nanoseconds.
    package init(
        of series: EnergySeries, sensor: EnergySensor, from start: UInt64, to end: UInt64
    ) throws(EnergyFailure) {
        let whole = try EnergyIntegral(of: series, sensor: sensor, from: start, to: end)
        let seconds = Double(end - start) * 1e-9
        watts = whole.joules / seconds
        let gain = (sensor.accuracy ?? 0) * abs(watts) / 3.0.squareRoot()
        let scatter = Self.scatter(series, sensor, from: start, to: end)
        standardUncertainty = (gain * gain + scatter * scatter).squareRoot()
    }

    /// The standard error of the mean over blocks that are at least as long as the sensor's period.
    private static func scatter(
        _ series: EnergySeries, _ sensor: EnergySensor, from start: UInt64, to end: UInt64
    ) -> Double {
        var blocks: [Double] = []
        let length = (end - start) / UInt64(blockCount)
        guard length > 0 else { return 0 }
        for index in 0..<UInt64(blockCount) {
            let from = start + index * length
            // A block in which a slow counter does not move has no value of its own.
            if let block = try? EnergyIntegral(
                of: series, sensor: sensor, from: from, to: from + length)
            {
                blocks.append(block.joules / (Double(length) * 1e-9))
            }
        }
        guard blocks.count >= 2 else { return 0 }
        return RunningMoments(blocks).standardDeviation / Double(blocks.count).squareRoot()
    }
}

/// What the machine takes when it does nothing, from before and after the load.
package struct IdlePower: Sendable, Hashable {
    /// The relative change from before to after that is reported.
    package static let driftMax = 0.05

    package var before: PowerLevel?
    package var after: PowerLevel?

    /// Nil without any measurement.
    package init?(before: PowerLevel?, after: PowerLevel?) {
        guard before != nil || after != nil else { return nil }
        self.before = before
        self.after = after
    }

    /// The mean of both, or the one there is.
    package var watts: Double {
        guard let before, let after else { return (before ?? after)?.watts ?? 0 }
        return (before.watts + after.watts) / 2
    }

    /// One standard deviation of the level during the load.
    ///
    /// It lies anywhere between both: a rectangle as wide as their distance.
    package var standardUncertainty: Double {
        guard let before, let after else { return (before ?? after)?.standardUncertainty ?? 0 }
        let apart = after.watts - before.watts
        let squares =
            before.standardUncertainty * before.standardUncertainty
            + after.standardUncertainty * after.standardUncertainty
        return (squares / 4 + apart * apart / 12).squareRoot()
    }

    /// The change from before to after as a share of before; nil unless both are there.
    package var drift: Double? {
        guard let before, let after, before.watts != 0 else { return nil }
        return (after.watts - before.watts) / abs(before.watts)
    }
}
