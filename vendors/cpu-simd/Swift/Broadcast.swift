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
}

/// How a kernel runs through a result and through the inputs that are broadcast to it.
struct Spread {
    /// The result's extents.
    let extents: [Int]
    /// Elements to step in each dimension, for each input; 0 where it is repeated.
    private let steps: [[Int]]

    /// Inputs must broadcast to the extents; `merged` holds three at most.
    init(extents: [Int], inputs: [[Int]]) {
        self.extents = extents
        steps = inputs.map { input in
            var steps = [Int](repeating: 0, count: extents.count)
            var step = 1
            for (index, extent) in zip(extents.indices.reversed(), input.reversed()) {
                if extent != 1 { steps[index] = step }
                step *= extent
            }
            return steps
        }
    }

    /// The extents of all inputs together; nil where two differ and neither is 1.
    static func extents(of inputs: [[Int]]) -> [Int]? {
        var result: [Int] = []
        for input in inputs {
            guard let both = Broadcast(result, input) else { return nil }
            result = both.extents
        }
        return result
    }

    /// Neighbouring dimensions merged where all inputs run through them alike.
    var merged: cpusimd_spread { Self.spread(mergedRows, 0..<steps.count) }

    /// One for each input of any number of them, all with the same dimensions.
    var mergedEach: [cpusimd_spread] {
        let rows = mergedRows
        return steps.indices.map { Self.spread(rows, $0..<$0 + 1) }
    }

    private typealias Row = (extent: Int, steps: [Int])

    private var mergedRows: [Row] {
        var rows: [Row] = []
        for (index, extent) in extents.enumerated() where extent != 1 {
            let own = steps.map { $0[index] }
            if let last = rows.last, last.steps == own.map({ $0 * extent }) {
                rows[rows.count - 1] = (last.extent * extent, own)
            } else {
                rows.append((extent, own))
            }
        }
        return rows.isEmpty ? [(1, steps.map { _ in 0 })] : rows
    }

    private static func spread(_ rows: [Row], _ inputs: Range<Int>) -> cpusimd_spread {
        var result = cpusimd_spread()
        result.rank = UInt32(rows.count)
        for (index, row) in rows.enumerated() {
            set(&result.dims, index, row.extent)
            for (input, step) in row.steps[inputs].enumerated() {
                set(&result.steps, 8 * input + index, step)
            }
        }
        return result
    }

    private static func set<Tuple>(_ tuple: inout Tuple, _ index: Int, _ value: Int) {
        unsafe withUnsafeMutableBytes(of: &tuple) {
            unsafe $0.storeBytes(of: UInt64(value), toByteOffset: index * 8, as: UInt64.self)
        }
    }
}
