import CAssaySystem
import Glibc

/// What the kernel counts about this process.
struct ProcessFacts {
    var runQueueWaitNanoseconds: UInt64 = 0
    var processorNanoseconds: UInt64 = 0
    var involuntarySwitches: UInt64 = 0
    var majorFaults: UInt64 = 0
    var peakResidentBytes: UInt64 = 0
    var threads = 0

    /// Reads the counters now; takes some microseconds, so never inside a measurement.
    static func read() -> ProcessFacts {
        var facts = ProcessFacts()
        for task in names(in: "/proc/self/task") {
            facts.threads += 1
            // schedstat: time on the processor, time waiting for one, time slices.
            let fields = contents(of: "/proc/self/task/\(task)/schedstat").split(separator: " ")
            if fields.count >= 2 {
                facts.runQueueWaitNanoseconds += UInt64(fields[1]) ?? 0
            }
        }
        var usage = rusage()
        if unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 {
            facts.involuntarySwitches = UInt64(max(0, usage.ru_nivcsw))
            facts.majorFaults = UInt64(max(0, usage.ru_majflt))
            facts.peakResidentBytes = UInt64(max(0, usage.ru_maxrss)) * 1024
            facts.processorNanoseconds = nanoseconds(usage.ru_utime) + nanoseconds(usage.ru_stime)
        }
        return facts
    }

    private static func nanoseconds(_ time: timeval) -> UInt64 {
        UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_usec) * 1000
    }

    /// The text of a small file; empty when it cannot be read.
    static func contents(of path: String) -> String {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = unsafe Glibc.read(descriptor, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }

    /// The names in a directory; empty when it cannot be read.
    static func names(in path: String) -> [String] {
        guard let directory = unsafe opendir(path) else { return [] }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names
    }
}
