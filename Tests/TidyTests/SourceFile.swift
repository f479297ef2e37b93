import TestSupport
import Testing

/// A text file of the package with the same text twice: as written, and its code alone.
struct SourceFile: Sendable {
    /// Relative to the package's root.
    var path: String
    var lines: [String]
    /// The lines with comments and the insides of strings blanked out, in place.
    var code: [String]

    init(path: String, text: String) {
        self.path = path
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let hasCode = ["swift", "c", "h"].contains(path.split(separator: ".").last.map(String.init))
        code =
            hasCode
            ? Masking.code(of: text).split(separator: "\n", omittingEmptySubsequences: false)
                .map(String.init) : lines
    }

    /// The target whose folder holds it, such as `Model`; nil outside `Sources`.
    var target: String? {
        let parts = path.split(separator: "/")
        return parts.count > 2 && parts[0] == "Sources" ? String(parts[1]) : nil
    }

    func hasExtension(_ names: String...) -> Bool {
        names.contains { path.hasSuffix("." + $0) }
    }

    /// A finding in the line of that index, counted from 0.
    func finding(_ index: Int, _ message: String) -> Finding {
        Finding(path: path, line: index + 1, message: message)
    }
}

/// Something that breaks a rule, written as compilers write errors.
struct Finding: Sendable, Equatable, CustomStringConvertible {
    var path: String
    var line: Int
    var message: String

    var description: String { "\(path):\(line): error: \(message)" }
}

/// The package's own files; what is downloaded or built is not among them.
enum SourceTree {
    static let all: [SourceFile] =
        load(
            ["Sources", "Tests", "vendors", "cases", "docs", "Benchmarks"])
        + load(files: PackageFiles.names(in: PackageFiles.root).filter { $0.hasSuffix(".md") })
    static let sources = all.filter { $0.path.hasPrefix("Sources/") }
    static let swift = all.filter { $0.hasExtension("swift") }
    static let code = all.filter { $0.hasExtension("swift", "c", "h") }

    private static let kinds = ["swift", "c", "h", "py", "sh", "md", "yaml", "modulemap"]

    private static func load(_ folders: [String]) -> [SourceFile] {
        let prefix = PackageFiles.root + "/"
        let paths = folders.flatMap { PackageFiles.files(below: prefix + $0) }
            .map { String($0.dropFirst(prefix.count)) }
            .filter { path in kinds.contains { path.hasSuffix("." + $0) } }
            .filter { !$0.hasPrefix("Tests/Fixtures/built/") }
        return load(files: paths)
    }

    private static func load(files: [String]) -> [SourceFile] {
        files.compactMap { path in
            guard let text = try? PackageFiles.text(PackageFiles.root + "/" + path) else {
                return nil
            }
            return SourceFile(path: path, text: text)
        }
    }
}

/// Records each finding as an issue of its own, so that every line can be jumped to.
func report(_ findings: [Finding]) {
    for finding in findings { Issue.record("\(finding)") }
}
