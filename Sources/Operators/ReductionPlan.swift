import Model

/// The dimensions of a reduction, those that stay and those that are reduced.
struct ReductionPlan: Sendable {
    var kept: [Int] = []
    var keptStrides: [Int] = []
    var reduced: [Int] = []
    var reducedStrides: [Int] = []

    init(_ operation: Operation) {
        // Inference has checked the axes; an operation that was not inferred reduces everything.
        let rank = operation.inputs[0].shape.count
        let chosen = (try? operation.reducedAxes()) ?? [Bool](repeating: true, count: rank)
        self.init(shape: operation.inputs[0].shape, chosen)
    }

    /// The reduction of a dense tensor over the chosen axes.
    init(shape: [Int], _ isReduced: [Bool]) {
        let strides = Shape.strides(shape)
        for axis in shape.indices {
            if isReduced[axis] {
                reduced.append(shape[axis])
                reducedStrides.append(strides[axis])
            } else {
                kept.append(shape[axis])
                keptStrides.append(strides[axis])
            }
        }
    }

    /// The terms of each result.
    var length: Int { Shape.count(reduced) }

    /// Goes through the terms of a range of results in blocks.
    ///
    /// The block gets numbers and the place of a result. `isRow` says whether all numbers are terms
    /// of that result; otherwise each is a term of one of as many neighbouring results.
    func forEachBlock(
        of range: Range<Int>, in data: TensorView,
        _ block: (_ line: [Double], _ count: Int, _ place: Int, _ isRow: Bool) -> Void
    ) {
        let isInnermost = reducedStrides.last == 1
        // Where the last dimension stays, neighbouring results are computed together, row by row.
        let run = isInnermost ? 1 : kept.last ?? 1
        let lineCount = isInnermost ? reduced[reduced.count - 1] : 1
        var line = [Double](repeating: 0, count: max(min(run, range.count), lineCount, 1))
        var position = range.lowerBound
        while position < range.upperBound {
            let count = isInnermost ? 1 : min(run - position % run, range.upperBound - position)
            let start = Shape.offset(of: position, in: kept, strides: keptStrides)
            let place = position - range.lowerBound
            for term in stride(from: 0, to: length, by: max(lineCount, 1)) {
                let from = start + Shape.offset(of: term, in: reduced, strides: reducedStrides)
                let width = isInnermost ? lineCount : count
                data.read(from: from, count: width, into: &line)
                block(line, width, place, isInnermost)
            }
            position += count
        }
    }
}

extension Operation {
    /// Which axes are reduced; throws for axes that do not exist or are named twice.
    func reducedAxes() throws(OperatorError) -> [Bool] {
        let rank = inputs[0].shape.count
        let axes = input("axes")?.values ?? []
        if axes.isEmpty {
            let isNothing = int("noop_with_empty_axes") ?? 0 != 0
            return [Bool](repeating: !isNothing, count: rank)
        }
        var chosen = [Bool](repeating: false, count: rank)
        for axis in axes {
            let position = try normalized(axis: axis, rank: rank)
            guard !chosen[position] else {
                throw error(.shape, "input axes names axis \(position) twice")
            }
            chosen[position] = true
        }
        return chosen
    }

    /// A shape without the chosen axes, or with extents of 1 in their place.
    func reducedShape(_ shape: [Int], _ isReduced: [Bool]) -> [Int] {
        var result: [Int] = []
        for (axis, extent) in shape.enumerated() {
            if !isReduced[axis] {
                result.append(extent)
            } else if int("keepdims") != 0 {
                result.append(1)
            }
        }
        return result
    }
}
