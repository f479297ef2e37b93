import Glibc
import TestSupport

/// A file system of a few kilobytes that only one thread sees, for disks that are full.
enum SmallFileSystem {
    private typealias Unshare = @convention(c) (Int32) -> Int32
    private static let newMounts: Int32 = 0x0002_0000

    /// Whether this process may have mounts of its own; it needs CAP_SYS_ADMIN.
    static let isPermitted: Bool = {
        (try? ScratchDirectory()).map { directory in
            (try? run(at: directory.path, options: "size=64k") { true }) ?? false
        } ?? false
    }()

    /// Runs the body in a thread for which a new file system lies at `path`.
    ///
    /// `options` are tmpfs's, such as `size=64k`; the file system ends with the thread.
    static func run<Value: Sendable>(
        at path: String, options: String, readOnly: Bool = false,
        _ body: @escaping @Sendable () throws -> Value
    ) throws -> Value {
        let job = Job {
            try mount(at: path, options: options, readOnly: readOnly)
            return try body()
        }
        var thread = pthread_t()
        let started = pthread_create(
            &thread, nil,
            { argument in
                Unmanaged<AnyJob>.fromOpaque(argument!).takeRetainedValue().run()
                return nil
            }, Unmanaged.passRetained(job as AnyJob).toOpaque())
        guard started == 0 else { throw TestSupportError("no thread") }
        pthread_join(thread, nil)
        return try job.result!.get()
    }

    private static func mount(at path: String, options: String, readOnly: Bool) throws {
        // Swift's Glibc lacks unshare, which is declared for GNU sources only.
        guard let symbol = dlsym(nil, "unshare") else { throw TestSupportError("no unshare") }
        guard unsafeBitCast(symbol, to: Unshare.self)(newMounts) == 0 else {
            throw TestSupportError("unshare: errno \(errno)")
        }
        // Private first, so that nothing spreads to other processes.
        guard Glibc.mount("none", "/", nil, UInt(MS_REC | MS_PRIVATE), nil) == 0
        else { throw TestSupportError("mount private: errno \(errno)") }
        let flags = readOnly ? UInt(MS_RDONLY) : 0
        guard Glibc.mount("none", path, "tmpfs", flags, options) == 0 else {
            throw TestSupportError("mount tmpfs: errno \(errno)")
        }
    }

    private class AnyJob {
        func run() {}
    }

    private final class Job<Value>: AnyJob {
        private let body: () throws -> Value
        private(set) var result: Result<Value, any Error>?

        init(_ body: @escaping () throws -> Value) { self.body = body }

        override func run() { result = Result { try body() } }
    }
}
