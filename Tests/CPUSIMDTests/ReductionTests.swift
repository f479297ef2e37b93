import AssayABI
import Glibc
import Testing

extension ThePlugin {
    @Suite struct ReductionTests {
        @Test(arguments: instructionSets, [1, 3, 127, 129, 1000])
        func `Exp is right to two units in the last place`(set: String, count: Int) throws {
            let session = try Session(set, threads: 2)
            try exponential(session, Float.self, count, scale: 86)
            try exponential(session, Double.self, count, scale: 700)
        }

        private func exponential<T: Element>(
            _ session: Session, _ type: T.Type, _ count: Int, scale: Double
        ) throws {
            var samples = Samples(seed: count)
            let x: [T] = samples.take(count, scale: scale)
            let result = try session.run(
                "Exp", [Tensor([count], x)], outputs: [Tensor(room: T.dtype, [count])])
            let expected = x.map { wideExp(Wide($0)) }
            let error = worst(result[0].values(as: T.self), expected) {
                4 * T.roundoff * Double(expected[$0])
            }
            #expect(error <= 1, "\(T.self)")
        }

        @Test(arguments: instructionSets)
        func `Exp keeps infinities, not-a-numbers and the ends of the range`(set: String) throws {
            let session = try Session(set)
            let x: [Double] = [
                .infinity, -.infinity, .nan, 0, -0.0, 710, -746, 709.78, -745.1, 1e300, -1e300,
                -707.5,
            ]
            let result = try session.run(
                "Exp", [Tensor([x.count], x)], outputs: [Tensor(room: ASSAY_F64, [x.count])])
            let y = result[0].values(as: Double.self)
            #expect(y[0] == .infinity && y[1] == 0 && y[2].isNaN && y[3] == 1 && y[4] == 1)
            #expect(y[5] == .infinity && y[6] == 0 && y[9] == .infinity && y[10] == 0)
            #expect(abs(y[7] / 0x1.fe9ce5c4c52b4p+1023 - 1) < 1e-15)
            #expect(y[8] == 0x1p-1074)
            #expect(abs(y[11] / 0x1.39b42358bdf31p-1021 - 1) < 1e-15)
            let small = try session.run(
                "Exp", [Tensor([4], [89, -104, .nan, -103.2] as [Float])],
                outputs: [Tensor(room: ASSAY_F32, [4])])
            let z = small[0].values(as: Float.self)
            #expect(z[0] == .infinity && z[1] == 0 && z[2].isNaN && z[3] == 0x1p-149)
        }

        @Test(
            arguments: instructionSets,
            [
                ([1], 0), ([3, 129], 1), ([3, 129], 0), ([2, 127, 3], 1), ([2, 5, 300], -2),
                ([4000], 0),
            ]
                as [([Int], Int)])
        func `Softmax is that of the definition on any axis`(
            set: String, shape: ([Int], Int)
        ) throws {
            let session = try Session(set, threads: 2)
            try softmax(session, Float.self, shape.0, shape.1)
            try softmax(session, Double.self, shape.0, shape.1)
        }

        private func softmax<T: Element>(
            _ session: Session, _ type: T.Type, _ extents: [Int], _ axis: Int
        ) throws {
            var samples = Samples(seed: extents.count)
            let x: [T] = samples.take(extents.reduce(1, *), scale: 20, offset: 100)
            let result = try session.run(
                "Softmax", [Tensor(extents, x)], ["axis": .int(axis)],
                outputs: [Tensor(room: T.dtype, extents)])
            let place = axis < 0 ? axis + extents.count : axis
            let n = extents[place]
            let inner = extents[(place + 1)...].reduce(1, *)
            var expected = [Wide](repeating: 0, count: x.count)
            for start in x.indices where start / inner % n == 0 {
                let line = (0..<n).map { start + $0 * inner }
                let most = line.map { Wide(x[$0]) }.max()!
                let powers = line.map { wideExp(Wide(x[$0]) - most) }
                let sum = powers.reduce(0, +)
                for (index, power) in zip(line, powers) { expected[index] = power / sum }
            }
            let error = worst(result[0].values(as: T.self), expected) {
                T.roundoff * (12 + Double(n).squareRoot()) * Double(expected[$0])
            }
            #expect(error <= 1, "\(T.self) \(extents) \(axis)")
        }

