extension SensorDiscovery {
    // MARK: - Temperature

    mutating func findThermalZones() {
        let root = "/sys/class/thermal"
        let zones = (files.names(in: root) ?? []).filter { $0.hasPrefix("thermal_zone") }
        for zone in zones {
            let type = files.line("\(root)/\(zone)/type") ?? "unnamed"
            addFile(temperature("\(zone).\(type)", "\(root)/\(zone)/temp"))
        }
        if zones.isEmpty { miss("thermal zones", "\(root) lists no zone") }
    }

    private func temperature(_ name: String, _ path: String) -> TelemetryChannel {
        TelemetryChannel(
            id: 0, name: "\(name).temperature", unit: "Cel", kind: .gauge, domain: "board",
            source: path, scale: 1e-3)
    }

    /// Temperatures, power and energy of the board's sensor chips.
    mutating func findSensorChips() {
        let root = "/sys/class/hwmon"
        guard let chips = files.names(in: root), !chips.isEmpty else {
            return miss("sensor chips", "\(root): absent or empty")
        }
        for chip in chips {
            let folder = "\(root)/\(chip)"
            let chipName = files.line("\(folder)/name") ?? "unnamed"
            for file in files.names(in: folder) ?? [] {
                guard let separator = file.firstIndex(of: "_") else { continue }
                let sensor = String(file[..<separator])
                let label = files.line("\(folder)/\(sensor)_label") ?? sensor
                let name = "\(chip).\(chipName).\(label)"
                switch (sensor.prefix { !$0.isNumber }, file[separator...]) {
                case ("temp", "_input"): addFile(temperature(name, "\(folder)/\(file)"))
                case ("power", "_input"), ("power", "_average"):
                    addFile(power(name, folder: folder, file: file, sensor: sensor))
                case ("energy", "_input"): addFile(energy(name, path: "\(folder)/\(file)"))
                default: break
                }
            }
        }
    }

    private func power(
        _ name: String, folder: String, file: String, sensor: String
    ) -> TelemetryChannel {
        let isAverage = file.hasSuffix("_average")
        let interval = isAverage ? files.integer("\(folder)/\(file)_interval") : nil
        return TelemetryChannel(
            id: 0, name: isAverage ? "\(name).power.mean" : "\(name).power", unit: "W",
            kind: .gauge, domain: "board", source: "\(folder)/\(file)", scale: 1e-6,
            averagingSeconds: interval.map { Double($0) * 1e-3 })
    }

    private func energy(_ name: String, path: String) -> TelemetryChannel {
        TelemetryChannel(
            id: 0, name: "\(name).energy", unit: "J", kind: .counter, domain: "board",
            source: path, scale: 1e-6)
    }

    // MARK: - Energy

    /// The processor's energy counters, which wrap within minutes to hours.
    mutating func findEnergyCounters() {
        let root = "/sys/class/powercap"
        guard let zones = files.names(in: root) else {
            return miss("energy counters", "\(root): absent")
        }
        var found = 0
        for zone in zones {
            let folder = "\(root)/\(zone)"
            let domain = files.line("\(folder)/name") ?? zone
            var channel = TelemetryChannel(
                id: 0, name: "powercap.\(domain).energy", unit: "J", kind: .counter,
                domain: domain.hasPrefix("psys") ? "board" : "package",
                source: "\(folder)/energy_uj", scale: 1e-6)
            // The file holds the largest value; one step of the register, at most 61 µJ, is lost.
            channel.modulus = files.integer("\(folder)/max_energy_range_uj").flatMap {
                $0 > 0 ? UInt64($0) : nil
            }
            if addFile(channel) != "absent" { found += 1 }
        }
        if found == 0 { miss("energy counters", "\(root): no zone has energy_uj") }
    }

    /// Whether the machine is on mains, where it has a battery to fall back on.
    mutating func findSupplies() {
        let root = "/sys/class/power_supply"
        for supply in files.names(in: root) ?? []
        where files.line("\(root)/\(supply)/type") == "Mains" {
            addFile(
                TelemetryChannel(
                    id: 0, name: "supply.\(supply).online", unit: "1", kind: .state,
                    domain: "system", source: "\(root)/\(supply)/online"))
        }
    }
}
