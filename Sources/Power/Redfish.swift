import FoundationEssentials
import Model

/// Power as a management controller tells it over Redfish, through the program `curl`.
///
/// Text form: `redfish://host:port/redfish/v1/Chassis/1?netrc=FILE&cacert=FILE`. Without a path
/// every chassis is looked at. `redfish+http` is for test servers.
package enum Redfish {
    static let options = ["netrc", "cacert", "insecure", "timeout"]
    /// More than a rack of chassis behind one address is not a machine.
    static let chassisMax = 16

    /// The adapter of all chassis that tell their power, or why there is none.
    package static func open(
        _ text: SourceText, _ environment: PowerEnvironment
    ) throws(PowerError) -> any PowerAdapter {
        try text.requireOptions(options)
        let server = try RedfishServer(text, environment)
        var adapter = RedfishAdapter(server: server)
        var reasons: [String] = []
        for chassis in try chassis(text, server) {
            do throws(PowerError) {
                for found in try sources(chassis, server) {
                    try adapter.add(try text.declaring(found.source), found.pointer)
                }
            } catch {
                // A wrong option is wrong for every chassis.
                if error.code == .syntax { throw error }
                reasons.append(error.detail)
            }
        }
        guard !adapter.sources.isEmpty else {
            let reason = reasons.isEmpty ? "it lists no chassis" : reasons.joined(separator: "; ")
            throw PowerError(.absent, reason)
        }
        return adapter
    }

    private static func chassis(
        _ text: SourceText, _ server: RedfishServer
    ) throws(PowerError) -> [String] {
        if !text.path.isEmpty, text.path != "/" { return [text.path] }
        let list: RedfishDocuments.Collection = try server.get("/redfish/v1/Chassis")
        return list.members.prefix(chassisMax).map(\.id)
    }

    /// Where in which document the power of a chassis stands.
    struct Pointer: Sendable, Hashable {
        var path: String
        /// The position in `PowerControl`; nil: the document is one of EnvironmentMetrics.
        var control: Int?
    }

    private static func sources(
        _ path: String, _ server: RedfishServer
    ) throws(PowerError) -> [(source: PowerSource, pointer: Pointer)] {
        let chassis: RedfishDocuments.Chassis = try server.get(path)
        let name = path.split(separator: "/").last.map(String.init) ?? path
        if let link = chassis.environmentMetrics {
            let metrics: RedfishDocuments.EnvironmentMetrics = try server.get(link.id)
            if metrics.powerWatts != nil {
                let pointer = Pointer(path: link.id, control: nil)
                return [(source(name, server, link.id), pointer)]
            }
        }
        guard let link = chassis.power else {
            throw PowerError(.absent, "\(server.place)\(path) tells no power")
        }
        let power: RedfishDocuments.Power = try server.get(link.id)
        let whole = source(name, server, link.id)
        let found = (power.powerControl ?? []).indices.map { index in
            var source = whole
            if index > 0 {
                // The first entry is the chassis; those after it are parts of it.
                source.name += ".\(index)"
                source.domain = .board
                source.containedIn = whole.name
            }
            return (source, Pointer(path: link.id, control: index))
        }
        guard !found.isEmpty else {
            throw PowerError(.absent, "\(server.place)\(link.id) has no PowerControl")
        }
        return found
    }

    private static func source(
        _ name: String, _ server: RedfishServer, _ path: String
    ) -> PowerSource {
        var source = PowerSource(
            name: "redfish.\(server.host).\(name)", adapter: "redfish", domain: .node,
            kind: .instantaneous, scale: 1e-6, origin: server.place + path)
        source.accuracyBasis = "the controller states none"
        return source
    }
}

/// The parts of Redfish's documents that tell power.
enum RedfishDocuments {
    struct Link: Decodable {
        var id: String

        private enum CodingKeys: String, CodingKey {
            case id = "@odata.id"
        }
    }

    struct Collection: Decodable {
        var members: [Link]

        private enum CodingKeys: String, CodingKey {
            case members = "Members"
        }
    }

    struct Chassis: Decodable {
        var power: Link?
        var environmentMetrics: Link?

        private enum CodingKeys: String, CodingKey {
            case power = "Power"
            case environmentMetrics = "EnvironmentMetrics"
        }
    }

    struct Power: Decodable {
        struct Control: Decodable {
            var watts: Double?

            private enum CodingKeys: String, CodingKey {
                case watts = "PowerConsumedWatts"
            }
        }

        var powerControl: [Control]?

        private enum CodingKeys: String, CodingKey {
            case powerControl = "PowerControl"
        }
    }

    struct EnvironmentMetrics: Decodable {
        struct Reading: Decodable {
            var watts: Double?

