import Model

/// Operators that choose among elements or limit them.
let selectionOperators: [OperatorDefinition] = [whereOperator, clip, pRelu, identity, trilu]

private let whereOperator = OperatorDefinition(
    "Where", since: 16,
    inputs: [FormalTensor("condition", .bool), FormalTensor("X", .any), FormalTensor("Y", .any)],
    outputs: [FormalTensor("output", .any)],
    inference: { operation throws(OperatorError) in
        let shape = try operation.broadcast(operation.inputs)
        operation.outputs = [TensorSpec("output", operation.inputs[1].dtype, shape)]
    },
    work: { .ofTensors($0, flops: UInt64($0.outputs[0].count)) },
    oracle: .moving { call, range, sources in
        let shape = call.output.shape
        let condition = BroadcastReader(call.inputs[0], to: shape).integers(range)
        let strides = call.inputs.map { Shape.broadcastStrides($0.spec.shape, to: shape) }
        for (place, position) in range.enumerated() {
            let input = condition[place] != 0 ? 1 : 2
            sources[place] = ElementSource(
                input: input,
                position: Shape.offset(of: position, in: shape, strides: strides[input]))
        }
    })

private let identity = OperatorDefinition(
    "Identity", since: 13, inputs: [FormalTensor("input", .any)],
    outputs: [FormalTensor("output", .any)],
    inference: { operation throws(OperatorError) in
        let input = operation.inputs[0]
        operation.outputs = [TensorSpec("output", input.dtype, input.shape)]
    },
    work: { .ofTensors($0, flops: 0) },
    oracle: .moving { _, range, sources in
        for (place, position) in range.enumerated() {
            sources[place] = ElementSource(input: 0, position: position)
        }
    })

// MARK: - Clip

private let clip = OperatorDefinition(
    "Clip", since: 13,
    inputs: [
        FormalTensor("input", .number), FormalTensor("min", .number, isOptional: true),
        FormalTensor("max", .number, isOptional: true),
    ],
    outputs: [FormalTensor("output", .number)],
    inference: { operation throws(OperatorError) in
        for tensor in operation.inputs.dropFirst() where !tensor.shape.isEmpty {
            throw operation.error(
                .shape,
                "input \(tensor.name)'s shape is \(tensor.shape); it must be a scalar of shape []")
        }
        let input = operation.inputs[0]
        operation.outputs = [TensorSpec("output", input.dtype, input.shape)]
    },
    // A comparison with each limit that is given.
    work: {
        .ofTensors($0, flops: saturatingProduct($0.inputs.count - 1, $0.outputs[0].count))
    },
    oracle: Oracle(
        rule: { operation, error in
            if !operation.outputs[0].dtype.isFloat { return .integers }
            return error.passesThrough(operation) ? .exact : .rounded
        },
        operationCount: { UInt64($0.outputs[0].count) },
        words: { _, _ in "0" },
        // All that is altered may be beyond a limit.
        reacts: { _ in false },
        evaluate: evaluateClip))

/// The larger of input and min, then the smaller of that and max: max wins where min exceeds it.
private func evaluateClip(_ call: OracleCall, _ range: Range<Int>, _ expected: inout Expected) {
    let (low, high) = (call.input("min"), call.input("max"))
    if call.output.dtype.isFloat {
        let (least, most) = (low?.element(0), high?.element(0))
        let rounded = call.error.roundsInputs ? 2 * call.error.math : 0
        call.inputs[0].read(from: range.lowerBound, count: range.count, into: &expected.values)
        for place in 0..<range.count {
            var value = expected.values[place]
            if let least, value < least { value = least }
            if let most, value > most { value = most }
            expected.values[place] = value
            expected.bounds[place] = rounded * abs(value)
        }
        return
    }
    let flip = call.output.dtype == .u64 ? Int64.min : 0
    let (least, most) = (low?.integer(0), high?.integer(0))
    for (place, position) in range.enumerated() {
        var value = call.inputs[0].integer(position)
        if let least, value ^ flip < least ^ flip { value = least }
        if let most, value ^ flip > most ^ flip { value = most }
        expected.integers[place] = value
    }
}

// MARK: - PRelu

private let pRelu = OperatorDefinition(
    "PRelu", since: 16, inputs: [FormalTensor("X"), FormalTensor("slope")],
    outputs: [FormalTensor("Y")],
    inference: { operation throws(OperatorError) in
        let (input, slope) = (operation.inputs[0], operation.inputs[1])
        guard Shape.canBroadcast(slope.shape, to: input.shape) else {
            throw operation.error(
                .shape,
                "input slope's shape \(slope.shape) does not broadcast to input X's \(input.shape)")
        }
        operation.outputs = [TensorSpec("Y", input.dtype, input.shape)]
    },
    work: { .ofTensors($0, flops: UInt64($0.outputs[0].count)) },
    oracle: Oracle(
        rule: { _, _ in .rounded },
        operationCount: { UInt64($0.outputs[0].count) },
        words: { _, error in "\(error.mathType.roundoffText)·|y| where x < 0" },
        evaluate: { call, range, expected in
            var slope = [Double](repeating: 0, count: range.count)
            call.inputs[0].read(from: range.lowerBound, count: range.count, into: &expected.values)
            BroadcastReader(call.inputs[1], to: call.output.shape).read(range, into: &slope)
            let error = call.error
            for place in 0..<range.count {
                let argument = expected.values[place]
                let result = argument < 0 ? argument * slope[place] : argument
                expected.values[place] = result
                expected.bounds[place] =
                    (argument < 0 ? error.math * abs(result) : 0)
                    + (error.roundsInputs ? 4 * error.math * abs(result) : 0)
            }
        }))

// MARK: - Trilu

private let trilu = OperatorDefinition(
    "Trilu", since: 14,
    inputs: [FormalTensor("input", .any), FormalTensor(index: "k", isOptional: true)],
    outputs: [FormalTensor("output", .any)],
    attributes: [FormalAttribute("upper", .int(1), least: 0)],
    inference: { operation throws(OperatorError) in
        let input = operation.inputs[0]
        guard input.shape.count >= 2 else {
            throw operation.error(
                .shape, "input input has \(input.shape.count) dimensions; it must have at least 2")
        }
        if let diagonal = operation.input("k"), diagonal.count != 1 {
            throw operation.error(
                .input, "input k has \(diagonal.count) values; it must have one")
        }
        operation.outputs = [TensorSpec("output", input.dtype, input.shape)]
    },
    work: { operation in
        var work = Work.ofTensors(operation, flops: 0)
        work.bytesRead = Bytes(UInt64(operation.inputs[0].byteCount))
        return work
    },
    oracle: .moving { call, range, sources in
        let shape = call.output.shape
        let (rows, columns) = (shape[shape.count - 2], shape[shape.count - 1])
        let diagonal = Int(call.operation.input("k")?.values?.first ?? 0)
        let isUpper = call.operation.int("upper") != 0
        for (place, position) in range.enumerated() {
            let (row, column) = (position / columns % rows, position % columns)
            let distance = column - row
            let isKept = isUpper ? distance >= diagonal : distance <= diagonal
            if isKept { sources[place] = ElementSource(input: 0, position: position) }
        }
    })
