import Model

/// Reads a tensor at the positions of a larger shape that it is broadcast to.
struct BroadcastReader {
    private let view: TensorView
    private let shape: [Int]
    private let strides: [Int]
    private let isDense: Bool

    init(_ view: TensorView, to shape: [Int]) {
        self.view = view
        self.shape = shape
        strides = Shape.broadcastStrides(view.spec.shape, to: shape)
        isDense = view.spec.count == Shape.count(shape)
    }

    /// Reads a range of flat positions of the larger shape into the front of an array.
    func read(_ range: Range<Int>, into target: inout [Double]) {
        if range.isEmpty { return }
        if isDense {
            view.read(from: range.lowerBound, count: range.count, into: &target)
            return
        }
        // Not dense, so the rank is at least 1.
        let run = shape[shape.count - 1]
        let step = strides[shape.count - 1]
        var position = range.lowerBound
        while position < range.upperBound {
            let column = position % run
            let count = min(run - column, range.upperBound - position)
            let start = Shape.offset(of: position, in: shape, strides: strides)
            let offset = position - range.lowerBound
            if step == 0 {
                let value = view.element(start)
                for index in offset..<offset + count { target[index] = value }
            } else {
                view.read(from: start, step: step, count: count, into: &target, at: offset)
            }
            position += count
        }
    }
}

extension BroadcastReader {
    /// The integers at a range of flat positions of the larger shape.
    func integers(_ range: Range<Int>) -> [Int64] {
        if isDense { return range.map { view.integer($0) } }
        return range.map { view.integer(Shape.offset(of: $0, in: shape, strides: strides)) }
    }
}
