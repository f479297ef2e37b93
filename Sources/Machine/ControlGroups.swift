/// The control groups this process is in, of version 1, version 2 or both at once.
package struct ControlGroups: Sendable, Hashable {
    /// A mounted hierarchy.
    private struct Mount: Hashable {
        /// The group that is visible at the mount point.
        var root: String
        var point: String
        var isUnified: Bool
        /// Empty in version 2, where every group lists its own.
        var controllers: Set<String>
    }

    /// A limit of memory with the directory that sets it.
    package struct MemoryLimit: Sendable, Hashable {
        package var bytes: UInt64
        /// In use now, less file cache that can be dropped; nil when it cannot be read.
        package var usedBytes: UInt64?
        package var directory: String
    }

    /// Groups by version 1 controller; the version 2 group is under the empty name.
    private var groups: [String: String] = [:]
    private var mounts: [Mount] = []
    /// The block device that holds `/`; nil in most containers, whose root is layered.
    package private(set) var rootDisk: String?

    /// Reads the texts of `/proc/self/cgroup` and `/proc/self/mountinfo`.
    package init(membership: String, mountTable: String) {
        for line in membership.lines {
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { continue }
            for controller in fields[1].split(separator: ",", omittingEmptySubsequences: false) {
                groups[String(controller)] = String(fields[2])
            }
        }
        for line in mountTable.lines {
            let fields = line.words
            guard let separator = fields.firstIndex(of: "-"), separator >= 6,
                fields.count > separator + 3
            else { continue }
            let type = fields[separator + 1]
            let device = fields[separator + 2]
            if fields[4] == "/" && device.hasPrefix("/dev/") { rootDisk = String(device) }
            guard type == "cgroup" || type == "cgroup2" else { continue }
            let options = Set(fields[separator + 3].split(separator: ",").map(String.init))
            mounts.append(
                Mount(
                    root: String(fields[3]), point: String(fields[4]),
                    isUnified: type == "cgroup2",
                    controllers: type == "cgroup" ? options : []))
        }
    }

    /// The group's path as the process sees it: that of the controller, else of version 2.
    package func path(controller: String) -> String? { groups[controller] ?? groups[""] }

    /// Directories whose limits apply, from the process's group up to the mount point.
    package func directories(controller: String) -> [String] {
        if let group = groups[controller],
            let mount = mounts.first(where: { $0.controllers.contains(controller) })
        {
            return Self.directories(group: group, mount: mount)
        }
        guard let group = groups[""], let mount = mounts.first(where: \.isUnified) else {
            return []
        }
        return Self.directories(group: group, mount: mount)
    }

    private static func directories(group: String, mount: Mount) -> [String] {
        var relative = group
        if mount.root != "/" && group.hasPrefix(mount.root) {
            relative = String(group.dropFirst(mount.root.count))
        }
        // A path that leaves the mount cannot be followed from here.
        var names = relative.split(separator: "/")
        if names.contains("..") { names = [] }
        return (0...names.count).reversed().map { length in
            ([mount.point] + names.prefix(length).map(String.init)).joined(separator: "/")
        }
    }

    // MARK: - Limits

    /// The smallest memory limit over the process's groups; nil when there is none.
    package func memoryLimit(files: SystemFiles) -> MemoryLimit? {
        var smallest: MemoryLimit?
        for directory in directories(controller: "memory") {
            let limit =
                files.text("\(directory)/memory.max")
                ?? files.text("\(directory)/memory.limit_in_bytes")
            // Version 1 says "unlimited" by a number near the largest one.
            guard let bytes = limit.flatMap({ UInt64($0) }), bytes < 1 << 62 else { continue }
            if let found = smallest, found.bytes <= bytes { continue }
            smallest = MemoryLimit(
                bytes: bytes, usedBytes: Self.usedBytes(directory, files: files),
                directory: directory)
        }
        return smallest
    }

    private static func usedBytes(_ directory: String, files: SystemFiles) -> UInt64? {
        let usage =
            files.text("\(directory)/memory.current")
            ?? files.text("\(directory)/memory.usage_in_bytes")
        guard let used = usage.flatMap({ UInt64($0) }) else { return nil }
        let statistics = files.text("\(directory)/memory.stat") ?? ""
        var droppable: [String: UInt64] = [:]
        for line in statistics.lines {
            let words = line.words
            if words.count == 2 { droppable[String(words[0])] = UInt64(words[1]) }
        }
        let cache = droppable["total_inactive_file"] ?? droppable["inactive_file"] ?? 0
        return used - min(used, cache)
    }

    /// The smallest processor quota over the process's groups, in processors; nil: none.
    package func processorQuota(files: SystemFiles) -> Double? {
        directories(controller: "cpu").compactMap { directory -> Double? in
            if let words = files.text("\(directory)/cpu.max")?.words {
                guard words.count == 2 else { return nil }
                return Self.quota(Double(words[0]), per: Double(words[1]))
            }
            return Self.quota(
                files.text("\(directory)/cpu.cfs_quota_us").flatMap { Double($0) },
                per: files.text("\(directory)/cpu.cfs_period_us").flatMap { Double($0) })
        }.min()
    }

    private static func quota(_ time: Double?, per period: Double?) -> Double? {
        guard let time, let period, time > 0, period > 0 else { return nil }
        return time / period
    }
}
