import Glibc
import Model
import TestSupport
import Testing

@testable import Power

/// Scripted answers, and the mock-up server of PyPI's sushy-tools that the real `curl` asks.
@Suite struct RedfishTests {
    /// Where `scripts/setup test` puts sushy-tools.
    private static let packages = PackageFiles.root + "/Tests/Fixtures/built/sushy-tools"

    private func mockup(_ path: String) throws -> ProgramOutcome {
        .printed(try PackageFiles.text(fixture("redfish/mockup/\(path)/index.json")))
    }

    // MARK: - Scripted

    @Test func `A chassis without power, with a null or with other documents is told`() throws {
        let shelf = ScriptedPrograms(["curl": [try mockup("Chassis/Shelf")]])
        #expect(
            refusal("redfish://bmc/redfish/v1/Chassis/Shelf", environment(programs: shelf))
                == "https://bmc/redfish/v1/Chassis/Shelf tells no power")
        let mute = ScriptedPrograms([
            "curl": [try mockup("Chassis/Mute"), try mockup("Chassis/Mute/Power")]
        ])
        #expect(
            refusal("redfish://bmc/redfish/v1/Chassis/Mute", environment(programs: mute))
                == "https://bmc/redfish/v1/Chassis/Mute/Power says null instead of watts")
        let page = ScriptedPrograms(["curl": [.printed("<html>Log in</html>")]])
        #expect(
            refusal("redfish://bmc", environment(programs: page))
                == "https://bmc/redfish/v1/Chassis is not what Redfish defines: "
                + "'<html>Log in</html>'")
        #expect(
            refusal("redfish://bmc", environment()) == "the program 'curl' is not installed")
    }

    @Test func `A service cannot send the question to another host`() throws {
        let evil = ScriptedPrograms([
            "curl": [.printed(#"{"Members": [{"@odata.id": "@evil.example/redfish"}]}"#)]
        ])
        #expect(
            refusal("redfish://bmc", environment(programs: evil))
                == "https://bmc links to '@evil.example/redfish', which is no path")
        #expect(evil.asked.count == 1)
    }

    @Test func `Credentials are named by their file and curl's own settings are left out`() throws {
        let programs = ScriptedPrograms(["curl": [.timedOut]])
        #expect(
            refusal(
                "redfish://bmc:444?netrc=/n&cacert=/c&timeout=3", environment(programs: programs))
                == "curl did not answer in time")
        let asked = try #require(programs.asked.first)
        #expect(Array(asked.prefix(2)) == ["curl", "-q"])
        #expect(asked.suffix(2) == ["--url", "https://bmc:444/redfish/v1/Chassis"])
        for pair in [
            ["--netrc-file", "/n"], ["--cacert", "/c"], ["--max-time", "3.0"],
            ["--proto", "=https"],
            ["--max-redirs", "0"],
        ] {
            let place = try #require(asked.firstIndex(of: pair[0]))
            #expect(asked[place + 1] == pair[1])
        }
        #expect(!asked.contains("--insecure"))
    }

    @Test func `Power that is gone or absurd later fails in words`() throws {
        let power = { (watts: String) in
            ProgramOutcome.printed(#"{"PowerControl": [{"PowerConsumedWatts": \#(watts)}]}"#)
        }
        let programs = ScriptedPrograms([
            "curl": [
                try mockup("Chassis/1U"), power("10"), power("11"), power("12.5"), power("null"),
                power("1e9"), power("-1"), .printed(#"{"PowerControl": []}"#), power("\"12\""),
                .ended(exitCode: 22, output: "", errors: "curl: (22) error: 401\n"),
            ]
        ])
        let found = try PowerSources.open(
            ["redfish://bmc/redfish/v1/Chassis/1U"], environment: environment(programs: programs))
        var adapter = try #require(found.adapters.first, "\(found.unavailable)")
        #expect(adapter.read() == [.value(12_500_000)])
        #expect(adapter.read()[0].reason.hasSuffix("says null instead of watts"))
        #expect(adapter.read()[0].reason.hasSuffix("a node takes at most 100000.0 W"))
        #expect(adapter.read() == [.value(-1_000_000)])
        #expect(adapter.read()[0].reason.hasSuffix("says null instead of watts"))
        #expect(adapter.read()[0].reason.contains("is not what Redfish defines"))
        #expect(adapter.read()[0].reason == "curl ended with 22: 'curl: (22) error: 401'")
    }

    // MARK: - A service that is played

    /// A mock-up server over TLS with a certificate of its own.
    private struct Service {
        let scratch: ScratchDirectory
        let peer: Peer
        let port: Int
        var place: String { "redfish://127.0.0.1:\(port)" }
        var options: String { "cacert=\(scratch("certificate"))&netrc=\(scratch("netrc"))" }

        init() throws {
            scratch = try ScratchDirectory()
            let made = try Program.run(
                "openssl",
                [
                    "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                    "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout",
                    scratch("key"), "-out", scratch("certificate"),
                ])
            guard made.exitCode == 0 else { throw TestSupportError(made.stderr) }
            try PackageFiles.write(
                "machine 127.0.0.1 login operator password secret\n", to: scratch("netrc"))
            let port = try Peer.freePort()
            self.port = port
            peer = try Peer(
                "python3",
                [
                    "-u", "-m", "sushy_tools.static.main", "-i", "127.0.0.1", "-p", "\(port)", "-m",
                    fixture("redfish/mockup"), "-c", scratch("certificate"), "-k", scratch("key"),
                ], log: scratch("log"), environment: ["PYTHONPATH": RedfishTests.packages])
            try peer.wait(for: "sushy-static (scripts/setup test installs it)") {
                Peer.listens(port)
            }
        }
    }

    @Test func `Every chassis that tells its power is read over TLS with curl`() throws {
        let service = try Service()
        let found = try PowerSources.open(["\(service.place)?\(service.options)&period=1"])
        var adapter = try #require(found.adapters.first, "\(found.unavailable)")
        #expect(
            adapter.sources.map(\.name) == [
                "redfish.127.0.0.1.1U", "redfish.127.0.0.1.1U.1", "redfish.127.0.0.1.Blade",
            ])
        #expect(adapter.sources.map(\.domain) == [.node, .board, .node])
        #expect(adapter.sources.map(\.containedIn) == [nil, "redfish.127.0.0.1.1U", nil])
        #expect(adapter.sources.allSatisfy { $0.updatePeriodSeconds == 1 })
        #expect(adapter.read() == [.value(344_000_000), .value(120_500_000), .value(374_750_000)])
        // "operator:secret" reached the service, in base 64 and encrypted on its way.
        let log = try PackageFiles.text(service.peer.log)
        #expect(log.contains("Authorization: Basic b3BlcmF0b3I6c2VjcmV0"))
    }

    @Test func `One chassis is read where one is named`() throws {
        let service = try Service()
        let path = "/redfish/v1/Chassis/Blade"
        let found = try PowerSources.open(["\(service.place)\(path)?\(service.options)"])
        var adapter = try #require(found.adapters.first, "\(found.unavailable)")
        #expect(adapter.read() == [.value(374_750_000)])
        let outside = PowerEnvironment()
        #expect(
            refusal("\(service.place)/redfish/v1/Chassis/None?\(service.options)", outside)
                .contains("404"))
        #expect(
            refusal("\(service.place)?netrc=\(service.scratch("netrc"))", outside)
                .contains("SSL certificate problem"))
        #expect(
            refusal("redfish+http://127.0.0.1:\(try Peer.freePort())", outside)
                .contains("curl: (7)"))
    }
}
