import Foundation
import Testing

/// Energy in a whole run, from a meter that answers over TCP.
@Suite struct PowerRunTests {
    @Test func `A meter named on the command line gives joules with class and findings`() throws {
        let scratch = try Scratch()
        let script = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../Fixtures/power/meters/scpi.py").path
        let (meter, _, _) = try scratch.start(
            ["/usr/bin/env", "python3", script, scratch.path + "/port"])
        defer { meter.signal(SIGKILL) }
        #expect(Clock.waits(20) { !Scratch.text(scratch.path + "/port").isEmpty })
        let port = Scratch.text(scratch.path + "/port").trimmingCharacters(
            in: .whitespacesAndNewlines)
        let done = try scratch.run(
            "t/product", "--set", "size=tiny", "--backend", "good", "--power",
            "scpi://127.0.0.1:\(port)?accuracy=0.001&period=0.05&window=0.05&domain=nodeAC",
            "--telemetry", "20ms")
        #expect(done.code == 0, "\(done.error)")
        let bundle = try scratch.bundle()
        let point = try bundle.point(on: "good")
        // The meter says 230.5 W and 1 W more at each reading.
        let watts = try #require(point.values["power.mean"])
        #expect(watts > 230 && watts < 400)
        #expect((point.values["energy.total"] ?? 0) > 0)
        #expect(try scratch.assay("verify", bundle.path).code == 0)
        let text = try scratch.assay("report", bundle.path, "--json").output
        #expect(text.contains("energyWindowShort") && text.contains("nodeAC, class"))
    }

    @Test func `An energy phase gives total, idle and net energy of windows of its own`() throws {
        let scratch = try Scratch()
        let script = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../Fixtures/power/meters/scpi.py").path
        let (meter, _, _) = try scratch.start(
            ["/usr/bin/env", "python3", script, scratch.path + "/port"])
        defer { meter.signal(SIGKILL) }
        #expect(Clock.waits(20) { !Scratch.text(scratch.path + "/port").isEmpty })
        let port = Scratch.text(scratch.path + "/port").trimmingCharacters(
            in: .whitespacesAndNewlines)
        let done = try scratch.run(
            "t/product", "--set", "size=tiny", "--backend", "good", "--energy",
            "--energy-window", "1s", "--telemetry", "20ms", "--power",
            "scpi://127.0.0.1:\(port)?accuracy=0.001&period=0.05&window=0.05&domain=nodeAC")
        #expect(done.code == 0, "\(done.error)")
        let bundle = try scratch.bundle()
        let point = try bundle.point(on: "good")
        for name in ["energy.total", "energy.idle", "power.mean", "power.idle", "energy.flop"] {
            #expect((point.values[name] ?? 0) > 0, "\(name)")
        }
        #expect(bundle.journalLines.count { $0.contains("\"phase\":\"idle\"") } == 2)
        #expect(bundle.journalLines.count { $0.contains("\"phase\":\"energy\"") } == 1)
        #expect(try scratch.assay("verify", bundle.path).code == 0)
        let text = try scratch.assay("report", bundle.path, "--json").output
        // A second is too short for a published value, and that is said.
        #expect(text.contains("energyWindowShort") && text.contains("phase of its own"))
    }

    @Test func `A plug-in's own sensors are sampled in a process of their own`() throws {
        let scratch = try Scratch()
        let done = try scratch.run(
            "t/product", "--set", "size=small", "--backend", "telemetry", "--power", "none",
            "--telemetry", "20ms", "--energy", "--energy-window", "1s")
        #expect(done.code == 0, "\(done.error)")
        let bundle = try scratch.bundle()
        let point = try bundle.point(on: "telemetry")
        // The board's counter includes more than the chip's meter; both say 42 W.
        let watts = try #require(point.values["power.mean"])
        #expect(abs(watts / 42 - 1) < 0.02)
        let channels = Scratch.text(bundle.path + "/telemetry/channels.json")
        for name in ["power", "energy", "temperature", "clock"] {
            #expect(channels.contains("\"telemetry.0.\(name)\""))
        }
        let text = try scratch.assay("report", bundle.path, "--json").output
        #expect(text.contains("telemetry.0.energy (board"))
        #expect(try scratch.assay("verify", bundle.path).code == 0)
    }

    @Test func `Without a source an energy phase is left out, which is said`() throws {
        let scratch = try Scratch()
        let done = try scratch.run(
            "t/product", "--set", "size=tiny", "--backend", "good", "--power", "none", "--energy")
        #expect(done.code == 0)
        #expect(done.error.contains("no energy is measured, for there is no source"))
        let wrong = try Scratch()
        let refused = try wrong.run("t/product", "--backend", "good", "--energy-window", "1s")
        #expect(refused.code == 2 && refused.errorLines.count == 1)
    }

    @Test func `Without a source energy says what was tried, and a wrong one is refused`() throws {
        let scratch = try Scratch()
        let done = try scratch.run(
            "t/product", "--set", "size=tiny", "--backend", "good", "--power", "none")
        #expect(done.code == 0)
        let text = try scratch.assay("report", try scratch.bundle().path, "--json").output
        #expect(text.contains("power (not asked for)"))
        let wrong = try Scratch()
        let refused = try wrong.run("t/product", "--backend", "good", "--power", "spci://meter")
        #expect(refused.code == 2 && refused.errorLines.count == 1)
        #expect(refused.error.contains("--power: no source is called 'spci'"))
        #expect(wrong.bundles.isEmpty)
    }
}
