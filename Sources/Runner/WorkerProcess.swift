import CAssaySystem
import Glibc
import LaunchProtocol
import Model

/// One worker process from start to end, watched by the thread that calls.
final class WorkerProcess {
    private let setup: WorkerSetup
    private let request: LaunchRequest
    private let deadlines: Deadlines
    private let memoryLimit: UInt64
    private let interrupts: Int32
    private let control: Descriptor
    private let output: Descriptor
    private let error: Descriptor
    private let handle: Descriptor
    private let page: SharedRegion
    private let pid: Int32
    private let started: UInt64
    /// Children that this process had before, such as a telemetry worker.
    private let siblings: Set<Int32>
    /// Processes that the kernel had ended because memory ran out.
    private let kernelKillsBefore: UInt64
    /// Memory shared with the worker, which is not its own.
    private let sharedBytes: UInt64

    private var inbox: [UInt8] = []
    private var standardOutput = TailText()
    private var standardError = TailText()
    private var outcome = WorkerOutcome()
    private var phaseStart: UInt64
    private var lastBeat: UInt64 = 0
    private var lastBeatTime: UInt64
    private var lastLook: UInt64
    private var gotFinal = false
    /// When a worker without an end of its own was told to end.
    private var stopTime: UInt64?

    /// Memory beside the workload's own that a process may have: code, runtime, canary.
    private static let memoryAllowance: UInt64 = 512 << 20
    /// How often a quiet worker is looked at: rarely, because looking takes a core's time.
    private static let tick: Int32 = 100
    /// Reads of one stream in a row: one that never dries up must not hide a deadline.
    private static let readsMax = 64

    /// Starts the process. `regions` become descriptors 5, 6 and 7.
    init(
        setup: WorkerSetup, request: LaunchRequest, regions: [SharedRegion?],
        deadlines: Deadlines, interrupts: Int32
    ) throws(RunnerError) {
        self.setup = setup
        self.request = request
        self.deadlines = deadlines
        self.interrupts = interrupts
        memoryLimit = request.memoryLimit.value + Self.memoryAllowance
        let (ours, theirs) = try Descriptor.socketPair()
        let (readOutput, writeOutput) = try Descriptor.pipe()
        let (readError, writeError) = try Descriptor.pipe()
        page = try SharedRegion(name: "assay-page", byteCount: WorkerPage.byteCount)
        sharedBytes = regions.reduce(UInt64(page.size)) { $0 + UInt64($1?.size ?? 0) }
        control = ours
        output = readOutput
        error = readError
        for descriptor in [control, output, error] { descriptor.setNonBlocking() }
        let passed =
            [theirs.number, page.descriptor.number]
            + regions.map { $0?.descriptor.number ?? -1 }
        started = now()
        phaseStart = started
        lastBeatTime = started
        lastLook = started
        Descendants.adopt()
        siblings = Descendants.children()
        kernelKillsBefore = Self.kernelKills()
        pid = try Self.spawn(
            setup, passed: passed, output: writeOutput.number, error: writeError.number)
        handle = Descriptor(assay_pidfd_open(pid))
        theirs.closeNow()
        outcome.pid = Int(pid)
        send(request.encoded())
    }

    private static func spawn(
        _ setup: WorkerSetup, passed: [Int32], output: Int32, error: Int32
    ) throws(RunnerError) -> Int32 {
        let arguments = [setup.program, "--launch", "\(getpid())"]
        let variables = setup.environment.map { "\($0.key)=\($0.value)" }.sorted()
        let argv = unsafe arguments.map { unsafe strdup($0) } + [nil]
        let envp = unsafe variables.map { unsafe strdup($0) } + [nil]
        defer { unsafe (argv + envp).forEach { unsafe free($0) } }
        let pid = unsafe assay_spawn(
            setup.program, argv, envp, passed, UInt32(passed.count), output, error, setup.directory)
        guard pid > 0 else {
            throw RunnerError(
                .worker, detail: "'\(setup.program)' cannot be started: \(errorText(-pid))")
        }
        return pid
    }

    private func send(_ message: [UInt8]) {
        var writer = ByteWriter()
        writer.integer(UInt32(message.count))
        _ = control.write(writer.bytes + message)
    }

    /// Tells a telemetry worker, which has no end of its own, to end.
    func stop() {
        stopTime = now()
        _ = shutdown(control.number, Int32(SHUT_WR))
    }

