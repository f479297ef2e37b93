import Model

// MARK: - The table of a pointer chase

extension InputData {
    /// Builds one cycle through all nodes; each node's element holds the element of the next.
    ///
    /// Sattolo's algorithm in place gives a random cycle in each window; the windows' cycles are
    /// then cut where they return to the window's first node and joined in ascending order, so
    /// that every window is visited whole before the next.
    static func fillChase(_ memory: TensorMemory, of operation: Operation, seed: UInt64) {
        let plan = PointerChasePlan(operation)
        memory.clear()
        var generator = Xoshiro256(seed: seed)
        let table = unsafe memory.bytes.bindMemory(to: Int64.self)
        var first = 0
        while first < plan.nodes {
            let count = min(plan.nodesPerWindow, plan.nodes - first)
            func element(_ node: Int) -> Int { (first + node) * plan.elementsPerNode }
            for node in 0..<count { unsafe table[element(node)] = Int64(element(node)) }
            for node in stride(from: count - 1, to: 0, by: -1) {
                let other = Int(generator.next(below: UInt64(node)))
                unsafe table.swapAt(element(node), element(other))
            }
            let next = first + count
            if plan.nodesPerWindow < plan.nodes {
                let head = Int64(element(0))
                for node in 0..<count where unsafe table[element(node)] == head {
                    let target = next < plan.nodes ? next : 0
                    unsafe table[element(node)] = Int64(target * plan.elementsPerNode)
                    break
                }
            }
            first = next
        }
    }
}

/// The geometry of a pointer chase, from its attributes.
struct PointerChasePlan {
    let nodes: Int
    let elementsPerNode: Int
    let nodesPerWindow: Int
    let steps: Int

    init(_ operation: Operation) {
        let bytes = Int(operation.int("bytes") ?? 0)
        let stride = Int(operation.int("stride") ?? 64)
        let window = Int(operation.int("window") ?? 0)
        nodes = bytes / stride
        elementsPerNode = stride / 8
        nodesPerWindow = window == 0 ? nodes : window / stride
        steps = Int(operation.int("steps") ?? 0)
    }
}
