import Model
import TestSupport
import Testing

@testable import Bundle

@Suite struct JournalTests {
    private let scratch: ScratchDirectory

    init() throws { scratch = try ScratchDirectory() }

    @Test func `What was written reads back, sealed or not`() throws {
        let writer = try SampleBundle.unsealed(in: scratch("results"))
        let contents = try BundleReader(writer.path).contents()
        #expect(contents.plan == SampleBundle.plan())
        #expect(contents.planSha256 == writer.planSha256)
        #expect(contents.environment == SampleBundle.environment)
        #expect(contents.launches.count == 2)
        #expect(contents.launches[1].output == SampleBundle.entry(1).output)
        let file = contents.launches[0].files[0]
        #expect(contents.samples[file] == [100, -1, .max])
        #expect(contents.samples.count == 4)
        #expect(try !BundleReader(writer.path).isSealed)
    }

    @Test func `Sample files are little-endian and lie where the record says`() throws {
        let writer = try SampleBundle.unsealed(in: scratch("results"))
        let hash = PointIdentity.hash(of: SampleBundle.point)
        let bytes = try PackageFiles.bytes(
            writer.path + "/samples/\(hash)/cpu-simd.0.0/0.time.i64")
        #expect(bytes.count == 24)
        #expect(Array(bytes.prefix(8)) == [100, 0, 0, 0, 0, 0, 0, 0])
        #expect(Array(bytes[8..<16]) == [UInt8](repeating: 255, count: 8))
        #expect(bytes[23] == 0x7f)
    }

    @Test func `A half-written last line is a launch that did not finish`() throws {
        let writer = try SampleBundle.unsealed(in: scratch("results"))
        let journal = writer.path + "/launches.jsonl"
        let whole = try PackageFiles.bytes(journal)
        let firstLine = try #require(whole.firstIndex(of: 10)) + 1
        // Cut anywhere inside the second line: the first launch is still there.
        for length in stride(from: firstLine, to: whole.count, by: 97) {
            try PackageFiles.write(whole[..<length], to: journal)
            let entries = try BundleReader(writer.path).journal()
            #expect(entries.map(\.launch) == [0])
        }
        try PackageFiles.write(whole[..<(firstLine / 2)], to: journal)
        #expect(try BundleReader(writer.path).journal() == [])
        try PackageFiles.write([], to: journal)
        #expect(try BundleReader(writer.path).journal() == [])
    }

    @Test func `Resuming cuts the half-written line off and goes on behind it`() throws {
        let writer = try SampleBundle.unsealed(in: scratch("results"))
        let journal = writer.path + "/launches.jsonl"
        let whole = try PackageFiles.bytes(journal)
        try PackageFiles.write(whole.dropLast(10), to: journal)
        let resumed = try BundleWriter(resuming: writer.path, planSha256: writer.planSha256)
        try resumed.append(SampleBundle.entry(7))
        #expect(try BundleReader(writer.path).journal().map(\.index) == [0, 7])
    }

    @Test func `Resuming a journal without one whole line begins it anew`() throws {
        let writer = try SampleBundle.unsealed(in: scratch("results"))
        try PackageFiles.write("{\"half", to: writer.path + "/launches.jsonl")
        let resumed = try BundleWriter(resuming: writer.path, planSha256: writer.planSha256)
        try resumed.append(SampleBundle.entry(3))
        #expect(try BundleReader(writer.path).journal().map(\.index) == [3])
    }

    @Test func `A damaged line in the middle is named with its number`() throws {
        let writer = try SampleBundle.unsealed(in: scratch("results"))
        let journal = writer.path + "/launches.jsonl"
        var bytes = try PackageFiles.bytes(journal)
        bytes[try #require(bytes.firstIndex(of: 10)) + 1] = UInt8(ascii: "x")
        try PackageFiles.write(bytes, to: journal)
        let error = #expect(throws: BundleError.self) { try BundleReader(writer.path).journal() }
        #expect(error?.code == .malformed)
        #expect(error?.file == journal + ":2")
    }

    @Test func `Truncated samples and paths that lead outside are refused`() throws {
        let writer = try SampleBundle.unsealed(in: scratch("results"))
        let file = writer.path + "/" + (try BundleReader(writer.path).journal()[0].files[0])
        try PackageFiles.write(try PackageFiles.bytes(file).dropLast(3), to: file)
        let error = #expect(throws: BundleError.self) { try BundleReader(writer.path).contents() }
        #expect(error?.description == "\(file): is truncated: 21 bytes")

        for path in ["/etc/hostname", "../x", "samples/../../x"] {
            var entry = SampleBundle.entry(0)
            entry.files = [path]
            let other = try SampleBundle.unsealed(in: scratch("other"))
            try PackageFiles.write([], to: other.path + "/launches.jsonl")
            try other.append(entry)
            let error = #expect(throws: BundleError.self) {
                try BundleReader(other.path).contents()
            }
            #expect(error?.detail == "names a file outside: '\(path)'")
        }
    }

    @Test func `Writing the same run twice gives the same bytes`() throws {
        let first = try SampleBundle.sealed(in: scratch("a"))
        let second = try SampleBundle.sealed(in: scratch("b"))
        for file in Files.allFiles(below: first) {
            let bytes = try PackageFiles.bytes(first + "/" + file)
            #expect(bytes == (try PackageFiles.bytes(second + "/" + file)), "\(file)")
        }
        #expect(Files.allFiles(below: first) == Files.allFiles(below: second))
        // Temporary files are gone.
        #expect(!Files.allFiles(below: first).contains { $0.hasSuffix(".part") })
    }
}
