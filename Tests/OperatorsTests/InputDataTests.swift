import FoundationEssentials
import Model
import Testing

@testable import Operators

struct DataFixture: Decodable {
    struct Golden: Decodable {
        let dtype: DType
        let pattern: String
        let seed: String
        let count: Int
        let fnv: String
    }

    struct Cycle: Decodable {
        let bytes: Int64
        let stride: Int64
        let window: Int64
        let steps: Int64
        let fnv: String
        let end: Int64
    }

    struct Halves: Decodable {
        let values: Base64
        let float16: Base64
        let finite: Base64
        let bfloat16: Base64
    }

    let splitmix64: [String]
    let xoshiro256: [String]
    let seeded: [String]
    let golden: [Golden]
    let cycles: [Cycle]
    let normalPoints: [Double]
    let normalDistribution: [Double]
    let sinePoints: [Double]
    let sineDistribution: [Double]
    let tails: [Double]
    let quantiles: [Double]
    let halves: Halves
}

private func hexadecimal(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
}

@Suite struct RandomTests {
    let data: DataFixture

    init() throws { data = try fixture("data") }

    @Test func `SplitMix64 gives its published first outputs`() {
        var generator = SplitMix64(seed: 1_234_567)
        let published: [UInt64] = [
            6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
            4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
        ]
        let outputs = published.map { _ in generator.next() }
        #expect(outputs == published)
        #expect(outputs.map(hexadecimal) == data.splitmix64)
    }

    @Test func `xoshiro256 gives its published first outputs`() {
        var generator = Xoshiro256(state: (1, 2, 3, 4))
        let published: [UInt64] = [
            11520, 0, 1_509_978_240, 1_215_971_899_390_074_240, 1_216_172_134_540_287_360,
            607_988_272_756_665_600, 16_172_922_978_634_559_625, 8_476_171_486_693_032_832,
            10_595_114_339_597_558_777, 2_904_607_092_377_533_576,
        ]
        let outputs = published.map { _ in generator.next() }
        #expect(outputs == published)
        #expect(outputs.map(hexadecimal) == data.xoshiro256)
    }

    @Test func `A seed passes through SplitMix64`() {
        var generator = Xoshiro256(seed: 42)
        #expect(data.seeded.map { _ in hexadecimal(generator.next()) } == data.seeded)
    }

    @Test func `Bounded numbers stay below the bound and reach all values`() {
        var generator = Xoshiro256(seed: 7)
        var counts = [Int](repeating: 0, count: 7)
        for _ in 0..<7000 { counts[Int(generator.next(below: 7))] += 1 }
        #expect(counts.allSatisfy { (880...1120).contains($0) }, "\(counts)")
        #expect(generator.next(below: 1) == 0)
    }
}

@Suite struct InputDataTests {
    let data: DataFixture

    init() throws { data = try fixture("data") }

    private func numbers(_ pattern: DataPattern, count: Int, seed: UInt64) -> [Double] {
        let tensors = Tensors()
        let memory = tensors.make(TensorSpec("X", .f64, [count]))
        InputData.draw(memory, pattern: pattern, nonNegative: false, seed: seed)
        return memory.elements(of: Double.self)
    }

