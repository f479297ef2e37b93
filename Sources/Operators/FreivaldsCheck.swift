import Model

/// Products of a result with random vectors: Freivalds' check of every row at once.
///
/// With y = A·B, y·x is A·(B·x) for any x, which costs a pass over each matrix. Entries of x have
/// random signs and magnitudes between a half and one: never zero, so that no single wrong output
/// goes unseen, and never equal, so that exchanged columns do not cancel.
struct FreivaldsCheck {
    static let rounds = 2

    /// For each round, for each row of all products, the expected product with the vector.
    var values: [Double]
    /// For each row, how far the product may be off.
    var bounds: [Double]

    /// The random vectors of a point.
    static func vectors(_ problem: MatrixProblem, seed: UInt64) -> [[Double]] {
        var generator = Xoshiro256(seed: seed ^ 0x5851_f42d_4c95_7f2d)
        return (0..<rounds).map { _ in
            (0..<problem.n).map { _ in
                let draw = generator.next()
                let magnitude = 0.5 + Double(draw >> 12) * 0x1p-53
                return draw & 1 == 0 ? magnitude : -magnitude
            }
        }
    }

    /// Computes what is expected from the inputs.
    init(_ call: OracleCall, _ problem: MatrixProblem, seed: UInt64) {
        let vectors = Self.vectors(problem, seed: seed)
        let rows = problem.batchCount * problem.m
        values = [Double](repeating: 0, count: Self.rounds * rows)
        bounds = [Double](repeating: 0, count: rows)
        let error = call.error
        let factor =
            error.reduction(problem.k) + error.roundedFactors
            + ErrorModel.deviations * (error.output + 3 * error.math)
        let underflow = Double(problem.k * problem.n) * error.smallestNormal
        var line = [Double](repeating: 0, count: max(problem.n, problem.k))
        let addition = AddedMatrix(call, problem)
        for batch in 0..<problem.batchCount {
            let right = RightProducts(call.inputs[1], problem, batch, vectors)
            for row in 0..<problem.m {
                call.inputs[0].read(
                    from: problem.startOfA(batch) + row * problem.a.row, step: problem.a.column,
                    count: problem.k, into: &line)
                let place = batch * problem.m + row
                for round in 0..<Self.rounds {
                    values[round * rows + place] =
                        problem.alpha * Self.dot(line, right.products[round], problem.k)
                }
                bounds[place] = abs(problem.alpha) * Self.magnitude(line, right.norms, problem.k)
                addition?.add(row: row, of: vectors) { round, value in
                    values[round * rows + place] += value
                } norm: {
                    bounds[place] += $0
                }
                bounds[place] = factor * bounds[place] + underflow
            }
        }
    }

    static func dot(_ left: [Double], _ right: [Double], _ count: Int) -> Double {
        precondition(left.count >= count && right.count >= count)
        var sums = (0.0, 0.0)
        var index = 0
        while index + 2 <= count {
            sums.0 += left[index] * right[index]
            sums.1 += left[index + 1] * right[index + 1]
            index += 2
        }
        if index < count { sums.0 += left[index] * right[index] }
        return sums.0 + sums.1
    }

    private static func magnitude(_ left: [Double], _ norms: [Double], _ count: Int) -> Double {
        var sum = 0.0
        for index in 0..<count { sum += abs(left[index]) * norms[index] }
        return sum
    }
}

/// B times each random vector, and the Euclidean norm of each row of B.
///
/// By the triangle inequality the norm of a row of |A|·|B| is at most Σ|a|·‖b‖ over the rows of B.
private struct RightProducts {
    var products: [[Double]]
    var norms: [Double]

    init(_ b: TensorView, _ problem: MatrixProblem, _ batch: Int, _ vectors: [[Double]]) {
        let zeros = [Double](repeating: 0, count: problem.k)
        products = vectors.map { _ in zeros }
        norms = zeros
        let start = problem.startOfB(batch)
        if problem.b.column == 1 {
            var line = [Double](repeating: 0, count: problem.n)
            for row in 0..<problem.k {
                b.read(from: start + row * problem.b.row, count: problem.n, into: &line)
                for round in vectors.indices {
                    products[round][row] = FreivaldsCheck.dot(line, vectors[round], problem.n)
                }
                norms[row] = FreivaldsCheck.dot(line, line, problem.n).squareRoot()
            }
        } else {
            var line = zeros
            for column in 0..<problem.n {
                b.read(
                    from: start + column * problem.b.column, step: problem.b.row, count: problem.k,
                    into: &line)
                for round in vectors.indices {
                    let factor = vectors[round][column]
                    for row in 0..<problem.k { products[round][row] += factor * line[row] }
                }
                for row in 0..<problem.k { norms[row] += line[row] * line[row] }
            }
            norms = norms.map { $0.squareRoot() }
        }
    }
}

/// The matrix that Gemm adds.
private struct AddedMatrix {
    private let reader: BroadcastReader
    private let beta: Double
    private let n: Int

    init?(_ call: OracleCall, _ problem: MatrixProblem) {
        guard problem.beta != 0, let c = call.input("C") else { return nil }
        reader = BroadcastReader(c, to: [problem.m, problem.n])
        beta = problem.beta
        n = problem.n
    }

    func add(
        row: Int, of vectors: [[Double]], to value: (Int, Double) -> Void, norm: (Double) -> Void
    ) {
        var line = [Double](repeating: 0, count: n)
        reader.read(row * n..<(row + 1) * n, into: &line)
        for round in vectors.indices {
            value(round, beta * FreivaldsCheck.dot(line, vectors[round], n))
        }
        norm(abs(beta) * FreivaldsCheck.dot(line, line, n).squareRoot())
    }
}
