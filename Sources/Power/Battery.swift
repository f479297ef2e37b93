import Model

/// What a battery delivers while the machine runs on it.
package enum Battery {
    static let folder = "/sys/class/power_supply"

    /// The adapter of the machine's batteries, or nil, and why one cannot be used.
    package static func open(
        _ text: SourceText, _ environment: PowerEnvironment
    ) throws(PowerError) -> (adapter: (any PowerAdapter)?, unavailable: [UnavailablePower]) {
        try text.requireOptions([])
        let tree = environment.files
        let batteries = (tree.names(in: folder) ?? []).filter { name in
            // Mice and keyboards have batteries of their own.
            tree.line("\(folder)/\(name)/type") == "Battery"
                && tree.line("\(folder)/\(name)/scope") != "Device"
        }
        guard !batteries.isEmpty else {
            return (nil, [UnavailablePower(name: "battery", reason: "\(folder): no battery")])
        }
        var adapter = BatteryAdapter()
        var unavailable: [UnavailablePower] = []
        for battery in batteries {
            let source = PowerSource(
                name: "battery.\(battery)", adapter: "battery", domain: .battery,
                kind: .instantaneous, scale: 1e-6, origin: "\(folder)/\(battery)")
            do throws(PowerError) {
                try adapter.add(try text.declaring(source), tree)
            } catch  where error.code != .syntax {
                unavailable.append(UnavailablePower(name: source.name, reason: error.detail))
            }
        }
        return (adapter.sources.isEmpty ? nil : adapter, unavailable)
    }
}

/// Batteries: power, or current times voltage, while they discharge.
struct BatteryAdapter: PowerAdapter {
    /// The files of one battery.
    private struct Files {
        var status: SensorFile
        /// Either one file in µW, or current in µA and voltage in µV.
        var factors: [SensorFile]
    }

    private(set) var sources: [PowerSource] = []
    private var files: [Files] = []

    /// The embedded controllers behind it answer slowly.
    var readPeriodMin: Nanoseconds { .milliseconds(500) }

    mutating func add(_ source: PowerSource, _ tree: SensorTree) throws(PowerError) {
        let folder = source.origin
        let factors: [SensorFile]
        if tree.exists("\(folder)/power_now") {
            factors = [try SensorFile(tree, "\(folder)/power_now")]
        } else {
            factors = [
                try SensorFile(tree, "\(folder)/current_now"),
                try SensorFile(tree, "\(folder)/voltage_now"),
            ]
        }
        let found = Files(status: try SensorFile(tree, "\(folder)/status"), factors: factors)
        if case .failed(let reason) = Self.read(found, source) {
            throw PowerError(.absent, reason)
        }
        sources.append(source)
        files.append(found)
    }

    mutating func read() -> [PowerReading] {
        zip(files, sources).map { Self.read($0, $1) }
    }

    mutating func close() { files = [] }

    private static func read(_ files: Files, _ source: PowerSource) -> PowerReading {
        do throws(PowerError) {
            let status = try files.status.text().prefix { $0 != "\n" }
            guard status == "Discharging" else {
                return .failed(
                    "\(source.origin) is \(quoted(status)): the battery does not feed the machine")
            }
            // Some drivers call the current of discharging negative, others positive.
            var microwatts = Double(try files.factors[0].integer())
            if files.factors.count > 1 {
                microwatts *= Double(try files.factors[1].integer()) * 1e-6
            }
            guard let raw = Int64(exactly: abs(microwatts).rounded()) else {
                return .failed("\(source.origin) says \(microwatts) µW")
            }
            return source.judged(raw)
        } catch {
            return .failed(error.detail)
        }
    }
}
