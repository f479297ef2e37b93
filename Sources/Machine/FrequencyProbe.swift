import Model

/// Facts about who sets the clock, within which bounds, and about sibling threads.
enum FrequencyProbe {
    private static let cpus = "/sys/devices/system/cpu"

    static func facts(_ files: SystemFiles) -> [Fact] {
        let policies = (files.names(in: "\(cpus)/cpufreq") ?? [])
            .filter { $0.hasPrefix("policy") }.map { "\(cpus)/cpufreq/\($0)" }
        let rows = [
            ("frequencyDriver", "scaling_driver"), ("frequencyGovernor", "scaling_governor"),
            ("frequencyMinKilohertz", "scaling_min_freq"),
            ("frequencyMaxKilohertz", "scaling_max_freq"),
            ("frequencyHardwareMaxKilohertz", "cpuinfo_max_freq"),
            ("energyPreference", "energy_performance_preference"),
        ]
        return rows.map { name, file in
            policyFact(name, file: file, policies: policies, files: files)
        } + [
            boost(files, firstPolicy: policies.first),
            files.fact("smt", from: "\(cpus)/smt/active") { ["0": "off", "1": "on"][$0] },
            files.fact("smtControl", from: "\(cpus)/smt/control"),
            files.fact(
                "idleDriver", from: "\(cpus)/cpuidle/current_driver"),
        ]
    }

    /// A setting that all policies share, or the tally of the settings where they differ.
    private static func policyFact(
        _ name: String, file: String, policies: [String], files: SystemFiles
    ) -> Fact {
        guard let first = policies.first else {
            return Fact(
                name, nil, source: "\(cpus)/cpufreq lists no policy; not set by this system")
        }
        let values = policies.compactMap { files.text("\($0)/\(file)") }
        guard let value = values.first else {
            return Fact(
                name, nil, source: "\(first)/\(file): \(files.read("\(first)/\(file)").reason)")
        }
        let isShared = Set(values).count == 1
        return Fact(name, isShared ? value : tally(values), source: "\(cpus)/cpufreq/*/\(file)")
    }

    /// Whether clocks above the nominal one are allowed: `on` or `off`.
    private static func boost(_ files: SystemFiles, firstPolicy: String?) -> Fact {
        // Most drivers have a switch that allows it, one has a folder with a switch against it.
        let switches =
            ["\(cpus)/cpufreq/boost"] + [firstPolicy.map { "\($0)/boost" }].compactMap(\.self)
        for path in switches {
            if let value = files.integer(path) {
                return Fact("boost", value == 0 ? "off" : "on", source: path)
            }
        }
        for folder in files.names(in: cpus) ?? [] {
            let path = "\(cpus)/\(folder)/no_turbo"
            if let value = files.integer(path) {
                return Fact("boost", value == 0 ? "on" : "off", source: path)
            }
        }
        let tried = (switches + ["\(cpus)/*/no_turbo"]).joined(separator: ", ")
        return Fact("boost", nil, source: "none of \(tried) is readable")
    }
}
