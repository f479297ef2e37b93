import Model

/// Sentences about sources that contradict each other, or that a reader would trust too far.
enum Disagreements {
    static func notes(
        machine: MachineFacts, processors: Processors, memory: MemoryProbe,
        switchedOff: [String]
    ) -> [String] {
        let isVirtual = machine.fact("virtualization") == "virtual machine"
        return [
            nodeSizes(machine, memory: memory), memoryLimit(machine, memory: memory),
            isVirtual ? virtualCache(machine) : nil,
            isVirtual ? virtualModel : nil, isVirtual ? virtualSiblings : nil,
            packageCount(machine, processors: processors),
            features(processors, switchedOff: switchedOff),
            allowed(machine),
        ].compactMap(\.self)
    }

    private static func mebibytes(_ bytes: UInt64) -> String { "\(bytes >> 20) MiB" }

    /// Virtual machines initialise memory lazily: a node's size is not its capacity.
    private static func nodeSizes(_ machine: MachineFacts, memory: MemoryProbe) -> String? {
        guard let total = memory.totalBytes, !machine.nodes.isEmpty else { return nil }
        let sum = machine.nodes.reduce(0) { $0 + $1.bytes.value }
        guard abs(Double(sum) - Double(total)) > 0.02 * Double(total) else { return nil }
        return "The NUMA nodes report \(mebibytes(sum)) now while MemTotal is "
            + "\(mebibytes(total)); capacity is taken from MemTotal"
    }

    private static func memoryLimit(_ machine: MachineFacts, memory: MemoryProbe) -> String? {
        guard let total = memory.totalBytes, let limit = memory.limit, limit.bytes < total else {
            return nil
        }
        return "The control group \(limit.directory) allows \(mebibytes(limit.bytes)) of the "
            + "machine's \(mebibytes(total)); capacity is taken from the control group"
    }

    private static func virtualCache(_ machine: MachineFacts) -> String? {
        guard let last = machine.caches.map(\.level).max(), last >= 3 else { return nil }
        return "The L\(last) size is what the hypervisor reports; memory levels are named by "
            + "measured knees"
    }

    private static let virtualModel =
        "The processor's name and model number are what the hypervisor reports; "
        + "nothing is derived from them"

    private static let virtualSiblings =
        "Whether two logical processors share a core of the host cannot be seen from inside a "
        + "virtual machine"

    private static func packageCount(
        _ machine: MachineFacts, processors: Processors
    ) -> String? {
        guard let listed = processors.packages, listed != machine.packages else { return nil }
        return "/proc/cpuinfo lists \(listed) packages while the topology has "
            + "\(machine.packages); the topology is used"
    }

    private static func features(_ processors: Processors, switchedOff: [String]) -> String? {
        if !switchedOff.isEmpty {
            return "The processor has \(switchedOff.joined(separator: ", ")) but the system keeps "
                + "the registers switched off; not counted as usable"
        }
        guard !processors.partialFeatures.isEmpty else { return nil }
        let names = processors.partialFeatures.sorted().joined(separator: ", ")
        return "Only some processors have \(names); not counted as usable"
    }

    private static func allowed(_ machine: MachineFacts) -> String? {
        guard machine.allowedCPUs.count < machine.threads else { return nil }
        return "This process may run on \(machine.allowedCPUs.count) of "
            + "\(machine.threads) logical processors"
    }
}
