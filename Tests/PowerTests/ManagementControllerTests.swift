import Glibc
import Model
import TestSupport
import Testing

@testable import Power

/// Recorded outputs, and a controller played by OpenIPMI's `ipmi_sim` that `ipmitool` asks.
@Suite struct ManagementControllerTests {
    private func recorded(_ name: String) throws -> String {
        try PackageFiles.text(fixture("ipmi/\(name).txt"))
    }

    // MARK: - Recorded outputs

    @Test func `The power that both programs print is read`() throws {
        #expect(try ControllerOutput.reading(recorded("ipmitool-active")).get() == 196_000_000)
        #expect(try ControllerOutput.statistics(recorded("ipmi-dcmi-active")).get() == 196_000_000)
        #expect(
            try ControllerOutput.sensor(recorded("ipmitool-sensor"), named: "Pwr Consumption")
                .get() == 196_000_000)
    }

    @Test func `A measurement that is switched off is no power`() throws {
        let first = #expect(throws: PowerError.self) {
            try ControllerOutput.reading(recorded("ipmitool-inactive")).get()
        }
        #expect(first?.detail == "ipmitool: the controller's power measurement is 'deactivated'")
        let second = #expect(throws: PowerError.self) {
            try ControllerOutput.statistics(recorded("ipmi-dcmi-inactive")).get()
        }
        #expect(
            second?.detail == "ipmi-dcmi: the controller's power measurement is 'Not Available'")
    }

    @Test(arguments: [
        "", "\n", "Instantaneous power reading: 196", "Instantaneous power reading: 196 BTU",
        "Instantaneous power reading: many Watts", "Instantaneous power reading: 1 9 Watts",
        "Instantaneous power reading: Watts", "Current Power : 196 Watts",
        "Instantaneous power reading: inf Watts",
    ])
    func `Another layout is no power`(text: String) {
        let error = #expect(throws: PowerError.self) { try ControllerOutput.reading(text).get() }
        #expect(error?.detail.hasPrefix("ipmitool printed no power: ") == true)
    }

    @Test(arguments: [
        ("", "ipmitool knows no sensor 'P'"), ("Q,1,Watts,ok", "ipmitool knows no sensor 'P'"),
        ("P,23,degrees C,ok", "the sensor 'P' is not in watts"),
        ("P,23", "the sensor 'P' is not in watts"),
        ("P,,Watts,ns", "the sensor 'P' is 'ns'"),
        ("P,x,Watts,ok", "ipmitool printed no power: 'P,x,Watts,ok'"),
    ])
    func `A sensor without watts is no power`(text: String, reason: String) {
        let error = #expect(throws: PowerError.self) {
            try ControllerOutput.sensor(text, named: "P").get()
        }
        #expect(error?.detail == reason)
    }

    // MARK: - Scripted programs

    @Test func `This machine's own controller is asked only where there is one`() throws {
        let scratch = try ScratchDirectory()
        #expect(
            refusal("ipmi", environment(tree: scratch.path))
                == "/dev/ipmi0, /dev/ipmi/0, /dev/ipmidev/0: absent")
        _ = try Program.run("mkdir", [scratch("dev")])
        try PackageFiles.write("", to: scratch("dev/ipmi0"))
        #expect(
            refusal("ipmi", environment(tree: scratch.path))
                == "the program 'ipmitool' is not installed; "
                + "the program 'ipmi-dcmi' is not installed")
        // The second program takes over where the first is missing.
        let programs = ScriptedPrograms(["ipmi-dcmi": [.printed(try recorded("ipmi-dcmi-active"))]])
        let found = try PowerSources.open(
            ["ipmi"], environment: environment(tree: scratch.path, programs: programs))
        #expect(found.sources.map(\.name) == ["ipmi.dcmi"])
        #expect(found.sources[0].domain == .node)
        #expect(found.sources[0].updatePeriodSeconds == nil)
        #expect(found.sources[0].origin == "ipmi-dcmi --get-system-power-statistics")
        #expect(programs.asked.map(\.first) == ["ipmitool", "ipmi-dcmi"])
    }

    @Test func `A controller that fails later fails in words, and may come back`() throws {
        let active = ProgramOutcome.printed(try recorded("ipmitool-active"))
        let programs = ScriptedPrograms([
            "ipmitool": [
                active, .timedOut, .failed("a signal ended it"),
                .ended(exitCode: 1, output: "\n", errors: "a\n  no session  \n"),
                .printed("Instantaneous power reading: 65535000 Watts"), active,
            ]
        ])
        let found = try PowerSources.open(
            ["ipmi://root@bmc?password-file=/f&program=ipmitool"],
            environment: environment(programs: programs))
        var adapter = try #require(found.adapters.first, "\(found.unavailable)")
        #expect(adapter.read()[0].reason == "ipmitool did not answer in time")
        #expect(adapter.read()[0].reason == "ipmitool: a signal ended it")
        #expect(adapter.read()[0].reason == "ipmitool ended with 1: 'no session  '")
        #expect(adapter.read()[0].reason.hasSuffix("a node takes at most 100000.0 W"))
        #expect(adapter.read()[0].value == 196_000_000)
        // The password's file is named, the password never is.
        #expect(
            programs.asked[0] == [
                "ipmitool", "-I", "lanplus", "-H", "bmc", "-U", "root", "-f", "/f", "-N", "2", "-R",
                "1", "dcmi", "power", "reading",
            ])
    }

    // MARK: - A controller that is played

    /// A simulated controller with the DCMI module, and how to ask it.
    private struct Simulator {
        let scratch: ScratchDirectory
        let peer: Peer
        let port: Int
        var options: String { "password-file=\(scratch("password"))&cipher=3&timeout=20" }

        init() throws {
            scratch = try ScratchDirectory()
            let library = scratch("dcmi.so")
            let built = try Program.run(
                "clang", ["-shared", "-fPIC", "-o", library, fixture("ipmi/dcmi_module.c")])
            guard built.exitCode == 0 else { throw TestSupportError(built.stderr) }
            port = try Peer.freePort(SOCK_DGRAM)
            let lan = """
                name "assay"
                set_working_mc 0x20
                  startlan 1
                    addr 127.0.0.1 \(port)
                    priv_limit admin
                    allowed_auths_admin none md2 md5 straight
                    guid a123456789abcdefa123456789abcdef
                  endlan
                  user 2 true "assay" "secret" admin 10 none md2 md5 straight
                loadlib "\(library)" "\(scratch("power"))"

                """
            try PackageFiles.write(lan, to: scratch("lan.conf"))
            try PackageFiles.write("secret\n", to: scratch("password"))
            _ = try Program.run("mkdir", [scratch("state")])
            peer = try Peer(
                "ipmi_sim",
                [
                    "-c", scratch("lan.conf"), "-f", fixture("ipmi/simulator.emu"), "-s",
                    scratch("state"), "-n",
                ], log: scratch("log"))
            try say("0 196 4 328 190 1000 64")
            try peer.wait(for: "ipmi_sim (Debian: openipmi)") { bound() }
        }

        /// What it answers from now on: completion code, four powers, milliseconds, state.
        func say(_ numbers: String) throws {
            try PackageFiles.write(numbers + "\n", to: scratch("power"))
        }

        /// Whether somebody has the UDP port.
        private func bound() -> Bool {
            let hex = String(port, radix: 16, uppercase: true)
            let padded = String(repeating: "0", count: max(0, 4 - hex.count)) + hex
            let table = (try? PackageFiles.text("/proc/net/udp")) ?? ""
            return table.contains(":\(padded) ")
        }
    }

    @Test func `A controller's power is read over the network with ipmitool`() throws {
        let simulator = try Simulator()
        let outside = PowerEnvironment()
        let text = "ipmi://assay@127.0.0.1:\(simulator.port)?\(simulator.options)"
        let found = try PowerSources.open([text], environment: outside)
        #expect(found.unavailable == [])
        var adapter = try #require(found.adapters.first, "\(found.unavailable)")
        #expect(adapter.sources[0].name == "ipmi.127.0.0.1.dcmi")
        #expect(adapter.read() == [.value(196_000_000)])
        try simulator.say("0 345 4 400 200 1000 64")
        #expect(adapter.read() == [.value(345_000_000)])
        try simulator.say("0 345 4 400 200 1000 0")
        #expect(
            adapter.read()[0].reason
                == "ipmitool: the controller's power measurement is 'deactivated'")
        try simulator.say("193 345 4 400 200 1000 0")
        #expect(adapter.read()[0].reason.contains("Invalid command (c1)"))
    }

    @Test func `A controller's sensor is read where it has one in watts`() throws {
        let simulator = try Simulator()
        let place = "ipmi://assay@127.0.0.1:\(simulator.port)?\(simulator.options)&sensor="
        let found = try PowerSources.open([place + "Pwr%20Consumption"])
        var adapter = try #require(found.adapters.first, "\(found.unavailable)")
        #expect(adapter.sources[0].name == "ipmi.127.0.0.1.Pwr Consumption")
        #expect(adapter.read() == [.value(196_000_000)])
        let outside = PowerEnvironment()
        #expect(refusal(place + "Inlet%20Temp", outside).contains("is not in watts"))
        #expect(refusal(place + "Fan", outside).contains("no sensor 'Fan'"))
    }

    @Test func `A wrong password and a silent port are told`() throws {
        let simulator = try Simulator()
        let outside = PowerEnvironment()
        try PackageFiles.write("wrong\n", to: simulator.scratch("password"))
        let text = "ipmi://assay@127.0.0.1:\(simulator.port)?\(simulator.options)"
        #expect(refusal(text, outside).contains("Unable to establish IPMI v2 / RMCP+ session"))
        let silent = try Peer.freePort(SOCK_DGRAM)
        let other = "ipmi://assay@127.0.0.1:\(silent)?\(simulator.options)"
        #expect(refusal(other, outside).hasPrefix("ipmitool "))
    }
}
