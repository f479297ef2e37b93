import Model

/// Power as the board's management controller tells it over IPMI, through an outside program.
///
/// Text forms: `ipmi` for this machine's own, `ipmi://user@host:port?password-file=…` for another.
package enum ManagementController {
    static let devices = ["/dev/ipmi0", "/dev/ipmi/0", "/dev/ipmidev/0"]
    static let options = [
        "program", "password-file", "interface", "cipher", "sensor", "timeout",
    ]

    /// The adapter, or why there is none.
    package static func open(
        _ text: SourceText, _ environment: PowerEnvironment
    ) throws(PowerError) -> any PowerAdapter {
        try text.requireOptions(options)
        let isLocal = text.host == nil
        if isLocal, !devices.contains(where: environment.files.exists) {
            throw PowerError(.absent, "\(devices.joined(separator: ", ")): absent")
        }
        // Only the first of the two reads sensors and other machines.
        let known =
            isLocal && text.options["sensor"] == nil ? ["ipmitool", "ipmi-dcmi"] : ["ipmitool"]
        let programs = text.options["program"].map { [$0] } ?? known
        var reasons: [String] = []
        for program in programs {
            let question = try question(text, program: program)
            var source = PowerSource(
                name: name(text), adapter: "ipmi", domain: .node, kind: .instantaneous,
                scale: 1e-6, origin: question.origin)
            source.accuracyBasis = "the controller states none"
            var adapter = ProgramAdapter(
                source: try text.declaring(source), question: question, environment: environment,
                timeMax: try text.positive("timeout").map { .seconds($0) })
            guard case .failed(let reason) = adapter.read()[0] else { return adapter }
            reasons.append(reason)
        }
        throw PowerError(.programFailed, reasons.joined(separator: "; "))
    }

    private static func name(_ text: SourceText) -> String {
        let place = text.host.map { ".\($0)" } ?? ""
        return "ipmi\(place)." + (text.options["sensor"] ?? "dcmi")
    }

    /// What to run, and how to read what it says.
    private static func question(
        _ text: SourceText, program: String
    ) throws(PowerError) -> ProgramQuestion {
        let base = program.split(separator: "/").last.map(String.init) ?? program
        switch base {
        case "ipmitool":
            let place = try remote(text)
            if let sensor = text.options["sensor"] {
                return ProgramQuestion(program, place + ["-c", "sdr", "get", sensor]) {
                    ControllerOutput.sensor($0, named: sensor)
                }
            }
            return ProgramQuestion(
                program, place + ["dcmi", "power", "reading"], ControllerOutput.reading)
        case "ipmi-dcmi":
            guard text.options["sensor"] == nil, text.host == nil else {
                throw PowerError(
                    .syntax, "\(program) reads only this machine's own power; use ipmitool")
            }
            return ProgramQuestion(
                program, ["--get-system-power-statistics"], ControllerOutput.statistics)
        default:
            throw PowerError(.syntax, "'program' is ipmitool or ipmi-dcmi, perhaps with its path")
        }
    }

    private static func remote(_ text: SourceText) throws(PowerError) -> [String] {
        guard let host = text.host else { return [] }
        guard let file = text.options["password-file"], let user = text.user else {
            throw PowerError(
                .syntax, "\(quoted(text.description)) needs a user and 'password-file'")
        }
        var arguments = ["-I", text.options["interface"] ?? "lanplus", "-H", host]
        if let port = text.port { arguments += ["-p", "\(port)"] }
        arguments += ["-U", user, "-f", file, "-N", "2", "-R", "1"]
        if let cipher = text.options["cipher"] { arguments += ["-C", cipher] }
        return arguments
    }
}

/// A program to run, and how to make microwatts of what it prints.
struct ProgramQuestion: Sendable {
    var program: String
    var arguments: [String]
    /// Fails with one sentence when the text says no power.
    var answer: @Sendable (String) -> Result<Int64, PowerError>

    init(
        _ program: String, _ arguments: [String],
        _ answer: @escaping @Sendable (String) -> Result<Int64, PowerError>
    ) {
        self.program = program
        self.arguments = arguments
        self.answer = answer
    }

    /// What is run, as it would be typed.
    var origin: String { ([program] + arguments).joined(separator: " ") }
}

/// One source that an outside program reads anew each time.
struct ProgramAdapter: PowerAdapter {
    let sources: [PowerSource]
    private let question: ProgramQuestion
    private let environment: PowerEnvironment
    private let timeMax: Nanoseconds

    init(
        source: PowerSource, question: ProgramQuestion, environment: PowerEnvironment,
        timeMax: Nanoseconds?
    ) {
        sources = [source]
        self.question = question
        self.environment = environment
        self.timeMax = timeMax ?? environment.answerTimeMax
    }

    /// A program costs milliseconds of a core, and controllers renew their values about as often.
    var readPeriodMin: Nanoseconds { .milliseconds(1000) }

    mutating func read() -> [PowerReading] {
        let outcome = environment.programs.run(
            question.program, question.arguments, timeMax: timeMax)
        switch outcome.answer(of: question.program).flatMap(question.answer) {
        case .success(let raw): return [sources[0].judged(raw)]
        case .failure(let error): return [.failed(error.detail)]
        }
    }

    mutating func close() {}
}

extension ProgramOutcome {
    /// What the program printed, or in one sentence why that is not to be had.
    func answer(of program: String) -> Result<String, PowerError> {
        switch self {
        case .missing:
            return .failure(
                PowerError(.programMissing, "the program '\(program)' is not installed"))
        case .timedOut:
            return .failure(PowerError(.timedOut, "\(program) did not answer in time"))
        case .failed(let reason):
            return .failure(PowerError(.programFailed, "\(program): \(reason)"))
        case .ended(let code, let output, let errors):
            guard code != 0 else { return .success(output) }
            // A line with the program's name tells what happened, or else the last one does.
            let words = (errors + "\n" + output).split(separator: "\n").map {
                $0.drop { $0 == " " }
            }
            let own = words.first { $0.hasPrefix(program + ":") }
            let last = own ?? words.last { !$0.isEmpty } ?? "no message"
            return .failure(
                PowerError(.programFailed, "\(program) ended with \(code): \(quoted(last))"))
        }
    }
}
