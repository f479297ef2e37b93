import Foundation
import Model
import Testing

@testable import Power

@Suite struct PowerSourcesTests {
    @Test func `Where there is nothing, what was tried is told in one line`() throws {
        let found = try PowerSources.open(
            ["auto"], environment: environment(tree: fixture("virtual")))
        #expect(found.adapters.isEmpty)
        #expect(
            found.unavailableText
                == "unavailable: powercap (/sys/class/powercap: no zone has energy_uj), "
                + "hwmon (/sys/class/hwmon: none of 1 chip(s) has power or energy), "
                + "battery (/sys/class/power_supply: no battery), "
                + "ipmi (/dev/ipmi0, /dev/ipmi/0, /dev/ipmidev/0: absent)")
        let bare = try PowerSources.open(["auto"], environment: environment())
        #expect(
            bare.unavailableText
                == "unavailable: powercap (/sys/class/powercap: absent), "
                + "hwmon (/sys/class/hwmon: absent or empty), "
                + "battery (/sys/class/power_supply: no battery), "
                + "ipmi (/dev/ipmi0, /dev/ipmi/0, /dev/ipmidev/0: absent)")
    }

    @Test func `Where there is a source, the others are listed beside it`() throws {
        let found = try PowerSources.open(
            ["auto", "hwmon", "scpi://meter"], environment: environment(tree: fixture("server")))
        #expect(found.unavailableText == nil)
        #expect(found.adapters.count == 2)
        #expect(found.sources.count == 9)
        #expect(Set(found.sources.map(\.name)).count == 9)
        #expect(
            found.unavailable.map(\.name) == ["battery", "ipmi", "scpi://meter"])
        #expect(found.unavailable.last?.reason == "meter:5025: no network")
    }

    @Test func `Nothing is looked for where nothing is asked for`() throws {
        for texts in [[], ["none"]] {
            let found = try PowerSources.open(
                texts, environment: environment(tree: fixture("server")))
            #expect(found.unavailableText == "unavailable: power (not asked for)")
        }
    }

    @Test func `A declaration survives its way through a file`() throws {
        let found = try PowerSources.open(
            ["auto"], environment: environment(tree: fixture("server")))
        let text = try JSONEncoder().encode(found.sources)
        #expect(try JSONDecoder().decode([PowerSource].self, from: text) == found.sources)
    }
}
