internal import CPUSIMDKernels

/// Two shapes broadcast against each other, as ONNX and numpy do it.
struct Broadcast {
    /// The result's extents.
    let extents: [Int]
    /// Elements to step in each dimension; 0 where an input is repeated.
    let leftSteps: [Int]
    let rightSteps: [Int]

    /// nil where two extents differ and neither is 1.
    init?(_ left: [Int], _ right: [Int]) {
        let rank = max(left.count, right.count)
        let leftPadded = Array(repeating: 1, count: rank - left.count) + left
        let rightPadded = Array(repeating: 1, count: rank - right.count) + right
        var extents: [Int] = []
        for (one, other) in zip(leftPadded, rightPadded) {
            guard one == other || one == 1 || other == 1 else { return nil }
            extents.append(one == 1 ? other : one)
        }
        self.extents = extents
        leftSteps = Self.steps(leftPadded)
        rightSteps = Self.steps(rightPadded)
    }

    private static func steps(_ extents: [Int]) -> [Int] {
        var steps = [Int](repeating: 0, count: extents.count)
        var step = 1
        for index in extents.indices.reversed() {
            if extents[index] != 1 { steps[index] = step }
            step *= extents[index]
        }
        return steps
    }

    /// Where each item of the result starts in the inputs, whose items have the given sizes.
    func starts(_ leftItem: Int, _ rightItem: Int) -> ([UInt64], [UInt64]) {
        var lefts: [UInt64] = []
        var rights: [UInt64] = []
        for item in 0..<extents.reduce(1, *) {
            var rest = item
            var left = 0
            var right = 0
            for index in extents.indices.reversed() {
                left += rest % extents[index] * leftSteps[index]
                right += rest % extents[index] * rightSteps[index]
                rest /= extents[index]
            }
            lefts.append(UInt64(left * leftItem))
            rights.append(UInt64(right * rightItem))
        }
        return (lefts, rights)
    }

    /// The same with neighbouring dimensions merged where both inputs run through them alike.
    var merged: cpusimd_broadcast {
        var rows: [(extent: Int, left: Int, right: Int)] = []
        for (extent, steps) in zip(extents, zip(leftSteps, rightSteps)) where extent != 1 {
            if let last = rows.last, last.left == steps.0 * extent, last.right == steps.1 * extent {
                rows[rows.count - 1] = (last.extent * extent, steps.0, steps.1)
            } else {
                rows.append((extent, steps.0, steps.1))
            }
        }
        if rows.isEmpty { rows = [(1, 0, 0)] }
        var result = cpusimd_broadcast()
        result.rank = UInt32(rows.count)
        for (index, row) in rows.enumerated() {
            Self.set(&result.dims, index, row.extent)
            Self.set(&result.a_steps, index, row.left)
            Self.set(&result.b_steps, index, row.right)
        }
        return result
    }

    private static func set<Tuple>(_ tuple: inout Tuple, _ index: Int, _ value: Int) {
        unsafe withUnsafeMutableBytes(of: &tuple) {
            unsafe $0.storeBytes(of: UInt64(value), toByteOffset: index * 8, as: UInt64.self)
        }
    }
}
