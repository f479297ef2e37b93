import Model

/// Operators that read where indices say.
let gatherOperators = [gather, gatherElements, gatherND]

private let gather = OperatorDefinition(
    "Gather", since: 13,
    inputs: [
        FormalTensor("data", .any),
        FormalTensor("indices", .indices, domain: .index { $0.indexRange(axis: $0.gatherAxis) }),
    ],
    outputs: [FormalTensor("output", .any)], attributes: [FormalAttribute("axis", .int(0))],
    inference: { operation throws(OperatorError) in
        let (data, indices) = (operation.inputs[0], operation.inputs[1])
        let axis = try operation.normalized(
            axis: operation.int("axis") ?? 0, rank: data.shape.count)
        try operation.checkIndices(extent: data.shape[axis])
        let shape = data.shape[..<axis] + indices.shape + data.shape[(axis + 1)...]
        operation.outputs = [TensorSpec("output", data.dtype, Array(shape))]
    },
    work: { .ofMovement($0, elementsRead: $0.outputs[0].count) },
    oracle: .moving { call, range, sources in
        let data = call.inputs[0].spec.shape
        let axis = call.operation.gatherAxis
        let indices = call.inputs[1]
        let inner = Shape.count(data[(axis + 1)...])
        let count = indices.spec.count
        for position in range {
            let entry = position / inner % count
            let element = wrapped(indices.integer(entry), data[axis])
            let outer = position / (inner * count)
            sources[position - range.lowerBound] = ElementSource(
                input: 0, position: (outer * data[axis] + element) * inner + position % inner)
        }
    })

private let gatherElements = OperatorDefinition(
    "GatherElements", since: 13,
    inputs: [
        FormalTensor("data", .any),
        FormalTensor("indices", .indices, domain: .index { $0.indexRange(axis: $0.gatherAxis) }),
    ],
    outputs: [FormalTensor("output", .any)], attributes: [FormalAttribute("axis", .int(0))],
    inference: { operation throws(OperatorError) in
        let (data, indices) = (operation.inputs[0], operation.inputs[1])
        let axis = try operation.normalized(
            axis: operation.int("axis") ?? 0, rank: data.shape.count)
        try operation.checkWithin(indices, data, axis: axis)
        try operation.checkIndices(extent: data.shape[axis])
        operation.outputs = [TensorSpec("output", data.dtype, indices.shape)]
    },
    work: { .ofMovement($0, elementsRead: $0.outputs[0].count) },
    oracle: .moving { call, range, sources in
        let data = call.inputs[0].spec.shape
        let axis = call.operation.gatherAxis
        let strides = Shape.strides(data)
        let shape = call.inputs[1].spec.shape
        for position in range {
            let own = Shape.indices(of: position, in: shape)
            let element = wrapped(call.inputs[1].integer(position), data[axis])
            var offset = (element - own[axis]) * strides[axis]
            for (index, stride) in zip(own, strides) { offset += index * stride }
            sources[position - range.lowerBound] = ElementSource(input: 0, position: offset)
        }
    })

private let gatherND = OperatorDefinition(
    "GatherND", since: 13,
    inputs: [
        FormalTensor("data", .any),
        // Of one range for all dimensions: the smallest of those that are indexed.
        FormalTensor("indices", .index, domain: .index { $0.tupleRange }),
    ],
    outputs: [FormalTensor("output", .any)],
    attributes: [FormalAttribute("batch_dims", .int(0), least: 0)],
    inference: { operation throws(OperatorError) in
        let (data, indices) = (operation.inputs[0], operation.inputs[1])
        let batch = Int(clamping: operation.int("batch_dims") ?? 0)
        guard let length = indices.shape.last, batch < min(data.shape.count, indices.shape.count),
            length >= 1, length <= data.shape.count - batch,
            data.shape[..<batch] == indices.shape[..<batch]
        else {
            throw operation.error(
                .shape,
                "input indices' shape \(indices.shape) does not index input data's \(data.shape) "
                    + "behind \(batch) equal dimensions")
        }
        if let least = data.shape[batch..<batch + length].min() {
            try operation.checkIndices(extent: least)
        }
        operation.outputs = [
            TensorSpec(
                "output", data.dtype, indices.shape.dropLast() + data.shape[(batch + length)...])
        ]
    },
    work: { .ofMovement($0, elementsRead: $0.outputs[0].count) },
    oracle: .moving { call, range, sources in
        let data = call.inputs[0].spec.shape
        let indices = call.inputs[1]
        let batch = Int(call.operation.int("batch_dims") ?? 0)
        let length = indices.spec.shape.last ?? 1
        let slice = Shape.count(data[(batch + length)...])
        let perBatch = Shape.count(indices.spec.shape[batch...].dropLast())
        let block = Shape.count(data[batch...])
        let strides = Array(Shape.strides(data)[batch..<batch + length])
        for position in range {
            let tuple = position / slice
            var offset = tuple / perBatch * block + position % slice
            for axis in 0..<length {
                offset +=
                    wrapped(indices.integer(tuple * length + axis), data[batch + axis])
                    * strides[axis]
            }
            sources[position - range.lowerBound] = ElementSource(input: 0, position: offset)
        }
    })

// MARK: - Indices

/// An index counted from the front.
@inline(__always)
func wrapped(_ index: Int64, _ extent: Int) -> Int {
    index < 0 ? Int(index) + extent : Int(index)
}

extension Operation {
    /// The axis that is indexed, after inference has checked it.
    var gatherAxis: Int {
        let axis = Int(int("axis") ?? 0)
        return axis < 0 ? axis + inputs[0].shape.count : axis
    }

    /// The indices of an axis of the first input.
    func indexRange(axis: Int) -> ClosedRange<Int64> {
        0...Int64(max(inputs[0].shape[axis] - 1, 0))
    }

    /// The indices that are valid for every indexed dimension.
    var tupleRange: ClosedRange<Int64> {
        let batch = Int(int("batch_dims") ?? 0)
        let length = inputs[1].shape.last ?? 1
        let extents = inputs[0].shape.dropFirst(batch).prefix(length)
        return 0...Int64(max((extents.min() ?? 1) - 1, 0))
    }

    /// Checks indices that stand in the case, and that there is something to index.
    func checkIndices(extent: Int) throws(OperatorError) {
        let indices = inputs[1]
        guard extent > 0 || indices.count == 0 else {
            throw error(.shape, "input \(indices.name) indexes a dimension without elements")
        }
        for value in indices.values ?? [] where value < -Int64(extent) || value >= Int64(extent) {
            throw error(
                .input,
                "input \(indices.name) has \(value); it must be from \(-extent) to \(extent - 1)")
        }
    }

    /// Checks that indices have as many dimensions as the data, none longer but the indexed one.
    func checkWithin(
        _ indices: TensorSpec, _ data: TensorSpec, axis: Int
    ) throws(OperatorError) {
        let fits =
            indices.shape.count == data.shape.count
            && indices.shape.indices.allSatisfy {
                $0 == axis || indices.shape[$0] <= data.shape[$0]
            }
        guard fits else {
            throw error(
                .shape,
                "input indices' shape \(indices.shape) does not fit into input data's "
                    + "\(data.shape) apart from axis \(axis)")
        }
    }
}
