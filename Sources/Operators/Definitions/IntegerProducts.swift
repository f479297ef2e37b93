import Model

/// Products of matrices of eight-bit integers, exact in 32 bits.
let integerProducts = [matMulInteger, qLinearMatMul, convInteger]

// MARK: - Products of matrices

private let matMulInteger = OperatorDefinition(
    "MatMulInteger", since: 10,
    inputs: [
        FormalTensor("A", .bytes("T1")), FormalTensor("B", .bytes("T2")),
        zeroPoint("a_zero_point", "T1", isOptional: true),
        zeroPoint("b_zero_point", "T2", isOptional: true),
    ],
    outputs: [FormalTensor("Y", TypeParameter("T3", [.i32]))],
    inference: { operation throws(OperatorError) in
        let factors = (operation.inputs[0], operation.inputs[1])
        let shape = try productShape(operation, factors.0, factors.1)
        try checkZeroPoint(operation, "a_zero_point", factors.0, axisFromEnd: 2)
        try checkZeroPoint(operation, "b_zero_point", factors.1, axisFromEnd: 1)
        operation.outputs = [TensorSpec("Y", .i32, shape)]
    },
    work: { .ofTensors($0, flops: IntegerProduct($0).flops) },
    oracle: Oracle(
        chunk: { max(IntegerProduct($0).problem.n, 1) * 64 },
        rule: { _, _ in .integers }, operationCount: { IntegerProduct($0).flops },
        sampleCost: { saturatingProduct(4, IntegerProduct($0).problem.k) },
        words: { _, _ in "equal" },
        evaluate: { call, range, expected in
            let product = IntegerProduct(call.operation)
            let sums = product.sums(
                call, range, zeroPoints: (call.input("a_zero_point"), call.input("b_zero_point")))
            for (place, sum) in sums.enumerated() {
                expected.integers[place] = DType.i32.wrapped(Int64(sum))
            }
        }))

private let qLinearMatMul = OperatorDefinition(
    "QLinearMatMul", since: 21,
    inputs: [
        FormalTensor("a", .bytes("T1")), scaleTensor("a_scale"),
        zeroPoint("a_zero_point", "T1"), FormalTensor("b", .bytes("T2")),
        scaleTensor("b_scale"), zeroPoint("b_zero_point", "T2"),
        FormalTensor(
            "y_scale", TypeParameter("TS", DType.reals),
            domain: .of { operation in .within(typicalScale(operation)) }),
        zeroPoint("y_zero_point", "T3"),
    ],
    outputs: [FormalTensor("y", .bytes("T3"))],
    inference: { operation throws(OperatorError) in
        let (left, right) = (operation.inputs[0], operation.inputs[3])
        let shape = try productShape(operation, left, right)
        for name in ["a_scale", "a_zero_point"] {
            try checkZeroPoint(operation, name, left, axisFromEnd: 2)
        }
        for name in ["b_scale", "b_zero_point"] {
            try checkZeroPoint(operation, name, right, axisFromEnd: 1)
        }
        for name in ["y_scale", "y_zero_point"] where operation.input(name)?.count != 1 {
            throw operation.error(.shape, "input \(name) must have one element")
        }
        let type = operation.input("y_zero_point")?.dtype ?? .u8
        operation.outputs = [TensorSpec("y", type, shape)]
    },
    // The products; scaling, rounding, the zero point and two comparisons to saturate.
    work: { operation in
        let rescaling = saturatingProduct(5, operation.outputs[0].count)
        let products = IntegerProduct(operation).flops
        return .ofTensors(
            operation, flops: products.addingReportingOverflow(rescaling).partialValue)
    },
    oracle: Oracle(
        chunk: { max(IntegerProduct($0).problem.n, 1) * 64 },
        rule: { _, _ in .exact }, operationCount: { IntegerProduct($0).flops },
        sampleCost: { saturatingProduct(4, IntegerProduct($0).problem.k) },
        words: { _, error in "equal, or 1 where rounding in f32 may cross a tie" },
        reacts: { _ in false },
        evaluate: evaluateQLinearMatMul))

private func scaleTensor(_ name: String) -> FormalTensor {
    FormalTensor(name, TypeParameter("TS", DType.reals), domain: .within(1...2))
}

/// A zero point near the middle of the type, as that of numbers of both signs.
private func zeroPoint(
    _ name: String, _ parameter: String, isOptional: Bool = false
) -> FormalTensor {
    FormalTensor(
        name, .bytes(parameter), isOptional: isOptional,
        domain: .of { operation in
            operation.input(name)?.dtype == .u8 ? .within(124...132) : .within(-4...4)
        })
}

/// Scales with which results take most of a byte's range.
///
/// Integers over their whole range have a standard deviation of 74; each scale is about 3/2.
@Sendable private func typicalScale(_ operation: Operation) -> ClosedRange<Int64> {
    let terms = Double(operation.inputs[0].shape.last ?? 1)
    let deviation = 2.25 * 74 * 74 * terms.squareRoot()
    let least = max(1, Int64(deviation / 40))
    return least...2 * least
}

private func evaluateQLinearMatMul(
    _ call: OracleCall, _ range: Range<Int>, _ expected: inout Expected
) {
    let product = IntegerProduct(call.operation)
    let sums = product.sums(
        call, range, zeroPoints: (call.input("a_zero_point"), call.input("b_zero_point")))
    let scale = call.inputs[6].element(0)
    let zeroPoint = call.inputs[7].element(0)
    for (place, sum) in sums.enumerated() {
        let position = range.lowerBound + place
        let row = position / product.problem.n % product.problem.m
        let column = position % product.problem.n
        let left = call.inputs[1].element(call.inputs[1].spec.count == 1 ? 0 : row)
        let right = call.inputs[4].element(call.inputs[4].spec.count == 1 ? 0 : column)
        let exact = sum * left * right / scale
        // The sum as f32, the product of scales, their quotient and the product: 2.5 ulp at most.
        let code = RoundedCode(
            exact, error: 10 * (0x1p-24 + ErrorModel.oracle) * abs(exact), zeroPoint: zeroPoint,
            range: call.output.dtype.integerRange)
        expected.values[place] = code.value
        expected.bounds[place] = code.bound
    }
}

