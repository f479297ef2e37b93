import ArgumentParser
import Bundle
import Cases
import Model
import Runner

/// `assay list`: what there is.
struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists cases, suites, backends or devices.",
        discussion: "Example: assay list cases")

    enum Kind: String, ExpressibleByArgument, CaseIterable {
        case cases, suites, backends, devices
    }

    @Argument(help: "cases, suites, backends (loads no vendor library) or devices (does).")
    var kind: Kind

    @Flag(help: "Prints JSON.")
    var json = false

    @OptionGroup var caseOptions: CaseOptions
    @OptionGroup var backendOptions: BackendOptions

    func run() throws {
        let installation = try Installation.find()
        switch kind {
        case .cases: try listCases(installation)
        case .suites: try listSuites(installation)
        case .backends: try listBackends(installation)
        case .devices: try listDevices(installation)
        }
    }

    private struct CaseRow: Encodable {
        var id: String
        var title: String
        var points: Int
        var file: String
        var pointText: String { "\(points)" }
    }

    private func listCases(_ installation: Installation) throws {
        let rows = try caseOptions.listing(installation).cases.map {
            CaseRow(id: $0.id, title: $0.title, points: $0.points.count, file: $0.file)
        }
        try show(rows, [("CASE", \.id), ("POINTS", \.pointText), ("TITLE", \.title)])
    }

    private struct SuiteRow: Encodable {
        var name: String
        var title: String
        var profile: String
        var points: Int
        var file: String
        var pointText: String { "\(points)" }
    }

    private func listSuites(_ installation: Installation) throws {
        let library = try caseOptions.library(installation)
        let rows = library.suites.map { suite in
            let request = library.request(suite)
            return SuiteRow(
                name: suite.name, title: suite.title, profile: suite.alwaysProfile.rawValue,
                points: request.always.count + request.rotate.count, file: suite.file)
        }
        try show(
            rows,
            [
                ("SUITE", \.name), ("PROFILE", \.profile), ("POINTS", \.pointText),
                ("TITLE", \.title),
            ])
    }

    private struct BackendRow: Encodable {
        var id: String
        var name: String
        var version: String
        var licence: String
        var source: String
    }

    private func listBackends(_ installation: Installation) throws {
        let scratch = try TemporaryDirectory()
        let catalog = try BackendCatalog(
            setup: installation.workerSetup(directory: scratch.path),
            pluginPath: installation.pluginPath(backendOptions.pluginPath))
        let rows = catalog.backends.map { backend in
            BackendRow(
                id: backend.manifest.id, name: backend.manifest.name,
                version: backend.manifest.version, licence: backend.manifest.licence,
                source: Self.source(of: backend))
        }
        for problem in catalog.problems { Terminal.error("warning: \(problem)") }
        try show(
            rows,
            [("BACKEND", \.id), ("VERSION", \.version), ("FROM", \.source), ("NAME", \.name)])
    }

    private static func source(of backend: InstalledBackend) -> String {
        if let other = backend.shadowedBy { return "shadowed by \(other)" }
        let place = backend.library ?? "linked in"
        return backend.manifest.onlyWhenNamed ? place + ", only when named" : place
    }

    private struct DeviceRow: Encodable {
        var backend: String
        var device: String
        var name: String
        var runtime: String
        var problem: String?
        var note: String { problem.map { "not available: \($0)" } ?? runtime }
    }

    private func listDevices(_ installation: Installation) throws {
        let scratch = try TemporaryDirectory()
        let setup = installation.workerSetup(directory: scratch.path)
        let catalog = try BackendCatalog(
            setup: setup, pluginPath: installation.pluginPath(backendOptions.pluginPath))
        var rows: [DeviceRow] = []
        for backend in catalog.backends where backend.shadowedBy == nil {
            let listing = try DeviceLister.list(
                backend, setup: setup, cpus: [], deadlines: Deadlines())
            rows += listing.devices.map {
                DeviceRow(
                    backend: backend.manifest.id, device: "\($0.index)", name: $0.name,
                    runtime: $0.runtime)
            }
            if let problem = listing.problem {
                rows.append(
                    DeviceRow(
                        backend: backend.manifest.id, device: "-", name: "-", runtime: "",
                        problem: problem))
            }
        }
        try show(
            rows,
            [("BACKEND", \.backend), ("DEVICE", \.device), ("NAME", \.name), ("RUNTIME", \.note)])
    }

    private func show<Row: Encodable>(
        _ rows: [Row], _ columns: [(String, KeyPath<Row, String>)]
    ) throws {
        if json {
            let data = try JSONCoding.pretty(rows)
            Terminal.print(String(decoding: data, as: UTF8.self))
            return
        }
        Terminal.print(
            Table.text(
                header: columns.map(\.0),
                rows: rows.map { row in columns.map { row[keyPath: $0.1] } }
            ))
    }
}

/// Columns of text.
enum Table {
    static func text(header: [String], rows: [[String]]) -> String {
        let all = [header] + rows
        let widths = header.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        return all.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                line += cell
                guard column + 1 < row.count else { continue }
                line += String(repeating: " ", count: widths[column] - cell.count + 2)
            }
            return line
        }.joined(separator: "\n")
    }
}
