/// A cache as the operating system reports it; `bytes` may be more than this machine gets.
package struct CacheFacts: Sendable, Hashable, Codable {
    package var level: Int
    /// `data`, `instruction` or `unified`.
    package var type: String
    package var bytes: Bytes
    package var lineBytes: Int
    /// How many of them the machine has.
    package var instances: Int
    /// Logical processors that share one.
    package var sharedBy: Int

    package init(
        level: Int, type: String, bytes: Bytes, lineBytes: Int, instances: Int, sharedBy: Int
    ) {
        self.level = level
        self.type = type
        self.bytes = bytes
        self.lineBytes = lineBytes
        self.instances = instances
        self.sharedBy = sharedBy
    }
}

/// A NUMA node. Its size is what is initialised now; capacity comes from `MachineFacts.memory`.
package struct NodeFacts: Sendable, Hashable, Codable {
    package var index: Int
    package var bytes: Bytes
    package var cpus: [Int]
    /// Distances to every node, in node order, as firmware declares them.
    package var distances: [Int]

    package init(index: Int, bytes: Bytes, cpus: [Int], distances: [Int]) {
        self.index = index
        self.bytes = bytes
        self.cpus = cpus
        self.distances = distances
    }
}

/// A named fact that is either known, or unknown for a stated reason.
package struct Fact: Sendable, Hashable, Codable {
    package var name: String
    /// Nil: unknown.
    package var value: String?
    /// Where it was read, or why it is unknown.
    package var source: String

    package init(_ name: String, _ value: String?, source: String) {
        self.name = name
        self.value = value
        self.source = source
    }
}

/// What is known about the machine, and what is not.
package struct MachineFacts: Sendable, Hashable, Codable {
    /// Given by the site; `unnamed` otherwise. Never the host name.
    package var machineID: String
    /// SHA-256 over immovable hardware facts, hexadecimal; filled in by whoever can hash.
    package var fingerprint: String
    package var architecture: String
    package var processor: String
    package var packages: Int
    package var cores: Int
    package var threads: Int
    /// Logical processors that this process may use, ascending.
    package var allowedCPUs: [Int]
    /// Instruction-set extensions that are usable (present and enabled by the system).
    package var isa: [String]
    package var caches: [CacheFacts]
    package var nodes: [NodeFacts]
    /// Capacity: the smaller of MemTotal and the control group's limit.
    package var memory: Bytes
    package var memoryAvailable: Bytes
    package var hugePages: String
    /// Everything else, by name: kernel, microcode, hypervisor, frequency policy, SMT, boost, …
    package var facts: [Fact]
    /// Disagreements between sources, one sentence each.
    package var notes: [String]

    package init(
        machineID: String = "unnamed", fingerprint: String = "", architecture: String,
        processor: String, packages: Int, cores: Int, threads: Int, allowedCPUs: [Int],
        isa: [String], caches: [CacheFacts], nodes: [NodeFacts], memory: Bytes,
        memoryAvailable: Bytes, hugePages: String, facts: [Fact], notes: [String]
    ) {
        self.machineID = machineID
        self.fingerprint = fingerprint
        self.architecture = architecture
        self.processor = processor
        self.packages = packages
        self.cores = cores
        self.threads = threads
        self.allowedCPUs = allowedCPUs
        self.isa = isa
        self.caches = caches
        self.nodes = nodes
        self.memory = memory
        self.memoryAvailable = memoryAvailable
        self.hugePages = hugePages
        self.facts = facts
        self.notes = notes
    }

    /// The fact of that name; nil when it was not gathered or is unknown.
    package func fact(_ name: String) -> String? { facts.first { $0.name == name }?.value }
}
