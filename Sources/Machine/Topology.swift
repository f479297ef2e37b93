import CHwloc
import Glibc
package import Model
import Synchronization

/// Where a topology comes from.
package enum TopologySource: Sendable, Hashable {
    case thisMachine
    /// A description in the topology library's synthetic notation, such as `pack:2 core:4 pu:2`.
    case synthetic(String)
}

/// What the topology library says about packages, cores, caches and memory nodes.
package struct Topology: Sendable, Hashable {
    /// A memory node; processors are empty for memory-only nodes.
    package struct Node: Sendable, Hashable {
        package var index: Int
        package var bytes: UInt64
        package var cpus: [Int]
    }

    package var packages: Int
    package var cores: Int
    package var threads: Int
    package var caches: [CacheFacts]
    package var nodes: [Node]

    /// Loads the topology, including processors that this process may not use.
    package init(_ source: TopologySource) throws(MachineError) {
        let library = try LoadedTopology(source)
        packages = max(1, library.objects(of: HWLOC_OBJ_PACKAGE).count)
        let units = library.objects(of: HWLOC_OBJ_PU)
        threads = units.count
        // Without core objects, the system hides them: then each thread counts as one.
        let coreCount = library.objects(of: HWLOC_OBJ_CORE).count
        cores = coreCount > 0 ? coreCount : threads
        guard threads > 0 else {
            throw MachineError(.topologyUnavailable, detail: "it has no logical processor")
        }
        caches = Self.caches(of: library)
        nodes = library.objects(of: HWLOC_OBJ_NUMANODE).map {
            Node(index: $0.index, bytes: $0.bytes, cpus: $0.cpus)
        }
    }

    /// The version of the topology library that runs.
    package static var libraryVersion: String {
        let version = hwloc_get_api_version()
        return "hwloc API \(version >> 16).\(version >> 8 & 0xff).\(version & 0xff)"
    }

    /// Caches that are alike become one entry; a hybrid processor has two per level.
    private static func caches(of library: borrowing LoadedTopology) -> [CacheFacts] {
        var kinds: [CacheFacts] = []
        for type in LoadedTopology.cacheTypes {
            for cache in library.objects(of: type) {
                let found = kinds.firstIndex {
                    $0.level == cache.level && $0.type == cache.kind
                        && $0.bytes.value == cache.bytes && $0.sharedBy == cache.cpus.count
                }
                if let found {
                    kinds[found].instances += 1
                } else {
                    kinds.append(
                        CacheFacts(
                            level: cache.level, type: cache.kind, bytes: Bytes(cache.bytes),
                            lineBytes: cache.lineBytes, instances: 1, sharedBy: cache.cpus.count))
                }
            }
        }
        return kinds
    }
}

/// A loaded topology, freed with this value.
@safe private struct LoadedTopology: ~Copyable {
    /// One object, copied out of the library's tree.
    struct Object {
        var index: Int
        var bytes: UInt64 = 0
        var lineBytes = 0
        var level = 0
        var kind = ""
        var cpus: [Int] = []
    }

    static let cacheTypes = [
        HWLOC_OBJ_L1CACHE, HWLOC_OBJ_L1ICACHE, HWLOC_OBJ_L2CACHE, HWLOC_OBJ_L2ICACHE,
        HWLOC_OBJ_L3CACHE, HWLOC_OBJ_L3ICACHE, HWLOC_OBJ_L4CACHE, HWLOC_OBJ_L5CACHE,
    ]

    private let handle: hwloc_topology_t

    /// One thread at a time changes the environment.
    private static let environment = Mutex<Void>(())

    /// Makes an empty topology while the library cannot find its plug-ins.
    ///
    /// They would pull vendor libraries into the harness. The library looks for them when the
    /// first topology of the process is made, so that the variable can be put back at once.
    private static func withoutPlugins() -> hwloc_topology_t? {
        var made: hwloc_topology_t?
        environment.withLock { _ in
            let name = "HWLOC_PLUGINS_PATH"
            let before = unsafe getenv(name).map { unsafe String(cString: $0) }
            unsafe setenv(name, "/dev/null", 1)
            if unsafe hwloc_topology_init(&made) != 0 { unsafe made = nil }
            if let before {
                unsafe setenv(name, before, 1)
            } else {
                unsafe unsetenv(name)
            }
        }
        return unsafe made
    }

