import Foundation

/// Files beside the tests, found through the source file's own place.
enum Fixture {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fixtures/reports")

    static func text(_ name: String) throws -> String {
        try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    }

    /// The rows of a tab-separated file.
    static func rows(_ name: String) throws -> [[String]] {
        try text(name).split(separator: "\n").map { line in
            line.split(separator: "\t").map(String.init)
        }
    }

    /// A double from its bits in hexadecimal.
    static func double(_ bits: String) -> Double {
        UInt64(bits, radix: 16).map(Double.init(bitPattern:)) ?? .nan
    }

    /// Runs Python with a program and text on its standard input; what it wrote.
    static func python(_ program: String, input: String) throws -> (status: Int32, output: String) {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "assay-reports-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "input")
        try input.write(to: file, atomically: true, encoding: .utf8)
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", program, file.path]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }
}
