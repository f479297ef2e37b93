import Model

/// Arithmetic on shapes, by ONNX's rules.
enum Shape {
    /// The common shape of two tensors under multidirectional broadcasting; nil when they conflict.
    static func broadcast(_ left: [Int], _ right: [Int]) -> [Int]? {
        let rank = max(left.count, right.count)
        var result: [Int] = []
        for position in 0..<rank {
            let a = extent(left, position, rank)
            let b = extent(right, position, rank)
            guard a == b || a == 1 || b == 1 else { return nil }
            result.append(a == 1 ? b : a)
        }
        return result
    }

    /// Whether a tensor can be expanded to the target without changing the target.
    static func canBroadcast(_ shape: [Int], to target: [Int]) -> Bool {
        shape.count <= target.count && broadcast(shape, target) == target
    }

    private static func extent(_ shape: [Int], _ position: Int, _ rank: Int) -> Int {
        let own = position - (rank - shape.count)
        return own < 0 ? 1 : shape[own]
    }

    /// Element strides of a dense row-major tensor.
    static func strides(_ shape: [Int]) -> [Int] {
        var result = [Int](repeating: 1, count: shape.count)
        for position in stride(from: shape.count - 2, through: 0, by: -1) {
            result[position] = result[position + 1] * shape[position + 1]
        }
        return result
    }

    /// Strides with which a tensor is read at the positions of the target; 0 where it is repeated.
    static func broadcastStrides(_ shape: [Int], to target: [Int]) -> [Int] {
        let own = strides(shape)
        let offset = target.count - shape.count
        return target.indices.map { position in
            guard position >= offset, shape[position - offset] != 1 else { return 0 }
            return own[position - offset]
        }
    }

    /// The product of extents.
    static func count(_ extents: some Sequence<Int>) -> Int { extents.reduce(1, *) }

    /// The offset that a flat position of `shape` has under other strides.
    static func offset(of position: Int, in shape: [Int], strides: [Int]) -> Int {
        var rest = position
        var offset = 0
        for dimension in shape.indices.reversed() {
            let (quotient, remainder) = rest.quotientAndRemainder(dividingBy: shape[dimension])
            offset += remainder * strides[dimension]
            rest = quotient
        }
        return offset
    }

    /// A position as indices, for messages.
    static func indices(of position: Int, in shape: [Int]) -> [Int] {
        var rest = position
        var result: [Int] = []
        for extent in shape.reversed() where extent > 0 {
            result.append(rest % extent)
            rest /= extent
        }
        return result.reversed()
    }
}

/// The product of counts, held at the largest value instead of overflowing.
func saturatingProduct(_ factors: Int...) -> UInt64 {
    if factors.contains(0) { return 0 }
    var result: UInt64 = 1
    for factor in factors {
        let (product, overflow) = result.multipliedReportingOverflow(by: UInt64(factor))
        if overflow { return .max }
        result = product
    }
    return result
}

extension Operation {
    /// The input of that formal name; nil when an optional one is absent.
    func input(_ name: String) -> TensorSpec? { inputs.first { $0.name == name } }

    /// An axis counted from the front; throws unless -rank <= axis < rank.
    func normalized(axis: Int64, rank: Int) throws(OperatorError) -> Int {
        guard axis >= -Int64(rank), axis < Int64(rank) else {
            throw error(
                .shape, "axis is \(axis); it must be from \(-rank) to \(rank - 1) for rank \(rank)")
        }
        return Int(axis < 0 ? axis + Int64(rank) : axis)
    }

    /// The axis attribute counted from the front, after inference has checked it.
    func axis(rank: Int) -> Int {
        let axis = Int(int("axis") ?? -1)
        return axis < 0 ? axis + rank : axis
    }
}