    /// Waits until the process has ended, one way or another, and says how.
    func finish() throws(RunnerError) -> WorkerOutcome {
        var status: Int32?
        var isInterrupted = false
        while status == nil {
            var set = [
                pollfd(fd: control.number, events: Int16(POLLIN), revents: 0),
                pollfd(fd: output.number, events: Int16(POLLIN), revents: 0),
                pollfd(fd: error.number, events: Int16(POLLIN), revents: 0),
                pollfd(fd: handle.number, events: Int16(POLLIN), revents: 0),
                pollfd(fd: interrupts, events: Int16(POLLIN), revents: 0),
            ]
            _ = unsafe poll(&set, nfds_t(set.count), Self.tick)
            drain()
            status = wait()
            if set[4].revents != 0, !isInterrupted {
                isInterrupted = true
                fail("interrupted", "the run was interrupted")
            }
            if status == nil { watch() }
            if status == nil, outcome.failure != nil { status = killAndWait() }
        }
        drain()
        outcome.strays = Descendants.kill(
            except: siblings.union([pid]), others: setup.otherChildren)
        conclude(status: status ?? 0)
        if isInterrupted { throw RunnerError(.interrupted, detail: "interrupted") }
        return outcome
    }

    // MARK: - Reading

    /// What it has said so far, without waiting.
    func frames() -> [Frame] {
        drain()
        return outcome.frames
    }

    private func drain() {
        drain(control) { bytes in
            guard outcome.failure == nil else { return }
            inbox += bytes
            parse()
        }
        drain(output) { standardOutput.append($0) }
        drain(error) { standardError.append($0) }
    }

    private func drain(_ stream: Descriptor, _ take: ([UInt8]) -> Void) {
        for _ in 0..<Self.readsMax {
            guard let bytes = stream.readAvailable(), !bytes.isEmpty else { return }
            take(bytes)
        }
    }

    private func parse() {
        while inbox.count >= 4, outcome.failure == nil {
            let count = (0..<4).reduce(0) { $0 | Int(inbox[$1]) << (8 * $1) }
            guard count <= Frame.byteCountMax else {
                fail("protocolViolation", "it wrote on the harness's private descriptor")
                return
            }
            guard inbox.count >= 4 + count else { return }
            let body = Array(inbox[4..<4 + count])
            inbox.removeFirst(4 + count)
            do throws(WireError) {
                take(try Frame(decoding: body, nonce: request.nonce))
            } catch {
                fail("protocolViolation", "it wrote on the harness's private descriptor")
            }
        }
    }

    private func take(_ frame: Frame) {
        switch frame {
        case .hello: outcome.startDuration = Nanoseconds(now() - started)
        case .phase(let phase):
            let time = now()
            if outcome.phase == .measure {
                outcome.measuringDuration = Nanoseconds(time - phaseStart)
            }
            outcome.phase = phase
            phaseStart = time
            lastBeatTime = phaseStart
            if phase == .calibrate, outcome.readyDuration == nil {
                outcome.readyDuration = Nanoseconds(phaseStart - started)
            }
        case .final: gotFinal = true
        case .log(let line):
            // Kept with what it printed, so that a plug-in that logs without end costs nothing.
            standardError.append(Array("log: \(line)\n".utf8))
            return
        default: break
        }
        outcome.frames.append(frame)
    }

    // MARK: - Watching

    /// Deadlines and memory; looked at once a tick.
    private func watch() {
        let time = now()
        let beat = page.word(at: WorkerPage.heartbeat)
        if beat != lastBeat {
            lastBeat = beat
            lastBeatTime = time
        }
        let isSampling = outcome.phase == .warmup || outcome.phase == .measure
        if request.role == .telemetry {
            if let stopTime, time - stopTime > Deadlines.afterStop.value {
                fail("timedOut", "it did not end when it was told to")
            }
        } else {
            let limit =
                isSampling
                ? deadlines.silence(estimate: page.word(at: WorkerPage.estimate))
                : deadlines.limit(of: outcome.phase)
            let since = isSampling ? lastBeatTime : phaseStart
            if time > since, time - since > limit.value {
                let seconds = Double(limit.value / 100_000_000) / 10
                fail("timedOut", "no sign of life for \(seconds) s \(outcome.phase.clause)")
            }
        }
        let status = statusFields()
        if status["State"] == "T" || status["State"] == "t" {
            outcome.stopped += Nanoseconds(time - min(time, lastLook))
        }
        lastLook = time
        if let resident = residentBytes(status), resident > memoryLimit {
            fail(
                "outOfMemory",
                "it took \(resident >> 20) MiB of memory \(outcome.phase.clause); "
                    + "\(memoryLimit >> 20) MiB were allowed")
        }
    }

