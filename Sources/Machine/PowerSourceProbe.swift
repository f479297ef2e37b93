import Model

/// Facts about what could measure power here: present, readable or denied.
enum PowerSourceProbe {
    static func facts(_ files: SystemFiles) -> [Fact] {
        [powercap(files), sensors(files), supply(files)]
    }

    /// Energy counters of the processor, by domain.
    private static func powercap(_ files: SystemFiles) -> Fact {
        let directory = "/sys/class/powercap"
        guard let zones = files.names(in: directory) else {
            return Fact("powercap", nil, source: "\(directory): absent")
        }
        let states = zones.compactMap { zone -> String? in
            let counter = "\(directory)/\(zone)/energy_uj"
            let reading = files.read(counter)
            guard reading != .absent else { return nil }
            return "\(files.text("\(directory)/\(zone)/name") ?? zone) \(reading.reason)"
        }
        guard !states.isEmpty else {
            return Fact("powercap", nil, source: "\(directory): no zone has an energy counter")
        }
        return Fact("powercap", tally(states), source: directory)
    }

    /// Power and energy channels of the board's sensor chips.
    private static func sensors(_ files: SystemFiles) -> Fact {
        let directory = "/sys/class/hwmon"
        guard let chips = files.names(in: directory) else {
            return Fact("powerSensors", nil, source: "\(directory): absent")
        }
        var states: [String] = []
        for chip in chips {
            let folder = "\(directory)/\(chip)"
            let chipName = files.text("\(folder)/name") ?? chip
            for file in files.names(in: folder) ?? [] where isPowerChannel(file) {
                states.append("\(chipName) \(file) \(files.read("\(folder)/\(file)").reason)")
            }
        }
        guard !states.isEmpty else {
            let reason = "\(directory): \(chips.count) chips, none with a power or energy channel"
            return Fact("powerSensors", nil, source: reason)
        }
        return Fact("powerSensors", tally(states), source: directory)
    }

    private static func isPowerChannel(_ file: String) -> Bool {
        let isReading = file.hasSuffix("_input") || file.hasSuffix("_average")
        return isReading && (file.hasPrefix("power") || file.hasPrefix("energy"))
    }

    /// `mains`, `battery`, or unknown: most servers list no supply at all.
    private static func supply(_ files: SystemFiles) -> Fact {
        let directory = "/sys/class/power_supply"
        guard let names = files.names(in: directory), !names.isEmpty else {
            let reason = "\(directory) lists no supply, as on most servers and virtual machines"
            return Fact("powerSupply", nil, source: reason)
        }
        var hasBattery = false
        for name in names {
            let folder = "\(directory)/\(name)"
            switch files.text("\(folder)/type") {
            case "Mains", "USB":
                if files.integer("\(folder)/online") == 1 {
                    return Fact("powerSupply", "mains", source: "\(folder)/online")
                }
            case "Battery":
                // A mouse's battery has the scope "Device" and says nothing about this machine.
                hasBattery = hasBattery || files.text("\(folder)/scope") != "Device"
            default: break
            }
        }
        if hasBattery { return Fact("powerSupply", "battery", source: directory) }
        return Fact("powerSupply", nil, source: "\(directory): none is online, none is a battery")
    }
}
