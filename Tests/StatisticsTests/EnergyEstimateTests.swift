import Statistics
import Testing

@Suite struct EnergyEstimateTests {
    private static let second: UInt64 = 1_000_000_000

    /// A steady power, read every `period` seconds.
    private func steady(
        _ watts: Double, seconds: Double, period: Double, skipping: Range<Int> = 0..<0
    ) -> EnergySeries {
        let indices = (0...Int((seconds / period).rounded(.up)) + 1).filter {
            !skipping.contains($0)
        }
        return EnergySeries(
            times: indices.map { UInt64((Double($0) * period * 1e9).rounded()) },
            values: indices.map { Int64(watts * 1e6) + Int64($0 % 2) },
            readPeriodSeconds: period)
    }

    private func meter(
        _ period: Double?, window: Double?, accuracy: Double? = nil, isCalibrated: Bool = false
    ) -> EnergySensor {
        EnergySensor(
            kind: .averaging, scale: 1e-6, updatePeriodSeconds: period,
            averagingWindowSeconds: window, accuracy: accuracy, isCalibrated: isCalibrated)
    }

    private func estimate(
        _ series: EnergySeries, _ sensor: EnergySensor, seconds: Double, idle: IdlePower? = nil,
        iterationSeconds: Double? = nil
    ) throws -> EnergyEstimate {
        try EnergyEstimate(
            of: series, sensor: sensor, from: 0, to: UInt64(seconds * 1e9), idle: idle,
            iterationSeconds: iterationSeconds)
    }

    // MARK: - Uncertainty

    @Test func `The three terms of the uncertainty agree with numpy`() {
        for row in EnergyReference.shared.uncertainties {
            let given = row[0]
            let found = EnergyUncertainty(
                joules: given[0], seconds: given[1], accuracy: given[2], stepWatts: given[3],
                startPeriodSeconds: given[4], endPeriodSeconds: given[4], clockSeconds: given[5])
            #expect(agree(found.gain ?? .nan, row[1][0], relative: 1e-12))
            #expect(agree(found.edges, row[1][1], relative: 1e-12))
            #expect(agree(found.clock, row[1][2], relative: 1e-12))
            #expect(agree(found.standard, row[1][3], relative: 1e-12))
            #expect(agree(found.expanded, 2 * row[1][3], relative: 1e-12))
        }
    }

    @Test func `An unknown accuracy leaves the uncertainty incomplete and not zero`() throws {
        let found = try estimate(
            steady(400, seconds: 10, period: 0.1), meter(0.1, window: 0.1), seconds: 10)
        #expect(!found.uncertainty.isComplete)
        // 400 W · 0.1 s / √6, as nobody measured idle power.
        #expect(agree(found.uncertainty.standard, 16.3299316, relative: 1e-6))
        #expect(found.net == .noIdle)
        #expect(found.idleJoules == nil)
    }

    @Test func `What all launches share widens their interval in quadrature`() {
        #expect(EnergyUncertainty.combined(halfWidth: 3, expanded: 4) == 5)
    }