    /// What the kernel says of the process, by name: the first word of each line.
    private func statusFields() -> [Substring: Substring] {
        var fields: [Substring: Substring] = [:]
        for line in ProcessFile.text("/proc/\(pid)/status").split(separator: "\n") {
            let words = line.split(whereSeparator: { $0 == ":" || $0 == "\t" || $0 == " " })
            if words.count > 1 { fields[words[0]] = words[1] }
        }
        return fields
    }

    /// What the process holds itself: private memory and shared memory that is not the harness's.
    private func residentBytes(_ status: [Substring: Substring]) -> UInt64? {
        guard request.memoryLimit > .zero, let own = status["RssAnon"].flatMap({ UInt64($0) }),
            let shared = status["RssShmem"].flatMap({ UInt64($0) })
        else { return nil }
        return own << 10 + (shared << 10) - min(shared << 10, sharedBytes)
    }

    private func fail(_ name: String, _ sentence: String) {
        if outcome.failure == nil { outcome.failure = (name, sentence) }
    }

    // MARK: - Ending

    /// The status when it has ended; its process group is ended while its number is still taken.
    private func wait() -> Int32? {
        var facts = unsafe siginfo_t()
        let options = WEXITED | WNOHANG | WNOWAIT
        guard unsafe waitid(P_PID, id_t(pid), &facts, options) == 0,
            unsafe facts.si_signo == SIGCHLD
        else { return nil }
        kill(-pid, SIGKILL)
        var status: Int32 = 0
        return unsafe waitpid(pid, &status, WNOHANG) == pid ? status : nil
    }

    /// Kills the whole group; gives a process up that not even SIGKILL ends.
    private func killAndWait() -> Int32 {
        kill(-pid, SIGKILL)
        kill(pid, SIGKILL)
        let deadline = now() + Deadlines.afterKill.value
        while now() < deadline {
            if let status = wait() { return status }
            usleep(2000)
        }
        outcome.failure?.sentence += "; it could not be killed and was abandoned"
        outcome.isAbandoned = true
        return 0
    }

    private func conclude(status: Int32) {
        outcome.duration = Nanoseconds(now() - started)
        outcome.standardOutput = standardOutput.text
        outcome.standardError = standardError.text
        guard outcome.failure == nil else { return }
        let signal = status & 0x7f
        if signal == SIGKILL, Self.kernelKills() > kernelKillsBefore {
            outcome.failure = (
                "outOfMemory", "the kernel ended it \(outcome.phase.clause): memory ran out"
            )
        } else if signal != 0 {
            outcome.failure = (
                "crashed",
                "it crashed with signal \(signal) (\(signalName(signal))) "
                    + outcome.phase.clause + breadcrumb
            )
        } else if !gotFinal {
            let code = (status >> 8) & 0xff
            outcome.failure = (
                "exitedEarly",
                "it called exit(\(code)) \(outcome.phase.clause), without finishing"
            )
        }
    }

    /// How many processes the kernel has ended because memory ran out; 0 where it does not count.
    private static func kernelKills() -> UInt64 {
        let lines = ProcessFile.text("/proc/vmstat", limit: 65536).split(separator: "\n")
        let line = lines.first { $0.hasPrefix("oom_kill ") }
        return line.flatMap { UInt64($0.dropFirst("oom_kill ".count)) } ?? 0
    }

    private var breadcrumb: String {
        let id = page.word(at: WorkerPage.breadcrumbID)
        guard id != 0 else { return "" }
        return "; last breadcrumb \(id), \(page.word(at: WorkerPage.breadcrumbArgument))"
    }
}

extension LaunchPhase {
    /// When something happened, for the end of a sentence.
    var clause: String { self == .firstCall ? "in the first call" : "while \(name)" }
}

/// Host time for deadlines and durations.
func now() -> UInt64 { assay_clock_ns(ASSAY_CLOCK_MONOTONIC) }
