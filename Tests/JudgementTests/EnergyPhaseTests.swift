import Bundle
import Model
import Testing

@testable import Judgement

/// Energy of a phase of its own: windows of steady work between two idle stretches.
@Suite struct EnergyPhaseTests {
    private static let file = "telemetry/power.meter.i64"

    /// 100 W when idle, 300 W from 40 s to 72 s; calls of 10 ms in samples of 100 ms.
    private static func contents(
        idleWatts: [Double] = [100, 100], loadWatts: Double = 300, windows: Int = 3,
        hasIdle: Bool = true
    ) -> BundleContents {
        var contents = SampleRun.contents([SampleRun()])
        contents.plan.energy = EnergyPlan(window: .seconds(10), windows: windows)
        func add(_ phase: ExtraPhase, at start: UInt64, seconds: UInt64) -> LaunchEntry {
            var entry = LaunchEntry(
                index: contents.launches.count, pointHash: "", subject: SampleRun.subject,
                launch: 0)
            entry.phase = phase
            entry.outcome = .ok
            entry.counters = LaunchCounters(measuringNanoseconds: seconds * 1_000_000_000)
            entry.counters.measuringStartNanoseconds = start * 1_000_000_000
            return entry
        }
        if hasIdle { contents.launches.append(add(.idle, at: 5, seconds: 30)) }
        var load = add(.energy, at: 40, seconds: 32)
        load.pointHash = contents.plan.points[0].pointHash
        load.samples = 320
        load.batch = 10
        load.files = ["0.energy.i64", "0.energy.start.i64"]
        contents.samples[load.files[0]] = [Int64](repeating: 100_000_000, count: 320)
        contents.samples[load.files[1]] = (0..<320).map { Int64($0) * 100_000_000 }
        contents.launches.append(load)
        if hasIdle { contents.launches.append(add(.idle, at: 75, seconds: 30)) }
        var source = PowerSource(
            name: "meter", adapter: "scpi", domain: .nodeAC, kind: .averaging, scale: 1e-3,
            origin: "meter")
        source.updatePeriodSeconds = 0.1
        source.averagingWindowSeconds = 0.1
        source.accuracy = 0.001
        source.calibrationDate = "2026-05-01"
        contents.power = PowerLog(
            entries: [
                PowerLog.Entry(
                    source: source, file: Self.file, readPeriodSeconds: 0.1,
                    readUncertaintySeconds: 0, failures: [])
            ], unavailable: "")
        contents.powerReadings[Self.file] = (0..<1100).flatMap { step -> [Int64] in
            let seconds = Double(step) / 10
            let watts =
                seconds > 40 && seconds <= 72
                ? loadWatts : idleWatts[seconds < 50 ? 0 : 1]
            // One milliwatt up and down, as a meter that lives.
            return [Int64(step) * 100_000_000, Int64(watts * 1000) + Int64(step % 2)]
        }
        return contents
    }

    private static func point(_ contents: BundleContents) -> PointRecord {
        SampleRun.record(contents).points[0]
    }

    private static func value(_ name: String, _ point: PointRecord) -> Double {
        point.metric(name)?.estimate?.value ?? .nan
    }

    /// 300 W for 10 ms are 3 J a call; 100 W of them are idle.
    @Test func `Total, idle and net energy of a call add up`() throws {
        let point = Self.point(Self.contents())
        #expect(abs(Self.value("energy.total", point) - 3) < 0.001)
        #expect(abs(Self.value("energy.idle", point) - 1) < 0.001)
        #expect(abs(Self.value("energy.net", point) - 2) < 0.001)
        #expect(abs(Self.value("power.mean", point) - 300) < 0.1)
        #expect(abs(Self.value("power.idle", point) - 100) < 0.1)
        // The point has a million operations a call.
        #expect(abs(Self.value("energy.flop", point) - 3e-6) < 1e-9)
        #expect(point.metric("energy.flop")?.unit == "J/{FLOP}")
        let total = try #require(point.metric("energy.total"))
        #expect(total.source == "meter (nodeAC, class A, phase of its own)")
        #expect(total.flags.isEmpty)
        #expect(total.estimate?.n == 3 && total.estimate?.launches == 1)
    }

