import Foundation
import Statistics
import Testing

/// The figures of measurement.md §17 item 8: 100 W idle, 400 W under load, a 100 ms sensor.
@Suite struct EnergySimulationTests {
    private static let idle = 100.0
    private static let load = 400.0
    private static let period = 0.1

    /// Energy of the load from 0 to `time`, where it lasts from 0 to `seconds` and is steady, or
    /// switches on and off with `cycle`.
    private func energy(_ time: Double, _ seconds: Double, cycle: Double?) -> Double {
        let inside = min(max(time, 0), seconds)
        guard let cycle else { return Self.load * inside + Self.idle * (time - inside) }
        let whole = (inside / cycle).rounded(.down)
        let on = whole * cycle / 2 + min(inside - whole * cycle, cycle / 2)
        return Self.load * on + Self.idle * (time - on)
    }

    /// Relative errors of the estimate over random phases of the sensor.
    private func errors(
        seconds: Double, window: Double, cycle: Double? = nil, runs: Int, seed: UInt64
    ) throws -> (relative: [Double], withinExpanded: Int) {
        var simulation = Simulation(seed: seed)
        let sensor = EnergySensor(
            kind: .averaging, scale: 1e-6, updatePeriodSeconds: Self.period,
            averagingWindowSeconds: window, accuracy: 0)
        let idle = IdlePower(
            before: PowerLevel(watts: Self.idle, standardUncertainty: 0), after: nil)
        let truth = energy(seconds, seconds, cycle: cycle)
        var relative: [Double] = []
        var within = 0
        for _ in 0..<runs {
            let phase = simulation.uniform() * Self.period
            let times = (-3...Int(seconds / Self.period) + 3).map {
                phase + Double($0) * Self.period
            }
            let values = times.map { time in
                let watts =
                    (energy(time, seconds, cycle: cycle)
                        - energy(time - window, seconds, cycle: cycle)) / window
                return Int64((watts * 1e6).rounded())
            }
            let start = 10.0
            let series = EnergySeries(
                times: times.map { UInt64((start + $0) * 1e9) }, values: values,
                readPeriodSeconds: Self.period)
            let found = try EnergyEstimate(
                of: series, sensor: sensor, from: UInt64(start * 1e9),
                to: UInt64((start + seconds) * 1e9), idle: idle, iterationSeconds: cycle)
            let error = found.totalJoules - truth
            relative.append(error / truth)
            if abs(error) <= found.uncertainty.expanded { within += 1 }
        }
        return (relative, within)
    }

    private func deviation(_ values: [Double]) -> Double {
        (values.reduce(0) { $0 + $1 * $1 } / Double(values.count)).squareRoot()
    }

    @Test(arguments: [
        (1.0, 1.0, 0.05), (1.0, 0.25, 0.09), (5.0, 1.0, 0.016), (5.0, 0.25, 0.018),
        (10.0, 1.0, 0.005), (10.0, 0.25, 0.009), (60.0, 1.0, 0.001), (60.0, 0.25, 0.0015),
    ])
    func `The error of a step in power shrinks with the window as tabulated`(
        seconds: Double, share: Double, deviationMax: Double
    ) throws {
        let found = try errors(
            seconds: seconds, window: share * Self.period, runs: 400, seed: 17)
        #expect(deviation(found.relative) <= deviationMax)
    }

    @Test(arguments: [1.0, 10.0]) func `Two standard deviations cover a full-time sensor's error`(
        seconds: Double
    ) throws {
        let found = try errors(seconds: seconds, window: Self.period, runs: 1000, seed: 5)
        #expect(found.withinExpanded >= 950)
    }

    @Test func `A part-time sensor in step with the work is wrong at any window length`() throws {
        for seconds in [10.0, 60.0] {
            let found = try errors(
                seconds: seconds, window: 0.25 * Self.period, cycle: Self.period, runs: 200,
                seed: 3)
            let worst = found.relative.map(abs).max() ?? 0
            #expect(worst > 0.55 && worst < 0.65)
        }
        let resonance = SensorAliasing.resonance(
            iterationSeconds: Self.period, sensorPeriodSeconds: Self.period, coverage: 0.25)
        #expect(resonance == Self.period)
    }

    @Test func `A full-time sensor in step with the work is right`() throws {
        let found = try errors(
            seconds: 10, window: Self.period, cycle: Self.period, runs: 200, seed: 3)
        #expect(found.relative.allSatisfy { abs($0) < 0.005 })
    }

    @Test func `The scatter of ten blocks of white noise is the error of their mean`() throws {
        var simulation = Simulation(seed: 11)
        let truth = 100.0
        var within = 0
        let sensor = EnergySensor(
            kind: .averaging, scale: 1e-6, updatePeriodSeconds: 0.1, averagingWindowSeconds: 0.1)
        for _ in 0..<500 {
            let series = EnergySeries(
                times: (0...310).map { UInt64($0) * 100_000_000 },
                values: (0...310).map { _ in Int64((truth + 5 * simulation.normal()) * 1e6) },
                readPeriodSeconds: 0.1)
            let level = try PowerLevel(
                of: series, sensor: sensor, from: 500_000_000, to: 30_500_000_000)
            // 5 W over 300 readings: 0.289 W; Student's t of ten blocks at 95 % is 2.262.
            if abs(level.watts - truth) <= 2.262 * level.standardUncertainty { within += 1 }
        }
        #expect((450...495).contains(within))
    }
}
