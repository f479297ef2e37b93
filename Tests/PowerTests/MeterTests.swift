import Glibc
import Model
import TestSupport
import Testing

@testable import Power

/// Meters played by the scripts under Tests/Fixtures/power/meters.
@Suite struct MeterTests {
    private struct Meter {
        let scratch: ScratchDirectory
        let peer: Peer
        let place: String

        init(_ script: String, fault: String = "none") throws {
            scratch = try ScratchDirectory()
            peer = try Peer(
                "python3", [fixture("meters/\(script).py"), scratch("port"), fault],
                log: scratch("log"))
            place = "127.0.0.1:\(try peer.port(in: scratch("port")))"
        }
    }

    private func open(_ text: String) throws -> any PowerAdapter {
        let found = try PowerSources.open([text])
        return try #require(found.adapters.first, "\(found.unavailable)")
    }

    // MARK: - SCPI

    @Test(arguments: [
        ("1.5", 1.5), ("+2.305000E+02", 230.5), ("-3.25E+00", -3.25), ("  7 ", 7), ("0", 0),
    ])
    func `An instrument's numbers are read`(text: String, value: Double) throws {
        #expect(try Instrument.number(text) == value)
    }

    @Test(arguments: [
        "", "abc", "1.5 W", "1,5", "nan", "inf", "0x10", "1.5;2", "9.91E+37", "-9.9E37",
    ])
    func `Whatever else an instrument says is no number`(text: String) {
        #expect(throws: PowerError.self) { try Instrument.number(text) }
    }

    @Test func `An instrument is asked for its power`() throws {
        let meter = try Meter("scpi")
        var adapter = try open(
            "scpi://\(meter.place)?accuracy=0.001&calibrated=2026-05-01&period=0.1&window=0.1"
                + "&domain=nodeAC")
        let source = adapter.sources[0]
        #expect(source.name == "scpi.127.0.0.1.power")
        #expect(source.origin == "127.0.0.1 MEAS:POW? (Example Instruments,PM-1,0001,1.0)")
        #expect(source.kind == .averaging && source.domain == .nodeAC)
        #expect(source.accuracy == 0.001 && source.calibrationDate == "2026-05-01")
        // Opening read once: 230.5 W.
        #expect(adapter.read() == [.value(231_500_000)])
        #expect(adapter.read() == [.value(232_500_000)])
        adapter.close()
    }

    @Test func `An instrument's energy counter is read in joules`() throws {
        let meter = try Meter("scpi")
        var adapter = try open(
            "scpi://\(meter.place)?energy=INTEG:ENER?&energy-unit=Wh&query=MEAS:POW?")
        #expect(adapter.sources.map(\.kind) == [.counter, .instantaneous])
        #expect(adapter.sources[1].containedIn == "scpi.127.0.0.1.energy")
        // 1.75 Wh are 6300 J.
        #expect(adapter.read() == [.value(6_300_000_000), .value(231_500_000)])
    }

    @Test(arguments: [
        ("garbage", "the instrument said 'ERR -113' instead of a number"),
        ("nan", "the instrument has no valid measurement (9.91E+37)"),
        (
            "absurd",
            "127.0.0.1 MEAS:POW? (Example Instruments,PM-1,0001,1.0) says 1000000000.0 W; "
                + "a node takes at most 100000.0 W"
        ),
        ("hangup", "closed the connection"), ("silent", "did not answer MEAS:POW? in time"),
        ("endless", "sends no end of a line"),
    ])
    func `An instrument that fails later says how`(fault: String, reason: String) throws {
        let meter = try Meter("scpi", fault: fault)
        // Only silence has to be waited for to its end.
        var adapter = try open("scpi://\(meter.place)?timeout=\(fault == "silent" ? 2 : 20)")
        #expect(adapter.read() == [.value(231_500_000)])
        let found = adapter.read()[0].reason
        #expect(found.hasSuffix(reason), "\(found)")
    }

    @Test func `Power below zero is kept`() throws {
        let meter = try Meter("scpi", fault: "negative")
        var adapter = try open("scpi://\(meter.place)")
        #expect(adapter.read() == [.value(231_500_000)])
        #expect(adapter.read() == [.value(-3_250_000)])
    }

    @Test func `An instrument that answers something else is refused at once`() throws {
        let meter = try Meter("scpi")
        #expect(
            refusal("scpi://\(meter.place)?query=FETCH:X?", PowerEnvironment())
                == "scpi.127.0.0.1.power: the instrument said '-113,\"Undefined header\"' "
                + "instead of a number")
        let free = try Peer.freePort()
        #expect(
            refusal("scpi://127.0.0.1:\(free)", PowerEnvironment())
                == "127.0.0.1:\(free): Connection refused")
    }

    // MARK: - Analyzers

    @Test(arguments: [
        ("Time,11-22-2026 01:02:03.000,Watts,22.15,Volts,228.5,Amps,.2,PF,.5,Mark,x", 22.15),
        ("Watts,-1", -1),
    ])
    func `An analyzer's samples are read`(line: String, watts: Double) throws {
        #expect(try Analyzer.watts(line) == watts)
    }

    @Test func `Lines of an analyzer that are no samples are passed over`() throws {
        #expect(try Analyzer.watts("Stopping untimed measurement") == nil)
        #expect(throws: PowerError.self) { try Analyzer.watts("Time,x,Watts") }
        #expect(throws: PowerError.self) { try Analyzer.watts("Watts,overload,Volts,1") }
    }

    /// The next readings that are not `nothingNew`.
    private func next(_ count: Int, of adapter: inout any PowerAdapter) -> [PowerReading] {
        var found: [PowerReading] = []
        for _ in 0..<2000 where found.count < count {
            let reading = adapter.read()[0]
            if reading == .nothingNew { usleep(5_000) } else { found.append(reading) }
        }
        return found
    }

    @Test func `An analyzer that is told to go sends samples of its own`() throws {
        let meter = try Meter("analyzer")
        var adapter = try open("ptd://\(meter.place)?period=0.05&accuracy=0.005")
        let source = adapter.sources[0]
        #expect(source.kind == .averaging && source.averagingWindowSeconds == 0.05)
        #expect(source.origin.hasSuffix("(Example Analyzer,1.0,version=1.10.0,OS=any)"))
        let values = next(3, of: &adapter).compactMap(\.value)
        #expect(values.count == 3)
        // 1 W more from sample to sample; one may be passed over when two come together.
        #expect(zip(values, values.dropFirst()).allSatisfy { $0 < $1 })
        #expect(values.allSatisfy { ($0 - 100_500_000) % 1_000_000 == 0 })
        adapter.close()
    }

    @Test func `An analyzer that refuses, breaks off or sends garbage says so`() throws {
        let refusing = try Meter("analyzer", fault: "refuse")
        #expect(
            refusal("ptd://\(refusing.place)", PowerEnvironment()).hasSuffix(
                "answers Go,1000,0 'Error: no analyzer is connected'"))
        let leaving = try Meter("analyzer", fault: "hangup")
        var adapter = try open("ptd://\(leaving.place)?period=0.02")
        let readings = next(4, of: &adapter)
        #expect(readings.last?.reason == "the connection to \(leaving.place) is closed")
        let garbling = try Meter("analyzer", fault: "garbage")
        var other = try open("ptd://\(garbling.place)?period=0.05")
        #expect(next(4, of: &other).contains { $0.reason.contains("instead of watts") })
    }
}
