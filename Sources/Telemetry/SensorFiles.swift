import Glibc

/// The files under `/proc` and `/sys` that sensors are read from, or a recorded copy of them.
package struct SensorFiles: Sendable {
    /// What every path is put behind; empty for the live machine.
    package var root: String

    package init(root: String) { self.root = root }

    /// This machine.
    package static let live = SensorFiles(root: "")

    /// What came of opening a file.
    enum Opening {
        case opened(Int32)
        case failed(reason: String)
    }

    /// Opens a file for reading again and again; the caller closes it.
    func open(_ path: String) -> Opening {
        let descriptor = unsafe Glibc.open(root + path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        if descriptor >= 0 { return .opened(descriptor) }
        let reason =
            switch errno {
            case ENOENT, ENOTDIR: "absent"
            case EACCES, EPERM: "permission denied"
            case EMFILE: "too many open files"
            default: "opening failed with error \(errno)"
            }
        return .failed(reason: reason)
    }

    /// The first line of a small file; nil when there is none.
    func line(_ path: String) -> String? {
        guard case .opened(let descriptor) = open(path) else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = unsafe bytes.withUnsafeMutableBytes { buffer in
            unsafe read(descriptor, buffer.baseAddress, buffer.count)
        }
        guard count > 0 else { return nil }
        let text = String(decoding: bytes[..<count].prefix { $0 != 0x0a }, as: UTF8.self)
        return text.isEmpty ? nil : text
    }

    /// The whole number in a small file; nil when there is none.
    func integer(_ path: String) -> Int64? { line(path).flatMap { Int64($0) } }

    /// The names in a directory, shorter ones first so that `cpu2` precedes `cpu10`; nil: none.
    func names(in path: String) -> [String]? {
        guard let directory = unsafe opendir(root + path) else { return nil }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) {
                    unsafe String(cString: $0)
                }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted { ($0.utf8.count, $0) < ($1.utf8.count, $1) }
    }
}
