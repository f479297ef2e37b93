import Model

/// Operators whose outputs are the input's elements in another shape or order.
let shapeOperators = [reshape, transpose, expand, tile, depthToSpace, spaceToDepth]

// MARK: - Reshape

private let reshape = OperatorDefinition(
    "Reshape", since: 14, inputs: [FormalTensor("data", .any), FormalTensor(index: "shape")],
    outputs: [FormalTensor("reshaped", .any)],
    attributes: [FormalAttribute("allowzero", .int(0), least: 0)],
    inference: { operation throws(OperatorError) in
        let data = operation.inputs[0]
        operation.outputs = [TensorSpec("reshaped", data.dtype, try reshapedShape(operation))]
    },
    work: { .ofMovement($0) },
    oracle: movementOracle { .identity(count: $0.outputs[0].count) })

private func reshapedShape(_ operation: Operation) throws(OperatorError) -> [Int] {
    let data = operation.inputs[0]
    let wanted = operation.indices("shape") ?? []
    let copiesZeros = operation.int("allowzero") == 0
    var shape = wanted
    for (position, extent) in wanted.enumerated() {
        guard extent >= -1 else {
            throw operation.error(
                .shape, "input shape has \(extent); extents must be at least -1")
        }
        guard extent == 0, copiesZeros else { continue }
        guard position < data.shape.count else {
            throw operation.error(
                .shape, "input shape copies dimension \(position), which input data does not have")
        }
        shape[position] = data.shape[position]
    }
    let free = shape.indices.filter { shape[$0] == -1 }
    guard free.count <= 1 else {
        throw operation.error(.shape, "input shape has -1 more than once")
    }
    if let position = free.first {
        let known = saturatingProduct(shape.filter { $0 != -1 })
        guard known > 0, data.count % Int(clamping: known) == 0 else {
            throw operation.error(
                .shape, "\(data.count) elements do not make the shape \(wanted)")
        }
        shape[position] = data.count / Int(clamping: known)
    }
    guard saturatingProduct(shape) == UInt64(data.count) else {
        throw operation.error(
            .shape,
            "the shape \(shape) has \(saturatingProduct(shape)) elements but input data has "
                + "\(data.count)")
    }
    return shape
}

// MARK: - Transpose

private let transpose = OperatorDefinition(
    "Transpose", since: 13, inputs: [FormalTensor("data", .any)],
    outputs: [FormalTensor("transposed", .any)],
    attributes: [FormalAttribute("perm", .ints([]))],
    inference: { operation throws(OperatorError) in
        let data = operation.inputs[0]
        let rank = data.shape.count
        let given = operation.ints("perm") ?? []
        let order = given.isEmpty ? (0..<Int64(rank)).reversed() : given
        guard order.sorted() == Array(0..<Int64(rank)) else {
            throw operation.error(
                .attribute, "attribute 'perm' is \(order); it must name each of \(rank) axes once")
        }
        operation.set("perm", .ints(order))
        let shape = order.map { data.shape[Int($0)] }
        operation.outputs = [TensorSpec("transposed", data.dtype, shape)]
    },
    work: { .ofMovement($0) },
    oracle: movementOracle { operation in
        let strides = Shape.strides(operation.inputs[0].shape)
        let order = operation.ints("perm") ?? []
        return IndexMap(
            extents: operation.outputs[0].shape, axes: order.map { .strided(strides[Int($0)]) })
    })

// MARK: - Expand and Tile

private let expand = OperatorDefinition(
    "Expand", since: 13, inputs: [FormalTensor("input", .any), FormalTensor(index: "shape")],
    outputs: [FormalTensor("output", .any)],
    inference: { operation throws(OperatorError) in
        let input = operation.inputs[0]
        let wanted = operation.indices("shape") ?? []
        guard wanted.allSatisfy({ $0 >= 0 }), let shape = Shape.broadcast(input.shape, wanted)
        else {
            throw operation.error(
                .shape, "input input's shape \(input.shape) does not broadcast with \(wanted)")
        }
        operation.outputs = [TensorSpec("output", input.dtype, shape)]
    },
    work: { .ofMovement($0) },
    oracle: movementOracle { operation in
        let shape = operation.outputs[0].shape
        let strides = Shape.broadcastStrides(operation.inputs[0].shape, to: shape)
        return IndexMap(extents: shape, axes: strides.map { .strided($0) })
    })

