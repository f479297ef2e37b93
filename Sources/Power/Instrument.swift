import Model

/// An external power meter that speaks SCPI over TCP.
///
/// Text form: `scpi://host:port?accuracy=0.001&period=0.1&window=0.1&calibrated=2026-05-01`.
package enum Instrument {
    static let options = ["query", "energy", "energy-unit", "timeout"]
    static let portDefault: UInt16 = 5025

    /// The adapter, or why there is none.
    package static func open(
        _ text: SourceText, _ environment: PowerEnvironment
    ) throws(PowerError) -> any PowerAdapter {
        try text.requireOptions(options)
        guard let host = text.host else {
            throw PowerError(.syntax, "\(quoted(text.description)) names no host")
        }
        var adapter = InstrumentAdapter(
            host: host, port: text.port ?? portDefault, environment: environment,
            timeMax: try text.positive("timeout").map { .seconds($0) })
        let name = "scpi.\(host)"
        var counter: PowerSource?
        if let query = text.options["energy"] {
            let unit = try energyUnit(text)
            var source = PowerSource(
                name: name + ".energy", adapter: "scpi", domain: .node, kind: .counter,
                scale: 1e-6, origin: "\(host) \(query)")
            source.accuracyBasis = "not declared"
            counter = try text.declaring(source)
            adapter.add(counter ?? source, query: query, factor: unit)
        }
        if counter == nil || text.options["query"] != nil {
            let query = text.options["query"] ?? "MEAS:POW?"
            var source = PowerSource(
                name: name + ".power", adapter: "scpi", domain: .node, kind: .instantaneous,
                scale: 1e-6, origin: "\(host) \(query)")
            source.accuracyBasis = "not declared"
            source.containedIn = counter?.name
            adapter.add(try text.declaring(source), query: query, factor: 1)
        }
        try adapter.begin()
        return adapter
    }

    /// Joules in one unit of the energy counter.
    private static func energyUnit(_ text: SourceText) throws(PowerError) -> Double {
        switch text.options["energy-unit"] {
        case "J": return 1
        case "Wh": return 3600
        case "kWh": return 3_600_000
        default: throw PowerError(.syntax, "'energy' needs 'energy-unit', which is J, Wh or kWh")
        }
    }

    /// The one number in an answer.
    static func number(_ answer: String) throws(PowerError) -> Double {
        var text = Substring(answer).drop { $0 == " " }
        while text.last == " " { text.removeLast() }
        let isNumber = text.utf8.allSatisfy { "+-.0123456789Ee".utf8.contains($0) }
        guard isNumber, let value = Double(text) else {
            throw PowerError(.garbage, "the instrument said \(quoted(answer)) instead of a number")
        }
        // 9.9E37 stands for infinity and 9.91E37 for "not a number" in SCPI.
        guard abs(value) < 9.8e37 else {
            throw PowerError(.absurd, "the instrument has no valid measurement (\(answer))")
        }
        return value
    }
}

/// Questions to an instrument, one for each source.
struct InstrumentAdapter: PowerAdapter {
    private(set) var sources: [PowerSource] = []
    private var queries: [(text: String, factor: Double)] = []
    private let host: String
    private let port: UInt16
    private let environment: PowerEnvironment
    private let timeMax: Nanoseconds
    private var connection: (any LineConnection)?

    init(host: String, port: UInt16, environment: PowerEnvironment, timeMax: Nanoseconds?) {
        self.host = host
        self.port = port
        self.environment = environment
        self.timeMax = timeMax ?? environment.answerTimeMax
    }

    var readPeriodMin: Nanoseconds { .milliseconds(20) }

    mutating func add(_ source: PowerSource, query: String, factor: Double) {
        sources.append(source)
        queries.append((query, factor))
    }

    /// Connects, asks who it is, and reads once.
    mutating func begin() throws(PowerError) {
        let identity = try ask("*IDN?")
        for index in sources.indices { sources[index].origin += " (\(identity.prefix(80)))" }
        for (reading, source) in zip(read(), sources) {
            if case .failed(let reason) = reading {
                throw PowerError(.garbage, "\(source.name): \(reason)")
            }
        }
    }

    mutating func read() -> [PowerReading] {
        var readings: [PowerReading] = []
        for (query, source) in zip(queries, sources) {
            do throws(PowerError) {
                let answer = try ask(query.text)
                let value = try Instrument.number(answer) * query.factor
                guard let raw = Int64(exactly: (value * 1e6).rounded()) else {
                    throw PowerError(.absurd, "the instrument says \(value) \(source.unit)")
                }
                readings.append(source.judged(raw))
            } catch {
                readings.append(.failed(error.detail))
            }
        }
        return readings
    }

    mutating func close() {
        connection?.close()
        connection = nil
    }

    private mutating func connected() throws(PowerError) -> any LineConnection {
        if let connection { return connection }
        let opened = try environment.lines.connect(host: host, port: port, timeMax: timeMax)
        connection = opened
        return opened
    }

    private mutating func ask(_ question: String) throws(PowerError) -> String {
        do throws(PowerError) {
            let line = try connected()
            try line.send(question + "\n")
            if let answer = try line.receiveLine(timeMax: timeMax) { return answer }
            throw PowerError(.timedOut, "\(host):\(port) did not answer \(question) in time")
        } catch {
            // An answer that comes late would be taken for that of the next question.
            close()
            throw error
        }
    }
}