    @Test func `Generated data are the bits that the Python implementation gives`() throws {
        #expect(data.golden.count == 60)
        for golden in data.golden {
            let tensors = Tensors()
            let memory = tensors.make(TensorSpec("X", golden.dtype, [golden.count]))
            let pattern = try #require(DataPattern(name: golden.pattern))
            let seed = try #require(UInt64(golden.seed, radix: 16))
            InputData.draw(memory, pattern: pattern, nonNegative: false, seed: seed)
            #expect(
                fnv(memory.contents) == golden.fnv,
                "\(golden.dtype.name) \(golden.pattern) \(golden.seed)")
        }
    }

    @Test func `Table entries are the quantiles that scipy gives`() {
        for (tail, quantile) in zip(data.tails, data.quantiles) where tail < 0.5 {
            let octave = -Int(tail.exponent) - 2
            guard octave < 24 else { continue }
            let place = (tail.significand - 1) * 64
            let cell = Int(place)
            let table = NormalDeviate.table
            let low = table[65 * octave + cell]
            let value = low + (place - Double(cell)) * (table[65 * octave + cell + 1] - low)
            #expect(abs(value - quantile) < (place == Double(cell) ? 1e-14 : 2e-5))
        }
    }

    @Test func `Normal data have mean 0, deviation 1 and the normal distribution`() {
        let values = numbers(.normal, count: 200_000, seed: 3)
        let (mean, deviation) = moments(values)
        #expect(abs(mean) < 4 / 200_000.0.squareRoot())
        #expect(abs(deviation - 1) < 4 / 400_000.0.squareRoot())
        let distance = distance(values, data.normalPoints, data.normalDistribution)
        #expect(distance < 1.63 / 200_000.0.squareRoot(), "\(distance)")
        #expect(values.allSatisfy { abs($0) < 5.5 })
        #expect(values.contains { abs($0) > 3.9 })
    }

    @Test func `Trigonometric data have the distribution of a sine`() {
        let values = numbers(.trigonometric, count: 100_000, seed: 4)
        let (mean, deviation) = moments(values)
        #expect(abs(mean) < 4 * 0.7072 / 100_000.0.squareRoot())
        #expect(abs(deviation - 0.5.squareRoot()) < 0.01)
        let distance = distance(values, data.sinePoints, data.sineDistribution)
        #expect(distance < 1.63 / 100_000.0.squareRoot(), "\(distance)")
        #expect(values.allSatisfy { abs($0) <= 1 })
    }

    @Test func `Uniform data fill [0, 1) and never reach 1`() {
        let values = numbers(.uniform, count: 100_000, seed: 5)
        let points = (0...20).map { Double($0) / 20 }
        #expect(distance(values, points, points) < 1.63 / 100_000.0.squareRoot())
        for dtype in [DType.f32, .f16, .bf16] {
            let tensors = Tensors()
            let memory = tensors.make(TensorSpec("X", dtype, [50_000]))
            InputData.draw(memory, pattern: .uniform, nonNegative: false, seed: 6)
            let largest = (0..<50_000).map { memory.view.element($0) }.max() ?? 1
            #expect(largest < 1)
            #expect(largest > 0.99)
        }
    }

    @Test func `Sparse data are zero as often as asked`() {
        let values = numbers(.sparse(0.9), count: 50_000, seed: 8)
        let share = Double(values.count { $0 == 0 }) / 50_000
        #expect(abs(share - 0.9) < 4 * (0.09 / 50_000).squareRoot())
        #expect(numbers(.sparse(1), count: 100, seed: 8).allSatisfy { $0 == 0 })
    }

    @Test func `Each seed gives other data and the same seed the same`() {
        let first = numbers(.normal, count: 100, seed: 1)
        #expect(first == numbers(.normal, count: 100, seed: 1))
        #expect(first != numbers(.normal, count: 100, seed: 2))
    }

    @Test func `f32 data are f64 data rounded`() {
        let tensors = Tensors()
        let memory = tensors.make(TensorSpec("X", .f32, [1000]))
        InputData.draw(memory, pattern: .normal, nonNegative: false, seed: 9)
        let wide = numbers(.normal, count: 1000, seed: 9)
        #expect(memory.elements(of: Float.self) == wide.map { Float($0) })
    }

    @Test func `Inputs that must not be negative are magnitudes`() throws {
        let operation = try onnx("Sqrt", [TensorSpec("X", .f32, [1000])])
        let tensors = Tensors()
        let inputs = generatedInputs(operation, tensors)
        #expect((0..<1000).allSatisfy { inputs[0].element($0) >= 0 })
        let other = try onnx("Neg", [TensorSpec("X", .f32, [1000])])
        let signed = generatedInputs(other, tensors)
        #expect((0..<1000).contains { signed[0].element($0) < 0 })
        #expect((0..<1000).allSatisfy { inputs[0].element($0) == abs(signed[0].element($0)) })
    }

    @Test func `Given values are copied`() throws {
        let axes = TensorSpec("axes", .i64, [2], values: [-1, 0])
        let operation = try onnx("ReduceSum", [TensorSpec("data", .f32, [2, 3, 4]), axes])
        #expect(operation.inputs.count == 2)
        let tensors = Tensors()
        let memory = tensors.make(axes)
        InputData.fill(memory, inputIndex: 1, of: operation, pattern: .normal, seed: 1)
        #expect(memory.elements(of: Int64.self) == [-1, 0])
    }

    @Test func `The table of a pointer chase is the cycle that the Python implementation gives`()
        throws
    {
        for cycle in data.cycles {
            let operation = try ours(
                "PointerChase",
                [
                    "bytes": .int(cycle.bytes), "stride": .int(cycle.stride),
                    "window": .int(cycle.window), "steps": .int(cycle.steps),
                ])
            let tensors = Tensors()
            let memory = tensors.make(operation.inputs[0])
            InputData.fill(memory, inputIndex: 0, of: operation, pattern: .normal, seed: 42)
            #expect(fnv(memory.contents) == cycle.fnv)
            let end = tensors.make(operation.outputs[0])
            end.store(cycle.end, at: 0)
            let result = try Verification.verify(
                operation, inputs: [memory.view], outputs: [end.view], sampleSeed: 0)
            #expect(result.passed, "\(result.detail)")
            end.store(cycle.end + 1, at: 0)
            let wrong = try Verification.verify(
                operation, inputs: [memory.view], outputs: [end.view], sampleSeed: 0)
            #expect(!wrong.passed)
        }
    }

    @Test func `A chase visits every node of a window before the next window`() throws {
        let operation = try ours(
            "PointerChase",
            ["bytes": .int(65536), "window": .int(4096), "steps": .int(1)])
        let tensors = Tensors()
        let memory = tensors.make(operation.inputs[0])
        InputData.fill(memory, inputIndex: 0, of: operation, pattern: .normal, seed: 11)
        let table = memory.elements(of: Int64.self)
        var element = 0
        var windows: [Int] = []
        var seen: Set<Int> = []
        for _ in 0..<1024 {
            seen.insert(element)
            if windows.last != element / 512 { windows.append(element / 512) }
            element = Int(table[element])
        }
        #expect(element == 0)
        #expect(seen.count == 1024)
        #expect(windows == Array(0..<16))
    }

    private func moments(_ values: [Double]) -> (mean: Double, deviation: Double) {
        let mean = values.reduce(0, +) / Double(values.count)
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return (mean, (squares / Double(values.count)).squareRoot())
    }

    /// The largest difference between the sample's distribution and a given one, at given points.
    private func distance(_ values: [Double], _ points: [Double], _ wanted: [Double]) -> Double {
        let sorted = values.sorted()
        var index = 0
        var largest = 0.0
        for (point, probability) in zip(points, wanted) {
            while index < sorted.count, sorted[index] <= point { index += 1 }
            largest = max(largest, abs(Double(index) / Double(sorted.count) - probability))
        }
        return largest
    }
}