    @Test func `Net energy and its deviation agree with numpy and show only above three of them`()
        throws
    {
        for golden in EnergyReference.shared.net {
            let levels = zip(golden.levels, golden.deviations).map {
                PowerLevel(watts: $0, standardUncertainty: $1)
            }
            let idle = try #require(IdlePower(before: levels[0], after: levels[1]))
            // The same value at every reading, so that the energy is exact.
            let count = Int(golden.seconds / golden.period) + 2
            let series = EnergySeries(
                times: (0..<count).map { UInt64((Double($0) * golden.period * 1e9).rounded()) },
                values: Array(repeating: Int64(golden.watts * 1e6), count: count),
                readPeriodSeconds: golden.period)
            let found = try estimate(
                series, meter(golden.period, window: golden.period, accuracy: golden.accuracy),
                seconds: golden.seconds, idle: idle)
            let isShown = golden.net > 3 * golden.deviation
            switch found.net {
            case .shown(let joules, let deviation), .withinNoise(let joules, let deviation):
                #expect(agree(joules, golden.net, relative: 1e-9))
                #expect(agree(deviation, golden.deviation, relative: 1e-9))
            case .noIdle: Issue.record("idle power was given")
            }
            if case .shown = found.net { #expect(isShown) } else { #expect(!isShown) }
            #expect(agree(found.idleJoules ?? 0, idle.watts * golden.seconds, relative: 1e-12))
        }
    }

    // MARK: - Findings

    @Test func `A reading that is missing for more than three periods is a gap`() throws {
        let sensor = meter(0.1, window: 0.1)
        // Readings 51 and 52 are missing: 0.3 s from one to the next; then also 53: 0.4 s.
        let three = try estimate(
            steady(100, seconds: 20, period: 0.1, skipping: 51..<53), sensor, seconds: 20)
        #expect(three.findings == [])
        let four = try estimate(
            steady(100, seconds: 20, period: 0.1, skipping: 51..<54), sensor, seconds: 20)
        guard case .powerGap(let observed, let limit) = try #require(four.findings.first) else {
            Issue.record("no gap")
            return
        }
        #expect(agree(observed, 0.4, relative: 1e-9))
        #expect(agree(limit, 0.3, relative: 1e-9))
    }

