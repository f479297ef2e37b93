import Statistics
import Testing

@Suite struct EnergyIntegralTests {
    private static let second: UInt64 = 1_000_000_000

    /// Readings at whole seconds from 1 s on, unless times are given.
    private func series(_ values: [Int64], times: [Double]? = nil) -> EnergySeries {
        let seconds = times ?? values.indices.map { Double($0 + 1) }
        return EnergySeries(
            times: seconds.map { UInt64($0 * 1e9) }, values: values, readPeriodSeconds: 1)
    }

    private func joules(
        _ series: EnergySeries, _ sensor: EnergySensor, _ from: Double, _ to: Double
    ) throws -> Double {
        try EnergyIntegral(
            of: series, sensor: sensor, from: UInt64(from * 1e9), to: UInt64(to * 1e9)
        ).joules
    }

    private func failure(
        _ series: EnergySeries, _ sensor: EnergySensor, _ from: Double, _ to: Double
    ) -> EnergyFailure? {
        #expect(throws: EnergyFailure.self) { try joules(series, sensor, from, to) }
    }

    // MARK: - Golden values

    @Test func `A counter of 32 bits from 4294967290 to 4 grew by ten units of 2^-16 J`() throws {
        let sensor = EnergySensor(kind: .counter, scale: 0x1p-16, wrap: 1 << 32, wattsMax: 5000)
        #expect(sensor.growth(from: 4_294_967_290, to: 4) == 10)
        let energy = try joules(series([4_294_967_290, 4]), sensor, 1, 2)
        #expect(energy == 10 * 0x1p-16)
    }

    @Test(arguments: 0..<3) func `Counters with wraps agree with numpy`(index: Int) throws {
        let golden = EnergyReference.shared.counters[index]
        #expect((golden.wraps ?? 0) > 0)
        let sensor = EnergySensor(
            kind: .counter, scale: golden.scale, wrap: golden.wrap, wattsMax: 500)
        let series = EnergySeries(
            times: golden.times, values: golden.values, readPeriodSeconds: 0.1)
        for window in golden.windows {
            let found = try EnergyIntegral(
                of: series, sensor: sensor, from: window.window[0], to: window.window[1])
            #expect(agree(found.joules, window.joules, relative: 1e-9))
        }
    }

    @Test func `Right-endpoint rectangles agree with numpy`() throws {
        try compare(EnergyReference.shared.averaging, kind: .averaging)
    }

    @Test func `Trapezoids with interpolated edges agree with numpy`() throws {
        try compare(EnergyReference.shared.instantaneous, kind: .instantaneous)
    }

    private func compare(_ golden: EnergyReference.Series, kind: EnergySensor.Kind) throws {
        let sensor = EnergySensor(kind: kind, scale: golden.scale)
        let series = EnergySeries(
            times: golden.times, values: golden.values, readPeriodSeconds: 0.1)
        for window in golden.windows {
            let found = try EnergyIntegral(
                of: series, sensor: sensor, from: window.window[0], to: window.window[1])
            #expect(agree(found.joules, window.joules, relative: 1e-9))
            let inside = golden.times.indices.filter {
                window.window[0] <= golden.times[$0] && golden.times[$0] <= window.window[1]
            }
            #expect(found.readings == inside.count)
        }
    }

    // MARK: - What each kind means

    @Test func `A mean covers the time before its reading and a power of the moment both sides`()
        throws
    {
        let steps = series([0, 100, 300])
        #expect(try joules(steps, EnergySensor(kind: .averaging, scale: 1), 1, 3) == 400)
        #expect(try joules(steps, EnergySensor(kind: .instantaneous, scale: 1), 1, 3) == 250)
        // Half of the last second: the mean's half, and the upper half of the ramp.
        #expect(try joules(steps, EnergySensor(kind: .averaging, scale: 1), 2.5, 3) == 150)
        #expect(try joules(steps, EnergySensor(kind: .instantaneous, scale: 1), 2.5, 3) == 125)
    }

    @Test func `A reading that lies behind what it describes is moved back`() throws {
        let late = EnergySensor(kind: .averaging, scale: 1, clockOffsetSeconds: 1)
        #expect(try joules(series([7, 7, 100, 300]), late, 1, 2) == 100)
    }