@Suite struct HalfPrecisionTests {
    let halves: DataFixture.Halves

    init() throws { halves = try fixture("data", as: DataFixture.self).halves }

    @Test func `Half precision is encoded as numpy encodes it`() {
        #expect(doubles(halves.values).map(HalfPrecision.encodeFloat16) == words(halves.float16))
        #expect(doubles(halves.finite).map(HalfPrecision.encodeBFloat16) == words(halves.bfloat16))
    }

    @Test func `Every pattern survives decoding and encoding`() {
        var wrong16: [UInt16] = []
        var wrongB: [UInt16] = []
        for bits in UInt16.min...UInt16.max {
            let half = HalfPrecision.decode(float16: bits)
            if !half.isNaN, HalfPrecision.encodeFloat16(half) != bits { wrong16.append(bits) }
            if half.isNaN != (bits & 0x7fff > 0x7c00) { wrong16.append(bits) }
            let brain = HalfPrecision.decode(bfloat16: bits)
            if !brain.isNaN, HalfPrecision.encodeBFloat16(brain) != bits { wrongB.append(bits) }
            if brain.isNaN != (bits & 0x7fff > 0x7f80) { wrongB.append(bits) }
        }
        #expect(wrong16.isEmpty)
        #expect(wrongB.isEmpty)
    }

    @Test func `Not a number stays not a number`() {
        #expect(HalfPrecision.decode(float16: HalfPrecision.encodeFloat16(.nan)).isNaN)
        #expect(HalfPrecision.decode(bfloat16: HalfPrecision.encodeBFloat16(.nan)).isNaN)
        #expect(HalfPrecision.encodeBFloat16(1e39) == 0x7f80)
        #expect(HalfPrecision.encodeBFloat16(-.infinity) == 0xff80)
    }
}
