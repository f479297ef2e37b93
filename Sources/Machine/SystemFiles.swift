import Glibc

/// What came of reading one file.
package enum FileReading: Sendable, Hashable {
    /// The content, without white space at its ends.
    case text(String)
    case absent
    case denied
    /// The error number of any other failure.
    case failed(Int32)

    /// The reading that an error number stands for.
    package init(errorNumber: Int32) {
        self =
            switch errorNumber {
            case ENOENT, ENOTDIR: .absent
            case EACCES, EPERM: .denied
            default: .failed(errorNumber)
            }
    }

    /// The content; nil when there is none.
    package var text: String? {
        if case .text(let text) = self { text } else { nil }
    }

    /// Why there is no content; `readable` when there is.
    package var reason: String {
        switch self {
        case .text(let text): text.isEmpty ? "empty" : "readable"
        case .absent: "absent"
        case .denied: "permission denied"
        case .failed(let number): "reading failed with error \(number)"
        }
    }
}

/// The files under `/proc`, `/sys` and `/etc` of this machine, or a recorded copy of them.
///
/// Every probe reads through this value, so that a recorded machine is probed as a live one is.
package struct SystemFiles: Sendable {
    /// What every path is put behind; empty for the live machine.
    package var root: String
    package var calls: SystemCalls
    package var topology: TopologySource

    package init(root: String, calls: SystemCalls, topology: TopologySource) {
        self.root = root
        self.calls = calls
        self.topology = topology
    }

    /// This machine, now.
    package static var live: SystemFiles {
        SystemFiles(root: "", calls: .live(), topology: .thisMachine)
    }

    /// More than any file read here has; a bound on the reading loop.
    private static let bytesMax = 16 << 20

    /// Reads the file at an absolute path.
    package func read(_ path: String) -> FileReading {
        let descriptor = unsafe open(root + path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return FileReading(errorNumber: errno) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count < Self.bytesMax {
            let count = unsafe chunk.withUnsafeMutableBytes { buffer in
                unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { return FileReading(errorNumber: errno) }
            if count == 0 { break }
            bytes.append(contentsOf: chunk[..<count])
        }
        return .text(String(String(decoding: bytes, as: UTF8.self).trimmed))
    }

    /// The content of the file; nil when it cannot be read or is empty.
    package func text(_ path: String) -> String? {
        guard let text = read(path).text, !text.isEmpty else { return nil }
        return text
    }

    /// The whole number in the file; nil when there is none.
    package func integer(_ path: String) -> Int? { text(path).flatMap { Int($0) } }

    /// Whether something stands at the path.
    package func exists(_ path: String) -> Bool { unsafe access(root + path, F_OK) == 0 }

    /// The names in a directory, `cpu2` before `cpu10`; nil when it cannot be listed.
    package func names(in path: String) -> [String]? {
        guard let directory = unsafe opendir(root + path) else { return nil }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) {
                    unsafe String(cString: $0)
                }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted(by: naturallyPrecedes)
    }

    /// Where a symbolic link points; nil when the path is none.
    package func linkTarget(_ path: String) -> String? {
        var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = unsafe readlink(root + path, &bytes, bytes.count)
        guard count > 0 else { return nil }
        return String(decoding: bytes[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
