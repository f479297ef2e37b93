package import Model

/// Gathers what is known about a machine, and what is not.
package enum MachineProbe {
    /// Reads files and asks libraries; takes milliseconds and starts nothing.
    ///
    /// `machineID` and `fingerprint` are left for the caller. A fact that could not be found has
    /// no value and says what was tried.
    package static func gather(
        files: SystemFiles = .live
    ) throws(MachineError) -> MachineFacts {
        guard let cpuinfo = files.text("/proc/cpuinfo") else {
            let reason = files.read("/proc/cpuinfo").reason
            throw MachineError(.processorUnreadable, detail: "/proc/cpuinfo: \(reason)")
        }
        let topology = try Topology(files.topology)
        let processors = Processors(cpuinfo: cpuinfo)
        let groups = ControlGroups(
            membership: files.text("/proc/self/cgroup") ?? "",
            mountTable: files.text("/proc/self/mountinfo") ?? "")
        let memory = MemoryProbe(files, groups: groups)
        let extensions = InstructionSets.find(
            architecture: files.calls.architecture, features: processors.features,
            states: files.calls.enabledStates)
        var machine = MachineFacts(
            architecture: files.calls.architecture, processor: processors.name,
            packages: topology.packages, cores: topology.cores, threads: topology.threads,
            allowedCPUs: files.calls.allowedCPUs, isa: extensions.usable,
            caches: topology.caches, nodes: nodes(topology, files: files),
            memory: memory.capacity, memoryAvailable: memory.available,
            hugePages: memory.hugePages,
            facts: processors.facts + KernelProbe.facts(files) + FrequencyProbe.facts(files)
                + VirtualizationProbe.facts(files, processors: processors, groups: groups)
                + memory.facts + [numaLibrary(files)] + PowerSourceProbe.facts(files)
                + DeviceProbe.facts(files) + [topologyLibrary(files)],
            notes: [])
        machine.notes = Disagreements.notes(
            machine: machine, processors: processors, memory: memory,
            switchedOff: extensions.switchedOff)
        return machine
    }

    /// Sizes and distances from the NUMA library, else from the kernel's files.
    private static func nodes(_ topology: Topology, files: SystemFiles) -> [NodeFacts] {
        let reading = files.calls.numa
        return topology.nodes.map { node in
            let folder = "/sys/devices/system/node/node\(node.index)"
            let told = reading?.nodes.first { $0.index == node.index }
            let distances =
                told?.distances
                ?? files.text("\(folder)/distance")?.words.compactMap { Int($0) } ?? []
            let bytes =
                told?.bytes ?? nodeTotal(files.text("\(folder)/meminfo") ?? "") ?? node.bytes
            return NodeFacts(
                index: node.index, bytes: Bytes(bytes), cpus: node.cpus, distances: distances)
        }
    }

    /// The size in a line such as `Node 0 MemTotal:  5466324 kB`.
    private static func nodeTotal(_ text: String) -> UInt64? {
        for line in text.lines {
            guard let (key, value) = line.pair(at: ":"), key.hasSuffix(" MemTotal") else {
                continue
            }
            return kilobytes(value)
        }
        return nil
    }

    private static func numaLibrary(_ files: SystemFiles) -> Fact {
        guard let reading = files.calls.numa else {
            return Fact("numa", nil, source: "numa_available says the kernel has no support")
        }
        return Fact(
            "numa", "available", source: "numa_available; \(reading.nodes.count) in the list")
    }

    private static func topologyLibrary(_ files: SystemFiles) -> Fact {
        Fact("topologyLibrary", Topology.libraryVersion, source: "hwloc_get_api_version")
    }
}