private let tile = OperatorDefinition(
    "Tile", since: 13, inputs: [FormalTensor("input", .any), FormalTensor(index: "repeats")],
    outputs: [FormalTensor("output", .any)],
    inference: { operation throws(OperatorError) in
        let input = operation.inputs[0]
        let repeats = operation.indices("repeats") ?? []
        guard repeats.count == input.shape.count, repeats.allSatisfy({ $0 >= 0 }) else {
            throw operation.error(
                .shape,
                "input repeats is \(repeats); it must have a number of at least 0 for each of "
                    + "\(input.shape.count) dimensions")
        }
        let shape = try zip(input.shape, repeats).map { extent, count throws(OperatorError) in
            try operation.product(extent, count)
        }
        operation.outputs = [TensorSpec("output", input.dtype, shape)]
    },
    work: { .ofMovement($0) },
    oracle: movementOracle { operation in
        // Each dimension is split into the repetition, which moves nothing, and the position.
        let shape = operation.inputs[0].shape
        let repeats = operation.indices("repeats") ?? []
        let strides = Shape.strides(shape)
        return IndexMap(
            extents: zip(repeats, shape).flatMap { [$0, $1] },
            axes: strides.flatMap { [.strided(0), .strided($0)] })
    })

// MARK: - Depth and space

private let depthToSpace = OperatorDefinition(
    "DepthToSpace", since: 13, inputs: [FormalTensor("input", .any)],
    outputs: [FormalTensor("output", .any)],
    attributes: [
        FormalAttribute(required: "blocksize", .int, least: 1),
        FormalAttribute("mode", .string("DCR"), choices: ["DCR", "CRD"]),
    ],
    inference: { operation throws(OperatorError) in
        let (input, block) = try blocked(operation)
        let shape = input.shape
        guard shape[1] % (block * block) == 0 else {
            throw operation.error(
                .shape,
                "input input has \(shape[1]) channels; they must be a multiple of the squared "
                    + "blocksize \(block)")
        }
        let output = [
            shape[0], shape[1] / (block * block), try operation.product(shape[2], block),
            try operation.product(shape[3], block),
        ]
        operation.outputs = [TensorSpec("output", input.dtype, output)]
    },
    work: { .ofMovement($0) },
    oracle: movementOracle { operation in
        let shape = operation.inputs[0].shape
        let block = Int(operation.int("blocksize") ?? 1)
        let depth = shape[1] / (block * block)
        let plane = shape[2] * shape[3]
        // Channel c of block row y and column x is (y·block + x)·depth + c, or
        // c·block² + y·block + x.
        let isDepthFirst = operation.string("mode") != "CRD"
        let (channel, cell) = isDepthFirst ? (plane, depth * plane) : (block * block * plane, plane)
        return IndexMap(
            extents: [shape[0], depth, shape[2], block, shape[3], block],
            axes: [
                .strided(shape[1] * plane), .strided(channel), .strided(shape[3]),
                .strided(block * cell), .strided(1), .strided(cell),
            ])
    })

private let spaceToDepth = OperatorDefinition(
    "SpaceToDepth", since: 13, inputs: [FormalTensor("input", .any)],
    outputs: [FormalTensor("output", .any)],
    attributes: [FormalAttribute(required: "blocksize", .int, least: 1)],
    inference: { operation throws(OperatorError) in
        let (input, block) = try blocked(operation)
        let shape = input.shape
        guard shape[2] % block == 0, shape[3] % block == 0 else {
            throw operation.error(
                .shape,
                "input input is \(shape[2]) by \(shape[3]); both must be multiples of the "
                    + "blocksize \(block)")
        }
        let output = [
            shape[0], try operation.product(shape[1], block * block), shape[2] / block,
            shape[3] / block,
        ]
        operation.outputs = [TensorSpec("output", input.dtype, output)]
    },
    work: { .ofMovement($0) },
    oracle: movementOracle { operation in
        let shape = operation.inputs[0].shape
        let block = Int(operation.int("blocksize") ?? 1)
        let plane = shape[2] * shape[3]
        return IndexMap(
            extents: [shape[0], block, block, shape[1], shape[2] / block, shape[3] / block],
            axes: [
                .strided(shape[1] * plane), .strided(shape[3]), .strided(1), .strided(plane),
                .strided(block * shape[3]), .strided(block),
            ])
    })

/// The image and the block's extent; throws unless the image has four dimensions.
private func blocked(_ operation: Operation) throws(OperatorError) -> (TensorSpec, Int) {
    let input = operation.inputs[0]
    guard input.shape.count == 4 else {
        throw operation.error(
            .shape, "input input has \(input.shape.count) dimensions; it must have 4")
    }
    // Beyond any image: keeps the square of the block within an integer.
    guard let block = operation.int("blocksize"), block <= 1 << 20 else {
        throw operation.error(.attribute, "attribute 'blocksize' must be at most 1048576")
    }
    return (input, Int(block))
}
