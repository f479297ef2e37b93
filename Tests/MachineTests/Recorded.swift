import Machine

/// Recorded and hand-written machines; Tests/Fixtures/machine says how they were made.
enum Recorded {
    private static let folder =
        String(#filePath.dropLast("MachineTests/Recorded.swift".count))
        + "Fixtures/machine/"

    /// This project's virtual machine, recorded.
    static var virtual: SystemFiles {
        SystemFiles(
            root: folder + "virtual",
            calls: SystemCalls(
                architecture: "x86_64", libc: "glibc 2.36", pageBytes: 4096, allowedCPUs: [0, 1],
                hypervisorSignature: "KVMKVMKVM\0\0\0", enabledStates: 0xe7,
                numa: NumaReading(nodes: [
                    NumaReading.Node(index: 0, bytes: 5_597_515_776, distances: [10])
                ])),
            topology: .synthetic(
                "pack:1 [numa(memory=5597515776)] l3:1(size=33554432) core:2 "
                    + "l2:1(size=1048576) l1d:1(size=32768) l1i:1(size=32768) pu:1"))
    }

    /// Two packages on bare metal. Its files give distances: the library is not asked.
    static var server: SystemFiles {
        SystemFiles(
            root: folder + "server",
            calls: SystemCalls(
                architecture: "x86_64", libc: "glibc 2.39", pageBytes: 4096,
                allowedCPUs: Array(0..<16), hypervisorSignature: nil, enabledStates: 0x602e7,
                numa: nil),
            topology: .synthetic(
                "pack:2 [numa(memory=1)] l3:1(size=110100480) core:4 l2:1(size=2097152) "
                    + "l1d:1(size=49152) l1i:1(size=32768) pu:2"))
    }

    /// A container on arm64 with a limit of memory and of processor time.
    static var container: SystemFiles {
        SystemFiles(
            root: folder + "container",
            calls: SystemCalls(
                architecture: "aarch64", libc: "glibc 2.31", pageBytes: 65536,
                allowedCPUs: [0, 1, 2, 4], hypervisorSignature: nil, enabledStates: nil,
                numa: nil),
            topology: .synthetic(
                "pack:1 [numa(memory=33286696960)] l3:1(size=33554432) core:8 l2:1(size=1048576) "
                    + "l1d:1(size=65536) l1i:1(size=65536) pu:1"))
    }
}
