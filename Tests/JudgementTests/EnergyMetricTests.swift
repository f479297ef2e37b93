import Bundle
import Model
import Testing

@testable import Judgement

/// Joules of a point from what a source gave beside its launches.
@Suite struct EnergyMetricTests {
    /// A run of three launches of 12 s each, and a meter that read 200 W all along.
    private static func contents(
        profile: ProfileID = .standard, watts: (Int) -> Double = { 200 + Double($0 % 2) },
        change: (inout PowerSource) -> Void = { _ in }, seconds: Double = 12
    ) -> BundleContents {
        var run = SampleRun()
        run.launches = (1...3).map { SampleRun.clean(seed: $0) }
        run.profile.samplesMin = 6
        run.change = {
            $0.counters.measuringNanoseconds = UInt64(seconds * 1e9)
            $0.counters.processorNanoseconds = UInt64(seconds * 0.9e9)
            $0.counters.measuringStartNanoseconds =
                5_000_000_000 + UInt64($0.launch) * 20_000_000_000
        }
        var contents = SampleRun.contents([run])
        var source = PowerSource(
            name: "meter", adapter: "scpi", domain: .nodeAC, kind: .averaging, scale: 1e-3,
            origin: "meter")
        source.updatePeriodSeconds = 0.1
        source.averagingWindowSeconds = 0.1
        source.accuracy = 0.001
        source.calibrationDate = "2026-05-01"
        change(&source)
        contents.power = PowerLog(
            entries: [
                PowerLog.Entry(
                    source: source, file: "telemetry/power.meter.i64", readPeriodSeconds: 0.1,
                    readUncertaintySeconds: 0, failures: [])
            ], unavailable: "")
        contents.powerReadings["telemetry/power.meter.i64"] = (0..<800).flatMap {
            [Int64($0) * 100_000_000, Int64(watts($0) * 1000)]
        }
        return contents
    }

    private static func point(_ contents: BundleContents) -> PointRecord {
        SampleRun.record(contents).points[0]
    }

    /// 200.5 W for 12 s over 40 calls is 60.15 J a call.
    @Test func `Energy of a call is power times time over calls, with its class`() throws {
        let record = Self.point(Self.contents())
        let energy = try #require(record.metric("energy.total"))
        let power = try #require(record.metric("power.mean"))
        #expect(abs(try #require(energy.estimate).value - 60.15) < 0.02)
        #expect(abs(try #require(power.estimate).value - 200.5) < 0.05)
        #expect(energy.source == "meter (nodeAC, class A)")
        #expect(energy.status == .valid && energy.flags.isEmpty)
    }

    @Test func `Without a source every energy metric says what was tried`() throws {
        var contents = Self.contents()
        contents.power = PowerLog(unavailable: "powercap: absent, ipmi: no program")
        for name in ["energy.total", "power.mean"] {
            let metric = try #require(Self.point(contents).metric(name))
            #expect(metric.estimate == nil)
            #expect(metric.unavailable == "powercap: absent, ipmi: no program")
        }
        contents.power = nil
        let metric = try #require(Self.point(contents).metric("energy.total"))
        #expect(metric.unavailable == "no source of power was asked for")
    }

    @Test func `A sensor that stopped gives no joules, and never zero of them`() throws {
        var contents = Self.contents()
        contents.powerReadings["telemetry/power.meter.i64"]?.removeLast(1200)
        let metric = try #require(Self.point(contents).metric("energy.total"))
        #expect(metric.estimate?.launches != 3)
        contents.powerReadings["telemetry/power.meter.i64"] = []
        let none = try #require(Self.point(contents).metric("energy.total"))
        #expect(none.estimate == nil)
        #expect(none.unavailable?.contains("meter: the sensor gave") == true)
    }

    struct Finding: Sendable {
        var id: String
        var contents: @Sendable () -> BundleContents
    }

    static let findings: [Finding] = [
        Finding(id: "energyWindowShort", contents: { contents(seconds: 2) }),
        Finding(
            id: "sensorAliasing",
            contents: {
                contents(change: {
                    $0.updatePeriodSeconds = 0.1
                    $0.averagingWindowSeconds = 0.025
                }).resampled(callSeconds: 0.1)
            }),
        Finding(
            id: "powerGap",
            contents: {
                var contents = Self.contents()
                // No reading from 6 s to 7 s.
                contents.powerReadings["telemetry/power.meter.i64"]?.removeSubrange(120..<140)
                return contents
            }),
        Finding(id: "negativePower", contents: { contents(watts: { $0 % 50 == 0 ? -5 : 200 }) }),
        Finding(id: "sensorUnchanging", contents: { contents(watts: { _ in 200 }) }),
    ]

    @Test(arguments: findings.indices)
    func `What is odd about a sensor is a finding of its metrics`(index: Int) throws {
        let finding = Self.findings[index]
        let metric = try #require(Self.point(finding.contents()).metric("energy.total"))
        #expect(metric.flags.map(\.id).contains(finding.id), "\(finding.id): \(metric.flags)")
    }
}

extension BundleContents {
    /// The same with calls of that length, so that a sensor can beat with them.
    fileprivate func resampled(callSeconds: Double) -> BundleContents {
        var contents = self
        for (file, ticks) in samples where file.hasSuffix(".time.i64") {
            contents.samples[file] = ticks.map { _ in Int64(callSeconds * 1e9) }
        }
        return contents
    }
}
