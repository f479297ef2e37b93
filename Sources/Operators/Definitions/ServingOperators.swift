import Model

/// Operators of our own that dominate serving and training; docs/operators-serving.md defines them.
let servingOperators = [
    addNormQuantize, pagedAttention, pagedKeyValueWrite, groupedMatMul, blockQuantizedMatMul,
    expertDispatch, expertCombine, convolutionWeightGradient, gatherGradient,
]

// MARK: - Addition, normalization and quantization in one

let addNormQuantize = OperatorDefinition(
    domain: "assay", "AddRMSNormQuantize", since: 1,
    inputs: [FormalTensor("X"), FormalTensor("Residual"), FormalTensor("Scale")],
    outputs: [
        FormalTensor("Y", TypeParameter("Q", [.i8])), FormalTensor("YScale"), FormalTensor("Sum"),
    ],
    attributes: [FormalAttribute("epsilon", .float(1e-5))],
    inference: { operation throws(OperatorError) in
        let input = operation.inputs[0]
        guard let width = input.shape.last, width > 0,
            operation.inputs[1].shape == input.shape, operation.inputs[2].shape == [width]
        else {
            throw operation.error(
                .shape,
                "inputs X, Residual and Scale are \(operation.inputs.map(\.shape)); X and Residual "
                    + "must be equal and Scale as long as their last dimension")
        }
        guard (operation.double("epsilon") ?? 0) > 0 else {
            throw operation.error(.attribute, "attribute 'epsilon' must be above 0")
        }
        operation.outputs = [
            TensorSpec("Y", .i8, input.shape),
            TensorSpec("YScale", input.dtype, input.shape.dropLast()),
            TensorSpec("Sum", input.dtype, input.shape),
        ]
    },
    // Add, square, sum, divide, scale; magnitude and maximum, divide, round.
    work: { .ofTensors($0, flops: saturatingProduct(9, $0.inputs[0].count)) },
    oracle: Oracle(
        chunk: { operation in
            let width = operation.inputs[0].shape.last ?? 1
            return max(width, (1 << 16) / width * width)
        },
        rule: { _, error in error.outputIndex == 0 ? .exact : .rounded },
        operationCount: { saturatingProduct(30, $0.inputs[0].count) },
        sampleCost: { saturatingProduct(10, $0.inputs[0].shape.last ?? 1) },
        words: { operation, error in
            let width = operation.inputs[0].shape.last ?? 1
            return "codes equal, or 1 where rounding may cross a tie; scale: "
                + "(4·√\(width)·\(error.accumulateType.roundoffText) + "
                + "22·\(error.mathType.roundoffText))·|y|"
        },
        reacts: { _ in false },
        evaluate: evaluateAddNormQuantize))

private func evaluateAddNormQuantize(
    _ call: OracleCall, _ range: Range<Int>, _ expected: inout Expected
) {
    let width = call.inputs[0].spec.shape.last ?? 1
    var row = NormalizedSum(call, width: width)
    for position in range {
        let place = position - range.lowerBound
        let line = call.outputIndex == 1 ? position : position / width
        row.move(to: line)
        switch call.outputIndex {
        case 0:
            let code = row.code(position % width)
            expected.values[place] = code.value
            expected.bounds[place] = code.bound
        case 1:
            expected.values[place] = row.scale
            expected.bounds[place] = row.scaleError * row.scale
        default:
            expected.values[place] = row.sums[position % width]
            expected.bounds[place] = row.sumError(position % width)
        }
    }
}

/// One row of sums, normalized and scaled to eight bits.
private struct NormalizedSum {
    private let call: OracleCall
    private let weight: [Double]
    private var current = -1
    private var left: [Double]
    private var right: [Double]
    private(set) var sums: [Double]
    private var normalized: [Double]
    private(set) var scale = 0.0
    /// The relative errors of a normalized number and of the scale.
    private let normalError: Double
    var scaleError: Double { normalError + 5 * call.error.math }

    init(_ call: OracleCall, width: Int) {
        self.call = call
        weight = call.inputs[2].numbers()
        left = [Double](repeating: 0, count: width)
        (right, sums, normalized) = (left, left, left)
        let error = call.error
        // The mean of squares as LayerNormalization has it, root and division by OpenCL's limits,
        // the addition and two products; arguments that are rounded first.
        let square = error.reduction(width) + 4 * error.math
        let rounded = error.roundsInputs ? 8 * error.math : 0
        normalError = square / 2 + 17 * error.math + rounded
    }

    mutating func move(to row: Int) {
        if row == current { return }
        current = row
        let width = left.count
        call.inputs[0].read(from: row * width, count: width, into: &left)
        call.inputs[1].read(from: row * width, count: width, into: &right)
        for index in 0..<width { sums[index] = left[index] + right[index] }
        let square = dotProduct(sums, at: 0, sums, at: 0, count: width).value / Double(width)
        let deviation = (square + (call.operation.double("epsilon") ?? 0)).squareRoot()
        var largest = 0.0
        for index in 0..<width {
            normalized[index] = sums[index] / deviation * weight[index]
            largest = max(largest, abs(normalized[index]))
        }
        // A row of zeros has scale 1, so that nothing is divided by zero.
        scale = largest == 0 ? 1 : largest / 127
    }

    func code(_ column: Int) -> RoundedCode {
        let exact = normalized[column] / scale
        let relative = normalError + scaleError + 5 * call.error.math
        return RoundedCode(
            exact, error: relative * abs(exact), zeroPoint: 0, range: -127...127)
    }

    func sumError(_ column: Int) -> Double {
        let rounded = call.error.roundsInputs ? 2.0 : 0
        return call.error.math
            * (abs(sums[column]) + rounded * (abs(left[column]) + abs(right[column])))
    }
}
