import AssayABI
import Testing

extension ThePlugin {
    @Suite struct GemmTests {
        /// One product with everything that ONNX's Gemm may have.
        struct Problem: CustomTestStringConvertible {
            var m: Int
            var n: Int
            var k: Int
            var transposesLeft = false
            var transposesRight = false
            var alpha = 1.0
            var beta = 1.0
            /// C's extents; nil where there is none.
            var added: [Int]?
            /// Whether B is a weight, which may be packed once.
            var isConstant = false

            var testDescription: String {
                "\(m) x \(n) x \(k) \(transposesLeft) \(transposesRight) \(added ?? [-1])"
            }
        }

        static let problems: [Problem] = [
            Problem(m: 1, n: 257, k: 129),
            Problem(m: 3, n: 17, k: 257, transposesRight: true, isConstant: true),
            Problem(m: 17, n: 129, k: 127, transposesLeft: true, alpha: 0.5),
            Problem(m: 129, n: 1, k: 257, alpha: -2, beta: 0.25, added: [1]),
            Problem(m: 127, n: 3, k: 129, transposesRight: true, added: [3], isConstant: true),
            Problem(m: 257, n: 127, k: 17, beta: 3, added: [257, 1], isConstant: true),
            Problem(
                m: 129, n: 257, k: 1, transposesLeft: true, transposesRight: true, alpha: 2,
                added: [129, 257]),
            Problem(m: 8, n: 129, k: 700, added: [1, 129], isConstant: true),
            Problem(m: 40, n: 33, k: 1100, beta: 0.5, added: [], isConstant: true),
            Problem(m: 17, n: 3, k: 0, beta: -1, added: [3]),
        ]

        @Test(arguments: instructionSets, problems)
        func `Gemm is that of the definition`(set: String, problem: Problem) throws {
            for threads in 1...3 {
                let session = try Session(set, threads: threads)
                try check(session, Float.self, problem)
                try check(session, Double.self, problem)
                #expect(session.kernel == "gemm-f64-\(set)")
            }
        }

        private func check<T: Element>(
            _ session: Session, _ type: T.Type, _ problem: Problem
        ) throws {
            let (m, n, k) = (problem.m, problem.n, problem.k)
            var samples = Samples(seed: m + n + k)
            let a: [T] = samples.take(m * k)
            let b: [T] = samples.take(k * n)
            let c: [T] = samples.take(problem.added?.reduce(1, *) ?? 0)
            var right = Tensor(problem.transposesRight ? [n, k] : [k, n], b)
            right.isConstant = problem.isConstant
            let added = problem.added.map { Tensor($0, c) }
            let result = try session.run(
                "Gemm", [Tensor(problem.transposesLeft ? [k, m] : [m, k], a), right, added],
                [
                    "alpha": .float(problem.alpha), "beta": .float(problem.beta),
                    "transA": .int(problem.transposesLeft ? 1 : 0),
                    "transB": .int(problem.transposesRight ? 1 : 0),
                ], outputs: [Tensor(room: T.dtype, [m, n])], calls: 2)
            var expected: [Wide] = []
            var spreads: [Double] = []
            let shape =
                Array(repeating: 1, count: 2 - (problem.added?.count ?? 0))
                + (problem.added ?? [])
            for i in 0..<m {
                for j in 0..<n {
                    let terms = (0..<k).map { p in
                        Wide(a[problem.transposesLeft ? p * m + i : i * k + p])
                            * Wide(b[problem.transposesRight ? j * k + p : p * n + j])
                    }
                    var sum = Wide(problem.alpha) * terms.reduce(0, +)
                    var spread = terms.reduce(0) { $0 + $1 * $1 }.squareRoot()
                    spread *= Wide(problem.alpha.magnitude)
                    if problem.added != nil {
                        let at = (shape[0] == 1 ? 0 : i * shape[1]) + (shape[1] == 1 ? 0 : j)
                        let term = Wide(problem.beta) * Wide(c[at])
                        sum += term
                        spread += term.magnitude
                    }
                    expected.append(sum)
                    spreads.append(Double(spread))
                }
            }
            let error = worst(result[0].values(as: T.self), expected) {
                T.roundoff * (2 * Double(k).squareRoot() + 3) * (spreads[$0] + 1e-300)
            }
            #expect(error <= 1, "\(T.self)")
        }

        @Test(arguments: [1, 2])
        func `A weight gives the same product as any other operand`(threads: Int) throws {
            let session = try Session(threads: threads)
            for m in [1, 4, 13, 40] {
                var samples = Samples(seed: m)
                let a: [Double] = samples.take(2 * m * 300)
                let b: [Double] = samples.take(300 * 65)
                var right = Tensor([300, 65], b)
                func product() throws -> [Double] {
                    try session.run(
                        "MatMul", [Tensor([2, m, 300], a), right],
                        outputs: [Tensor(room: ASSAY_F64, [2, m, 65])])[0].values()
                }
                let plain = try product()
                right.isConstant = true
                let packed = try product()
                for (one, other) in zip(plain, packed) {
                    #expect((one - other).magnitude < 1e-13)
                }
                #expect(try product() == packed, "the same bits each time")
            }
        }

        @Test(
            arguments: [
                ([2, 3], [4, 2], [2, 2], [2]), ([2, 3], [3, 2], [2, 3], [2]),
                ([2, 3], [3, 2], [2, 2], [3]), ([2, 3], [3, 2], [2, 2], [1, 2, 2]),
                ([2, 3], [3], [2, 1], [2]),
            ] as [([Int], [Int], [Int], [Int])])
        func `A Gemm that does not fit is invalid`(
            shapes: ([Int], [Int], [Int], [Int])
        ) throws {
            let session = try Session()
            let refusal = #expect(throws: Refusal.self) {
                _ = try session.run(
                    "Gemm",
                    [
                        Tensor(room: ASSAY_F32, shapes.0), Tensor(room: ASSAY_F32, shapes.1),
                        Tensor(room: ASSAY_F32, shapes.3),
                    ], outputs: [Tensor(room: ASSAY_F32, shapes.2)])
            }
            #expect(refusal?.status == ASSAY_E_INVALID)
            #expect(refusal?.message.hasPrefix("Gemm's ") == true)
        }
    }
}