    @Test func `Negative power is kept and counted`() throws {
        let sensor = EnergySensor(kind: .averaging, scale: 1)
        let found = try EnergyIntegral(
            of: series([10, -4, 10]), sensor: sensor, from: Self.second, to: 3 * Self.second)
        #expect(found.joules == 6)
        #expect(found.negativeReadings == 1)
    }

    // MARK: - Nothing becomes 0 J

    @Test func `A window that readings do not enclose has no energy`() {
        let sensor = EnergySensor(kind: .averaging, scale: 1)
        let watts = series([100, 100, 100])
        #expect(failure(watts, sensor, 0.5, 2) == .notEnclosed(atStart: true))
        #expect(failure(watts, sensor, 1.5, 3.5) == .notEnclosed(atStart: false))
        #expect(failure(watts, sensor, 2, 2) == .emptyWindow)
        #expect(failure(series([100]), sensor, 1, 2) == .tooFewReadings(1))
        #expect(failure(series([]), sensor, 1, 2) == .tooFewReadings(0))
    }

    @Test func `A counter that stands still and a sensor that reads zero have no energy`() {
        let counter = EnergySensor(kind: .counter, scale: 1e-6, wrap: 1 << 32, wattsMax: 1000)
        #expect(failure(series([500, 500, 500]), counter, 1, 3) == .counterStandsStill)
        let gauge = EnergySensor(kind: .averaging, scale: 1)
        #expect(failure(series([0, 0, 0]), gauge, 1, 3) == .readsZero)
    }

    @Test func `A counter that goes back without a wrap was reset`() {
        let sensor = EnergySensor(kind: .counter, scale: 1e-6)
        #expect(
            failure(series([500_000, 600_000, 10]), sensor, 1, 3)
                == .counterWentBack(secondsAfterStart: 2))
        // Beyond its own wrap it cannot be.
        let wrapping = EnergySensor(kind: .counter, scale: 1e-6, wrap: 1_000_000, wattsMax: 0.1)
        #expect(
            failure(series([1_000_001, 5]), wrapping, 1, 2)
                == .counterWentBack(secondsAfterStart: 1))
        #expect(EnergySensor(kind: .counter, scale: 1).growth(from: -1, to: 5) == nil)
    }

    @Test func `A reset that looks like a wrap is found by the power it would need`() {
        // 262 kJ in a second: the driver was loaded anew.
        let sensor = EnergySensor(
            kind: .counter, scale: 1e-6, wrap: 262_143_328_850, updatePeriodSeconds: 1e-3,
            wattsMax: 5000)
        guard
            case .counterJumped(let watts, 5000) = failure(
                series([600_000, 700_000, 10]), sensor, 1, 3)
        else {
            Issue.record("the reset was not seen")
            return
        }
        #expect(agree(watts, 262_142.62886, relative: 1e-9))
    }

    @Test func `Readings so far apart that a counter may have wrapped twice have no energy`() {
        let sensor = EnergySensor(kind: .counter, scale: 1e-6, wrap: 65_532_610_987, wattsMax: 5000)
        let far = series([10, 500_000_000], times: [1, 15])
        #expect(
            failure(far, sensor, 1, 15)
                == .wrapAmbiguous(gapSeconds: 14, wrapSecondsMin: 65_532_610_987 * 1e-6 / 5000))
    }

    @Test func `Every failure is one sentence`() {
        let all: [EnergyFailure] = [
            .emptyWindow, .tooFewReadings(1), .notEnclosed(atStart: true),
            .notEnclosed(atStart: false), .counterWentBack(secondsAfterStart: 1.23456),
            .counterJumped(watts: 1e6, wattsMax: 5000),
            .wrapAmbiguous(gapSeconds: 14, wrapSecondsMin: 13.1), .counterStandsStill, .readsZero,
        ]
        #expect(Set(all.map(\.description)).count == all.count)
        #expect(all.allSatisfy { !$0.description.hasSuffix(".") })
        #expect(
            EnergyFailure.counterWentBack(secondsAfterStart: 1.23456).description
                == "the counter went back 1.235 s after the window began: it was reset")
    }
}
