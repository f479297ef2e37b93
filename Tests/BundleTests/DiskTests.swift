import Glibc
import Model
import TestSupport
import Testing

@testable import Bundle

@Suite struct DiskTests {
    private let scratch: ScratchDirectory

    init() throws { scratch = try ScratchDirectory() }

    @Test func `A results path that is a file is refused with a sentence`() throws {
        try PackageFiles.write("x", to: scratch("results"))
        let error = #expect(throws: BundleError.self) {
            try SampleBundle.unsealed(in: scratch("results"))
        }
        #expect(error?.code == .disk)
        #expect(error?.description == "\(scratch("results")): is a file, not a directory")
        let below = #expect(throws: BundleError.self) {
            try SampleBundle.unsealed(in: scratch("results/below"))
        }
        #expect(
            below?.description
                == "\(scratch("results/below")): cannot be created as a directory: Not a directory")
    }

    @Test func `Directories are created with those above them`() throws {
        try Files.createDirectory(scratch("a/b/c"))
        #expect(Files.isDirectory(scratch("a/b/c")))
        try Files.createDirectory(scratch("a/b/c"))
    }

    @Test(.enabled(if: geteuid() != 0, "root may write everywhere"))
    func `A directory without permission is refused with a sentence`() throws {
        chmod(scratch.path, 0o555)
        let error = #expect(throws: BundleError.self) {
            try SampleBundle.unsealed(in: scratch("results"))
        }
        #expect(error?.detail == "cannot be created as a directory: Permission denied")
    }

    @Test(.enabled(if: SmallFileSystem.isPermitted, "mounts of its own need CAP_SYS_ADMIN"))
    func `A read-only place is refused with a sentence`() throws {
        let path = scratch.path
        try SmallFileSystem.run(at: path, options: "size=1m", readOnly: true) {
            let error = #expect(throws: BundleError.self) {
                try SampleBundle.unsealed(in: path + "/results")
            }
            #expect(error?.code == .disk)
            #expect(error?.detail == "cannot be created as a directory: Read-only file system")
            // The directory itself is there, so creating it again is no failure.
            try Files.createDirectory(path)
        }
    }

    @Test(.enabled(if: SmallFileSystem.isPermitted, "mounts of its own need CAP_SYS_ADMIN"))
    func `A disk too small for the plan is refused before anything is measured`() throws {
        let path = scratch.path
        try SmallFileSystem.run(at: path, options: "size=1m") {
            let error = #expect(throws: BundleError.self) {
                try SampleBundle.unsealed(in: path + "/results", samplesMax: 100_000)
            }
            // 100 000 samples of two integers, a journal line, and a megabyte for the rest.
            let needed = 100_000 * 16 + 4096 + (1 << 20)
            #expect(error?.code == .disk)
            #expect(
                error?.detail.hasSuffix(
                    "bytes free, and this run may write \(needed); free some room or choose "
                        + "another place with --results") == true)
            #expect(Files.allFiles(below: path) == [])
        }
    }

    @Test(.enabled(if: SmallFileSystem.isPermitted, "mounts of its own need CAP_SYS_ADMIN"))
    func `When the disk fills up, the journal stays as it was and can be gone on with`() throws {
        let path = scratch.path
        try SmallFileSystem.run(at: path, options: "size=2m") {
            let writer = try SampleBundle.unsealed(in: path)
            let before = try PackageFiles.bytes(writer.path + "/launches.jsonl")
            fill(path + "/ballast")

            // Until the room that is left in the journal's last page is used up.
            var entry = SampleBundle.entry(2)
            entry.output = String(repeating: "x", count: 8192)
            let error = #expect(throws: BundleError.self) { try writer.append(entry) }
            #expect(error?.code == .disk)
            #expect(error?.detail == "cannot be written: No space left on device")
            #expect(try PackageFiles.bytes(writer.path + "/launches.jsonl") == before)

            let samples = #expect(throws: BundleError.self) {
                try writer.writeSamples(
                    [Int64](repeating: 1, count: 4096), entry: SampleBundle.entry(3),
                    metric: "time")
            }
            #expect(samples?.detail.hasSuffix("No space left on device") == true)
            let sealing = #expect(throws: BundleError.self) {
                try writer.seal(
                    record: SampleBundle.record(writer), environment: SampleBundle.environment)
            }
            #expect(sealing?.code == .disk)
            #expect(try BundleReader(writer.path).isSealed == false)
            // Nothing half-written is left, under no name.
            #expect(!Files.allFiles(below: path).contains { $0.hasSuffix(".part") })
            #expect(try BundleReader(writer.path).journal().count == 2)

            unlink(path + "/ballast")
            try writer.append(entry)
            try writer.seal(
                record: SampleBundle.record(writer), environment: SampleBundle.environment)
            #expect(try BundleReader(writer.path).journal().map(\.index) == [0, 1, 2])
            #expect(try BundleReader(writer.path).verify() == [])
        }
    }

    /// Writes zeros to a file until the disk is full.
    private func fill(_ path: String) {
        let descriptor = open(path, O_WRONLY | O_CREAT, 0o644)
        let block = [UInt8](repeating: 0, count: 4096)
        while write(descriptor, block, block.count) > 0 {}
        close(descriptor)
    }
}
