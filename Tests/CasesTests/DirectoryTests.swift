import Cases
import Foundation
import Model
import Testing

@Suite struct DirectoryTests {
    @Test func `All faults of all files of a directory are reported in one go`() throws {
        let directory = Fixtures.folder.appending(path: "broken").path
        let expected = try String(
            contentsOf: Fixtures.folder.appending(path: "broken.txt"), encoding: .utf8)
        let errors = #expect(throws: CaseErrors.self) {
            try CaseLibrary.load(directory: directory)
        }
        let text = errors.map { $0.description.replacing(directory, with: "cases") + "\n" }
        #expect(text == expected)
    }

    @Test func `A directory that is not there is an error of the request`() {
        let errors = #expect(throws: CaseErrors.self) {
            try CaseLibrary.load(directory: "/nowhere/cases/")
        }
        #expect(
            errors?.description
                == "error: the directory '/nowhere/cases' of cases cannot be read: "
                + "No such file or directory")
    }

    @Test func `Files that are too large, special or misnamed are reported without being read`()
        throws
    {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "cases-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let inner = folder.appending(path: "op")
        try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: true)
        let large = inner.appending(path: "large.yaml").path
        // A hole: a hundred mebibytes that are nowhere.
        #expect(FileManager.default.createFile(atPath: large, contents: nil))
        #expect(truncate(large, 104_857_600) == 0)
        #expect(mkfifo(inner.appending(path: "pipe.yaml").path, 0o600) == 0)
        try "a".write(to: inner.appending(path: "wrong.yml"), atomically: true, encoding: .utf8)
        try "[".write(to: inner.appending(path: ".hidden.yaml"), atomically: true, encoding: .utf8)
        try "[".write(to: inner.appending(path: "README.md"), atomically: true, encoding: .utf8)
        try FileManager.default.createSymbolicLink(
            at: inner.appending(path: "circle"), withDestinationURL: folder)
        let errors = #expect(throws: CaseErrors.self) {
            try CaseLibrary.load(directory: folder.path + "/")
        }
        let lines = errors?.errors.map { $0.description.replacing(folder.path, with: "cases") }
        #expect(
            lines == [
                "cases/op/large.yaml:1:1: error: "
                    + "the file has 104857600 bytes; the limit is 1048576",
                "cases/op/pipe.yaml:1:1: error: not a regular file",
                "cases/op/wrong.yml:1:1: error: the names of case files end in '.yaml'",
            ])
    }

    @Test func `An empty directory has no cases and no faults`() throws {
        let library = try CaseLibrary([])
        #expect(library.cases.isEmpty && library.suites.isEmpty)
    }
}
