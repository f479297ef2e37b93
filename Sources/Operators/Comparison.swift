import Model

/// Compares outputs with what is expected of them and remembers the worst.
struct Comparison {
    /// The outputs from which on their errors are judged together.
    static let togetherMin = 100

    private let output: TensorSpec
    private let error: ErrorModel
    let rule: Oracle.Rule
    private let storing: Double
    private let flushing: Double

    private(set) var compared = 0
    private(set) var failures = 0
    private(set) var notNumbers = 0
    /// Outputs that the oracle says are not numbers.
    private(set) var expectedNotNumbers = 0
    /// The largest error as a multiple of the tolerance.
    private(set) var worst = 0.0
    private var squares = 0.0
    private var firstFailure: (position: Int, actual: Double, value: Double, tolerance: Double)?
    private var rowFailure: String?

    /// A comparison of one of the operation's outputs.
    init(_ operation: Operation, _ oracle: Oracle, output index: Int = 0) {
        output = operation.outputs[index]
        error = ErrorModel(operation, output: index)
        rule = oracle.rule(operation, error)
        storing = rule == .exact ? 0 : error.output
        flushing = rule == .exact ? 0 : error.smallestNormal
    }

    /// Compares a range of outputs.
    mutating func compare(_ range: Range<Int>, _ actual: [Double], _ expected: Expected) {
        for index in 0..<range.count {
            let (value, bound) = (expected.values[index], expected.bounds[index])
            if actual[index] == value {
                compared += 1
                continue
            }
            compareUnequal(range.lowerBound + index, actual[index], value, bound)
        }
    }

    /// Compares a range of outputs that are integers or truth values.
    mutating func compare(_ range: Range<Int>, _ actual: [Int64], _ expected: Expected) {
        for index in 0..<range.count {
            compared += 1
            let (found, wanted) = (actual[index], expected.integers[index])
            if found == wanted { continue }
            failures += 1
            worst = .infinity
            if firstFailure == nil {
                firstFailure = (range.lowerBound + index, Double(found), Double(wanted), 0)
            }
        }
    }

    private mutating func compareUnequal(
        _ position: Int, _ actual: Double, _ value: Double, _ bound: Double
    ) {
        compared += 1
        if value.isNaN {
            expectedNotNumbers += 1
            if actual.isNaN { return }
        }
        if actual.isNaN { notNumbers += 1 }
        // Infinite magnitudes times zero leave a bound that says nothing.
        let own = bound.isNaN ? 0 : bound
        let tolerance = own + storing * abs(value) + flushing
        let difference = abs(actual - value)
        var ratio = difference / tolerance
        if !difference.isFinite || !tolerance.isFinite {
            let overflows = abs(value) + tolerance > error.largest
            let isSameSide = (actual < 0) == (value < 0)
            ratio = actual.isInfinite && overflows && isSameSide ? 0 : .infinity
        }
        worst = max(worst, ratio)
        if ratio > 1 {
            failures += 1
            if firstFailure == nil { firstFailure = (position, actual, value, tolerance) }
        } else if rule == .summed {
            let deviation = own / ErrorModel.deviations + storing * abs(value) + flushing
            squares += (difference / deviation) * (difference / deviation)
        }
    }

    /// Judges the errors together: sums of rounding errors have a root mean square below √n·u·S.
    ///
    /// Each is allowed λ times that; arithmetic in a shorter type is off by a little everywhere.
    private var together: Double {
        guard rule == .summed, compared >= Self.togetherMin else { return 0 }
        return (squares / Double(compared)).squareRoot()
    }

    /// Compares the products of rows with random vectors.
    mutating func compareRows(
        _ check: (values: [Double], bounds: [Double]), _ problem: MatrixProblem,
        _ output: TensorView,
        seed: UInt64
    ) {
        let vectors = FreivaldsCheck.vectors(problem, seed: seed)
        let rows = problem.batchCount * problem.m
        var line = [Double](repeating: 0, count: problem.n)
        for row in 0..<rows {
            output.read(from: row * problem.n, count: problem.n, into: &line)
            for round in vectors.indices {
                let value = check.values[round * rows + row]
                let actual = FreivaldsCheck.dot(line, vectors[round], problem.n)
                if value.isNaN || value.isInfinite { continue }
                let difference = abs(actual - value)
                let ratio = difference.isFinite ? difference / check.bounds[row] : .infinity
                worst = max(worst, ratio)
                guard ratio > 1 else { continue }
                failures += 1
                rowFailure =
                    rowFailure
                    ?? "row \(row) of \(self.output.name) times a random vector is \(actual) where "
                    + "\(value) ± \(short(check.bounds[row])) is expected"
            }
        }
    }

    /// Counts outputs outside the sample that are not numbers, as those never written are.
    ///
    /// Where the sample itself expects some, nothing is said about the others.
    mutating func countNotNumbers(_ output: TensorView) {
        guard expectedNotNumbers == 0, output.spec.dtype.isFloat else { return }
        var line = [Double](repeating: 0, count: 1 << 14)
        for start in stride(from: 0, to: output.spec.count, by: line.count) {
            let count = min(line.count, output.spec.count - start)
            output.read(from: start, count: count, into: &line)
            for index in 0..<count where line[index].isNaN {
                notNumbers += 1
                failures += 1
                worst = .infinity
                firstFailure = firstFailure ?? (start + index, line[index], .infinity, 0)
            }
        }
    }

    /// The result in the record's form.
    func correctness(method: String, coverage: Double, words: String) -> Correctness {
        let value = max(worst, together)
        let passed = failures == 0 && value <= 1
        return Correctness(
            checked: true, passed: passed, method: method, coverage: coverage,
            value: value.isFinite ? min(value, 1e300) : 1e300, tolerance: tolerance(words),
            detail: passed ? "" : detail)
    }

    private func tolerance(_ words: String) -> String {
        if rule == .exact || rule == .integers { return "standard: " + words }
        let own = words == "0" ? "" : words + " + "
        return "standard: |y − ŷ| ≤ \(own)\(output.dtype.roundoffText)·|y|"
    }

    private var detail: String {
        if notNumbers > 0, let first = firstFailure {
            return "\(notNumbers) outputs are not numbers, as outputs that were never written are; "
                + "the first that is off is \(place(first.position))"
        }
        if let first = firstFailure {
            return "\(place(first.position)) is \(first.actual) where \(first.value) ± "
                + "\(short(first.tolerance)) is expected; \(failures) of \(compared) compared "
                + "outputs are off"
        }
        if let rowFailure { return rowFailure }
        return "errors are within their bounds one by one, but together \(short(together)) times "
            + "what rounding in \(error.accumulateType.name) gives"
    }

    private func place(_ position: Int) -> String {
        "\(output.name)\(Shape.indices(of: position, in: output.shape))"
    }

    /// Three significant digits.
    private func short(_ value: Double) -> String {
        guard value.isFinite, value != 0 else { return "\(value)" }
        var power = 1.0
        while abs(value) * power < 100, power < 1e300 { power *= 10 }
        return "\((value * power).rounded() / power)"
    }
}
