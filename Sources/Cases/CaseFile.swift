import Glibc

/// A file that may hold a case or a suite, as far as it could be read.
package struct CaseFile: Sendable {
    /// The bytes, or why there are none.
    package enum Content: Sendable {
        case bytes([UInt8])
        /// Not read, because it has this many bytes.
        case tooLarge(UInt64)
        case unreadable(String)
    }

    /// As it is to stand in messages.
    package var path: String
    package var isSuite: Bool
    package var content: Content

    package init(path: String, isSuite: Bool = false, content: Content) {
        self.path = path
        self.isSuite = isSuite
        self.content = content
    }

    /// A file in memory.
    package init(path: String, isSuite: Bool = false, text: String) {
        self.init(path: path, isSuite: isSuite, content: .bytes(Array(text.utf8)))
    }

    /// The bytes; nil when there are none to be had, which becomes an error.
    func bytes(_ errors: inout [CaseError]) -> [UInt8]? {
        let message: String
        switch content {
        case .bytes(let bytes): return bytes
        case .tooLarge(let byteCount): message = YAMLReader.tooLarge(byteCount: byteCount)
        case .unreadable(let reason): message = reason
        }
        errors.append(CaseError(file: path, line: 1, column: 1, message: message))
        return nil
    }
}

// MARK: - Reading a directory

extension CaseFile {
    /// Deeper folders are not searched; a case's id has two or three parts.
    private static let depthMax = 8
    private static let fileCountMax = 10_000

    /// The case and suite files of a directory, sorted by path.
    package static func all(in directory: String) throws(CaseErrors) -> [CaseFile] {
        var root = directory
        while root.count > 1, root.hasSuffix("/") { root.removeLast() }
        guard let names = Directory.names(in: root) else {
            throw CaseErrors(
                request: "the directory \(quoted(root)) of cases cannot be read: "
                    + Directory.lastError())
        }
        var files: [CaseFile] = []
        collect(names, of: root, depth: 1, isSuites: false, &files)
        guard files.count <= fileCountMax else {
            throw CaseErrors(
                request: "the directory \(quoted(root)) holds more than \(fileCountMax) cases")
        }
        return files.sorted { $0.path < $1.path }
    }

    private static func collect(
        _ names: [String], of directory: String, depth: Int, isSuites: Bool,
        _ files: inout [CaseFile]
    ) {
        for name in names where !name.hasPrefix(".") && files.count <= fileCountMax {
            let path = directory + "/" + name
            if name.hasSuffix(".yaml") {
                let content = Directory.read(path, byteCountMax: YAMLReader.byteCountMax)
                files.append(CaseFile(path: path, isSuite: isSuites, content: content))
            } else if name.hasSuffix(".yml") {
                // Passing it over in silence would cost somebody an hour.
                files.append(
                    CaseFile(
                        path: path, isSuite: isSuites,
                        content: .unreadable("the names of case files end in '.yaml'")))
            } else if depth < depthMax, Directory.isDirectory(path) {
                guard let inner = Directory.names(in: path) else {
                    files.append(
                        CaseFile(path: path, content: .unreadable(Directory.lastError())))
                    continue
                }
                collect(
                    inner, of: path, depth: depth + 1,
                    isSuites: isSuites || (depth == 1 && name == "suites"), &files)
            }
        }
    }
}

/// The few calls that reading a directory needs.
@safe private enum Directory {
    /// The names in a directory, sorted; nil when it cannot be read.
    static func names(in path: String) -> [String]? {
        guard let stream = unsafe opendir(path) else { return nil }
        defer { unsafe _ = closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            names.append(name)
        }
        return names.sorted()
    }

    /// Symbolic links to directories do not count: they can make circles.
    static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return false }
        return status.st_mode & S_IFMT == S_IFDIR
    }

    static func lastError() -> String { unsafe String(cString: strerror(errno)) }

    /// Reads a regular file, but nothing of one that is too large.
    static func read(_ path: String, byteCountMax: Int) -> CaseFile.Content {
        // Without O_NONBLOCK, opening a named pipe would wait for somebody to write to it.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return .unreadable(lastError()) }
        defer { _ = close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { return .unreadable(lastError()) }
        guard status.st_mode & S_IFMT == S_IFREG else { return .unreadable("not a regular file") }
        guard status.st_size <= byteCountMax else { return .tooLarge(UInt64(status.st_size)) }
        // One byte more than there should be shows that the file grew after it was asked.
        let countExpected = Int(status.st_size)
        var bytes = [UInt8](repeating: 0, count: countExpected + 1)
        var count = 0
        while count < bytes.count {
            let got = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe Glibc.read(
                    descriptor, buffer.baseAddress! + count, buffer.count - count)
            }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { return .unreadable(lastError()) }
            guard got > 0 else { break }
            count += got
        }
        guard count == countExpected else {
            return .unreadable("the file changed while it was read")
        }
        return .bytes(Array(bytes[..<count]))
    }
}
