import Model

/// Operators that add, drop or join dimensions and leave every element where it is.
let dimensionOperators = [squeeze, unsqueeze, flatten]

private let squeeze = OperatorDefinition(
    "Squeeze", since: 13,
    inputs: [FormalTensor("data", .any), FormalTensor(index: "axes", isOptional: true)],
    outputs: [FormalTensor("squeezed", .any)],
    inference: { operation throws(OperatorError) in
        let data = operation.inputs[0]
        var dropped = data.shape.indices.filter { data.shape[$0] == 1 }
        if let given = operation.input("axes")?.values {
            dropped = try operation.normalized(axes: given, rank: data.shape.count)
        }
        for axis in dropped where data.shape[axis] != 1 {
            throw operation.error(
                .shape,
                "input axes names axis \(axis), whose extent is \(data.shape[axis]); it must be 1")
        }
        let kept = data.shape.indices.filter { !dropped.contains($0) }
        operation.outputs = [TensorSpec("squeezed", data.dtype, kept.map { data.shape[$0] })]
    },
    work: { .ofMovement($0) },
    oracle: movementOracle { .identity(count: $0.outputs[0].count) })

private let unsqueeze = OperatorDefinition(
    "Unsqueeze", since: 13, inputs: [FormalTensor("data", .any), FormalTensor(index: "axes")],
    outputs: [FormalTensor("expanded", .any)],
    inference: { operation throws(OperatorError) in
        let data = operation.inputs[0]
        let given = operation.input("axes")?.values ?? []
        let rank = data.shape.count + given.count
        let added = try operation.normalized(axes: given, rank: rank)
        var rest = data.shape[...]
        let shape = (0..<rank).map { added.contains($0) ? 1 : rest.removeFirst() }
        operation.outputs = [TensorSpec("expanded", data.dtype, shape)]
    },
    work: { .ofMovement($0) },
    oracle: movementOracle { .identity(count: $0.outputs[0].count) })

private let flatten = OperatorDefinition(
    "Flatten", since: 13, inputs: [FormalTensor("input", .any)],
    outputs: [FormalTensor("output", .any)], attributes: [FormalAttribute("axis", .int(1))],
    inference: { operation throws(OperatorError) in
        let input = operation.inputs[0]
        let rank = Int64(input.shape.count)
        let given = operation.int("axis") ?? 1
        let axis = given < 0 ? given + rank : given
        guard (0...rank).contains(axis) else {
            throw operation.error(
                .shape, "axis is \(given); it must be from \(-rank) to \(rank) for rank \(rank)")
        }
        operation.set("axis", .int(axis))
        let (outer, inner) = (input.shape.prefix(Int(axis)), input.shape.dropFirst(Int(axis)))
        operation.outputs = [
            TensorSpec("output", input.dtype, [Shape.count(outer), Shape.count(inner)])
        ]
    },
    work: { .ofMovement($0) },
    oracle: movementOracle { .identity(count: $0.outputs[0].count) })
