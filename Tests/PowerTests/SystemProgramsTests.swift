import Glibc
import Model
import TestSupport
import Testing

@testable import Power

@Suite struct SystemProgramsTests {
    private func run(_ script: String, milliseconds: UInt64 = 20_000) -> ProgramOutcome {
        SystemPrograms().run("sh", ["-c", script], timeMax: .milliseconds(milliseconds))
    }

    @Test func `A program's outputs and exit code are told apart`() {
        #expect(
            run("echo out; echo err >&2; exit 3")
                == .ended(exitCode: 3, output: "out\n", errors: "err\n"))
    }

    @Test func `A program that is not there is missing`() {
        let programs = SystemPrograms(searchPath: ["/nowhere"])
        #expect(programs.run("sh", [], timeMax: .milliseconds(1000)) == .missing)
        #expect(programs.run("/nowhere/sh", [], timeMax: .milliseconds(1000)) == .missing)
    }

    @Test func `A program that takes too long is killed, with what it started`() throws {
        let scratch = try ScratchDirectory()
        let script = "sh -c 'echo $$ > \(scratch("pid")); exec sleep 100' & wait"
        #expect(run(script, milliseconds: 2000) == .timedOut)
        let pid = try #require(
            pid_t(PackageFiles.text(scratch("pid")).trimmingPrefix { $0 == " " }.dropLast()))
        // A killed process may be waited for by another parent for a moment.
        for _ in 0..<500 where kill(pid, 0) == 0 && !isZombie(pid) { usleep(10_000) }
        #expect(kill(pid, 0) != 0 || isZombie(pid))
    }

    private func isZombie(_ pid: pid_t) -> Bool {
        let text = (try? PackageFiles.text("/proc/\(pid)/stat")) ?? ""
        return text.contains(") Z ") || text.isEmpty
    }

    @Test func `A program that closes its outputs and goes on is killed at its time`() {
        #expect(run("exec >&- 2>&-; sleep 100", milliseconds: 300) == .timedOut)
    }

    @Test func `A program that ends by a signal, or writes without end, fails`() {
        #expect(run("kill -9 $$") == .failed("a signal ended it"))
        #expect(run("yes") == .failed("it wrote more than 1048576 bytes"))
    }

    @Test func `A program reads nothing and has a plain environment`() {
        #expect(run("cat; echo $LC_ALL") == .ended(exitCode: 0, output: "C\n", errors: ""))
    }
}
