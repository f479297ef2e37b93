import Glibc

/// A directory of a test's own that disappears with it.
package final class ScratchDirectory: Sendable {
    /// The full path, without a final slash.
    package let path: String

    package init() throws {
        let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array((base + "/assay-test-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else {
            throw TestSupportError("no scratch directory: \(PackageFiles.reason(errno))")
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { Self.remove(path) }

    /// The path of a name inside it.
    package func callAsFunction(_ name: String) -> String { path + "/" + name }

    private static func remove(_ path: String) {
        guard PackageFiles.isDirectory(path) else {
            unlink(path)
            return
        }
        // A test may have taken the permission to look inside away.
        chmod(path, 0o755)
        for name in PackageFiles.names(in: path) { remove(path + "/" + name) }
        rmdir(path)
    }
}
