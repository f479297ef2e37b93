import Model

/// Which outputs are compared, in ranges that are evaluated together.
struct Coverage {
    /// `full`, `freivalds+rows`, `sampled` or `structural`.
    let method: String
    /// Ascending, not overlapping.
    let ranges: [Range<Int>]
    /// Whether every row is checked through products with random vectors as well.
    let usesFreivalds: Bool
    /// The share of the outputs that is compared.
    let share: Double

    /// Full comparison costs at most this many operations.
    static let operationsMax: UInt64 = 1_000_000_000
    static let samples = 4096

    init(
        _ operation: Operation, _ oracle: Oracle, output index: Int = 0, seed: UInt64,
        operationsMax: UInt64 = Self.operationsMax
    ) {
        let count = operation.outputs[index].count
        if oracle.operationCount(operation) <= operationsMax || count == 0 {
            let chunk = max(oracle.chunk(operation), 1)
            ranges = stride(from: 0, to: count, by: chunk).map { $0..<min($0 + chunk, count) }
            method = "full"
            usesFreivalds = false
            share = 1
            return
        }
        var generator = Xoshiro256(seed: seed)
        var chosen: Set<Int> = []
        if let problem = oracle.matrix?(operation) {
            let rows = problem.batchCount * problem.m
            let perRow = max(saturatingProduct(2, problem.n, problem.k), 1)
            let wanted = min(rows, Int(min(max(500_000_000 / perRow, 4), 32)))
            // The last row is where a kernel's remainder loop ends.
            chosen.insert(rows - 1)
            while chosen.count < wanted { chosen.insert(Int(generator.next(below: UInt64(rows)))) }
            ranges = chosen.sorted().map { $0 * problem.n..<($0 + 1) * problem.n }
            method = "freivalds+rows"
            usesFreivalds = true
            share = Double(chosen.count) / Double(rows)
        } else {
            let average = oracle.operationCount(operation) / UInt64(count)
            let perOutput = max(average, oracle.sampleCost(operation), 1)
            let affordable = Int(min(operationsMax / perOutput, 1 << 40))
            let wanted = max(min(Self.samples, count, affordable), 1)
            chosen.insert(count - 1)
            while chosen.count < wanted { chosen.insert(Int(generator.next(below: UInt64(count)))) }
            ranges = chosen.sorted().map { $0..<$0 + 1 }
            method = "sampled"
            usesFreivalds = false
            share = Double(chosen.count) / Double(count)
        }
    }

    /// The coverage of every output of an operation.
    static func all(_ operation: Operation, _ oracle: Oracle, seed: UInt64) -> [Coverage] {
        operation.outputs.indices.map {
            Coverage(
                operation, oracle, output: $0, seed: seed &+ UInt64($0) &* 0x9e37_79b9_7f4a_7c15)
        }
    }

    /// The elements in all ranges.
    var count: Int { ranges.reduce(0) { $0 + $1.count } }
}
