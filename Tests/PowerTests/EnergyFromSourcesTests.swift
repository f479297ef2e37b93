import Glibc
import Model
import Power
import Statistics
import Synchronization
import Testing

/// From declared sources through a recorder to joules with a class: the parts fit together.
@Suite struct EnergyFromSourcesTests {
    /// Time that moves only when somebody waits, until a limit; from then on waiting is real.
    private final class ScriptedClock: PowerClock {
        let time = Mutex<UInt64>(0)
        let isOver = Mutex(false)
        let limit: UInt64

        init(limit: UInt64) { self.limit = limit }

        func now() -> UInt64 { time.withLock { $0 } }

        func wait(until next: UInt64, orReadable descriptor: Int32) {
            guard next > limit else { return time.withLock { $0 = max($0, next) } }
            isOver.withLock { $0 = true }
            var set = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            poll(&set, 1, 20_000)
        }
    }

    /// A machine that takes 100 W until 30 s and 400 W from then until 42 s.
    private struct Machine: PowerAdapter {
        var sources: [PowerSource]
        let clock: ScriptedClock
        var readPeriodMin: Nanoseconds { .zero }

        private func joules(_ seconds: Double) -> Double {
            100 * seconds + 300 * min(max(seconds - 30, 0), 12)
        }

        mutating func read() -> [PowerReading] {
            let seconds = Double(clock.now()) * 1e-9
            let before = max(0, seconds - 0.1)
            let watts = seconds > 0 ? (joules(seconds) - joules(before)) / (seconds - before) : 100
            let counted = UInt64(joules(seconds) * 1e6) + 262_143_000_000
            return [
                .value(Int64((watts * 1e6).rounded())),
                .value(Int64(counted % 262_143_328_850)),
            ]
        }

        mutating func close() {}
    }

    private func sensor(_ series: PowerSeries) -> EnergySensor {
        let source = series.source
        let clocks = [source.clockUncertaintySeconds, series.readUncertaintySeconds]
        return EnergySensor(
            kind: EnergySensor.Kind(rawValue: source.kind.rawValue) ?? .instantaneous,
            scale: source.scale, wrap: source.wrap,
            updatePeriodSeconds: source.updatePeriodSeconds,
            averagingWindowSeconds: source.averagingWindowSeconds, accuracy: source.accuracy,
            isCalibrated: source.calibrationDate != nil,
            clockOffsetSeconds: source.clockOffsetSeconds,
            clockUncertaintySeconds: clocks.map { $0 * $0 }.reduce(0, +).squareRoot(),
            wattsMax: source.wattsMax)
    }

    @Test func `Idle and load of a machine become total, idle and net joules`() throws {
        let clock = ScriptedClock(limit: 50_000_000_000)
        var meter = PowerSource(
            name: "meter", adapter: "scpi", domain: .nodeAC, kind: .averaging, scale: 1e-6,
            origin: "meter")
        meter.updatePeriodSeconds = 0.1
        meter.averagingWindowSeconds = 0.1
        meter.accuracy = 0.001
        meter.calibrationDate = "2026-05-01"
        var counter = PowerSource(
            name: "counter", adapter: "powercap", domain: .package, kind: .counter, scale: 1e-6,
            origin: "counter")
        counter.updatePeriodSeconds = 1e-3
        counter.wrap = 262_143_328_850
        let recorder = try #require(
            PowerRecorder(
                adapters: [Machine(sources: [meter, counter], clock: clock)],
                period: .milliseconds(100), clock: clock))
        for _ in 0..<2000 where !clock.isOver.withLock({ $0 }) { usleep(10_000) }
        let recorded = recorder.stop()
        #expect(recorded.map(\.values.count).allSatisfy { $0 > 500 })
        for (series, expected) in zip(recorded, [EnergyClass.a, .b]) {
            let sensor = sensor(series)
            let energy = EnergySeries(
                times: series.times, values: series.values,
                readPeriodSeconds: series.readPeriodSeconds)
            let level = try PowerLevel(
                of: energy, sensor: sensor, from: 1_000_000_000, to: 29_000_000_000)
            #expect(abs(level.watts - 100) < 0.01)
            // A load phase of ten seconds inside the twelve.
            let estimate = try EnergyEstimate(
                of: energy, sensor: sensor, from: 31_000_000_000, to: 41_000_000_000,
                idle: IdlePower(before: level, after: nil), iterationSeconds: 0.25)
            #expect(abs(estimate.totalJoules - 4000) < 0.1)
            #expect(estimate.energyClass == expected)
            #expect(
                estimate.findings.allSatisfy {
                    if case .sensorUnchanging = $0 { true } else { false }
                })
            guard case .shown(let net, let deviation) = estimate.net else {
                Issue.record("net energy is not shown")
                continue
            }
            #expect(abs(net - 3000) < 0.2)
            #expect(net > 3 * deviation)
        }
    }
}