/// The shape of a product, by the rules of MatMul.
private func productShape(
    _ operation: Operation, _ left: TensorSpec, _ right: TensorSpec
) throws(OperatorError) -> [Int] {
    guard left.shape.count >= 2, right.shape.count >= 2 else {
        throw operation.error(
            .shape,
            "inputs \(left.name) and \(right.name) must have at least 2 dimensions")
    }
    let (k, inner) = (left.shape[left.shape.count - 1], right.shape[right.shape.count - 2])
    guard inner == k else {
        throw operation.error(
            .shape,
            "input \(right.name)'s second to last dimension is \(inner) but input \(left.name)'s "
                + "last is \(k); they must be equal")
    }
    // Sums of more products than this may not fit 32 bits.
    guard k <= 32_768 else {
        throw operation.error(.tooLarge, "sums of \(k) products may not fit i32; 32768 do")
    }
    guard let batch = Shape.broadcast(left.shape.dropLast(2), right.shape.dropLast(2)) else {
        throw operation.error(
            .shape,
            "the leading dimensions of inputs \(left.name) and \(right.name) do not broadcast")
    }
    return batch + [left.shape[left.shape.count - 2], right.shape[right.shape.count - 1]]
}

/// Checks that there is one number for all, or one for each row or column.
private func checkZeroPoint(
    _ operation: Operation, _ name: String, _ factor: TensorSpec, axisFromEnd: Int
) throws(OperatorError) {
    guard let tensor = operation.input(name), tensor.count != 1 else { return }
    let extent = factor.shape[factor.shape.count - axisFromEnd]
    guard tensor.shape == [extent] else {
        throw operation.error(
            .shape,
            "input \(name)'s shape is \(tensor.shape); it must have one element or [\(extent)]")
    }
}

/// A product of matrices of integers.
private struct IntegerProduct {
    let problem: MatrixProblem
    /// The position of the second factor among the inputs.
    let second: Int

    init(_ operation: Operation) {
        second = operation.name == "QLinearMatMul" ? 3 : 1
        var plain = operation
        plain.inputs = [operation.inputs[0], operation.inputs[second]]
        problem = MatrixProblem(matMul: plain)
    }

    var flops: UInt64 { problem.flops }

    /// The sums of a range, which f64 holds exactly.
    func sums(
        _ call: OracleCall, _ range: Range<Int>, zeroPoints: (TensorView?, TensorView?)
    ) -> [Double] {
        let (m, n, k) = (problem.m, problem.n, problem.k)
        var result = [Double](repeating: 0, count: range.count)
        var left = [Double](repeating: 0, count: k)
        var right = [Double](repeating: 0, count: n)
        let rightZeros = zeroPoints.1.map { $0.numbers() }
        var position = range.lowerBound
        while position < range.upperBound {
            let (row, column) = position.quotientAndRemainder(dividingBy: n)
            let count = min(n - column, range.upperBound - position)
            let batch = row / m
            call.inputs[0].read(
                from: problem.startOfA(batch) + row % m * problem.a.row, count: k, into: &left)
            if let zero = zeroPoints.0 {
                let shift = zero.element(zero.spec.count == 1 ? 0 : row % m)
                for index in left.indices { left[index] -= shift }
            }
            for inner in 0..<k {
                call.inputs[second].read(
                    from: problem.startOfB(batch) + inner * n + column, count: count, into: &right)
                if let rightZeros {
                    for index in 0..<count {
                        right[index] -= rightZeros[rightZeros.count == 1 ? 0 : column + index]
                    }
                }
                let factor = left[inner]
                let place = position - range.lowerBound
                for index in 0..<count { result[place + index] += factor * right[index] }
            }
            position += count
        }
        return result
    }
}

// MARK: - Convolution

private let convInteger = OperatorDefinition(
    "ConvInteger", since: 10,
    inputs: [
        FormalTensor("x", .bytes("T1")), FormalTensor("w", .bytes("T2")),
        zeroPoint("x_zero_point", "T1", isOptional: true),
        zeroPoint("w_zero_point", "T2", isOptional: true),
    ],
    outputs: [FormalTensor("y", TypeParameter("T3", [.i32]))],
    attributes: convolutionAttributes,
    inference: { operation throws(OperatorError) in
        let shape = try convolutionShape(&operation)
        if let zero = operation.input("x_zero_point"), zero.count != 1 {
            throw operation.error(.shape, "input x_zero_point must have one element")
        }
        let channels = operation.inputs[1].shape[0]
        if let zero = operation.input("w_zero_point"), zero.count != 1, zero.shape != [channels] {
            throw operation.error(
                .shape, "input w_zero_point must have one element or [\(channels)]")
        }
        operation.outputs = [TensorSpec("y", .i32, shape)]
    },
    work: convolutionWork,
    oracle: Oracle(
        rule: { _, _ in .integers },
        operationCount: { saturatingProduct(2, $0.outputs[0].count, convolutionTerms($0)) },
        sampleCost: { saturatingProduct(4, convolutionTerms($0)) },
        words: { _, _ in "equal" },
        evaluate: evaluateConvolutionOfIntegers))
