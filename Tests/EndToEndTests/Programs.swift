import Foundation
import Glibc
import Synchronization
import Testing

/// The programs under test and what they are tried with.
enum Programs {
    /// The folder of the built programs: that of the test program, or what ASSAY_TEST_BIN names.
    static let directory: String = {
        if let named = ProcessInfo.processInfo.environment["ASSAY_TEST_BIN"] { return named }
        var room = [CChar](repeating: 0, count: 4096)
        let count = max(0, readlink("/proc/self/exe", &room, room.count - 1))
        let own = String(decoding: room.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let candidates = [own, CommandLine.arguments[0]].map {
            URL(filePath: $0).deletingLastPathComponent().path
        }
        return candidates.first { access($0 + "/assay", X_OK) == 0 } ?? candidates[0]
    }()

    static var assay: String { directory + "/assay" }

    /// These tests look at what happens and not at how fast, so a debug build will do.
    static let allowDebug = "--allow-debug-build"

    private static let tests = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent()
    /// The small case library of these tests.
    static let cases = tests.appending(path: "Fixtures/end-to-end/cases").path

    /// The folder of the built fixture plug-ins; they are built once.
    static let plugins: String = {
        let folder = directory + "/test-plugins"
        let build = tests.appending(path: "Fixtures/plugins/build.sh").path
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = [build, folder]
        do {
            try process.run()
            process.waitUntilExit()
            if process.terminationStatus == 0 { return folder }
        } catch {
            Issue.record("'\(build)' cannot be run: \(error)")
        }
        Issue.record("'\(build)' failed, so there are no fixture plug-ins")
        return folder
    }()

    static let memoryGroups = "/sys/fs/cgroup/memory"

    /// Whether this process may put another into a group with less memory.
    static let canLimitMemory =
        access(memoryGroups + "/tasks", W_OK) == 0
        && access(memoryGroups + "/memory.limit_in_bytes", F_OK) == 0

    /// Whether this process may have a mount namespace of its own.
    static let canMount: Bool = {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", "unshare -m mount -t tmpfs tmpfs /mnt"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()
}

/// What a program said when it had ended.
struct Finished {
    var ending: Ending
    var output: String
    var error: String

    var code: Int32? {
        if case .exited(let code) = ending { code } else { nil }
    }
    var errorLines: [Substring] { error.split(separator: "\n") }
}

/// A test's own folder: home, results and temporary files of the programs that it starts.
final class Scratch {
    let path: String
    /// In the environment of every process that comes of this test.
    let mark = "ASSAY_TEST_MARK=\(UUID().uuidString)"
    private var started = 0

    init() throws {
        try #require(
            access(Programs.assay, X_OK) == 0,
            "'\(Programs.assay)' is not built; ASSAY_TEST_BIN names another folder")
        path =
            FileManager.default.temporaryDirectory
            .appending(path: "assay-end-to-end-\(UUID().uuidString)").path
        for folder in ["home", "tmp"] {
            try FileManager.default.createDirectory(
                atPath: path + "/" + folder, withIntermediateDirectories: true)
        }
    }

    deinit { if !isKept { try? FileManager.default.removeItem(atPath: path) } }

    private var isKept = false
    private static let kept = Mutex<[String]>([])

    /// Leaves the folder to the end of the test program, which then removes it.
    func keepUntilExit() {
        isKept = true
        let isFirst = Self.kept.withLock { paths in
            paths.append(path)
            return paths.count == 1
        }
        guard isFirst else { return }
        atexit {
            Scratch.kept.withLock { paths in
                for path in paths { try? FileManager.default.removeItem(atPath: path) }
            }
        }
    }

    var results: String { path + "/results" }

    /// The bundles in the results folder.
    var bundles: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: results)) ?? []
        return names.sorted().map { results + "/" + $0 }
    }

    /// The only bundle.
    func bundle(sourceLocation: SourceLocation = #_sourceLocation) throws -> Bundle {
        try #require(bundles.count == 1, sourceLocation: sourceLocation)
        return Bundle(path: bundles[0])
    }

    /// Starts a program with an environment of this test's own.
    func start(
        _ arguments: [String], environment: [String: String] = [:]
    ) throws -> (child: Child, output: String, error: String) {
        started += 1
        let (output, error) = (path + "/\(started).out", path + "/\(started).err")
        let parts = mark.split(separator: "=")
        var variables = [
            "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "HOME": path + "/home",
            "TMPDIR": path + "/tmp", String(parts[0]): String(parts[1]),
        ]
        variables.merge(environment) { $1 }
        let child = try Child(
            arguments, environment: variables, directory: path, output: output, error: error)
        return (child, output, error)
    }

    /// Runs a program to its end.
    func finish(_ arguments: [String], environment: [String: String] = [:]) throws -> Finished {
        let (child, output, error) = try start(arguments, environment: environment)
        return Finished(ending: child.wait(), output: Self.text(output), error: Self.text(error))
    }

    /// Runs `assay` to its end.
    func assay(_ arguments: String..., environment: [String: String] = [:]) throws -> Finished {
        try finish([Programs.assay] + arguments, environment: environment)
    }

    /// The arguments of a short run into this test's results.
    func runArguments(_ arguments: [String], plugins: String = Programs.plugins) -> [String] {
        [Programs.assay, "run"] + arguments + [
            "--cases", Programs.cases, "--results", results, "--plugin-path", plugins,
            "--profile", "smoke", "--memory", "1G", Programs.allowDebug,
        ]
    }

    /// A short run to its end; options given come after the usual ones and so win over them.
    func run(_ arguments: String..., environment: [String: String] = [:]) throws -> Finished {
        try finish(runArguments([]) + arguments, environment: environment)
    }

    static func text(_ path: String) -> String {
        String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
    }

    /// Everything that there is below a folder.
    static func files(below folder: String) -> [String] {
        (FileManager.default.subpaths(atPath: folder) ?? []).sorted()
    }
}
