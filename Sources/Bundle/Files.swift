package import FoundationEssentials
import Glibc

/// The few file operations a bundle needs, each with a sentence for its failure.
package enum Files {
    /// Writes a whole file so that it is either there complete or not at all, and on the disk.
    package static func write(_ data: Data, to path: String) throws(BundleError) {
        let temporary = path + ".part"
        let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw failure(path, "cannot be created") }
        do throws(BundleError) {
            try writeAll(data, to: descriptor, path: path)
            guard fsync(descriptor) == 0 else { throw failure(path, "cannot be written") }
        } catch {
            // What failed is in the error already, so these may change errno.
            close(descriptor)
            unsafe unlink(temporary)
            throw error
        }
        close(descriptor)
        guard unsafe rename(temporary, path) == 0 else { throw failure(path, "cannot be renamed") }
        synchronizeDirectory(of: path)
    }

    /// Puts the names in a file's directory on the disk, where the file system can.
    private static func synchronizeDirectory(of path: String) {
        let slash = path.lastIndex(of: "/")
        let parent = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let descriptor = unsafe open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        _ = fsync(descriptor)
        close(descriptor)
    }

    /// Appends to a file and waits until it is on the disk; on failure the file is as before.
    package static func append(_ data: Data, to path: String) throws(BundleError) {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw failure(path, "cannot be opened") }
        defer { close(descriptor) }
        let before = lseek(descriptor, 0, SEEK_END)
        do throws(BundleError) {
            try writeAll(data, to: descriptor, path: path)
            guard fsync(descriptor) == 0 else { throw failure(path, "cannot be written") }
        } catch {
            _ = ftruncate(descriptor, before)
            throw error
        }
    }

    /// Creates a directory and those above it.
    package static func createDirectory(_ path: String) throws(BundleError) {
        var partial = path.hasPrefix("/") ? "/" : ""
        for component in path.split(separator: "/") {
            partial += (partial.isEmpty || partial == "/" ? "" : "/") + component
            if unsafe mkdir(partial, 0o755) == 0 || errno == EEXIST { continue }
            let code = errno
            // A read-only file system refuses even directories that exist.
            if isDirectory(partial) { continue }
            throw failure(path, "cannot be created as a directory", code: code)
        }
        guard isDirectory(path) else {
            throw BundleError(.disk, file: path, detail: "is a file, not a directory")
        }
    }

    /// Whether there is a directory of that path, also behind a symbolic link.
    package static func isDirectory(_ path: String) -> Bool {
        var facts = stat()
        return unsafe stat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFDIR
    }

    /// Whether there is anything of that path.
    package static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    /// The bytes of a file, which must not be larger than `limit`.
    package static func read(_ path: String, limit: Int = 1 << 30) throws(BundleError) -> Data {
        // A pipe in a file's place must not block; regular files do not mind the flag.
        let descriptor = unsafe open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path, "cannot be read") }
        defer { close(descriptor) }
        var facts = stat()
        guard unsafe fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else {
            throw BundleError(.malformed, file: path, detail: "is not a regular file")
        }
        guard facts.st_size <= limit else {
            throw BundleError(
                .malformed, file: path, detail: "has \(facts.st_size) bytes; the limit is \(limit)")
        }
        var bytes = [UInt8](repeating: 0, count: Int(facts.st_size))
        var filled = 0
        while filled < bytes.count {
            let count = unsafe bytes.withUnsafeMutableBytes { room in
                unsafe Glibc.read(descriptor, room.baseAddress! + filled, room.count - filled)
            }
            if count < 0 { throw failure(path, "cannot be read") }
            if count == 0 { break }
            filled += count
        }
        return Data(bytes.prefix(filled))
    }

    /// The names in a directory, sorted; empty when it cannot be read.
    package static func names(in path: String) -> [String] {
        guard let directory = unsafe opendir(path) else { return [] }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Every file below a directory, relative to it, sorted; symbolic links are not followed.
    package static func allFiles(below root: String) -> [String] {
        var found: [String] = []
        var pending = [""]
        while let folder = pending.popLast() {
            for name in names(in: root + "/" + folder) {
                let relative = folder.isEmpty ? name : folder + "/" + name
                var facts = stat()
                let status = unsafe lstat(root + "/" + relative, &facts)
                if status == 0, facts.st_mode & S_IFMT == S_IFDIR {
                    pending.append(relative)
                } else {
                    found.append(relative)
                }
            }
        }
        return found.sorted()
    }

    /// Bytes free for this user where the path lies; nil when that cannot be known.
    package static func freeBytes(at path: String) -> UInt64? {
        var facts = statvfs()
        guard unsafe statvfs(path, &facts) == 0 else { return nil }
        return UInt64(facts.f_bavail) * UInt64(facts.f_frsize)
    }

    private static func writeAll(
        _ data: Data, to descriptor: Int32, path: String
    ) throws(BundleError) {
        let bytes = [UInt8](data)
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { room in
                unsafe Glibc.write(descriptor, room.baseAddress! + written, room.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure(path, "cannot be written") }
            written += count
        }
    }

    private static func failure(
        _ path: String, _ what: String, code: Int32 = errno
    ) -> BundleError {
        let reason = unsafe String(cString: strerror(code))
        return BundleError(.disk, file: path, detail: "\(what): \(reason)")
    }
}
