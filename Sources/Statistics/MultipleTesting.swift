/// P-values adjusted for the number of tests made.
package enum MultipleTesting {
    /// Holm's adjusted p-values, in the order given; below α they are significant family-wise.
    package static func holm(_ pValues: [Double]) -> [Double] {
        var adjusted = pValues
        var largest = 0.0
        for (rank, index) in ascending(pValues).enumerated() {
            largest = max(largest, min(1, Double(pValues.count - rank) * pValues[index]))
            adjusted[index] = largest
        }
        return adjusted
    }

    /// Benjamini and Hochberg's adjusted p-values, in the order given.
    ///
    /// Selecting those of at most q makes the expected share of false findings at most q.
    package static func benjaminiHochberg(_ pValues: [Double]) -> [Double] {
        var adjusted = pValues
        var smallest = 1.0
        for (rank, index) in ascending(pValues).enumerated().reversed() {
            let scaled = pValues[index] * Double(pValues.count) / Double(rank + 1)
            smallest = min(smallest, scaled)
            adjusted[index] = smallest
        }
        return adjusted
    }

    /// Indices from the smallest p-value to the largest; equal ones stay in order.
    private static func ascending(_ pValues: [Double]) -> [Int] {
        pValues.indices.sorted { (pValues[$0], $0) < (pValues[$1], $1) }
    }
}
