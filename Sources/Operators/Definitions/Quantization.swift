import Model

/// Operators between numbers and the integers that stand for them.
let quantizationOperators = [quantizeLinear, dequantizeLinear, dynamicQuantizeLinear]

extension TypeParameter {
    /// Integers of eight bits.
    static func bytes(_ name: String) -> TypeParameter { TypeParameter(name, [.i8, .u8]) }
    /// What DequantizeLinear takes for numbers.
    fileprivate static let codes = TypeParameter(
        "T1", [.i8, .u8, .i16, .u16, .i32] + DType.eightBitFloats)
}

/// Integers that the arithmetic before rounding may lead to.
struct RoundedCode {
    /// The nearest integer, even where two are as near, moved by the zero point and saturated.
    let value: Double
    /// How far another integer is that rounding errors may lead to.
    let bound: Double

    init(_ exact: Double, error: Double, zeroPoint: Double, range: ClosedRange<Int64>) {
        func code(_ number: Double) -> Double {
            let rounded = number.rounded(.toNearestOrEven) + zeroPoint
            return min(max(rounded, Double(range.lowerBound)), Double(range.upperBound))
        }
        value = code(exact)
        bound = max(code(exact + error) - value, value - code(exact - error))
    }
}

// MARK: - Scales along an axis

private let blockAttributes = [
    FormalAttribute("axis", .int(1)), FormalAttribute("block_size", .int(0), least: 0),
]

/// Which scale belongs to an element: one for all, for each position of an axis, or for blocks.
private struct ScalePlan {
    private let shape: [Int]
    private let axis: Int
    private let block: Int
    private let isWhole: Bool

    init(_ operation: Operation) {
        shape = operation.inputs[0].shape
        let given = Int(operation.int("axis") ?? 1)
        axis = given < 0 ? given + shape.count : given
        block = Int(operation.int("block_size") ?? 0)
        isWhole = operation.inputs[1].count == 1 && block == 0
    }

    /// The element of the scale that an element of the input is multiplied with.
    func entry(_ position: Int) -> Int {
        if isWhole { return 0 }
        let inner = Shape.count(shape[(axis + 1)...])
        let place = position / inner % shape[axis]
        if block == 0 { return place }
        let blocks = (shape[axis] + block - 1) / block
        return (position / (inner * shape[axis]) * blocks + place / block) * inner
            + position % inner
    }

    static func check(_ operation: Operation) throws(OperatorError) {
        let (input, scale) = (operation.inputs[0], operation.inputs[1])
        let block = Int(clamping: operation.int("block_size") ?? 0)
        if scale.count != 1 || block > 0 {
            let axis = try operation.normalized(
                axis: operation.int("axis") ?? 1, rank: input.shape.count)
            var wanted = [input.shape[axis]]
            if block > 0 {
                wanted = input.shape
                wanted[axis] = (wanted[axis] - 1) / block + 1
            }
            guard scale.shape == wanted else {
                throw operation.error(
                    .shape,
                    "input \(scale.name)'s shape is \(scale.shape); it must be \(wanted) for axis "
                        + "\(axis)" + (block > 0 ? " in blocks of \(block)" : ""))
            }
        }
        for tensor in operation.inputs.dropFirst(2) where tensor.shape != scale.shape {
            throw operation.error(
                .shape,
                "input \(tensor.name)'s shape is \(tensor.shape); it must be that of "
                    + "\(scale.name), \(scale.shape)")
        }
    }
}

// MARK: - Definitions

private let quantizeLinear = OperatorDefinition(
    "QuantizeLinear", since: 21,
    inputs: [
        // So that all codes are reached and some numbers lie beyond them.
        FormalTensor("x", .real, domain: .within(-200...200)),
        FormalTensor("y_scale", .real, domain: .within(1...2)),
        FormalTensor("y_zero_point", .bytes("T3"), isOptional: true),
    ],
    outputs: [FormalTensor("y", .bytes("T3"))],
    attributes: blockAttributes + [
        FormalAttribute("output_dtype", .int(0), least: 0),
        FormalAttribute("saturate", .int(1), least: 0),
    ],
    inference: { operation throws(OperatorError) in
        try ScalePlan.check(operation)
        // ONNX's numbers of types: 2 is u8, 3 is i8.
        let wanted: [Int64: DType] = [2: .u8, 3: .i8]
        let given = operation.int("output_dtype") ?? 0
        let type = operation.input("y_zero_point")?.dtype ?? wanted[given] ?? .u8
        guard given == 0 || wanted[given] == type else {
            throw operation.error(
                .attribute,
                "attribute 'output_dtype' is \(given); it must be 2 (u8) or 3 (i8), the "
                    + "type of input y_zero_point")
        }
        operation.outputs = [TensorSpec("y", type, operation.inputs[0].shape)]
    },
    // Division, rounding, addition, and two comparisons to saturate.
    work: { .ofTensors($0, flops: saturatingProduct(5, $0.outputs[0].count)) },
    oracle: Oracle(
        rule: { _, _ in .exact },
        operationCount: { saturatingProduct(5, $0.outputs[0].count) },
        words: { _, error in
            "equal, or 1 where x/scale is within 6·\(error.mathType.roundoffText)·|x/scale| of "
                + "a tie"
        },
        reacts: { _ in false },
        evaluate: { call, range, expected in
            let plan = call.prepared { ScalePlan(call.operation) }
            let zeroPoint = call.input("y_zero_point")
            // Division by OpenCL's limit of 2.5 ulp, or multiplication by the rounded inverse.
            let relative = 6 * call.error.math
            for position in range {
                let entry = plan.entry(position)
                let exact = call.inputs[0].element(position) / call.inputs[1].element(entry)
                let code = RoundedCode(
                    exact, error: relative * abs(exact), zeroPoint: zeroPoint?.element(entry) ?? 0,
                    range: call.output.dtype.integerRange)
                expected.values[position - range.lowerBound] = code.value
                expected.bounds[position - range.lowerBound] = code.bound
            }
        }))

