import Model

/// A daemon beside a power analyzer that sends lines of samples over TCP once told to go.
///
/// Text form: `ptd://host:port?period=1&accuracy=0.005&calibrated=2026-05-01`. The commands are
/// `Identify`, `Go,<milliseconds>,0` and `Stop`; samples hold `Watts,<number>`.
package enum Analyzer {
    static let options = ["timeout"]
    static let portDefault: UInt16 = 8888
    static let periodSecondsDefault = 1.0

    /// The adapter, or why there is none.
    package static func open(
        _ text: SourceText, _ environment: PowerEnvironment
    ) throws(PowerError) -> any PowerAdapter {
        try text.requireOptions(options)
        guard let host = text.host else {
            throw PowerError(.syntax, "\(quoted(text.description)) names no host")
        }
        let port = text.port ?? portDefault
        let timeMax = try text.positive("timeout").map { Nanoseconds.seconds($0) }
        var source = PowerSource(
            name: "ptd.\(host)", adapter: "ptd", domain: .nodeAC, kind: .averaging, scale: 1e-6,
            origin: "\(host):\(port)")
        source.accuracyBasis = "not declared"
        source.updatePeriodSeconds = periodSecondsDefault
        source = try text.declaring(source)
        // The analyzer averages over the whole of each sample.
        let period = source.updatePeriodSeconds ?? periodSecondsDefault
        source.averagingWindowSeconds = source.averagingWindowSeconds ?? period
        var adapter = AnalyzerAdapter(
            source: source, period: .seconds(period), host: host, port: port,
            environment: environment, timeMax: timeMax)
        try adapter.begin()
        return adapter
    }

    /// Watts in a sample `Time,…,Watts,22.5,Volts,…`; nil when the line is none.
    static func watts(_ line: String) throws(PowerError) -> Double? {
        let fields = line.split(separator: ",", omittingEmptySubsequences: false)
        guard let name = fields.firstIndex(of: "Watts") else { return nil }
        guard name + 1 < fields.count, let value = Double(fields[name + 1]), value.isFinite else {
            throw PowerError(.garbage, "the analyzer sent \(quoted(line)) instead of watts")
        }
        return value
    }
}

/// The samples that an analyzer's daemon sends.
struct AnalyzerAdapter: PowerAdapter {
    private(set) var sources: [PowerSource]
    private let period: Nanoseconds
    private let host: String
    private let port: UInt16
    private let environment: PowerEnvironment
    private let timeMax: Nanoseconds
    private var connection: (any LineConnection)?
    /// More lines than this between two readings are not samples.
    private static let linesMax = 10_000

    init(
        source: PowerSource, period: Nanoseconds, host: String, port: UInt16,
        environment: PowerEnvironment, timeMax: Nanoseconds?
    ) {
        sources = [source]
        self.period = period
        self.host = host
        self.port = port
        self.environment = environment
        self.timeMax = timeMax ?? environment.answerTimeMax
    }

    var readPeriodMin: Nanoseconds { .milliseconds(20) }

    /// Connects, asks who it is, and starts the samples.
    mutating func begin() throws(PowerError) {
        let line = try environment.lines.connect(host: host, port: port, timeMax: timeMax)
        connection = line
        for command in ["Identify", "Go,\(period.value / 1_000_000),0"] {
            try line.send(command + "\r\n")
            guard let answer = try line.receiveLine(timeMax: timeMax) else {
                throw PowerError(.timedOut, "\(host):\(port) did not answer \(command) in time")
            }
            if answer.hasPrefix("Error") || answer.hasPrefix("Invalid") {
                throw PowerError(.garbage, "\(host):\(port) answers \(command) \(quoted(answer))")
            }
            if command == "Identify" { sources[0].origin += " (\(answer.prefix(80)))" }
        }
    }

    mutating func read() -> [PowerReading] {
        do throws(PowerError) {
            guard let connection else {
                throw PowerError(.unreachable, "the connection to \(host):\(port) is closed")
            }
            var last: Double?
            for _ in 0..<Self.linesMax {
                guard let line = try connection.receiveLine(timeMax: .zero) else { break }
                last = try Analyzer.watts(line) ?? last
            }
            guard let last else { return [.nothingNew] }
            guard let raw = Int64(exactly: (last * 1e6).rounded()) else {
                throw PowerError(.absurd, "the analyzer says \(last) W")
            }
            return [sources[0].judged(raw)]
        } catch {
            if error.code == .unreachable { connection = nil }
            return [.failed(error.detail)]
        }
    }

    mutating func close() {
        try? connection?.send("Stop\r\n")
        connection?.close()
        connection = nil
    }
}
