import ArgumentParser
import Model
import Runner

extension ProfileID: ExpressibleByArgument {}

/// The options of `assay run`, as typed.
struct RunOptions: ParsableArguments {
    @Argument(help: "Suites, cases or patterns such as 'op/*'; default: the suite 'quick'.")
    var names: [String] = []

    @Option(help: "A backend to measure; repeatable; default: all that are available.")
    var backend: [String] = []

    @Option(
        help: ArgumentHelp(
            "Measures this too, launch by launch in turn, and prints verdicts against it.",
            discussion: "A backend's id, or the manifest of another build of a plug-in.",
            valueName: "backend"))
    var against: String?

    @Option(help: "The index of the device to measure.")
    var device = 0

    @Option(help: "smoke, trend, nightly, standard or certify; default: the suite's, else nightly.")
    var profile: ProfileID?

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp(
            "Only the points with these values; repeatable.", valueName: "axis=value,…"))
    var limits: [String] = []

    @Option(help: "The directory that bundles are written to.")
    var results = "results"

    @Option(help: "The seed of all data, hexadecimal; default: the same every time.")
    var seed = "1"

    @Option(help: "What the run may cost, such as 90s, 10m or 2h.")
    var budget: String?

    @Option(help: "Cores to use: a number or 'all'.")
    var threads = "all"

    @Option(help: "Logical processors to use, such as 0,2-5; default: all allowed.")
    var cpus: String?

    @Option(help: "Memory that workloads may use, such as 8G; default: 80 % of what is available.")
    var memory: String?

    @Option(
        help: "Every phase of a launch may take this long, such as 20s, instead of its own default."
    )
    var deadline: String?

    @Option(
        help: ArgumentHelp(
            "How often the machine's sensors are read beside the run, such as 100ms; or 'off'.",
            discussion: "Default: 100ms, and 500ms on two cores or fewer.",
            valueName: "period"))
    var telemetry: String?

    @Option(
        help: ArgumentHelp(
            "A source of power to read beside the run; repeatable; docs/power.md lists them.",
            discussion: "Default: auto. 'none' reads nothing.", valueName: "source"))
    var power: [String] = []

    @Flag(help: "Measures energy too, in a phase of its own: idle, three long windows, idle.")
    var energy = false

    @Option(
        help: ArgumentHelp(
            "How long a window of the energy phase is, such as 10s.",
            discussion: "Default: 10s or 100 periods of the slowest source, whichever is longer.",
            valueName: "time"))
    var energyWindow: String?

    @Option(help: "Continues an interrupted run: the path of its bundle.")
    var resume: String?

    @Flag(help: "Prints the plan and its cost; measures nothing.")
    var dryRun = false

    @Flag(help: "Ends with exit code 3 when any metric is not VALID.")
    var requireValid = false

    @Flag(help: "Lets a debug build measure; every metric is then QUALIFIED.")
    var allowDebugBuild = false

    @Flag(help: "Prints the record as JSON instead of the report.")
    var json = false

    @OptionGroup var caseOptions: CaseOptions
    @OptionGroup var backendOptions: BackendOptions

    /// How often sensors are read; nil: never.
    ///
    /// Every wake-up takes time from a core, and few cores have none to spare.
    func telemetryPeriod(cpus: Int) throws -> Nanoseconds? {
        switch telemetry {
        case nil: .milliseconds(cpus <= 2 ? 500 : 100)
        case "off": nil
        case let text?: max(.milliseconds(10), try Amount.duration(text, option: "--telemetry"))
        }
    }

    /// How long the phases of a launch, and of a listing, may take.
    func deadlines() throws -> Deadlines {
        Deadlines(every: try deadline.map { try Amount.duration($0, option: "--deadline") })
    }
}

/// Reads amounts as people type them.
enum Amount {
    /// `500ms`, `90s`, `10m`, `2h` or a number of seconds.
    static func duration(_ text: String, option: String) throws -> Nanoseconds {
        let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600]
        let isMilliseconds = text.hasSuffix("ms")
        let factor = isMilliseconds ? 0.001 : text.last.flatMap { units[$0] }
        let digits = factor == nil ? text : String(text.dropLast(isMilliseconds ? 2 : 1))
        guard let number = Double(digits), number > 0, number < 1e7 else {
            throw CommandFailure(
                .wrongUse, "error: \(option): '\(text)' is not a duration such as 90s, 10m or 2h")
        }
        return .seconds(number * (factor ?? 1))
    }

    /// `512M`, `8G` (powers of 1024) or a number of bytes.
    static func bytes(_ text: String, option: String) throws -> Bytes {
        let units: [Character: UInt64] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40]
        let factor = text.last.flatMap { units[$0] }
        let digits = factor == nil ? text : String(text.dropLast())
        guard let number = UInt64(digits), number > 0,
            case let (product, overflow) = number.multipliedReportingOverflow(by: factor ?? 1),
            !overflow
        else {
            throw CommandFailure(
                .wrongUse, "error: \(option): '\(text)' is not an amount such as 512M or 8G")
        }
        return Bytes(product)
    }

    /// `0,2-5`: a list of logical processors, all of which must be allowed.
    static func processors(_ text: String, allowed: [Int]) throws -> [Int] {
        var found: Set<Int> = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
            guard ends.count <= 2, let first = ends[0], let last = ends[ends.count - 1],
                first <= last, last < 4096
            else {
                throw CommandFailure(
                    .wrongUse, "error: --cpus: '\(text)' is not a list such as 0,2-5")
            }
            found.formUnion(first...last)
        }
        if let missing = found.sorted().first(where: { !allowed.contains($0) }) {
            throw CommandFailure(
                .wrongUse,
                "error: --cpus: processor \(missing) is not among those this process may use "
                    + "(\(allowed.map(String.init).joined(separator: ", ")))")
        }
        return found.sorted()
    }
}
