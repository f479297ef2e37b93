import Bundle
import FoundationEssentials
import Glibc
import LaunchProtocol
package import Model

/// A backend that can be asked for: its manifest and where it came from.
package struct InstalledBackend: Sendable, Hashable {
    package var manifest: BackendManifest
    /// The manifest's file; nil for backends linked into the worker.
    package var manifestFile: String?
    /// The library to load; nil for backends linked into the worker.
    package var library: String?
    /// Why a manifest of the same id found earlier hides this one; nil: it is the one in use.
    package var shadowedBy: String?

    var entry: BackendEntry {
        library.map { BackendEntry.library($0) } ?? .linked(manifest.id)
    }
}

extension InstalledBackend {
    /// The backend of a manifest file, whose library is named relative to it.
    package init(manifestFile file: String) throws(RunnerError) {
        let manifest: BackendManifest
        do throws(BundleError) {
            let data = try Files.read(file, limit: 1 << 20)
            manifest = try JSONCoding.decode(BackendManifest.self, from: data, file: file)
        } catch {
            throw RunnerError(.backend, detail: "\(error)")
        }
        guard let library = manifest.file else {
            throw RunnerError(.backend, detail: "\(file): names no library under 'file'")
        }
        let folder = file.lastIndex(of: "/").map { file[...$0] } ?? ""
        let path = Self.absolute(library.hasPrefix("/") ? library : folder + library)
        if let stated = manifest.sha256, let actual = Hashing.sha256(ofFile: path),
            stated != actual
        {
            throw RunnerError(
                .backend, detail: "\(file): '\(library)' does not have the stated SHA-256")
        }
        self.init(manifest: manifest, manifestFile: file, library: path)
    }

    /// The path from the root, because a worker runs in a directory of its own.
    private static func absolute(_ path: String) -> String {
        guard let resolved = unsafe realpath(path, nil) else { return path }
        defer { unsafe free(resolved) }
        return unsafe String(cString: resolved)
    }
}

/// What there is on this machine, found from manifests alone: no vendor library is loaded.
package struct BackendCatalog: Sendable {
    package private(set) var backends: [InstalledBackend]
    /// Manifests that cannot be read, one sentence each.
    package private(set) var problems: [String]

    /// Looks through the worker's own backends, then through the plug-in directories in order.
    package init(setup: WorkerSetup, pluginPath: [String]) throws(RunnerError) {
        backends = []
        problems = []
        for manifest in try Self.linkedManifests(setup) {
            add(InstalledBackend(manifest: manifest))
        }
        for directory in pluginPath {
            for name in Files.names(in: directory) where name.hasSuffix(".json") {
                read(directory + "/" + name)
            }
        }
        backends.sort { $0.manifest.id < $1.manifest.id }
    }

    /// The backend in use of that id; nil when there is none.
    package func backend(_ id: String) -> InstalledBackend? {
        backends.first { $0.manifest.id == id && $0.shadowedBy == nil }
    }

    /// The backends that take part when none is named.
    package var usual: [InstalledBackend] {
        backends.filter { $0.shadowedBy == nil && !$0.manifest.onlyWhenNamed }
    }

    private mutating func add(_ backend: InstalledBackend) {
        var added = backend
        if let first = self.backend(backend.manifest.id) {
            added.shadowedBy = first.manifestFile ?? "the backend linked into assay-worker"
        }
        backends.append(added)
    }

    private mutating func read(_ file: String) {
        do throws(RunnerError) {
            add(try InstalledBackend(manifestFile: file))
        } catch {
            problems.append("\(error)")
        }
    }

    /// The manifests that the worker carries for the backends linked into it.
    private static func linkedManifests(
        _ setup: WorkerSetup
    ) throws(RunnerError) -> [BackendManifest] {
        let text = try Helper.output(of: [setup.program, "--manifests"])
        do {
            return try JSONDecoder().decode([BackendManifest].self, from: Data(text.utf8))
        } catch {
            throw RunnerError(
                .worker, detail: "'\(setup.program)' does not list its backends: \(error)")
        }
    }
}

/// Runs a short helper program to its end.
enum Helper {
    /// What the program printed; throws when it cannot be started or fails.
    static func output(of arguments: [String]) throws(RunnerError) -> String {
        let (reading, writing) = try Descriptor.pipe()
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, writing.number, 1)
        let argv = unsafe arguments.map { unsafe strdup($0) } + [nil]
        defer { unsafe argv.forEach { unsafe free($0) } }
        var pid: pid_t = 0
        let status = unsafe posix_spawn(&pid, arguments[0], &actions, nil, argv, environ)
        guard status == 0 else {
            throw RunnerError(
                .worker, detail: "'\(arguments[0])' cannot be started: \(errorText(status))")
        }
        writing.closeNow()
        var bytes: [UInt8] = []
        while let more = reading.readAvailable() { bytes += more }
        var code: Int32 = 0
        _ = unsafe waitpid(pid, &code, 0)
        guard code == 0 else {
            throw RunnerError(.worker, detail: "'\(arguments[0])' failed with status \(code)")
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
