import CAssaySystem
import Glibc

/// Processes below this one, however they tried to leave it.
enum Descendants {
    /// Rounds of killing; each brings up what the one before left without a parent.
    private static let roundsMax = 200

    /// From now on what a child leaves behind becomes a child of this process.
    static func adopt() { _ = assay_adopt_orphans() }

    /// The children of this process; empty where the kernel does not list them.
    static func children() -> Set<Int32> {
        var found: Set<Int32> = []
        guard let directory = unsafe opendir("/proc/self/task") else { return [] }
        defer { unsafe closedir(directory) }
        while let entry = unsafe readdir(directory) {
            let task = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            let list = ProcessFile.text("/proc/self/task/\(task)/children", limit: 65536)
            found.formUnion(list.split(separator: " ").compactMap { Int32($0) })
        }
        return found
    }

    /// Ends every child but those, and their children in turn; returns how many there were.
    ///
    /// - Parameter others: children that this process started for something else, asked after the
    ///   children are listed, so that none started in between is taken for a stray.
    static func kill(except kept: Set<Int32>, others: () -> Set<Int32>) -> Int {
        var killed: Set<Int32> = []
        for _ in 0..<roundsMax {
            let now = children()
            let strays = now.subtracting(kept).subtracting(others())
            guard !strays.isEmpty else { break }
            for stray in strays {
                _ = Glibc.kill(stray, SIGKILL)
                _ = waitpid(stray, nil, WNOHANG)
            }
            killed.formUnion(strays)
            usleep(1000)
        }
        return killed.count
    }
}

/// A file of the kernel's, read in one piece.
enum ProcessFile {
    /// Its text; empty when it cannot be read.
    static func text(_ path: String, limit: Int = 4096) -> String {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: limit)
        let count = unsafe read(descriptor, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }
}