    /// The accuracy of 0.1 % is a rectangle: ±0.1 %/√3 is one standard deviation, and two of
    /// them are printed beside the windows' own scatter, which is nil here.
    @Test func `The interval holds what the meter itself does not know`() throws {
        let interval = try #require(
            Self.point(Self.contents()).metric("energy.total")?.estimate?.interval)
        let half = (interval.high - interval.low) / 2
        let gain = 2 * 0.001 * 3 / 3.0.squareRoot()
        // A step of 200 W seen up to 0.1 s late at either end, over 1000 calls.
        let edges = 2 * 200 * 0.1 / 6.0.squareRoot() / 1000
        #expect(abs(half - (gain * gain + edges * edges).squareRoot()) < 3e-4)
        #expect(interval.basis == .samples)
    }

    @Test func `Idle power that changed is a finding, and makes net energy uncertain`() throws {
        let point = Self.point(Self.contents(idleWatts: [100, 120]))
        let net = try #require(point.metric("energy.net"))
        #expect(net.flags.map(\.id).contains("idleDrift"))
        #expect(abs(Self.value("power.idle", point) - 110) < 0.1)
        let interval = try #require(net.estimate?.interval)
        // ±20 W/√12 of idle power are ±5.8 W, twice: 0.115 J of 10 ms.
        #expect(interval.high - interval.low > 2 * 0.11)
    }

    @Test func `Net energy that does not stand out from idle is not told`() throws {
        let point = Self.point(Self.contents(idleWatts: [100, 104], loadWatts: 103))
        let net = try #require(point.metric("energy.net"))
        #expect(net.estimate == nil)
        #expect(net.unavailable?.contains("not above three") == true)
        #expect(abs(Self.value("energy.total", point) - 1.03) < 0.001)
    }

    @Test func `Without an idle stretch there is a total and no net energy`() throws {
        let point = Self.point(Self.contents(hasIdle: false))
        #expect(abs(Self.value("energy.total", point) - 3) < 0.001)
        #expect(point.metric("energy.net")?.unavailable == "idle power was not measured")
    }

    @Test func `Windows begin at different fractions and do not overlap`() throws {
        let contents = Self.contents()
        let windows = EnergyWindows(
            contents, launches: [], pointHash: contents.plan.points[0].pointHash,
            subject: SampleRun.subject)
        #expect(windows.isPhase && windows.windows.count == 3)
        for (before, after) in zip(windows.windows, windows.windows.dropFirst()) {
            #expect(before.end <= after.start)
        }
        for window in windows.windows {
            let seconds = Double(window.end - window.start) * 1e-9
            #expect(seconds >= 10 && seconds < 10.2)
            #expect(abs(window.calls - seconds * 100) < 1e-6)
        }
    }

    @Test func `Launches for energy do not count as launches of the point`() {
        let point = Self.point(Self.contents())
        #expect(point.launches.count == 1)
        #expect(point.outcome == .ok)
    }
}

/// Launches that were throttled and made again.
@Suite struct RepeatedLaunchTests {
    @Test func `The repetition counts, the throttled launch is kept, and both are shown`() throws {
        var run = SampleRun()
        run.launches = [
            SampleRun.clean(seed: 1, centre: 4e6), SampleRun.clean(seed: 2),
        ]
        run.change = {
            if $0.launch == 0 {
                $0.counters.throttleEvents = 3
            } else {
                $0.launch = 0
                $0.retryOf = 0
            }
        }
        var contents = SampleRun.contents([run])
        contents.plan.points[0].profile.launches = 1
        let record = SampleRun.record(contents).points[0]
        #expect(record.outcome == .ok)
        #expect(record.launches.map(\.isReplaced) == [true, nil])
        let time = try #require(record.estimate("time"))
        #expect(abs(time.value / 2e-3 - 1) < 0.02)
        #expect(record.flagIDs.contains("repeatedAfterThrottling"))
        #expect(!record.flagIDs.contains("throttled"))
        #expect(!record.flagIDs.contains("repeatedAfterDisturbance"))
    }

    @Test func `A disturbed launch that was made again qualifies nothing, and is named`() throws {
        var run = SampleRun()
        run.launches = [
            SampleRun.clean(seed: 1, centre: 4e6), SampleRun.clean(seed: 2),
        ]
        run.change = {
            if $0.launch == 0 {
                $0.counters.throughputBefore = 1e9
                $0.counters.throughputAfter = 0.8e9
            } else {
                $0.launch = 0
                $0.retryOf = 0
            }
        }
        var contents = SampleRun.contents([run])
        contents.plan.points[0].profile.launches = 1
        let record = SampleRun.record(contents).points[0]
        let time = try #require(record.estimate("time"))
        #expect(abs(time.value / 2e-3 - 1) < 0.02)
        #expect(record.flagIDs.contains("repeatedAfterDisturbance"))
        #expect(!record.flagIDs.contains("repeatedAfterThrottling"))
        #expect(!record.flagIDs.contains("hostSpeedChanged"))
    }
}
