import Machine
import Model
import Testing

@Suite struct MachineProbeTests {
    @Test func `A recorded virtual machine is described with its limits`() throws {
        let machine = try MachineProbe.gather(files: Recorded.virtual)
        #expect(machine.architecture == "x86_64")
        #expect(machine.processor == "AMD EPYC")
        #expect([machine.packages, machine.cores, machine.threads] == [1, 2, 2])
        #expect(machine.allowedCPUs == [0, 1])
        // `MemTotal: 24684092 kB`; the control group's "unlimited" is not a limit.
        #expect(machine.memory.value == 24_684_092 * 1024)
        #expect(machine.fact("memoryLimitBytes") == "none")
        #expect(machine.fact("virtualization") == "virtual machine")
        #expect(machine.fact("hypervisor") == "KVMKVMKVM")
        #expect(machine.fact("cgroupPath") == "/session")
        #expect(machine.fact("cpuQuota") == "unlimited")
        #expect(machine.fact("transparentHugePages") == "madvise")
        #expect(machine.fact("swap") == "none")
        #expect(machine.fact("clocksource") == "tsc")
        #expect(machine.hugePages == "transparent: madvise; reserved: 0 of 2048 kB")
    }

    @Test func `What a virtual machine hides is unknown with the reason`() throws {
        let machine = try MachineProbe.gather(files: Recorded.virtual)
        let container = try #require(machine.facts.first { $0.name == "container" })
        #expect(container.value == nil && container.source.contains("/ is on /dev/vda"))
        let hidden = [
            "frequencyGovernor", "frequencyDriver", "boost", "powercap", "powerSensors",
            "firmware", "product", "powerSupply",
        ]
        for name in hidden {
            let fact = try #require(machine.facts.first { $0.name == name })
            #expect(fact.value == nil, "\(name)")
            #expect(fact.source.contains("/sys/"), "\(name): \(fact.source)")
        }
    }

    @Test func `Node sizes that grow and reported caches are noted, not trusted`() throws {
        let machine = try MachineProbe.gather(files: Recorded.virtual)
        #expect(machine.nodes[0].bytes.value == 5_597_515_776)
        let notes = machine.notes.joined(separator: "\n")
        #expect(notes.contains("The NUMA nodes report 5338 MiB now while MemTotal is 24105 MiB"))
        #expect(notes.contains("The L3 size is what the hypervisor reports"))
        #expect(notes.contains("name and model number are what the hypervisor reports"))
        let server = try MachineProbe.gather(files: Recorded.server)
        #expect(server.notes == [])
    }

    @Test func `A server with two packages is described down to its caches and nodes`() throws {
        let machine = try MachineProbe.gather(files: Recorded.server)
        #expect([machine.packages, machine.cores, machine.threads] == [2, 8, 16])
        #expect(
            machine.caches.map {
                "\($0.level) \($0.type) \($0.bytes.value) \($0.instances) \($0.sharedBy)"
            }
                == [
                    "1 data 49152 8 2", "1 instruction 32768 8 2", "2 unified 2097152 8 2",
                    "3 unified 110100480 2 8",
                ])
        #expect(machine.caches.allSatisfy { $0.lineBytes == 64 })
        #expect(machine.nodes.map(\.distances) == [[10, 21], [21, 10]])
        #expect(machine.nodes.map(\.bytes.value) == [263_908_036 * 1024, 263_908_036 * 1024])
        #expect(machine.nodes.map(\.cpus.count) == [8, 8])
        #expect(machine.isa.contains("amx-int8"))
        #expect(machine.hugePages == "transparent: always; reserved: 1024 of 2048 kB")
    }

    @Test(arguments: [
        ("frequencyDriver", "example_pstate"), ("frequencyGovernor", "performance ×15, powersave"),
        ("frequencyMinKilohertz", "800000"), ("boost", "on"), ("smt", "on"),
        ("smtControl", "on"), ("aslr", "full"), ("numaBalancing", "on"),
        ("isolatedCPUs", "2-3,10-11"), ("tickFreeCPUs", "none"), ("microcode", "0x2b000590"),
        ("virtualization", "none reported"), ("product", "Example Systems Rack 2U"),
        ("firmware", "Example Firmware 2.1.7 01/02/2024"), ("container", "none found"),
        ("operatingSystem", "Example Linux 24.04"), ("loadAverage", "0.42 0.36 0.30"),
        ("powerSupply", "mains"), ("swap", "0 of 8589930496 bytes used"),
        ("powercap", "dram readable, package-0 readable, package-1 readable"),
        ("powerSensors", "power_meter power1_average readable"),
        ("accelerators", "1234:5678 board 9999:0001 ×2"),
        ("networkModels", "1234:1111 board 9999:0001"), ("diskModels", "EXAMPLE DISK 3840G"),
        (
            "mitigations",
            "vulnerable: spectre_v2, tsx_async_abort; mitigated: spectre_v1; "
                + "unknown: retbleed; not affected: 2"
        ),
        ("bootId", "11111111-2222-4333-8444-555555555555"),
    ])
    func `A server's fact is found`(name: String, value: String) throws {
        let machine = try MachineProbe.gather(files: Recorded.server)
        #expect(machine.fact(name) == value)
    }

    @Test func `A container's limits win over what the machine has`() throws {
        let machine = try MachineProbe.gather(files: Recorded.container)
        #expect(machine.memory.value == 6 << 30)
        // 6 GiB less 3 GiB in use, of which 1 GiB is file cache that can be dropped.
        #expect(machine.memoryAvailable.value == 4 << 30)
        #expect(machine.fact("memoryTotalBytes") == String(32_506_540 * 1024))
        #expect(machine.fact("cpuQuota") == "1.5")
        #expect(machine.fact("container") == "docker")
        #expect(machine.fact("aslr") == "off")
        #expect(machine.fact("virtualization") == nil)
        #expect(machine.fact("pageBytes") == "65536")
        #expect(machine.processor == "implementer 0x41 part 0xd40")
        #expect(
            machine.isa == [
                "neon", "fp16", "dotprod", "lse", "i8mm", "bf16", "sve", "sve-i8mm", "sve-bf16",
            ])
        #expect(machine.notes.contains("This process may run on 4 of 8 logical processors"))
        #expect(
            machine.notes.contains { $0.contains("allows 6144 MiB of the machine's 31744 MiB") })
    }

    @Test func `A machine whose processors cannot be read is an error, not an empty record`() {
        var files = Recorded.server
        files.root += "/nowhere"
        let error = #expect(throws: MachineError.self) { try MachineProbe.gather(files: files) }
        #expect(error?.code == .processorUnreadable)
        #expect(error?.description.contains("/proc/cpuinfo: absent") == true)
    }

    @Test func `A topology that cannot be loaded is an error`() {
        var files = Recorded.server
        files.topology = .synthetic("nonsense:0")
        let error = #expect(throws: MachineError.self) { try MachineProbe.gather(files: files) }
        #expect(error?.code == .topologyUnavailable)
    }
}