    @Test func `A counter that stands still for more than three periods is a gap`() throws {
        let times = (0...120).map { UInt64($0) * 100_000_000 }
        // Between 5 s and 6 s it says the same ten times, and catches up afterwards.
        let values = (0...120).map { Int64($0 > 50 && $0 < 60 ? 50 : $0) * 1_000_000 }
        let series = EnergySeries(times: times, values: values, readPeriodSeconds: 0.1)
        let sensor = EnergySensor(kind: .counter, scale: 1e-6, updatePeriodSeconds: 1e-3)
        let found = try estimate(series, sensor, seconds: 12)
        #expect(found.totalJoules == 120)
        guard case .powerGap(let observed, _) = try #require(found.findings.first) else {
            Issue.record("no gap")
            return
        }
        #expect(agree(observed, 1, relative: 1e-9))
    }

    @Test(arguments: [(9.9, 0.05, true), (10, 0.1, false), (19.9, 0.2, true), (20, 0.2, false)])
    func `A window under ten seconds or a hundred periods is short`(
        seconds: Double, period: Double, isShort: Bool
    ) throws {
        let found = try estimate(
            steady(100, seconds: seconds, period: period), meter(period, window: period),
            seconds: seconds)
        let shorts = found.findings.filter {
            if case .energyWindowShort = $0 { true } else { false }
        }
        #expect(shorts.count == (isShort ? 1 : 0))
    }

    @Test(arguments: [
        // τ/8, τ/3 and 4τ within 5 %, and each just beyond.
        (0.0125, true), (0.01190, true), (0.01185, false), (0.0333, true), (0.4, true),
        (0.42, true), (0.4201, false), (0.285, true), (0.2849, false), (0.25, false),
        (1.0, false),
    ])
    func `Work that repeats in step with a part-time sensor is aliased`(
        iterationSeconds: Double, isAliased: Bool
    ) throws {
        let resonance = SensorAliasing.resonance(
            iterationSeconds: iterationSeconds, sensorPeriodSeconds: 0.1, coverage: 0.25)
        #expect((resonance != nil) == isAliased)
        #expect(
            SensorAliasing.resonance(
                iterationSeconds: iterationSeconds, sensorPeriodSeconds: 0.1, coverage: 0.9) == nil)
        let found = try estimate(
            steady(100, seconds: 20, period: 0.1), meter(0.1, window: 0.025), seconds: 20,
            iterationSeconds: iterationSeconds)
        #expect(found.energyClass == .d)
        #expect(found.findings.isEmpty != isAliased)
    }

    @Test func `Idle power that changes by more than 5 % is a drift`() throws {
        for (after, isDrift) in [(104.9, false), (105.1, true), (94.8, true)] {
            let idle = try #require(
                IdlePower(
                    before: PowerLevel(watts: 100, standardUncertainty: 0),
                    after: PowerLevel(watts: after, standardUncertainty: 0)))
            let found = try estimate(
                steady(400, seconds: 10, period: 0.1), meter(0.1, window: 0.1), seconds: 10,
                idle: idle)
            let drifts = found.findings.filter { if case .idleDrift = $0 { true } else { false } }
            #expect(drifts.count == (isDrift ? 1 : 0))
        }
    }

    @Test func `A sensor that repeats itself twenty times is said to be unchanging`() throws {
        let series = EnergySeries(
            times: (0...110).map { UInt64($0) * 100_000_000 },
            values: Array(repeating: 5_000_000, count: 111), readPeriodSeconds: 0.1)
        let found = try estimate(series, meter(0.1, window: 0.1), seconds: 10)
        #expect(found.findings == [.sensorUnchanging(readings: 101)])
        #expect(agree(found.totalJoules, 50, relative: 1e-12))
    }

    // MARK: - Classes

    @Test func `Classes follow from calibration, kind, period and coverage`() {
        let counter = EnergySensor(kind: .counter, scale: 1e-6)
        let exact = meter(0.1, window: 0.1, accuracy: 0.01, isCalibrated: true)
        let coarse = meter(0.1, window: 0.1, accuracy: 0.011, isCalibrated: true)
        let claimed = meter(0.1, window: 0.1, accuracy: 0.001)
        let moment = EnergySensor(kind: .instantaneous, scale: 1, updatePeriodSeconds: 0.1)
        let rows: [(EnergySensor, Double?, EnergyClass)] = [
            (exact, 0.1, .a), (coarse, 0.1, .c), (claimed, 0.1, .c),
            (counter, 0.1, .b), (counter, 0.11, .c), (counter, nil, .d),
            // Read every second, a window of 0.1 s covers a tenth of the time.
            (exact, 1, .d), (meter(0.1, window: 0.09), 0.1, .c),
            (meter(0.1, window: 0.08), 0.1, .d),
            (meter(0.1, window: nil), 0.1, .d), (moment, 0.1, .d),
        ]
        for (sensor, period, expected) in rows {
            let found = EnergyClass.of(
                sensor, periodSeconds: period, windowSeconds: 10, isAliased: false)
            #expect(found == expected, "\(sensor) every \(period ?? .nan) s")
            #expect(
                EnergyClass.of(sensor, periodSeconds: period, windowSeconds: 10, isAliased: true)
                    == .d)
        }
    }

    @Test func `A counter nobody declared is judged by how often it was seen to move`() throws {
        let series = EnergySeries(
            times: (0...101).map { UInt64($0) * 100_000_000 },
            values: (0...101).map { Int64($0) * 30_000_000 }, readPeriodSeconds: 0.1)
        let found = try estimate(series, EnergySensor(kind: .counter, scale: 1e-6), seconds: 10)
        #expect(found.energyClass == .b)
        #expect(agree(found.totalJoules, 3000, relative: 1e-12))
        #expect(agree(found.meanWatts, 300, relative: 1e-12))
        #expect(found.findings == [])
    }

    @Test func `A reading right at the edge makes a rarely read counter sharp`() throws {
        // Every 2 s, and 1 ms beside both ends of a window from 3 s to 13 s.
        let times = [0, 2, 2.999, 4, 6, 8, 10, 12, 13.001, 14].map { UInt64($0 * 1e9) }
        let series = EnergySeries(
            times: times, values: times.map { Int64($0 / 1000) * 250 }, readPeriodSeconds: 2)
        let sensor = EnergySensor(kind: .counter, scale: 1e-6, updatePeriodSeconds: 1e-3)
        let found = try EnergyEstimate(
            of: series, sensor: sensor, from: 3 * Self.second, to: 13 * Self.second, idle: nil,
            iterationSeconds: nil)
        #expect(agree(found.periodSeconds, 0.002, relative: 1e-6))
        #expect(found.energyClass == .b)
        #expect(found.findings == [])
    }
}
