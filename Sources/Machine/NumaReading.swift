import CNuma

/// Sizes and distances of the memory nodes as the NUMA library reports them.
package struct NumaReading: Sendable, Hashable {
    /// One memory node.
    package struct Node: Sendable, Hashable {
        package var index: Int
        /// What is initialised now; may grow on virtual machines.
        package var bytes: UInt64
        /// Distances to the nodes of the reading, in their order.
        package var distances: [Int]

        package init(index: Int, bytes: UInt64, distances: [Int]) {
            self.index = index
            self.bytes = bytes
            self.distances = distances
        }
    }

    package var nodes: [Node]

    package init(nodes: [Node]) { self.nodes = nodes }

    /// Asks this machine; nil when the kernel has no NUMA support.
    static func live() -> NumaReading? {
        // Every other function of the library is undefined when this one says no.
        guard numa_available() >= 0 else { return nil }
        let present = (0...max(0, Int(numa_max_node()))).filter {
            assay_node_present(UInt32($0)) != 0
        }
        let nodes = present.map { index in
            let bytes = numa_node_size64(Int32(index), nil)
            return Node(
                index: index, bytes: UInt64(max(0, bytes)),
                distances: present.map { Int(numa_distance(Int32(index), Int32($0))) })
        }
        return NumaReading(nodes: nodes)
    }
}
