package import Model

/// All sources that were asked for: those that can be read, and why the others cannot.
package struct PowerSources: Sendable {
    package private(set) var adapters: [any PowerAdapter] = []
    package private(set) var unavailable: [UnavailablePower] = []

    /// What `auto` looks for: nothing that needs a network, a password or a user's word.
    package static let automatic = ["powercap", "hwmon", "battery", "ipmi"]
    /// Every kind of source that has a text form.
    package static let kinds =
        automatic + ["redfish", "redfish+http", "scpi", "ptd", "auto", "none"]

    /// Opens sources by their text forms.
    ///
    /// A text that is wrong throws; a source that is not there is listed as unavailable.
    package static func open(
        _ texts: [String], environment: PowerEnvironment = PowerEnvironment()
    ) throws(PowerError) -> PowerSources {
        var all = PowerSources()
        var names: Set<String> = []
        for text in texts.flatMap({ $0 == "auto" ? automatic : [$0] }) where text != "none" {
            // Named twice, or named and found by `auto`, it is read once.
            guard names.insert(text).inserted else { continue }
            try all.open(try SourceText(text), environment)
        }
        if names.isEmpty {
            all.unavailable.append(UnavailablePower(name: "power", reason: "not asked for"))
        }
        return all
    }

    private mutating func open(
        _ text: SourceText, _ environment: PowerEnvironment
    ) throws(PowerError) {
        do throws(PowerError) {
            switch text.scheme {
            case "powercap": try add(Powercap.open(Self.local(text), environment))
            case "hwmon": try add(HardwareMonitor.open(Self.local(text), environment))
            case "battery": try add(Battery.open(Self.local(text), environment))
            case "ipmi": adapters.append(try ManagementController.open(text, environment))
            case "redfish", "redfish+http": adapters.append(try Redfish.open(text, environment))
            case "scpi": adapters.append(try Instrument.open(text, environment))
            case "ptd": adapters.append(try Analyzer.open(text, environment))
            default:
                throw PowerError(
                    .syntax,
                    "no source is called \(quoted(text.scheme)); there are "
                        + Self.kinds.joined(separator: ", "))
            }
        } catch {
            if error.code == .syntax { throw error }
            unavailable.append(UnavailablePower(name: text.description, reason: error.detail))
        }
    }

    /// The text, unless it names a host: such sources are this machine's only.
    private static func local(_ text: SourceText) throws(PowerError) -> SourceText {
        guard text.host == nil else {
            throw PowerError(.syntax, "'\(text.scheme)' is of this machine and takes no host")
        }
        return text
    }

    private mutating func add(
        _ found: (adapter: (any PowerAdapter)?, unavailable: [UnavailablePower])
    ) {
        if let adapter = found.adapter { adapters.append(adapter) }
        unavailable += found.unavailable
    }

    /// Every source that can be read.
    package var sources: [PowerSource] { adapters.flatMap(\.sources) }

    /// What stands in place of every energy metric when nothing can be read.
    ///
    /// Nil when there is a source.
    package var unavailableText: String? {
        guard adapters.isEmpty else { return nil }
        return "unavailable: " + unavailable.map(\.description).joined(separator: ", ")
    }
}
