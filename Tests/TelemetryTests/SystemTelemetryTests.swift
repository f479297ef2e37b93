import Glibc
import Telemetry
import Testing

@Suite struct SystemTelemetryTests {
    private static let fixtures =
        String(#filePath.dropLast("TelemetryTests/SystemTelemetryTests.swift".count))
        + "Fixtures/machine/"

    /// Channels by name with their values at one sweep.
    private static func sweep(_ telemetry: inout SystemTelemetry) -> [String: Int64] {
        let channels = telemetry.channels
        let pairs = telemetry.sample().compactMap { reading in
            reading.value.map { (channels[reading.channel].name, $0) }
        }
        return Dictionary(pairs) { first, _ in first }
    }

    @Test func `A server's sensors are found and read`() {
        var telemetry = SystemTelemetry.discover(files: SensorFiles(root: Self.fixtures + "server"))
        let values = Self.sweep(&telemetry)
        // user 1600, system 800, softirq 16 of the recorded line; steal is 0.
        #expect(values["cpu.busy"] == 2416)
        #expect(values["cpu.steal"] == 0)
        #expect(values["cpu15.busy"] == 166)
        #expect(values["cpu.pressure.some"] == 123_456_789)
        #expect(values["cpu3.frequency"] == 1_903_000)
        #expect(values["cpu5.throttles"] == 5)
        #expect(values["package0.throttles"] == 100)
        #expect(values["package1.throttles"] == 101)
        #expect(values["thermal_zone0.x86_pkg_temp.temperature"] == 40_000)
        #expect(values["hwmon0.coretemp.Package id 0.temperature"] == 41_000)
        #expect(values["hwmon1.power_meter.power1.power.mean"] == 312_000_000)
        #expect(values["powercap.package-0.energy"] == 262_143_000_000)
        #expect(values["supply.ACAD.online"] == 1)
        #expect(values.count == telemetry.channels.count)
        let unavailable = telemetry.unavailable
        #expect(unavailable == [])
    }

    @Test func `Channels carry unit, scale and wrap`() throws {
        let telemetry = SystemTelemetry.discover(files: SensorFiles(root: Self.fixtures + "server"))
        let channels = telemetry.channels
        #expect(channels.map(\.id) == Array(channels.indices))
        #expect(Set(channels.map(\.name)).count == channels.count)
        let energy = try #require(channels.first { $0.name == "powercap.package-1.energy" })
        #expect(energy.unit == "J" && energy.scale == 1e-6 && energy.kind == .counter)
        #expect(energy.modulus == 262_143_328_850)
        let meter = try #require(channels.first { $0.unit == "W" })
        #expect(meter.averagingSeconds == 1)
        #expect(channels.allSatisfy { ["s", "Hz", "Cel", "J", "W", "1"].contains($0.unit) })
    }

    @Test func `Only the processors asked for get channels of their own`() {
        let telemetry = SystemTelemetry.discover(
            files: SensorFiles(root: Self.fixtures + "server"), cpus: [2, 3])
        let names = telemetry.channels.map(\.name).filter {
            $0.hasPrefix("cpu") && $0 != "cpu.busy"
        }
        #expect(
            names == [
                "cpu.steal", "cpu2.busy", "cpu3.busy", "cpu.pressure.some", "cpu2.frequency",
                "cpu2.throttles", "cpu3.frequency", "cpu3.throttles",
            ])
    }

    @Test func `An offline processor has no channel and steal is read`() {
        var telemetry = SystemTelemetry.discover(
            files: SensorFiles(root: Self.fixtures + "container"))
        let values = Self.sweep(&telemetry)
        #expect(values["cpu.steal"] == 250)
        #expect(values["cpu2.busy"] == 153)
        #expect(values["cpu3.busy"] == nil)
        #expect(values["cpu4.busy"] == 153)
        let missing = telemetry.unavailable.map(\.name)
        #expect(missing.contains("processor pressure"))
        #expect(missing.contains("energy counters"))
        #expect(missing.contains("processor frequency"))
        #expect(telemetry.unavailable.allSatisfy { !$0.reason.isEmpty })
    }

    @Test func `Without any file every sensor is unavailable and a sweep is empty`() {
        var telemetry = SystemTelemetry.discover(files: SensorFiles(root: "/nowhere"))
        #expect(telemetry.sample() == [])
        #expect(
            telemetry.unavailable.map(\.name) == [
                "processor time", "processor pressure", "processor frequency",
                "thermal throttling", "thermal zones", "sensor chips", "energy counters",
            ])
    }

    @Test func `This machine's counters never go back`() throws {
        var telemetry = SystemTelemetry.discover()
        let channels = telemetry.channels
        let first = telemetry.sample()
        usleep(50_000)
        let second = telemetry.sample()
        #expect(first.count == channels.count && second.count == channels.count)
        for (before, after) in zip(first, second) where channels[before.channel].kind == .counter {
            let earlier = try #require(before.value)
            let later = try #require(after.value)
            let growth = channels[before.channel].growth(from: earlier, to: later)
            #expect(growth != nil, "\(channels[before.channel].name)")
        }
        let busy = try #require(first[0].value)
        #expect(busy > 0)
    }
}
