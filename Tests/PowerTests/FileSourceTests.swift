import Glibc
import Model
import TestSupport
import Testing

@testable import Power

/// Whose rights this thread has to files. Swift's Glibc lacks it.
@_silgen_name("setfsuid") private func setfsuid(_ user: UInt32) -> Int32

@Suite struct FileSourceTests {
    private func open(_ text: String, _ tree: String) throws -> PowerSources {
        try PowerSources.open([text], environment: environment(tree: fixture(tree)))
    }

    private func values(_ sources: PowerSources) -> [Int64?] {
        sources.adapters.flatMap { adapter in
            var adapter = adapter
            return adapter.read().map(\.value)
        }
    }

    // MARK: - powercap

    @Test func `Package, cores, graphics, memory and platform of one layout are found`() throws {
        let found = try open("powercap", "laptop")
        #expect(
            found.sources.map(\.name) == [
                "powercap.package-0", "powercap.psys", "powercap.package-0/core",
                "powercap.package-0/uncore", "powercap.package-0/dram",
            ])
        #expect(found.sources.map(\.domain) == [.package, .board, .cores, .uncore, .memory])
        #expect(
            found.sources.map(\.containedIn) == [
                nil, nil, "powercap.package-0", "powercap.package-0", nil,
            ])
        #expect(values(found) == [262_143_328_800, 99_887_766, 18_446_744, 1_234_567, 7_654_321])
        let package = found.sources[0]
        #expect(package.kind == .counter && package.unit == "J" && package.scale == 1e-6)
        #expect(package.wrap == 262_143_328_850)
        #expect(found.sources[4].wrap == 65_712_999_613)
        #expect(package.updatePeriodSeconds == 1e-3)
        #expect(package.accuracy == nil && package.accuracyBasis == "the maker states none")
        #expect(package.origin == "/sys/class/powercap/intel-rapl:0/energy_uj")
    }

    @Test func `A package that two drivers show is read once`() throws {
        let found = try open("powercap", "laptop")
        #expect(
            found.unavailable.map(\.description) == [
                "powercap.package-0 (/sys/class/powercap/intel-rapl-mmio:0: shown twice)"
            ])
    }

    @Test func `Two packages with cores of the other layout are found`() throws {
        let found = try open("powercap", "server")
        #expect(
            found.sources.map(\.name) == [
                "powercap.package-0", "powercap.package-1", "powercap.package-0/core",
                "powercap.package-1/core",
            ])
        #expect(values(found) == [65_532_610_987, 2000, 1000, 3000])
        #expect(found.sources.allSatisfy { $0.wrap == 65_532_610_987 })
        #expect(found.unavailable == [])
    }

    @Test func `A user's declaration holds for every zone`() throws {
        let found = try open("powercap?accuracy=0.05", "server")
        #expect(found.sources.allSatisfy { $0.accuracy == 0.05 })
    }

    // MARK: - hwmon

    @Test func `Counters, means and powers of the moment of chips and boards are found`() throws {
        let found = try open("hwmon", "server")
        let expected: [(String, PowerSource.Domain, PowerSource.Kind, Double?, Int64)] = [
            ("hwmon.amd_energy.Ecore000", .cores, .counter, nil, 123_456_789),
            ("hwmon.amd_energy.Esocket0", .package, .counter, nil, 987_654_321),
            ("hwmon.power_meter.power1", .node, .averaging, 1, 312_000_000),
            ("hwmon.amdgpu.slowPPT", .chip, .averaging, nil, 38_000_000),
            ("hwmon.ina226.power1", .board, .instantaneous, 0.035, 4_250_000),
        ]
        #expect(found.sources.map(\.name) == expected.map(\.0))
        #expect(found.sources.map(\.domain) == expected.map(\.1))
        #expect(found.sources.map(\.kind) == expected.map(\.2))
        #expect(found.sources.map(\.updatePeriodSeconds) == expected.map(\.3))
        #expect(values(found) == expected.map(\.4))
        let meter = found.sources[2]
        #expect(meter.averagingWindowSeconds == 1)
        #expect(meter.accuracy == 0.025 && meter.accuracyBasis == "stated by the sensor")
    }

    // MARK: - Battery

    @Test func `Batteries that discharge are read, by power or by current and voltage`() throws {
        let found = try open("battery", "laptop")
        #expect(found.sources.map(\.name) == ["battery.BAT0", "battery.BAT1"])
        #expect(values(found) == [11_520_000, 6_000_000])
    }

    @Test func `A battery that charges does not tell what the machine takes`() throws {
        let found = try open("battery", "broken")
        #expect(
            found.unavailable.map(\.description) == [
                "battery.BAT0 (/sys/class/power_supply/BAT0 is 'Charging': the battery does not "
                    + "feed the machine)",
                "battery.BAT1 (/sys/class/power_supply/BAT1/current_now: absent)",
            ])
        #expect(found.adapters.isEmpty)
    }

    // MARK: - What cannot be read

    @Test func `Counters below zero, without a number or beyond their range are refused`() throws {
        let found = try open("powercap", "broken")
        #expect(found.adapters.isEmpty)
        #expect(
            found.unavailable.map(\.reason) == [
                "/sys/class/powercap/driver:0/energy_uj holds -5: a counter below zero",
                "/sys/class/powercap/driver:1/energy_uj holds 'not a number' and no whole number",
                "/sys/class/powercap/driver:2/energy_uj holds 900, beyond its own range of 800",
            ])
    }

    @Test func `Absurd power and empty files are refused, power below zero is kept`() throws {
        let found = try open("hwmon", "broken")
        #expect(found.sources.map(\.name) == ["hwmon.shunt.power2"])
        #expect(values(found) == [-3_000_000])
        #expect(
            found.unavailable.map(\.reason) == [
                "/sys/class/hwmon/hwmon0/power1_input says 9000000.0 W; "
                    + "a board takes at most 20000.0 W",
                "/sys/class/hwmon/hwmon0/power3_input holds '' and no whole number",
            ])
    }

    @Test func `A file that may not be read says so`() throws {
        let scratch = try ScratchDirectory()
        let zone = scratch("sys/class/powercap/driver:0")
        _ = try Program.run("mkdir", ["-p", zone])
        try PackageFiles.write("package-0\n", to: zone + "/name")
        try PackageFiles.write("5000\n", to: zone + "/energy_uj")
        chmod(scratch.path, 0o755)
        chmod(zone + "/energy_uj", 0o400)
        // Root may read everything; this thread, for the files it opens now, is nobody.
        let isRoot = geteuid() == 0
        if isRoot { _ = setfsuid(65534) } else { chmod(zone + "/energy_uj", 0) }
        defer { if isRoot { _ = setfsuid(0) } }
        let found = try PowerSources.open(
            ["powercap"], environment: environment(tree: scratch.path))
        #expect(found.adapters.isEmpty)
        #expect(
            found.unavailable.map(\.reason) == [
                "/sys/class/powercap/driver:0/energy_uj: permission denied; "
                    + "root can allow reading it"
            ])
    }

    @Test func `A sensor that vanishes or turns to garbage fails and does not stop the others`()
        throws
    {
        let scratch = try ScratchDirectory()
        let chip = scratch("sys/class/hwmon/hwmon0")
        _ = try Program.run("mkdir", ["-p", chip])
        try PackageFiles.write("5000000\n", to: chip + "/power1_input")
        try PackageFiles.write("7000000\n", to: chip + "/power2_input")
        let found = try PowerSources.open(["hwmon"], environment: environment(tree: scratch.path))
        var adapter = try #require(found.adapters.first, "\(found.unavailable)")
        #expect(adapter.read().map(\.value) == [5_000_000, 7_000_000])
        try PackageFiles.write("", to: chip + "/power1_input")
        let readings = adapter.read()
        #expect(readings[0].reason.hasSuffix("power1_input holds '' and no whole number"))
        #expect(readings[1].value == 7_000_000)
    }
}
