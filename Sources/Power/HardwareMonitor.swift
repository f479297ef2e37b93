import Model

/// Power and energy of boards and chips, as the kernel's hardware monitoring shows them.
package enum HardwareMonitor {
    static let folder = "/sys/class/hwmon"

    /// The adapter of all sensors that can be read, or nil, and what cannot be read.
    package static func open(
        _ text: SourceText, _ environment: PowerEnvironment
    ) throws(PowerError) -> (adapter: (any PowerAdapter)?, unavailable: [UnavailablePower]) {
        try text.requireOptions([])
        let tree = environment.files
        guard let chips = tree.names(in: folder), !chips.isEmpty else {
            return (nil, [UnavailablePower(name: "hwmon", reason: "\(folder): absent or empty")])
        }
        var adapter = FileAdapter(tree: tree)
        var unavailable: [UnavailablePower] = []
        var found = 0
        for chip in chips {
            for source in sources("\(folder)/\(chip)", chip, tree) {
                found += 1
                let source = try text.declaring(source)
                do throws(PowerError) {
                    try adapter.add(source)
                } catch {
                    unavailable.append(UnavailablePower(name: source.name, reason: error.detail))
                }
            }
        }
        if found == 0 {
            let reason = "\(folder): none of \(chips.count) chip(s) has power or energy"
            unavailable.append(UnavailablePower(name: "hwmon", reason: reason))
        }
        return (adapter.sources.isEmpty ? nil : adapter, unavailable)
    }

    private static func sources(
        _ folder: String, _ chip: String, _ tree: SensorTree
    ) -> [PowerSource] {
        let files = tree.names(in: folder) ?? []
        let chipName = tree.line("\(folder)/name") ?? chip
        return files.compactMap { file in
            guard let separator = file.firstIndex(of: "_") else { return nil }
            let sensor = String(file[..<separator])
            let label = tree.line("\(folder)/\(sensor)_label") ?? sensor
            let name = "hwmon.\(chipName).\(label.map { $0 == " " ? "-" : "\($0)" }.joined())"
            switch (sensor.prefix { !$0.isNumber }, file[separator...]) {
            case ("power", "_average"):
                return power(name, folder, file, sensor, chipName, tree, isAverage: true)
            // The mean covers all of the time, the value of the moment does not.
            case ("power", "_input") where !files.contains("\(sensor)_average"):
                return power(name, folder, file, sensor, chipName, tree, isAverage: false)
            case ("energy", "_input"):
                let domain = counterDomain(label, folder, chipName, tree)
                return PowerSource(
                    name: name, adapter: "hwmon", domain: domain, kind: .counter, scale: 1e-6,
                    origin: "\(folder)/\(file)")
            default: return nil
            }
        }
    }

    private static func power(
        _ name: String, _ folder: String, _ file: String, _ sensor: String, _ chipName: String,
        _ tree: SensorTree, isAverage: Bool
    ) -> PowerSource {
        var source = PowerSource(
            name: name, adapter: "hwmon", domain: domain(folder, chipName, tree),
            kind: isAverage ? .averaging : .instantaneous, scale: 1e-6,
            origin: "\(folder)/\(file)")
        source.updatePeriodSeconds = milliseconds(tree.integer("\(folder)/update_interval"))
        if isAverage {
            let window = milliseconds(tree.integer("\(folder)/\(file)_interval"))
            source.averagingWindowSeconds = window
            source.updatePeriodSeconds = source.updatePeriodSeconds ?? window
        }
        // "97.5%" means that it may be wrong by 2.5 %.
        if let text = tree.line("\(folder)/\(sensor)_accuracy"), text.hasSuffix("%"),
            let percent = Double(text.dropLast()), percent > 0, percent < 100
        {
            source.accuracy = (1000 * (100 - percent)).rounded() / 100_000
            source.accuracyBasis = "stated by the sensor"
        }
        return source
    }

    private static func milliseconds(_ value: Int64?) -> Double? {
        value.flatMap { $0 > 0 ? Double($0) * 1e-3 : nil }
    }

    private static func domain(
        _ folder: String, _ chipName: String, _ tree: SensorTree
    ) -> PowerSource.Domain {
        // The firmware's power meter: at which side of the power supplies is not told.
        if chipName == "power_meter" { return .node }
        // PCI base classes 03 (display) and 12 (processing accelerator).
        let kind = tree.line("\(folder)/device/class") ?? ""
        return kind.hasPrefix("0x03") || kind.hasPrefix("0x12") ? .chip : .board
    }

    private static func counterDomain(
        _ label: String, _ folder: String, _ chipName: String, _ tree: SensorTree
    ) -> PowerSource.Domain {
        if label.contains("socket") { return .package }
        if label.contains("core") { return .cores }
        return domain(folder, chipName, tree)
    }
}
