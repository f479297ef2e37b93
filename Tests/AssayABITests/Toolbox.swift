import Foundation
import Testing

/// The repository's folders and the tools that these tests run.
enum Toolbox {
    static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    static let include = root.appending(path: "Sources/AssayABI/include").path
    static let fixtures = root.appending(path: "Tests/Fixtures/plugins").path
    static let vendors = root.appending(path: "vendors").path

    /// Runs a program found on the path; what it wrote, and its exit status.
    static func run(
        _ arguments: [String], environment: [String: String] = [:]
    ) throws -> (status: Int32, output: String) {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment
            .merging(environment) { $1 }
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }

    /// Runs a program that must succeed without a word.
    static func succeed(
        _ arguments: [String], sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let (status, output) = try run(arguments)
        #expect(status == 0 && output.isEmpty, "\(output)", sourceLocation: sourceLocation)
    }

    /// A new folder, removed after `body`.
    static func inFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "assay-abi-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    /// Builds the C host of the fixtures in `folder`; returns its path.
    static func buildHost(in folder: String) throws -> String {
        let host = folder + "/host_check"
        try succeed([
            "clang", "-std=c11", "-O1", "-Wall", "-Wextra", "-Werror", "-I", include,
            fixtures + "/host_check.c", "-o", host, "-ldl", "-lm",
        ])
        return host
    }
}
