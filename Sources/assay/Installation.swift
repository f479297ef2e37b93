import Bundle
import Glibc
import Power
import Runner

/// Where the parts of this installation are.
struct Installation {
    let program: String
    let worker: String

    /// Finds the worker beside this program; `ASSAY_WORKER` names another.
    static func find() throws -> Installation {
        var room = [CChar](repeating: 0, count: 4096)
        let count = unsafe readlink("/proc/self/exe", &room, room.count - 1)
        guard count > 0 else {
            throw CommandFailure(.wrongUse, "error: /proc is not there; mount it and try again")
        }
        let program = String(
            decoding: room.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let worker = environment("ASSAY_WORKER") ?? directory(of: program) + "/assay-worker"
        guard unsafe access(worker, X_OK) == 0 else {
            throw CommandFailure(
                .wrongUse, "error: '\(worker)' is missing; 'make build' makes it")
        }
        return Installation(program: program, worker: worker)
    }

    /// The case library: as told, or `cases` here, beside the program or above it.
    func casesDirectory(_ told: String?) throws -> String {
        if let told {
            guard Files.isDirectory(told) else {
                throw CommandFailure(.wrongUse, "error: --cases: '\(told)' is not a directory")
            }
            return told
        }
        var candidates = ["cases"]
        var folder = Self.directory(of: program)
        candidates.append(folder + "/../share/assay/cases")
        while folder.count > 1 {
            folder = Self.directory(of: folder)
            candidates.append(folder + "/cases")
        }
        for candidate in candidates where Files.isDirectory(candidate + "/suites") {
            return candidate
        }
        throw CommandFailure(
            .wrongUse, "error: no case library was found; name its directory with --cases")
    }

    /// Where plug-ins are looked for, in order.
    func pluginPath(_ told: [String]) -> [String] {
        var path = told
        if let listed = Self.environment("ASSAY_PLUGIN_PATH") {
            path += listed.split(separator: ":").map(String.init)
        }
        if let data = Self.environment("XDG_DATA_HOME") {
            path.append(data + "/assay/plugins")
        } else if let home = Self.environment("HOME") {
            path.append(home + "/.local/share/assay/plugins")
        }
        path.append(Self.directory(of: program) + "/../lib/assay/plugins")
        return path
    }

    /// What workers are started with; the directory is theirs for temporary files.
    func workerSetup(directory: String) -> WorkerSetup {
        WorkerSetup(
            program: worker, environment: [:], directory: directory,
            otherChildren: { SystemPrograms.running() })
    }

    /// SHA-256 of what a backend's code is in: its library, or the worker.
    func digest(of backend: InstalledBackend) -> String {
        Hashing.sha256(ofFile: backend.library ?? worker) ?? ""
    }

    /// The commit that this build was made from; `unknown` where the build did not say.
    var commit: String {
        let file = Self.directory(of: program) + "/assay.commit"
        guard let data = try? Files.read(file, limit: 100) else { return "unknown" }
        return String(decoding: data, as: UTF8.self).split(whereSeparator: \.isWhitespace).first
            .map(String.init) ?? "unknown"
    }

    static func directory(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return "/" }
        return String(path[..<slash])
    }

    static func environment(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        let text = unsafe String(cString: value)
        return text.isEmpty ? nil : text
    }
}

/// A directory for workers' temporary files, removed with its owner.
final class TemporaryDirectory {
    let path: String

    init() throws {
        let base = Installation.environment("TMPDIR") ?? "/tmp"
        Self.removeOrphans(in: base)
        var template = Array((base + "/\(Self.prefix)\(getpid())-XXXXXX").utf8CString)
        guard unsafe mkdtemp(&template) != nil else {
            throw CommandFailure(
                .wrongUse, "error: no temporary directory can be made in '\(base)'; set TMPDIR")
        }
        path = String(
            decoding: template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { Self.remove(path) }

    private static let prefix = "assay-run-"

    /// Removes what runs left behind that were killed. A name says whose it was.
    private static func removeOrphans(in base: String) {
        for name in Files.names(in: base) where name.hasPrefix(prefix) {
            let digits = name.dropFirst(prefix.count).prefix { $0 != "-" }
            guard let owner = pid_t(digits), kill(owner, 0) != 0, errno == ESRCH else { continue }
            remove(base + "/" + name)
        }
    }

    private static func remove(_ path: String) {
        for file in Files.allFiles(below: path) { unsafe unlink(path + "/" + file) }
        unsafe rmdir(path)
    }
}
