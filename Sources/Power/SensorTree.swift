import Glibc

/// The kernel's files, or a recorded copy of them below a directory.
package struct SensorTree: Sendable {
    /// What every path is put behind; empty for the live machine.
    package var root: String

    package init(root: String) { self.root = root }

    /// This machine.
    package static let live = SensorTree(root: "")

    /// Whether there is anything by that path.
    func exists(_ path: String) -> Bool { unsafe access(root + path, F_OK) == 0 }

    /// The first line of a small file, without spaces at its ends; nil: none.
    func line(_ path: String) -> String? {
        guard let file = try? SensorFile(self, path), let text = try? file.text() else {
            return nil
        }
        let line = text.prefix { $0 != "\n" }.drop { $0 == " " }
        return line.isEmpty ? nil : String(line)
    }

    /// The whole number in a small file; nil: none.
    func integer(_ path: String) -> Int64? { line(path).flatMap { Int64($0) } }

    /// The names in a directory, shorter ones first so that `hwmon2` precedes `hwmon10`; nil: none.
    func names(in path: String) -> [String]? {
        guard let directory = unsafe opendir(root + path) else { return nil }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted { ($0.utf8.count, $0) < ($1.utf8.count, $1) }
    }
}

/// A small file of the kernel's, kept open and read from its start each time.
final class SensorFile: Sendable {
    let path: String
    private let descriptor: Int32
    private static let sizeMax = 4096

    init(_ tree: SensorTree, _ path: String) throws(PowerError) {
        self.path = path
        descriptor = unsafe open(tree.root + path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw Self.error(errno, path) }
    }

    deinit { close(descriptor) }

    /// What it holds now.
    func text() throws(PowerError) -> String {
        var bytes = [UInt8](repeating: 0, count: Self.sizeMax)
        let count = unsafe pread(descriptor, &bytes, bytes.count, 0)
        guard count >= 0 else { throw Self.error(errno, path) }
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }

    /// The one whole number that it holds now.
    func integer() throws(PowerError) -> Int64 {
        let text = try text().prefix { $0 != "\n" && $0 != "\0" }
        guard let value = Int64(text) else {
            throw PowerError(.garbage, "\(path) holds \(quoted(text)) and no whole number")
        }
        return value
    }

    private static func error(_ code: Int32, _ path: String) -> PowerError {
        switch code {
        case ENOENT, ENOTDIR: PowerError(.absent, "\(path): absent")
        case EACCES, EPERM:
            PowerError(.permissionDenied, "\(path): permission denied; root can allow reading it")
        default: PowerError(.garbage, "\(path): \(unsafe String(cString: strerror(code)))")
        }
    }
}

/// A text in quotes, cut to what fits into a sentence, with control characters made visible.
func quoted(_ text: some StringProtocol) -> String {
    let shown = text.unicodeScalars.prefix(60).map { scalar in
        scalar.value < 0x20 || scalar.value == 0x7f ? "·" : String(scalar)
    }
    return "'" + shown.joined() + (text.unicodeScalars.count > 60 ? "…'" : "'")
}