private let dequantizeLinear = OperatorDefinition(
    "DequantizeLinear", since: 21,
    inputs: [
        FormalTensor("x", .codes),
        FormalTensor("x_scale", .real),
        FormalTensor("x_zero_point", .codes, isOptional: true),
    ],
    outputs: [FormalTensor("y", .real)], attributes: blockAttributes,
    inference: { operation throws(OperatorError) in
        try ScalePlan.check(operation)
        operation.outputs = [
            TensorSpec("y", operation.inputs[1].dtype, operation.inputs[0].shape)
        ]
    },
    // Subtraction and multiplication.
    work: { .ofTensors($0, flops: saturatingProduct(2, $0.outputs[0].count)) },
    oracle: Oracle(
        rule: { _, _ in .rounded },
        operationCount: { saturatingProduct(2, $0.outputs[0].count) },
        words: { _, error in "2·\(error.mathType.roundoffText)·|y|" },
        evaluate: { call, range, expected in
            let plan = call.prepared { ScalePlan(call.operation) }
            let zeroPoint = call.input("x_zero_point")
            for position in range {
                let entry = plan.entry(position)
                let code = call.inputs[0].element(position) - (zeroPoint?.element(entry) ?? 0)
                let value = code * call.inputs[1].element(entry)
                expected.values[position - range.lowerBound] = value
                // The difference may be rounded to the scale's type, and the product is.
                expected.bounds[position - range.lowerBound] = 2 * call.error.math * abs(value)
            }
        }))

private let dynamicQuantizeLinear = OperatorDefinition(
    "DynamicQuantizeLinear", since: 11,
    inputs: [FormalTensor("x", TypeParameter("T1", [.f32]))],
    outputs: [
        FormalTensor("y", TypeParameter("T2", [.u8])),
        FormalTensor("y_scale", TypeParameter("T1", [.f32])),
        FormalTensor("y_zero_point", TypeParameter("T2", [.u8])),
    ],
    inference: { operation throws(OperatorError) in
        let input = operation.inputs[0]
        guard input.count > 0 else {
            throw operation.error(.shape, "input x has no elements to take a range of")
        }
        operation.outputs = [
            TensorSpec("y", .u8, input.shape), TensorSpec("y_scale", .f32, []),
            TensorSpec("y_zero_point", .u8, []),
        ]
    },
    // Two comparisons for the range; division, rounding, addition and two to saturate.
    work: { .ofTensors($0, flops: saturatingProduct(7, $0.inputs[0].count)) },
    oracle: Oracle(
        rule: { _, error in error.outputIndex == 1 ? .rounded : .exact },
        operationCount: { saturatingProduct(7, $0.inputs[0].count) },
        words: { _, _ in
            "equal, or 1 where rounding in f32 may cross a tie; scale: 6·2^-24·|y|"
        },
        evaluate: { call, range, expected in
            let found = call.prepared { DynamicRange(call.inputs[0]) }
            for position in range {
                let place = position - range.lowerBound
                if call.outputIndex == 1 {
                    expected.values[place] = found.scale
                    expected.bounds[place] = 6 * call.error.math * found.scale
                    continue
                }
                let code =
                    call.outputIndex == 2
                    ? found.zeroPoint : found.code(call.inputs[0].element(position))
                expected.values[place] = code.value
                expected.bounds[place] = code.bound
            }
        }))

/// The range of a tensor, zero included, and what follows from it.
private struct DynamicRange {
    let scale: Double
    let zeroPoint: RoundedCode
    /// Of f32, in which ONNX computes this.
    private static let roundoff = 0x1p-24
    private static let codes: ClosedRange<Int64> = 0...255

    init(_ input: TensorView) {
        var (low, high) = (0.0, 0.0)
        var line = [Double](repeating: 0, count: min(input.spec.count, 1 << 14))
        for start in stride(from: 0, to: input.spec.count, by: line.count) {
            let count = min(line.count, input.spec.count - start)
            input.read(from: start, count: count, into: &line)
            for value in line[0..<count] {
                low = min(low, value)
                high = max(high, value)
            }
        }
        scale = (high - low) / 255
        let exact = scale == 0 ? 0 : -low / scale
        // The scale's division and difference, and the division by it.
        zeroPoint = RoundedCode(
            exact, error: 12 * Self.roundoff * exact, zeroPoint: 0, range: Self.codes)
    }

    func code(_ value: Double) -> RoundedCode {
        let exact = scale == 0 ? 0 : value / scale
        let code = RoundedCode(
            exact, error: 12 * Self.roundoff * abs(exact), zeroPoint: zeroPoint.value,
            range: Self.codes)
        // Where the zero point may be another, so may all codes.
        if zeroPoint.bound == 0 { return code }
        return RoundedCode(
            exact, error: 12 * Self.roundoff * abs(exact) + 1, zeroPoint: zeroPoint.value,
            range: Self.codes)
    }
}
