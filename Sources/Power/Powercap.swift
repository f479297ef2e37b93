import Model

/// Energy counters of processor packages and their parts, as the kernel's powercap tree has them.
///
/// Both layouts that there are look alike from here: zones named `package-N`, with subzones such
/// as `core`, `uncore` and `dram`, and perhaps a zone `psys` for the whole platform.
package enum Powercap {
    static let folder = "/sys/class/powercap"
    /// The registers are renewed about every millisecond, by the makers' manuals.
    static let updatePeriodSeconds = 1e-3

    /// The adapter of all zones that can be read, or nil, and what cannot be read.
    package static func open(
        _ text: SourceText, _ environment: PowerEnvironment
    ) throws(PowerError) -> (adapter: (any PowerAdapter)?, unavailable: [UnavailablePower]) {
        try text.requireOptions([])
        let tree = environment.files
        guard let zones = tree.names(in: folder) else {
            return (nil, [UnavailablePower(name: "powercap", reason: "\(folder): absent")])
        }
        var adapter = FileAdapter(tree: tree)
        var unavailable: [UnavailablePower] = []
        var seen: Set<String> = []
        // Drivers with shorter names, which are the older ones, come first.
        let ordered = zones.filter { tree.exists("\(folder)/\($0)/energy_uj") }
        for zone in ordered {
            let path = path(of: zone, in: tree)
            // Two drivers may show the same package.
            guard seen.insert(path).inserted else {
                unavailable.append(
                    UnavailablePower(
                        name: "powercap.\(path)", reason: "\(folder)/\(zone): shown twice"))
                continue
            }
            let source = try text.declaring(source(zone, path, tree))
            do throws(PowerError) {
                try adapter.add(source)
            } catch {
                unavailable.append(UnavailablePower(name: source.name, reason: error.detail))
            }
        }
        if ordered.isEmpty {
            let reason = "\(folder): no zone has energy_uj"
            unavailable.append(UnavailablePower(name: "powercap", reason: reason))
        }
        return (adapter.sources.isEmpty ? nil : adapter, unavailable)
    }

    /// The zone's own name behind those of the zones that it is a part of: `package-0/core`.
    private static func path(of zone: String, in tree: SensorTree) -> String {
        let parts = zone.split(separator: ":")
        // `driver:0:1` is a part of `driver:0`; the driver itself is no zone.
        return (2...max(2, parts.count)).map { count in
            let name = parts.prefix(count).joined(separator: ":")
            return tree.line("\(folder)/\(name)/name") ?? name
        }.joined(separator: "/")
    }

    private static func source(_ zone: String, _ path: String, _ tree: SensorTree) -> PowerSource {
        let own = path.split(separator: "/").last.map(String.init) ?? path
        let domain = domain(own)
        var source = PowerSource(
            name: "powercap.\(path)", adapter: "powercap", domain: domain, kind: .counter,
            scale: 1e-6, origin: "\(folder)/\(zone)/energy_uj")
        source.updatePeriodSeconds = updatePeriodSeconds
        source.accuracyBasis = "the maker states none"
        // The file holds the largest value; one step of the register, at most 61 µJ, is lost.
        source.wrap = tree.integer("\(folder)/\(zone)/max_energy_range_uj").flatMap {
            $0 > 0 ? UInt64($0) : nil
        }
        // Memory is beside its package in the tree, but its energy is not in the package's.
        if path.contains("/"), domain != .memory {
            source.containedIn =
                "powercap."
                + path.split(separator: "/").dropLast()
                .joined(separator: "/")
        }
        return source
    }

    private static func domain(_ name: String) -> PowerSource.Domain {
        switch name.prefix(while: { $0 != "-" }) {
        case "package": .package
        case "core": .cores
        case "uncore": .uncore
        case "dram": .memory
        case "psys": .board
        default: .chip
        }
    }
}
