import CAssaySystem
import Glibc
package import Model
import Synchronization

/// Runs programs of this machine, found on a search path.
package struct SystemPrograms: ProgramRunner {
    /// Where programs are looked for, in that order.
    package var searchPath: [String]

    /// More output than this is no answer to a question about power.
    private static let outputBytesMax = 1 << 20
    /// How long a killed program may take to disappear.
    private static let killTimeMax: UInt64 = 2_000_000_000

    /// Directories of PATH, and those of system programs, which users often lack.
    package init(searchPath: [String]? = nil) {
        let path = unsafe getenv("PATH").map { unsafe String(cString: $0) } ?? "/usr/bin:/bin"
        let own = path.split(separator: ":").map(String.init)
        self.searchPath = searchPath ?? own + ["/usr/sbin", "/sbin"]
    }

    private static let children = Mutex<Set<Int32>>([])

    /// Processes that were started here and have not ended: nobody else's business.
    ///
    /// Take it *after* a list of this process's children: what is on that list and was started
    /// here is then in this set or has ended.
    package static func running() -> Set<Int32> { children.withLock { $0 } }

    /// Runs a program in the C locale, with nothing of this process's environment but its home.
    package func run(
        _ program: String, _ arguments: [String], timeMax: Nanoseconds
    ) -> ProgramOutcome {
        guard let path = find(program) else { return .missing }
        var output: [Int32] = [-1, -1]
        var errors: [Int32] = [-1, -1]
        guard unsafe assay_pipe(&output) == 0 else { return .failed("no pipe can be made") }
        guard unsafe assay_pipe(&errors) == 0 else {
            output.forEach { close($0) }
            return .failed("no pipe can be made")
        }
        let started = Self.start(path, arguments, output: output[1], errors: errors[1])
        close(output[1])
        close(errors[1])
        guard started > 0 else {
            close(output[0])
            close(errors[0])
            return .failed(
                "\(path) cannot be started: \(unsafe String(cString: strerror(-started)))")
        }
        let child = RunningProgram(pid: started, output: output[0], errors: errors[0])
        let outcome = child.finish(
            by: Self.now() + timeMax.value, killTimeMax: Self.killTimeMax,
            outputBytesMax: Self.outputBytesMax)
        Self.children.withLock { _ = $0.remove(started) }
        return outcome
    }

    private func find(_ program: String) -> String? {
        if program.contains("/") { return unsafe access(program, X_OK) == 0 ? program : nil }
        return searchPath.map { $0 + "/" + program }.first { unsafe access($0, X_OK) == 0 }
    }

    /// The process id, or a negative error number.
    private static func start(
        _ path: String, _ arguments: [String], output: Int32, errors: Int32
    ) -> Int32 {
        let home = unsafe getenv("HOME").map { unsafe String(cString: $0) } ?? "/"
        // Numbers and dates in their plain form, whatever the user's language.
        let variables = ["LC_ALL=C", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=\(home)"]
        let argv = unsafe ([path] + arguments).map { unsafe strdup($0) } + [nil]
        let envp = unsafe variables.map { unsafe strdup($0) } + [nil]
        defer { unsafe (argv + envp).forEach { unsafe free($0) } }
        return children.withLock { children in
            let pid = unsafe assay_spawn(path, argv, envp, nil, 0, output, errors, nil)
            if pid > 0 { children.insert(pid) }
            return pid
        }
    }

    fileprivate static func now() -> UInt64 { assay_clock_ns(ASSAY_CLOCK_MONOTONIC) }
}

/// A program that runs, with the ends of its two outputs.
private final class RunningProgram {
    private let pid: Int32
    private var streams: [Int32]
    private var texts: [[UInt8]] = [[], []]

    init(pid: Int32, output: Int32, errors: Int32) {
        self.pid = pid
        streams = [output, errors]
    }

    deinit { for stream in streams where stream >= 0 { close(stream) } }

    func finish(by deadline: UInt64, killTimeMax: UInt64, outputBytesMax: Int) -> ProgramOutcome {
        var reason: ProgramOutcome?
        while reason == nil, streams.contains(where: { $0 >= 0 }) {
            let now = SystemPrograms.now()
            if now >= deadline {
                reason = .timedOut
            } else if texts.contains(where: { $0.count > outputBytesMax }) {
                reason = .failed("it wrote more than \(outputBytesMax) bytes")
            } else {
                readMore(waitingAtMost: deadline - now)
            }
        }
        // A program that closed its outputs may still run.
        var status: Int32? = reason == nil ? wait(until: deadline) : nil
        if status == nil {
            reason = reason ?? .timedOut
            kill(-pid, SIGKILL)
            kill(pid, SIGKILL)
            status = wait(until: SystemPrograms.now() + killTimeMax)
        }
        if let reason { return reason }
        guard let status, status & 0x7f == 0 else { return .failed("a signal ended it") }
        return .ended(
            exitCode: status >> 8 & 0xff, output: String(decoding: texts[0], as: UTF8.self),
            errors: String(decoding: texts[1], as: UTF8.self))
    }

    private func readMore(waitingAtMost nanoseconds: UInt64) {
        var set = streams.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        let milliseconds = Int32(clamping: nanoseconds / 1_000_000 + 1)
        guard unsafe poll(&set, nfds_t(set.count), milliseconds) > 0 else { return }
        for index in set.indices where streams[index] >= 0 && set[index].revents != 0 {
            var bytes = [UInt8](repeating: 0, count: 4096)
            let count = unsafe read(streams[index], &bytes, bytes.count)
            if count > 0 {
                texts[index] += bytes.prefix(count)
            } else if count == 0 || errno != EINTR {
                close(streams[index])
                streams[index] = -1
            }
        }
    }

    /// The wait status; nil when it has not ended by then.
    private func wait(until deadline: UInt64) -> Int32? {
        let handle = assay_pidfd_open(pid)
        defer { if handle >= 0 { close(handle) } }
        var status: Int32 = 0
        while true {
            let ended = unsafe waitpid(pid, &status, WNOHANG)
            if ended == pid { return status }
            // Somebody else took its status: as good as a signal.
            if ended < 0, errno != EINTR { return SIGKILL }
            let now = SystemPrograms.now()
            guard now < deadline else { return nil }
            let milliseconds = Int32(clamping: min(deadline - now, 50_000_000) / 1_000_000 + 1)
            var set = pollfd(fd: handle, events: Int16(POLLIN), revents: 0)
            _ = unsafe poll(&set, handle >= 0 ? 1 : 0, milliseconds)
        }
    }
}
