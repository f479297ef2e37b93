import Model

/// How much memory there is for this process, and how it is paged.
struct MemoryProbe {
    /// What the kernel manages; nil when `/proc/meminfo` does not say.
    var totalBytes: UInt64?
    var limit: ControlGroups.MemoryLimit?
    private var fields: [String: String] = [:]
    private var transparentHugePages: String?

    init(_ files: SystemFiles, groups: ControlGroups) {
        for line in (files.text("/proc/meminfo") ?? "").lines {
            if let (key, value) = line.pair(at: ":") { fields[key] = value }
        }
        totalBytes = fields["MemTotal"].flatMap { kilobytes($0) }
        limit = groups.memoryLimit(files: files)
        transparentHugePages =
            files.text("/sys/kernel/mm/transparent_hugepage/enabled")?.bracketed
    }

    /// The smaller of what the machine has and what the control groups allow; zero: not known.
    var capacity: Bytes {
        Bytes(min(totalBytes ?? limit?.bytes ?? 0, limit?.bytes ?? .max))
    }

    /// What can be allocated now without swapping.
    var available: Bytes {
        let free = fields["MemAvailable"].flatMap { kilobytes($0) } ?? 0
        guard let limit, let used = limit.usedBytes else { return Bytes(min(free, capacity.value)) }
        return Bytes(min(free, limit.bytes - min(limit.bytes, used)))
    }

    /// The policy in one line, such as `transparent: madvise; reserved: 0 of 2048 kB`.
    var hugePages: String {
        let transparent = transparentHugePages ?? "unknown"
        guard let count = fields["HugePages_Total"] else {
            return "transparent: \(transparent); reserved: unknown"
        }
        return "transparent: \(transparent); reserved: \(count) of \(fields["Hugepagesize"] ?? "?")"
    }

    var facts: [Fact] {
        [
            Fact(
                "memoryTotalBytes", totalBytes.map { String($0) },
                source: totalBytes == nil ? "/proc/meminfo has no MemTotal" : "/proc/meminfo"),
            Fact(
                "memoryLimitBytes", limit.map { String($0.bytes) } ?? "none",
                source: limit?.directory ?? "no control group sets one"),
            swap,
        ]
    }

    private var swap: Fact {
        guard let total = fields["SwapTotal"].flatMap({ kilobytes($0) }),
            let free = fields["SwapFree"].flatMap({ kilobytes($0) })
        else { return Fact("swap", nil, source: "/proc/meminfo has no SwapTotal") }
        let value = total == 0 ? "none" : "\(total - min(total, free)) of \(total) bytes used"
        return Fact("swap", value, source: "/proc/meminfo")
    }
}
