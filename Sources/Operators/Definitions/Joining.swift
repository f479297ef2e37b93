import Model

/// Operators that put tensors together and take them apart.
let joiningOperators = [concat, split]

private let concat = OperatorDefinition(
    "Concat", since: 13, inputs: [FormalTensor("inputs", .any, isVariadic: true)],
    outputs: [FormalTensor("concat_result", .any)],
    attributes: [FormalAttribute(required: "axis", .int)],
    inference: { operation throws(OperatorError) in
        let first = operation.inputs[0]
        let axis = try operation.normalized(
            axis: operation.int("axis") ?? 0, rank: first.shape.count)
        var shape = first.shape
        shape[axis] = 0
        for input in operation.inputs {
            var wanted = first.shape
            if input.shape.count == wanted.count { wanted[axis] = input.shape[axis] }
            guard input.shape == wanted else {
                throw operation.error(
                    .shape,
                    "input \(input.name)'s shape \(input.shape) differs from \(first.name)'s "
                        + "\(first.shape) in more than axis \(axis)")
            }
            shape[axis] += input.shape[axis]
        }
        operation.outputs = [TensorSpec("concat_result", first.dtype, shape)]
    },
    work: { .ofTensors($0, flops: 0) },
    oracle: .moving { call, range, sources in
        let shape = call.output.shape
        let axis = call.operation.gatherAxis
        let inner = Shape.count(shape[(axis + 1)...])
        // Where each input begins along the axis.
        var starts = [0]
        for input in call.inputs {
            starts.append(starts[starts.count - 1] + input.spec.shape[axis])
        }
        for position in range {
            let place = position / inner % shape[axis]
            let outer = position / (inner * shape[axis])
            // The last that begins there: empty inputs begin where the next does.
            let input = starts.lastIndex { $0 <= place } ?? 0
            let own = outer * call.inputs[input].spec.shape[axis] + place - starts[input]
            sources[position - range.lowerBound] = ElementSource(
                input: input, position: own * inner + position % inner)
        }
    })

private let split = OperatorDefinition(
    "Split", since: 18,
    inputs: [FormalTensor("input", .any), FormalTensor(index: "split", isOptional: true)],
    outputs: [FormalTensor("outputs", .any, isVariadic: true)],
    attributes: [
        FormalAttribute("axis", .int(0)), FormalAttribute("num_outputs", .int(0), least: 0),
    ],
    inference: { operation throws(OperatorError) in
        let input = operation.inputs[0]
        let axis = try operation.normalized(
            axis: operation.int("axis") ?? 0, rank: input.shape.count)
        operation.outputs = try parts(operation, axis: axis).enumerated().map { index, extent in
            var shape = input.shape
            shape[axis] = extent
            return TensorSpec("outputs_\(index)", input.dtype, shape)
        }
    },
    work: { .ofTensors($0, flops: 0).withoutIndices($0) },
    oracle: .moving { call, range, sources in
        let axis = call.operation.gatherAxis
        let whole = call.inputs[0].spec.shape
        let own = call.output.shape[axis]
        let inner = Shape.count(whole[(axis + 1)...])
        let before = call.operation.outputs[..<call.outputIndex].reduce(0) { $0 + $1.shape[axis] }
        for position in range {
            let outer = position / (inner * own)
            let place = outer * whole[axis] + before + position / inner % own
            sources[position - range.lowerBound] = ElementSource(
                input: 0, position: place * inner + position % inner)
        }
    })

/// The extents of the outputs along the axis.
private func parts(_ operation: Operation, axis: Int) throws(OperatorError) -> [Int] {
    let extent = operation.inputs[0].shape[axis]
    let count = Int(clamping: operation.int("num_outputs") ?? 0)
    if let given = operation.indices("split") {
        guard given.allSatisfy({ (0...extent).contains($0) }), given.reduce(0, +) == extent,
            count == 0 || count == given.count, given.count <= 1024
        else {
            throw operation.error(
                .shape,
                "input split is \(given); its entries must be at least 0 and add up to \(extent), "
                    + "the extent of axis \(axis), and be as many as attribute 'num_outputs'")
        }
        return given
    }
    guard count > 0, count <= 1024 else {
        throw operation.error(
            .attribute, "attribute 'num_outputs' or input split must be given, up to 1024 outputs")
    }
    // All but the last are equal.
    let part = (extent + count - 1) / count
    let last = extent - part * (count - 1)
    guard last >= 0 else {
        throw operation.error(
            .shape, "axis \(axis) of extent \(extent) cannot be split into \(count) parts")
    }
    return [Int](repeating: part, count: count - 1) + [last]
}

extension Work {
    /// The same without the bytes of inputs whose values stand in the case.
    func withoutIndices(_ operation: Operation) -> Work {
        var work = self
        let data = operation.inputs.filter { $0.values == nil }
        work.bytesRead = Bytes(data.reduce(UInt64(0)) { $0 + UInt64($1.byteCount) })
        return work
    }
}
