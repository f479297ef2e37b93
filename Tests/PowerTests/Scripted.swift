import Glibc
import Model
import Synchronization
import TestSupport

@testable import Power

/// The recorded trees and files of these tests.
func fixture(_ path: String) -> String { PackageFiles.fixture("power/" + path) }

/// An environment with nothing in it but what is given.
func environment(
    tree: String = "/nowhere", programs: any ProgramRunner = ScriptedPrograms([:]),
    lines: any LineConnector = NoLines()
) -> PowerEnvironment {
    PowerEnvironment(
        files: SensorTree(root: tree), programs: programs, lines: lines,
        answerTimeMax: .milliseconds(2000))
}

/// Programs that end as they are told to, in turn, and what they were asked.
final class ScriptedPrograms: ProgramRunner {
    private struct State {
        var outcomes: [String: [ProgramOutcome]]
        var asked: [[String]] = []
    }

    private let state: Mutex<State>

    /// The last outcome of a program is repeated; programs without any are missing.
    init(_ outcomes: [String: [ProgramOutcome]]) { state = Mutex(State(outcomes: outcomes)) }

    func run(
        _ program: String, _ arguments: [String], timeMax: Nanoseconds
    ) -> ProgramOutcome {
        state.withLock { state in
            state.asked.append([program] + arguments)
            guard let left = state.outcomes[program], let first = left.first else {
                return .missing
            }
            if left.count > 1 { state.outcomes[program] = Array(left.dropFirst()) }
            return first
        }
    }

    var asked: [[String]] { state.withLock { $0.asked } }
}

/// A network without hosts.
struct NoLines: LineConnector {
    func connect(
        host: String, port: UInt16, timeMax: Nanoseconds
    ) throws(PowerError) -> any LineConnection {
        throw PowerError(.unreachable, "\(host):\(port): no network")
    }
}

extension ProgramOutcome {
    static func printed(_ text: String) -> ProgramOutcome {
        .ended(exitCode: 0, output: text, errors: "")
    }
}

extension PowerReading {
    var value: Int64? { if case .value(let raw) = self { raw } else { nil } }
    var reason: String { if case .failed(let text) = self { text } else { "" } }
}

/// Why opening those sources gave none, or what is wrong with their text.
func refusal(_ text: String, _ environment: PowerEnvironment) -> String {
    do {
        let found = try PowerSources.open([text], environment: environment)
        return found.unavailable.map(\.reason).joined(separator: "; ")
    } catch {
        return "\(error.code): \(error)"
    }
}

/// A program that runs beside a test and ends with it.
final class Peer {
    private let pid: pid_t
    /// Where its output goes.
    let log: String

    /// Starts it; `timeout` ends it if this process cannot.
    init(
        _ program: String, _ arguments: [String], log: String,
        environment: [String: String] = [:]
    ) throws {
        self.log = log
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        // A group of its own, to be ended with all that is in it, and no signals held back, as
        // they are on the threads of tests.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK))
        let variables = environment.map { "\($0.key)=\($0.value)" }
        let words = ["env"] + variables + ["timeout", "--foreground", "120", program] + arguments
        let argv = words.map { strdup($0) } + [nil]
        defer { argv.forEach { free($0) } }
        var pid = pid_t()
        let code = posix_spawnp(&pid, "env", &actions, &attributes, argv, environ)
        guard code == 0 else { throw TestSupportError("\(program): \(code)") }
        self.pid = pid
    }

    deinit {
        kill(-pid, SIGKILL)
        waitpid(pid, nil, 0)
    }

    /// Waits until something is so, and says what the peer printed if it does not become so.
    func wait(for what: String, until isSo: () -> Bool) throws {
        for _ in 0..<2000 {
            if isSo() { return }
            usleep(10_000)
        }
        let said = (try? PackageFiles.text(log)) ?? ""
        throw TestSupportError("\(what) did not come: \(said)")
    }

    /// The port that the peer wrote to that file.
    func port(in file: String) throws -> Int {
        try wait(for: file) { access(file, F_OK) == 0 }
        let text = try PackageFiles.text(file)
        guard let port = Int(text) else { throw TestSupportError("\(file): '\(text)'") }
        return port
    }

    /// A port that nobody listens on now.
    static func freePort(_ kind: __socket_type = SOCK_STREAM) throws -> Int {
        let descriptor = socket(AF_INET, Int32(kind.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, size) | getsockname(descriptor, pointer, &size)
            }
        }
        guard code == 0 else { throw TestSupportError("no free port: \(errno)") }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    /// Whether something listens on that port of the loopback device.
    static func listens(_ port: Int) -> Bool {
        let connection = try? TCPConnector().connect(
            host: "127.0.0.1", port: UInt16(port), timeMax: .milliseconds(1000))
        connection?.close()
        return connection != nil
    }
}
