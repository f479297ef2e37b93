import Glibc

/// Where the package and its test fixtures lie, found from this file's own place.
package enum PackageFiles {
    /// The package's root directory, with symbolic links resolved and no final slash.
    package static let root: String = {
        let here = resolved(#filePath)
        // Tests/TestSupport/PackageFiles.swift: three components below the root.
        return here.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }
    }()

    /// The path of a fixture, such as `fixture("bundle/numbers.tsv")`.
    package static func fixture(_ path: String) -> String { root + "/Tests/Fixtures/" + path }

    /// The whole text of a file; fails with the path in the error.
    package static func text(_ path: String) throws -> String {
        String(decoding: try bytes(path), as: UTF8.self)
    }

    /// The bytes of a file.
    package static func bytes(_ path: String) throws -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw TestSupportError("\(path): \(reason(errno))") }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            guard count >= 0 else { throw TestSupportError("\(path): \(reason(errno))") }
            if count == 0 { return bytes }
            bytes.append(contentsOf: buffer[..<count])
        }
    }

    /// Writes a whole file, replacing what was there.
    package static func write(_ bytes: some Sequence<UInt8>, to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw TestSupportError("\(path): \(reason(errno))") }
        defer { close(descriptor) }
        let all = Array(bytes)
        var written = 0
        while written < all.count {
            let count = all[written...].withUnsafeBytes { room in
                Glibc.write(descriptor, room.baseAddress, room.count)
            }
            guard count > 0 else { throw TestSupportError("\(path): \(reason(errno))") }
            written += count
        }
    }

    /// Writes a whole text file, replacing what was there.
    package static func write(_ text: String, to path: String) throws {
        try write(text.utf8, to: path)
    }

    /// Every regular file below a directory, as full paths, sorted; hidden ones are left out.
    package static func files(below directory: String) -> [String] {
        var found: [String] = []
        var pending = [directory]
        while let folder = pending.popLast() {
            for name in names(in: folder) where !name.hasPrefix(".") {
                let path = folder + "/" + name
                if isDirectory(path) { pending.append(path) } else { found.append(path) }
            }
        }
        return found.sorted()
    }

    /// The names in a directory, sorted; empty when it cannot be read.
    package static func names(in directory: String) -> [String] {
        guard let stream = opendir(directory) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Whether a directory of that path exists; symbolic links to directories are not followed.
    package static func isDirectory(_ path: String) -> Bool {
        var facts = stat()
        return lstat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFDIR
    }

    private static func resolved(_ path: String) -> String {
        guard let found = realpath(path, nil) else { return path }
        defer { free(found) }
        return String(cString: found)
    }

    static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }
}

/// What went wrong in a test's own machinery, as opposed to in what is tested.
package struct TestSupportError: Error, CustomStringConvertible {
    package var description: String

    package init(_ description: String) { self.description = description }
}
