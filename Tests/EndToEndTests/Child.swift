import Foundation
import Glibc
import Testing

/// How a process ended.
enum Ending: Equatable {
    case exited(Int32)
    case killed(Int32)
    case stillRunning
}

/// A program that runs, with its output in files.
final class Child {
    let pid: pid_t
    private var ending: Ending?

    init(
        _ arguments: [String], environment: [String: String], directory: String, output: String,
        error: String
    ) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        let flags = O_WRONLY | O_CREAT | O_TRUNC
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, flags, 0o644)
        posix_spawn_file_actions_addopen(&actions, 2, error, flags, 0o644)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        // posix_spawn has no portable way to start elsewhere; env becomes the program.
        let argv = (["env", "-C", directory] + arguments).map { strdup($0) } + [nil]
        let envp = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in argv + envp { free(text) } }
        var started: pid_t = 0
        let status = posix_spawn(&started, "/usr/bin/env", &actions, &attributes, argv, envp)
        try #require(status == 0, "'\(arguments[0])' cannot be started: \(status)")
        pid = started
    }

    deinit {
        guard ending == nil else { return }
        kill(pid, SIGKILL)
        waitpid(pid, nil, 0)
    }

    func signal(_ number: Int32) { kill(pid, number) }

    /// How it ended; nil while it runs.
    func poll() -> Ending? {
        if let ending { return ending }
        var status: Int32 = 0
        guard waitpid(pid, &status, WNOHANG) == pid else { return nil }
        let signal = status & 0x7f
        ending = signal == 0 ? .exited((status >> 8) & 0xff) : .killed(signal)
        return ending
    }

    /// Waits for its end, calling `look` every few milliseconds.
    func wait(seconds: Double = 120, look: () -> Void = {}) -> Ending {
        let deadline = Clock.seconds() + seconds
        while Clock.seconds() < deadline {
            if let ending = poll() { return ending }
            look()
            usleep(5000)
        }
        return .stillRunning
    }
}

/// Time for deadlines.
enum Clock {
    static func seconds() -> Double {
        var moment = timespec()
        clock_gettime(CLOCK_MONOTONIC, &moment)
        return Double(moment.tv_sec) + Double(moment.tv_nsec) * 1e-9
    }

    /// Waits until a condition holds; false when it does not within that time.
    static func waits(_ seconds: Double, until condition: () -> Bool) -> Bool {
        let deadline = Self.seconds() + seconds
        while !condition() {
            if Self.seconds() > deadline { return false }
            usleep(5000)
        }
        return true
    }
}

/// What the kernel lists.
enum Processes {
    /// The running processes whose environment has that text.
    static func marked(_ mark: String) -> [pid_t] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { pid_t($0) }.filter { pid in
            guard let data = FileManager.default.contents(atPath: "/proc/\(pid)/environ") else {
                return false
            }
            return data.range(of: Data(mark.utf8)) != nil
        }
    }

    /// The children of a process that have ended and were not waited for.
    static func zombies(of parent: pid_t) -> Set<pid_t> {
        let list = FileManager.default.contents(atPath: "/proc/\(parent)/task/\(parent)/children")
        let children = String(decoding: list ?? Data(), as: UTF8.self).split(separator: " ")
        return Set(
            children.compactMap { pid_t($0) }.filter { child in
                let data = FileManager.default.contents(atPath: "/proc/\(child)/stat") ?? Data()
                return String(decoding: data, as: UTF8.self).contains(") Z ")
            })
    }
}
