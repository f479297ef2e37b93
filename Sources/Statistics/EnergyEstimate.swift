/// Something about an energy value that its reader must know, with what was observed.
package enum EnergyFinding: Sendable, Hashable {
    /// No reading, or no growth of a counter, for longer than three periods.
    case powerGap(observedSeconds: Double, limitSeconds: Double)
    /// The window is shorter than 10 s or 100 periods of the sensor.
    case energyWindowShort(observedSeconds: Double, limitSeconds: Double)
    /// The work repeats in step with a sensor that sees part of the time.
    case sensorAliasing(iterationSeconds: Double, resonanceSeconds: Double)
    /// The machine's idle power changed between before and after.
    case idleDrift(observedShare: Double, limitShare: Double)
    /// The sensor read below 0 W; the readings are kept.
    case negativeReadings(count: Int)
    /// A power sensor said the same at twenty readings or more: it may have stopped.
    case sensorUnchanging(readings: Int)
}

/// The energy of one window: in total, when idle, and net, with uncertainty and class.
package struct EnergyEstimate: Sendable, Hashable {
    /// Energy above idle, or why it is not told.
    package enum Net: Sendable, Hashable {
        case shown(joules: Double, standardUncertainty: Double)
        /// The difference is not above three standard deviations.
        case withinNoise(joules: Double, standardUncertainty: Double)
        /// Idle power was not measured.
        case noIdle
    }

    /// Periods of the sensor after which a missing reading is a gap.
    package static let gapPeriodsMax = 3.0
    /// The shortest window of an energy phase.
    package static let windowSecondsMin = 10.0
    /// Periods of the sensor that a window must hold.
    package static let windowPeriodsMin = 100.0
    /// Standard deviations by which net energy must stand out.
    package static let netDeviationsMin = 3.0
    /// Equal readings from which a sensor counts as unchanging.
    package static let unchangingReadingsMin = 20

    package var totalJoules: Double
    package var uncertainty: EnergyUncertainty
    package var windowSeconds: Double
    /// The sensor's period that was reckoned with: its own or that of reading, whichever is longer.
    package var periodSeconds: Double
    /// Idle power times the window; nil: idle power was not measured.
    package var idleJoules: Double?
    package var net: Net
    package var energyClass: EnergyClass
    package var findings: [EnergyFinding]

    /// Total power over the window.
    package var meanWatts: Double { totalJoules / windowSeconds }

    /// The energy between two host times in nanoseconds.
    ///
    /// - Parameters:
    ///   - idle: nil where idle power was not measured.
    ///   - iterationSeconds: how often the work repeats; nil: it does not, or nobody knows.
    package init(
        of series: EnergySeries, sensor: EnergySensor, from start: UInt64, to end: UInt64,
        idle: IdlePower?, iterationSeconds: Double?
    ) throws(EnergyFailure) {
        let integral = try EnergyIntegral(of: series, sensor: sensor, from: start, to: end)
        let seconds = Double(end - start) * 1e-9
        let known = sensor.updatePeriodSeconds ?? series.observedUpdateSeconds
        let sampling = max(known ?? 0, series.readPeriodSeconds)
        let periods = Self.edgePeriods(integral, sensor, known: known, sampling: sampling)
        let period = max(periods.start, periods.end)

        totalJoules = integral.joules
        windowSeconds = seconds
        periodSeconds = period
        let step = integral.joules / seconds - (idle?.watts ?? 0)
        uncertainty = EnergyUncertainty(
            joules: integral.joules, seconds: seconds, accuracy: sensor.accuracy, stepWatts: step,
            startPeriodSeconds: periods.start, endPeriodSeconds: periods.end,
            clockSeconds: sensor.clockUncertaintySeconds)
        idleJoules = idle.map { $0.watts * seconds }
        net = Self.net(integral.joules, seconds, uncertainty, idle)

        // A power sensor whose own period nobody knows covers nobody knows what. A counter covers
        // everything, and that it moved between readings shows how often it is renewed.
        let declared = sensor.updatePeriodSeconds.map { max($0, series.readPeriodSeconds) }
        let coverage = sensor.coverage(periodSeconds: declared)
        let resonance = iterationSeconds.flatMap { iteration in
            SensorAliasing.resonance(
                iterationSeconds: iteration, sensorPeriodSeconds: sampling, coverage: coverage)
        }
        energyClass = EnergyClass.of(
            sensor, periodSeconds: sensor.kind == .counter ? known.map { _ in period } : declared,
            windowSeconds: seconds, isAliased: resonance != nil)

        findings = Self.findings(integral, seconds: seconds, sampling: sampling, period: period)
        if let iterationSeconds, let resonance {
            findings.append(
                .sensorAliasing(iterationSeconds: iterationSeconds, resonanceSeconds: resonance))
        }
        if let drift = idle?.drift, abs(drift) > IdlePower.driftMax {
            findings.append(.idleDrift(observedShare: drift, limitShare: IdlePower.driftMax))
        }
    }

    /// The time in which a change of power at an end of the window is not seen.
    ///
    /// A counter that is read right at the end is not late by the period of reading.
    private static func edgePeriods(
        _ integral: EnergyIntegral, _ sensor: EnergySensor, known: Double?, sampling: Double
    ) -> (start: Double, end: Double) {
        guard sensor.kind == .counter, let known else { return (sampling, sampling) }
        return (
            max(known, 2 * integral.startEdgeSeconds), max(known, 2 * integral.endEdgeSeconds)
        )
    }

    private static func net(
        _ joules: Double, _ seconds: Double, _ uncertainty: EnergyUncertainty, _ idle: IdlePower?
    ) -> Net {
        guard let idle else { return .noIdle }
        let net = joules - idle.watts * seconds
        let idleUncertainty = seconds * idle.standardUncertainty
        let own = uncertainty.standard
        let deviation = (own * own + idleUncertainty * idleUncertainty).squareRoot()
        return net > netDeviationsMin * deviation
            ? .shown(joules: net, standardUncertainty: deviation)
            : .withinNoise(joules: net, standardUncertainty: deviation)
    }

    private static func findings(
        _ integral: EnergyIntegral, seconds: Double, sampling: Double, period: Double
    ) -> [EnergyFinding] {
        var found: [EnergyFinding] = []
        let gapLimit = gapPeriodsMax * sampling
        if integral.longestGapSeconds > gapLimit * (1 + EnergyClass.rounding) {
            found.append(
                .powerGap(observedSeconds: integral.longestGapSeconds, limitSeconds: gapLimit))
        }
        let windowLimit = max(windowSecondsMin, windowPeriodsMin * period)
        if seconds < windowLimit * (1 - EnergyClass.rounding) {
            found.append(.energyWindowShort(observedSeconds: seconds, limitSeconds: windowLimit))
        }
        if integral.negativeReadings > 0 {
            found.append(.negativeReadings(count: integral.negativeReadings))
        }
        if integral.isUnchanging, integral.readings >= unchangingReadingsMin {
            found.append(.sensorUnchanging(readings: integral.readings))
        }
        return found
    }
}
