import Model

let reduceSum = OperatorDefinition(
    "ReduceSum", since: 13,
    inputs: [FormalTensor("data"), FormalTensor(index: "axes", isOptional: true)],
    outputs: [FormalTensor("reduced")],
    attributes: [
        FormalAttribute("keepdims", .int(1), least: 0),
        FormalAttribute("noop_with_empty_axes", .int(0), least: 0),
    ],
    inference: { operation throws(OperatorError) in
        let data = operation.inputs[0]
        let reduced = try reducedAxes(operation)
        var shape: [Int] = []
        for (axis, extent) in data.shape.enumerated() {
            if !reduced[axis] {
                shape.append(extent)
            } else if operation.int("keepdims") != 0 {
                shape.append(1)
            }
        }
        operation.outputs = [TensorSpec("reduced", data.dtype, shape)]
    },
    work: { operation in
        var work = Work.ofTensors(operation, flops: reductionAdditions(operation))
        work.bytesRead = Bytes(UInt64(operation.inputs[0].byteCount))
        return work
    },
    oracle: Oracle(
        rule: { _, error in error.roundsInputs ? .rounded : .summed },
        operationCount: { UInt64($0.inputs[0].count) },
        words: { operation, error in
            "8·√\(ReductionPlan(operation).length)·\(error.accumulateType.roundoffText)·Σ|x|"
        },
        evaluate: evaluateReduceSum))

/// n − 1 additions for each output.
private func reductionAdditions(_ operation: Operation) -> UInt64 {
    let length = ReductionPlan(operation).length
    return length < 2 ? 0 : saturatingProduct(length - 1, operation.outputs[0].count)
}

/// Which axes are reduced; throws for axes that do not exist or are named twice.
private func reducedAxes(_ operation: Operation) throws(OperatorError) -> [Bool] {
    let rank = operation.inputs[0].shape.count
    let axes = operation.input("axes")?.values ?? []
    if axes.isEmpty {
        let isNothing = operation.int("noop_with_empty_axes") ?? 0 != 0
        return [Bool](repeating: !isNothing, count: rank)
    }
    var reduced = [Bool](repeating: false, count: rank)
    for axis in axes {
        let position = try operation.normalized(axis: axis, rank: rank)
        guard !reduced[position] else {
            throw operation.error(.shape, "input axes names axis \(position) twice")
        }
        reduced[position] = true
    }
    return reduced
}

/// The dimensions of a reduction, those that stay and those that are summed over.
private struct ReductionPlan {
    var kept: [Int] = []
    var keptStrides: [Int] = []
    var summed: [Int] = []
    var summedStrides: [Int] = []

    init(_ operation: Operation) {
        let shape = operation.inputs[0].shape
        let strides = Shape.strides(shape)
        // Inference has checked the axes; an operation that was not inferred reduces everything.
        let reduced = (try? reducedAxes(operation)) ?? [Bool](repeating: true, count: shape.count)
        for axis in shape.indices {
            if reduced[axis] {
                summed.append(shape[axis])
                summedStrides.append(strides[axis])
            } else {
                kept.append(shape[axis])
                keptStrides.append(strides[axis])
            }
        }
    }

    /// The terms of each sum.
    var length: Int { Shape.count(summed) }
}

private func evaluateReduceSum(_ call: OracleCall, _ range: Range<Int>, _ expected: inout Expected)
{
    let plan = ReductionPlan(call.operation)
    let data = call.inputs[0]
    let isInnermost = plan.summedStrides.last == 1
    // Where the last dimension stays, neighbouring outputs are summed together, row by row.
    let run = isInnermost ? 1 : plan.kept.last ?? 1
    let lineCount = isInnermost ? plan.summed[plan.summed.count - 1] : 1
    var line = [Double](repeating: 0, count: max(run, lineCount))
    var position = range.lowerBound
    while position < range.upperBound {
        let count = isInnermost ? 1 : min(run - position % run, range.upperBound - position)
        let start = Shape.offset(of: position, in: plan.kept, strides: plan.keptStrides)
        let place = position - range.lowerBound
        for term in stride(from: 0, to: plan.length, by: max(lineCount, 1)) {
            let from = start + Shape.offset(of: term, in: plan.summed, strides: plan.summedStrides)
            if isInnermost {
                data.read(from: from, count: lineCount, into: &line)
                let sums = sum(line, count: lineCount)
                expected.values[place] += sums.value
                expected.bounds[place] += sums.magnitude
            } else {
                data.read(from: from, count: count, into: &line)
                for index in 0..<count {
                    expected.values[place + index] += line[index]
                    expected.bounds[place + index] += abs(line[index])
                }
            }
        }
        position += count
    }
    let factor = call.error.reduction(plan.length) + call.error.roundedFactors
    let underflow = Double(plan.length) * call.error.smallestNormal
    for index in expected.bounds.indices {
        expected.bounds[index] = factor * expected.bounds[index] + underflow
    }
}

/// The sum of numbers and of their magnitudes, in blocks so that rounding errors stay small.
func sum(_ line: [Double], count: Int) -> (value: Double, magnitude: Double) {
    var total = 0.0
    var magnitude = 0.0
    var start = 0
    while start < count {
        let end = min(start + 1024, count)
        var partial = (0.0, 0.0, 0.0, 0.0)
        var index = start
        while index + 2 <= end {
            partial.0 += line[index]
            partial.1 += line[index + 1]
            partial.2 += abs(line[index])
            partial.3 += abs(line[index + 1])
            index += 2
        }
        if index < end {
            partial.0 += line[index]
            partial.2 += abs(line[index])
        }
        total += partial.0 + partial.1
        magnitude += partial.2 + partial.3
        start = end
    }
    return (total, magnitude)
}
