import AssayABI
import Testing

/// All tests that use the plug-in: one after another, for a process has only one.
@Suite(.serialized) enum ThePlugin {}

extension ThePlugin {
    @Suite struct OperatorTests {
        @Test(arguments: instructionSets, [1, 2])
        func `Matrix products are those of the definition`(set: String, threads: Int) throws {
            let session = try Session(set, threads: threads)
            for (m, n, k) in [
                (1, 1, 1), (3, 1, 129), (1, 3, 127), (127, 129, 3), (40, 35, 401), (13, 65, 0),
            ] {
                try matmul(session, Float.self, m, n, k)
                try matmul(session, Double.self, m, n, k)
            }
            #expect(session.kernel == "matmul-f64-\(set)")
        }

        private func matmul<T: Element>(
            _ session: Session, _ type: T.Type, _ m: Int, _ n: Int, _ k: Int
        ) throws {
            var samples = Samples(seed: m + n + k)
            let a: [T] = samples.take(m * k)
            let b: [T] = samples.take(k * n)
            let result = try session.run(
                "MatMul", [Tensor([m, k], a), Tensor([k, n], b)],
                outputs: [Tensor(room: T.dtype, [m, n])])
            var expected: [Wide] = []
            var spreads: [Double] = []
            for i in 0..<m {
                for j in 0..<n {
                    let terms = (0..<k).map { Wide(a[i * k + $0]) * Wide(b[$0 * n + j]) }
                    expected.append(terms.reduce(0, +))
                    spreads.append(Double(terms.reduce(0) { $0 + $1 * $1 }.squareRoot()))
                }
            }
            let error = worst(result[0].values(as: T.self), expected) {
                T.roundoff * (2 * Double(k).squareRoot() + 2) * (spreads[$0] + 1e-300)
            }
            #expect(error <= 1, "\(T.self) \(m) x \(n) x \(k)")
        }

        @Test func `Stacks of matrices broadcast as in numpy`() throws {
            let session = try Session(threads: 2)
            var samples = Samples(seed: 5)
            let a: [Double] = samples.take(2 * 1 * 3 * 4)
            let b: [Double] = samples.take(5 * 4 * 2)
            let result = try session.run(
                "MatMul", [Tensor([2, 1, 3, 4], a), Tensor([5, 4, 2], b)],
                outputs: [Tensor(room: ASSAY_F64, [2, 5, 3, 2])])
            var expected: [Wide] = []
            for x in 0..<2 {
                for y in 0..<5 {
                    for i in 0..<3 {
                        for j in 0..<2 {
                            expected.append(
                                (0..<4).reduce(0) {
                                    $0 + Wide(a[x * 12 + i * 4 + $1]) * Wide(b[y * 8 + $1 * 2 + j])
                                })
                        }
                    }
                }
            }
            #expect(worst(result[0].values(as: Double.self), expected) { _ in 1e-15 } <= 1)
        }

        @Test func `A vector is a row on the left and a column on the right`() throws {
            let session = try Session()
            let matrix = Tensor([2, 3], [1, 2, 3, 4, 5, 6] as [Float])
            let right = try session.run(
                "MatMul", [matrix, Tensor([3], [1, 10, 100] as [Float])],
                outputs: [Tensor(room: ASSAY_F32, [2])])
            #expect(right[0].values() == [321, 654] as [Float])
            let left = try session.run(
                "MatMul", [Tensor([2], [1, 10] as [Float]), matrix],
                outputs: [Tensor(room: ASSAY_F32, [3])])
            #expect(left[0].values() == [41, 52, 63] as [Float])
        }

        @Test(
            arguments: instructionSets,
            [
                ([1], [1]), ([127], [127]), ([3, 129], [3, 129]), ([3, 129], [129]),
                ([3, 129], [3, 1]), ([127, 1, 3], [129, 1]), ([], [5]), ([2, 3, 4], [2, 1, 4]),
                ([0, 3], [3]),
            ] as [([Int], [Int])])
        func `Sums broadcast as in numpy`(set: String, shapes: ([Int], [Int])) throws {
            let session = try Session(set, threads: 3)
            try add(session, Float.self, shapes.0, shapes.1)
            try add(session, Double.self, shapes.0, shapes.1)
        }

        private func add<T: Element>(
            _ session: Session, _ type: T.Type, _ left: [Int], _ right: [Int]
        ) throws {
            var samples = Samples(seed: 9)
            let a: [T] = samples.take(left.reduce(1, *))
            let b: [T] = samples.take(right.reduce(1, *))
            let rank = max(left.count, right.count)
            let ones = { (shape: [Int]) in Array(repeating: 1, count: rank - shape.count) + shape }
            let extents = zip(ones(left), ones(right)).map { $0 == 1 ? $1 : $0 }
            let result = try session.run(
                "Add", [Tensor(left, a), Tensor(right, b)],
                outputs: [Tensor(room: T.dtype, extents)])
            func element(_ values: [T], _ shape: [Int], _ position: [Int]) -> T {
                var index = 0
                for (extent, place) in zip(ones(shape), position) {
                    index = index * extent + (extent == 1 ? 0 : place)
                }
                return values[index]
            }
            let expected = (0..<extents.reduce(1, *)).map { flat -> T in
                var rest = flat
                var position: [Int] = []
                for extent in extents.reversed() {
                    position.insert(rest % extent, at: 0)
                    rest /= extent
                }
                return element(a, left, position) + element(b, right, position)
            }
            #expect(result[0].values(as: T.self) == expected)
        }
    }
}