    init(_ source: TopologySource) throws(MachineError) {
        guard let topology = unsafe Self.withoutPlugins() else {
            throw MachineError(.topologyUnavailable, detail: "the library would not start")
        }
        if let problem = unsafe Self.configure(topology, source) {
            unsafe hwloc_topology_destroy(topology)
            throw MachineError(.topologyUnavailable, detail: problem)
        }
        unsafe handle = topology
    }

    deinit { unsafe hwloc_topology_destroy(handle) }

    /// What went wrong; nil when the topology is loaded.
    private static func configure(
        _ topology: hwloc_topology_t, _ source: TopologySource
    ) -> String? {
        for type in [HWLOC_OBJ_L1ICACHE, HWLOC_OBJ_L2ICACHE, HWLOC_OBJ_L3ICACHE] {
            unsafe hwloc_topology_set_type_filter(topology, type, HWLOC_TYPE_FILTER_KEEP_ALL)
        }
        switch source {
        case .thisMachine:
            // The x86 component moves this thread over all processors to ask each one, for what
            // the kernel's files say already.
            let exclude = UInt(HWLOC_TOPOLOGY_COMPONENTS_FLAG_BLACKLIST.rawValue)
            unsafe hwloc_topology_set_components(topology, exclude, "x86")
            let flags = UInt(HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED.rawValue)
            guard unsafe hwloc_topology_set_flags(topology, flags) == 0 else {
                return "the library refused its flags"
            }
        case .synthetic(let description):
            guard unsafe hwloc_topology_set_synthetic(topology, description) == 0 else {
                return "'\(description)' is not a synthetic topology"
            }
        }
        guard unsafe hwloc_topology_load(topology) == 0 else {
            return "loading failed with error \(errno)"
        }
        // Variables of the library's own can put a made-up machine in the place of this one.
        let isThisMachine = unsafe hwloc_topology_is_thissystem(topology) != 0
        if source == .thisMachine && !isThisMachine {
            return "an HWLOC_ variable in the environment replaces this machine"
        }
        return nil
    }

    /// The objects of a type in logical order.
    borrowing func objects(of type: hwloc_obj_type_t) -> [Object] {
        var objects: [Object] = []
        var next = unsafe hwloc_get_next_obj_by_type(handle, type, nil)
        while let object = unsafe next {
            unsafe objects.append(Self.copy(object, type))
            unsafe next = hwloc_get_next_obj_by_type(handle, type, object)
        }
        return objects
    }

    private static func copy(_ object: hwloc_obj_t, _ type: hwloc_obj_type_t) -> Object {
        var copy = Object(index: Int(unsafe object.pointee.os_index))
        unsafe copy.cpus = numbers(in: object.pointee.cpuset)
        guard let attributes = unsafe object.pointee.attr else { return copy }
        if type == HWLOC_OBJ_NUMANODE {
            copy.bytes = unsafe attributes.pointee.numanode.local_memory
        } else if cacheTypes.contains(type) {
            let cache = unsafe attributes.pointee.cache
            copy.bytes = cache.size
            copy.lineBytes = Int(cache.linesize)
            copy.level = Int(cache.depth)
            copy.kind =
                switch cache.type {
                case HWLOC_OBJ_CACHE_DATA: "data"
                case HWLOC_OBJ_CACHE_INSTRUCTION: "instruction"
                default: "unified"
                }
        }
        return copy
    }

    /// The members of a set of processors; none for no set.
    private static func numbers(in set: hwloc_bitmap_t?) -> [Int] {
        guard let set = unsafe set else { return [] }
        var numbers: [Int] = []
        var next = unsafe hwloc_bitmap_first(set)
        while next >= 0 {
            numbers.append(Int(next))
            next = unsafe hwloc_bitmap_next(set, next)
        }
        return numbers
    }
}
