import Model

/// Where the elements of a matrix lie in its tensor.
struct MatrixLayout: Sendable, Hashable {
    /// Element strides of the batch dimensions; 0 where the matrix is repeated.
    var batch: [Int]
    var row: Int
    var column: Int
}

/// One or more products alpha·A·B + beta·C of matrices, as MatMul and Gemm define them.
struct MatrixProblem: Sendable, Hashable {
    var batch: [Int]
    var m: Int
    var n: Int
    var k: Int
    var a: MatrixLayout
    var b: MatrixLayout
    var alpha: Double
    /// 0 without a C.
    var beta: Double

    var batchCount: Int { Shape.count(batch) }

    /// Multiply-adds count 2; alpha, beta and the addition of C count where they are not trivial.
    var flops: UInt64 {
        let product = saturatingProduct(2, batchCount, m, n, k)
        var perOutput: UInt64 = alpha == 1 ? 0 : 1
        if beta != 0 { perOutput += beta == 1 ? 1 : 2 }
        let outputs = saturatingProduct(batchCount, m, n)
        let (sum, overflow) = product.addingReportingOverflow(
            outputs.multipliedReportingOverflow(by: perOutput).partialValue)
        return overflow ? .max : sum
    }

    /// The element at which A of a batch position starts.
    func startOfA(_ position: Int) -> Int {
        Shape.offset(of: position, in: batch, strides: a.batch)
    }

    /// The element at which B of a batch position starts.
    func startOfB(_ position: Int) -> Int {
        Shape.offset(of: position, in: batch, strides: b.batch)
    }
}

/// The oracle of matrix products: rows in blocks, magnitudes by a second product.
func matrixOracle(_ problem: @escaping @Sendable (Operation) -> MatrixProblem) -> Oracle {
    Oracle(
        chunk: { operation in
            let n = max(problem(operation).n, 1)
            return min(max((1 << 19) / n, 1), 256) * n
        },
        rule: { _, error in error.roundsInputs ? .rounded : .summed },
        operationCount: { problem($0).flops },
        words: { operation, error in
            var factor = "8·√\(problem(operation).k)·\(error.accumulateType.roundoffText)"
            if error.roundsInputs { factor = "(\(factor) + 4·\(error.mathType.roundoffText))" }
            return factor + "·Σ|a||b|"
        },
        matrix: problem,
        evaluate: { call, range, expected in
            evaluateMatrix(call, problem(call.operation), range, &expected)
        })
}

private func evaluateMatrix(
    _ call: OracleCall, _ problem: MatrixProblem, _ range: Range<Int>, _ expected: inout Expected
) {
    var product = MatrixProduct(a: call.inputs[0], b: call.inputs[1], problem)
    var position = range.lowerBound
    while position < range.upperBound {
        let row = position / problem.n
        let column = position % problem.n
        let remaining = range.upperBound - position
        var rows = 1
        var columns = min(problem.n - column, remaining)
        if column == 0, remaining >= problem.n {
            columns = problem.n
            // Rows of one product only.
            rows = min(remaining / problem.n, problem.m - row % problem.m)
        }
        product.accumulate(
            batch: row / problem.m, rows: row % problem.m..<row % problem.m + rows,
            columns: column..<column + columns, into: &expected, at: position - range.lowerBound)
        position += rows * columns
    }
    finishMatrix(call, problem, range, &expected)
}

/// Scales, adds C, and turns sums of magnitudes into bounds.
private func finishMatrix(
    _ call: OracleCall, _ problem: MatrixProblem, _ range: Range<Int>, _ expected: inout Expected
) {
    let error = call.error
    let factor = error.reduction(problem.k) + error.roundedFactors
    let underflow = Double(problem.k) * error.smallestNormal
    var added = [Double](repeating: 0, count: problem.beta == 0 ? 0 : range.count)
    if problem.beta != 0, let c = call.input("C") {
        BroadcastReader(c, to: [problem.m, problem.n]).read(range, into: &added)
    }
    let isPlain = problem.alpha == 1 && problem.beta == 0
    for index in expected.values.indices {
        expected.bounds[index] = factor * expected.bounds[index] + underflow
        if isPlain { continue }
        let scaled = problem.alpha * expected.values[index]
        let addend = added.isEmpty ? 0 : problem.beta * added[index]
        expected.values[index] = scaled + addend
        // Scaling, adding, and rounding alpha and beta themselves.
        expected.bounds[index] =
            abs(problem.alpha) * expected.bounds[index]
            + error.math * (3 * abs(scaled) + 3 * abs(addend))
    }
}
