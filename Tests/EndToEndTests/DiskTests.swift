import Foundation
import Testing

/// Places that cannot be written to.
@Suite struct DiskTests {
    private static let point = ["t/product", "--set", "size=tiny", "--backend", "cpu-simd"]

    /// `assay run` as a line of shell.
    private func line(_ scratch: Scratch, _ options: String = "") -> String {
        scratch.runArguments(Self.point).map { "'\($0)'" }.joined(separator: " ") + " " + options
    }

    private func shell(_ scratch: Scratch, _ script: String) throws -> Finished {
        let file = scratch.path + "/script"
        try script.write(toFile: file, atomically: true, encoding: .utf8)
        return try scratch.finish(["/usr/bin/env", "unshare", "-m", "sh", "-eu", file])
    }

    @Test func `Results that are a file are named`() throws {
        let scratch = try Scratch()
        try "x".write(toFile: scratch.path + "/file", atomically: true, encoding: .utf8)
        for place in ["/file", "/file/below"] {
            let done = try scratch.finish(
                scratch.runArguments(Self.point) + ["--results", scratch.path + place])
            #expect(done.code == 2)
            #expect(done.errorLines.count == 1 && done.error.contains(scratch.path + place))
        }
        #expect(Scratch.text(scratch.path + "/file") == "x")
    }

    @Test func `Results in a file system that takes no files are named`() throws {
        let scratch = try Scratch()
        let done = try scratch.finish(
            scratch.runArguments(Self.point) + ["--results", "/proc/assay"])
        #expect(done.code == 2)
        #expect(done.errorLines.count == 1 && done.error.contains("/proc/assay: cannot be created"))
    }

    @Test(.enabled(if: Programs.canMount, "needs a mount namespace"))
    func `Results on a read-only disk are named, and nothing is run`() throws {
        let scratch = try Scratch()
        let done = try shell(
            scratch,
            """
            mkdir '\(scratch.results)'
            mount --bind '\(scratch.results)' '\(scratch.results)'
            mount -o remount,bind,ro '\(scratch.results)'
            exec \(line(scratch))
            """)
        #expect(done.code == 2, "\(done.error)")
        #expect(done.errorLines.count == 1 && done.error.contains("Read-only file system"))
        #expect(scratch.bundles.isEmpty)
    }

    @Test(.enabled(if: Programs.canMount, "needs a mount namespace"))
    func `A disk that is too small is refused before anything is run`() throws {
        let scratch = try Scratch()
        let done = try shell(
            scratch,
            """
            mkdir '\(scratch.results)'
            mount -t tmpfs -o size=64k tmpfs '\(scratch.results)'
            \(line(scratch)) || code=$?
            ls '\(scratch.results)'
            exit $code
            """)
        #expect(done.code == 2, "\(done.error)")
        #expect(done.errorLines.count == 1 && done.error.contains("bytes free"))
        #expect(done.output.isEmpty, "nothing was begun")
    }

    @Test(.enabled(if: Programs.canMount, "needs a mount namespace"))
    func `A disk that fills up keeps what was measured, and the run continues later`() throws {
        let scratch = try Scratch()
        let disk = scratch.results
        let done = try shell(
            scratch,
            """
            mkdir '\(disk)'
            mount -t tmpfs -o size=4m tmpfs '\(disk)'
            \(line(scratch)) > /dev/null 2> "$TMPDIR/said" &
            until [ "$(cat '\(disk)'/*/launches.jsonl 2> /dev/null | wc -l)" -ge 2 ]; do
                sleep 0.01
            done
            head -c 8m /dev/zero > '\(disk)/filler' 2> /dev/null || true
            code=0
            wait $! || code=$?
            echo "code $code"
            cat "$TMPDIR/said"
            rm "$TMPDIR/said"
            bundle=$(echo '\(disk)'/*-*)
            echo "lines $(wc -l < "$bundle/launches.jsonl")"
            tail -c 1 "$bundle/launches.jsonl" | od -An -c | tr -d ' '
            code=0
            '\(Programs.assay)' verify "$bundle" > /dev/null 2>&1 || code=$?
            echo "verify $code"
            rm '\(disk)/filler'
            '\(Programs.assay)' run --resume "$bundle" \(Programs.allowDebug) > /dev/null 2>&1
            '\(Programs.assay)' verify "$bundle"
            """)
        #expect(done.code == 0, "\(done.output) \(done.error)")
        let said = done.output
        #expect(said.contains("code 130\n"), "\(said)")
        #expect(said.contains("No space left on device"), "\(said)")
        #expect(said.contains("'assay run --resume \(disk)"), "\(said)")
        #expect(said.contains("\n\\n\n"), "the journal ends with a whole line: \(said)")
        #expect(said.contains("verify 3"))
        #expect(said.contains("sealed, complete and unchanged"))
    }
}