        @Test(
            arguments: instructionSets,
            [
                ([3, 1], 1, true), ([3, 129], 1, false), ([127, 3, 5], 1, true),
                ([2, 3000], -1, true),
            ]
                as [([Int], Int, Bool)])
        func `Layer normalisation is that of the definition`(
            set: String, shape: ([Int], Int, Bool)
        ) throws {
            let session = try Session(set, threads: 2)
            try normalize(session, Float.self, shape.0, shape.1, hasBias: shape.2)
            try normalize(session, Double.self, shape.0, shape.1, hasBias: shape.2)
        }

        private func normalize<T: Element>(
            _ session: Session, _ type: T.Type, _ extents: [Int], _ axis: Int, hasBias: Bool
        ) throws {
            let place = axis < 0 ? axis + extents.count : axis
            let normalized = Array(extents[place...])
            let n = normalized.reduce(1, *)
            var samples = Samples(seed: 3)
            let x: [T] = samples.take(extents.reduce(1, *), scale: 2, offset: 1)
            let scale: [T] = samples.take(n)
            let bias: [T] = samples.take(n)
            let result = try session.run(
                "LayerNormalization",
                [Tensor(extents, x), Tensor(normalized, scale)]
                    + (hasBias ? [Tensor(normalized, bias)] : []),
                ["axis": .int(axis), "epsilon": .float(1e-3)],
                outputs: [Tensor(room: T.dtype, extents)])
            var expected: [Wide] = []
            for row in 0..<x.count / n {
                let values = x[row * n..<(row + 1) * n].map { Wide($0) }
                let mean = values.reduce(0, +) / Wide(n)
                let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Wide(n)
                let divisor = (variance + 1e-3).squareRoot()
                for (index, value) in values.enumerated() {
                    let factor = (value - mean) / divisor * Wide(scale[index])
                    expected.append(factor + (hasBias ? Wide(bias[index]) : 0))
                }
            }
            let error = worst(result[0].values(as: T.self), expected) { _ in
                T.roundoff * (12 + Double(n).squareRoot())
            }
            // A single element is its own mean: its rounding is magnified by 1/sqrt(epsilon).
            #expect(error <= (n == 1 ? 32 : 1), "\(T.self) \(extents) \(axis)")
        }

        @Test(
            arguments: instructionSets,
            [
                ([1], [0]), ([129], [0]), ([5000], [0]), ([3, 129], [1]), ([3, 129], [0]),
                ([127, 3, 5], [0, 2]), ([4, 3, 300, 2], [-2]), ([3, 4, 5], []), ([2, 0, 3], [1]),
            ] as [([Int], [Int])])
        func `Sums over any axes are those of the definition`(
            set: String, shape: ([Int], [Int])
        ) throws {
            for threads in [1, 3] {
                let session = try Session(set, threads: threads)
                try sum(session, Float.self, shape.0, shape.1)
                try sum(session, Double.self, shape.0, shape.1)
            }
        }

        private func sum<T: Element>(
            _ session: Session, _ type: T.Type, _ extents: [Int], _ axes: [Int]
        ) throws {
            var samples = Samples(seed: extents.count)
            let x: [T] = samples.take(extents.reduce(1, *))
            let reduced = Set(
                axes.isEmpty
                    ? Array(extents.indices) : axes.map { ($0 + 8 * extents.count) % extents.count }
            )
            let kept = extents.indices.map { reduced.contains($0) ? 1 : extents[$0] }
            var list = Tensor(ASSAY_I64, [axes.count], axes.map { Int64($0) })
            list.isConstant = true
            let result = try session.run(
                "ReduceSum", [Tensor(extents, x), axes.isEmpty ? nil : list],
                outputs: [Tensor(room: T.dtype, kept)])
            var expected = [Wide](repeating: 0, count: kept.reduce(1, *))
            var spreads = [Double](repeating: 1e-300, count: expected.count)
            for (flat, value) in x.enumerated() {
                var rest = flat
                var index = 0
                var step = 1
                for axis in extents.indices.reversed() {
                    let place = rest % extents[axis]
                    rest /= extents[axis]
                    if !reduced.contains(axis) { index += place * step }
                    step *= kept[axis]
                }
                expected[index] += Wide(value)
                spreads[index] += Double(value * value)
            }
            let n = Double(max(1, x.count)) / Double(max(1, expected.count))
            let error = worst(result[0].values(as: T.self), expected) {
                2 * T.roundoff * n.squareRoot() * spreads[$0].squareRoot()
            }
            #expect(error <= 1, "\(T.self) \(extents) \(axes)")
        }
    }
}

/// e to the power of x, by the C library's widest function.
func wideExp(_ x: Wide) -> Wide {
    #if arch(x86_64)
        expl(x)
    #else
        exp(x)
    #endif
}
