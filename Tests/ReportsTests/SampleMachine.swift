import Model

/// The machine of the sample record, with facts that are known and facts that are not.
enum SampleMachine {
    static let facts = MachineFacts(
        machineID: "lab-7", fingerprint: String(repeating: "7e21", count: 16),
        architecture: "x86_64", processor: "Intel(R) Xeon(R) Platinum 8488C", packages: 1,
        cores: 2, threads: 2, allowedCPUs: [0, 1],
        isa: ["sse2", "avx", "avx2", "fma", "avx512f", "avx512bw", "avx512vl", "avx512_vnni"],
        caches: [
            CacheFacts(
                level: 1, type: "data", bytes: Bytes(48 << 10), lineBytes: 64, instances: 2,
                sharedBy: 1),
            CacheFacts(
                level: 1, type: "instruction", bytes: Bytes(32 << 10), lineBytes: 64,
                instances: 2, sharedBy: 1),
            CacheFacts(
                level: 2, type: "unified", bytes: Bytes(2 << 20), lineBytes: 64, instances: 2,
                sharedBy: 1),
            CacheFacts(
                level: 3, type: "unified", bytes: Bytes(105 << 20), lineBytes: 64, instances: 1,
                sharedBy: 2),
        ],
        nodes: [NodeFacts(index: 0, bytes: Bytes(16 << 30), cpus: [0, 1], distances: [10])],
        memory: Bytes(16 << 30), memoryAvailable: Bytes(15_200 << 20),
        hugePages: "transparent: madvise; 2 MiB pages reserved: 0",
        facts: [
            Fact("kernel", "Linux 6.1.147", source: "uname"),
            Fact("hypervisor", "kvm", source: "cpuid"),
            Fact("microcode", nil, source: "hidden by the hypervisor"),
            Fact("frequency policy", nil, source: "no cpufreq in this guest"),
            Fact("boost", nil, source: "no cpufreq in this guest"),
            Fact("SMT", "1 thread per core", source: "/sys/devices/system/cpu/smt"),
            Fact("power sensor", nil, source: "no RAPL, hwmon or board sensor"),
        ],
        notes: ["The L3 size is the whole package's; this guest may have a share of it."])
}
