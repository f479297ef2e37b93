import Machine
import Testing

@Suite struct ControlGroupsTests {
    @Test func `Version 2 groups are followed up to the mount point`() {
        let groups = ControlGroups(
            membership: "0::/a/b",
            mountTable: "30 24 0:26 / /sys/fs/cgroup rw shared:4 - cgroup2 cgroup2 rw")
        #expect(
            groups.directories(controller: "memory") == [
                "/sys/fs/cgroup/a/b", "/sys/fs/cgroup/a", "/sys/fs/cgroup",
            ])
    }

    @Test func `Version 1 controllers win where both versions are mounted`() {
        let groups = ControlGroups(
            membership: "5:cpu,cpuacct:/x\n4:memory:/docker/abc/inner\n0::/",
            mountTable: """
                35 31 0:33 /docker/abc /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
                36 31 0:34 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
                41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
                """)
        #expect(
            groups.directories(controller: "memory") == [
                "/sys/fs/cgroup/memory/inner", "/sys/fs/cgroup/memory",
            ])
        #expect(
            groups.directories(controller: "cpu") == [
                "/sys/fs/cgroup/cpu,cpuacct/x", "/sys/fs/cgroup/cpu,cpuacct",
            ])
    }

    @Test func `A group outside the visible hierarchy falls back to the mount point`() {
        let groups = ControlGroups(
            membership: "0::/../other",
            mountTable: "30 24 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw")
        #expect(groups.directories(controller: "memory") == ["/sys/fs/cgroup"])
    }

    @Test func `Without a mounted hierarchy there is no limit`() {
        let groups = ControlGroups(membership: "", mountTable: "garbage\n1 2 3 - cgroup")
        #expect(groups.directories(controller: "memory") == [])
        #expect(groups.memoryLimit(files: Recorded.container) == nil)
        #expect(groups.processorQuota(files: Recorded.container) == nil)
    }
}
