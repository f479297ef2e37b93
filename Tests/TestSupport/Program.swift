import Glibc

/// What a finished program left behind.
package struct ProgramResult: Sendable {
    /// The exit status; nil when a signal ended the program.
    package var exitCode: Int32?
    /// The signal that ended it; nil when it exited.
    package var signal: Int32?
    package var stdout: String
    package var stderr: String
    /// Whether it was killed for running past the time limit.
    package var timedOut: Bool
}

/// Runs programs for tests.
package enum Program {
    /// Runs a program to its end.
    ///
    /// Outputs go through files, so that no pipe can fill up and block it. `program` is looked for
    /// on PATH unless it has a slash. `environment` is added to this process's own.
    package static func run(
        _ program: String, _ arguments: [String] = [], environment: [String: String] = [:],
        directory: String? = nil, timeLimitSeconds: Double = 120
    ) throws -> ProgramResult {
        let scratch = try ScratchDirectory()
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        let flags = O_WRONLY | O_CREAT | O_TRUNC
        posix_spawn_file_actions_addopen(&actions, 1, scratch("stdout"), flags, 0o644)
        posix_spawn_file_actions_addopen(&actions, 2, scratch("stderr"), flags, 0o644)

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A process group of its own, so that its children end with it.
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))

        // Swift's Glibc has no posix_spawn_file_actions_addchdir_np; env(1) can do it.
        let prefix = directory.map { ["env", "-C", $0] } ?? []
        let argv = CStrings(prefix + [program] + arguments)
        let envp = CStrings(merged(environment))
        var pid = pid_t()
        let code = posix_spawnp(
            &pid, prefix.first ?? program, &actions, &attributes, argv.pointers, envp.pointers)
        guard code == 0 else {
            throw TestSupportError("\(program): \(PackageFiles.reason(code))")
        }
        let (status, timedOut) = wait(for: pid, limitSeconds: timeLimitSeconds)
        let ended = status & 0x7f
        return ProgramResult(
            exitCode: ended == 0 ? status >> 8 & 0xff : nil, signal: ended == 0 ? nil : ended,
            stdout: try PackageFiles.text(scratch("stdout")),
            stderr: try PackageFiles.text(scratch("stderr")), timedOut: timedOut)
    }

    /// Where a program of that name lies on PATH; nil when it is not there.
    package static func find(_ name: String) -> String? {
        let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
        return path.split(separator: ":").map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }

    private static func wait(for pid: pid_t, limitSeconds: Double) -> (Int32, Bool) {
        var status: Int32 = 0
        var timedOut = false
        var waited = 0.0
        while waitpid(pid, &status, timedOut ? 0 : WNOHANG) == 0 {
            usleep(5_000)
            waited += 0.005
            if waited > limitSeconds, !timedOut {
                kill(-pid, SIGKILL)
                timedOut = true
            }
        }
        return (status, timedOut)
    }

    private static func merged(_ changes: [String: String]) -> [String] {
        var entries: [String] = []
        var next = environ
        while let entry = next.pointee {
            let text = String(cString: entry)
            if changes[String(text.prefix { $0 != "=" })] == nil { entries.append(text) }
            next += 1
        }
        return entries + changes.map { "\($0.key)=\($0.value)" }
    }
}

/// A null-terminated array of C strings that lives as long as this object.
private final class CStrings {
    let pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    private let count: Int

    init(_ texts: [String]) {
        count = texts.count
        pointers = .allocate(capacity: count + 1)
        for (index, text) in texts.enumerated() { pointers[index] = strdup(text) }
        pointers[count] = nil
    }

    deinit {
        for index in 0..<count { free(pointers[index]) }
        pointers.deallocate()
    }
}