            private enum CodingKeys: String, CodingKey {
                case watts = "Reading"
            }
        }

        var powerWatts: Reading?

        private enum CodingKeys: String, CodingKey {
            case powerWatts = "PowerWatts"
        }
    }
}

/// A Redfish service, asked through `curl` so that TLS and passwords stay out of this program.
struct RedfishServer: Sendable {
    let host: String
    /// The address before the path.
    let place: String
    private let arguments: [String]
    private let environment: PowerEnvironment
    private let timeMax: Nanoseconds

    init(_ text: SourceText, _ environment: PowerEnvironment) throws(PowerError) {
        guard let name = text.host else {
            throw PowerError(.syntax, "\(quoted(text.description)) names no host")
        }
        guard text.user == nil else {
            throw PowerError(.syntax, "user and password of Redfish stand in a file: 'netrc=FILE'")
        }
        let isPlain = text.scheme == "redfish+http"
        host = name
        let bracketed = name.contains(":") ? "[\(name)]" : name
        place = (isPlain ? "http://" : "https://") + bracketed + (text.port.map { ":\($0)" } ?? "")
        timeMax = try text.positive("timeout").map { .seconds($0) } ?? environment.answerTimeMax
        self.environment = environment
        // -q comes first: a user's own settings must not change what is asked. A controller is
        // never behind a proxy, and is never asked to send the password elsewhere.
        var arguments = [
            "-q", "--silent", "--show-error", "--fail", "--globoff", "--noproxy", "*",
            "--max-redirs", "0",
            "--proto", isPlain ? "=http" : "=https", "--max-filesize", "1048576",
            "--max-time", "\(timeMax.seconds)", "--header", "Accept: application/json",
        ]
        if let file = text.options["netrc"] { arguments += ["--netrc-file", file] }
        if let file = text.options["cacert"] { arguments += ["--cacert", file] }
        switch text.options["insecure"] {
        case nil, "0": break
        case "1": arguments.append("--insecure")
        default: throw PowerError(.syntax, "'insecure' is 0 or 1")
        }
        self.arguments = arguments
    }

    /// The document at that path.
    func get<Document: Decodable>(_ path: String) throws(PowerError) -> Document {
        // A path comes from the server: it must not turn into another host.
        guard path.hasPrefix("/"), path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
            throw PowerError(.garbage, "\(place) links to \(quoted(path)), which is no path")
        }
        let address = place + path
        // curl says itself when its time is up; the rest is for one that does not.
        let outcome = environment.programs.run(
            "curl", arguments + ["--url", address],
            timeMax: timeMax + .milliseconds(1000))
        let output = try outcome.answer(of: "curl").get()
        do {
            return try JSONDecoder().decode(Document.self, from: Data(output.utf8))
        } catch {
            throw PowerError(.garbage, "\(address) is not what Redfish defines: \(quoted(output))")
        }
    }
}

/// The power of chassis behind one Redfish service.
struct RedfishAdapter: PowerAdapter {
    private(set) var sources: [PowerSource] = []
    private var pointers: [Redfish.Pointer] = []
    private let server: RedfishServer

    init(server: RedfishServer) { self.server = server }

    /// A program costs milliseconds of a core, and controllers renew their values about as often.
    var readPeriodMin: Nanoseconds { .milliseconds(1000) }

    /// Adds a source after reading it once; says why when that fails.
    mutating func add(_ source: PowerSource, _ pointer: Redfish.Pointer) throws(PowerError) {
        let first = reading(source, try value(pointer))
        if case .failed(let reason) = first { throw PowerError(.garbage, reason) }
        sources.append(source)
        pointers.append(pointer)
    }

    mutating func read() -> [PowerReading] {
        zip(sources, pointers).map { source, pointer in
            do throws(PowerError) {
                return reading(source, try value(pointer))
            } catch {
                return .failed(error.detail)
            }
        }
    }

    mutating func close() {}

    private func value(_ pointer: Redfish.Pointer) throws(PowerError) -> Double? {
        guard let control = pointer.control else {
            let metrics: RedfishDocuments.EnvironmentMetrics = try server.get(pointer.path)
            return metrics.powerWatts?.watts
        }
        let power: RedfishDocuments.Power = try server.get(pointer.path)
        let controls = power.powerControl ?? []
        return control < controls.count ? controls[control].watts : nil
    }

    private func reading(_ source: PowerSource, _ watts: Double?) -> PowerReading {
        guard let watts else { return .failed("\(source.origin) says null instead of watts") }
        guard let raw = Int64(exactly: (watts * 1e6).rounded()) else {
            return .failed("\(source.origin) says \(watts) W")
        }
        return source.judged(raw)
    }
}
