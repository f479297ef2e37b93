import FoundationEssentials
import Model
import Testing

@testable import Operators

private struct DomainFixture: Decodable {
    struct Golden: Decodable {
        let domain: String
        let dtype: DType
        let pattern: String
        let seed: String
        let count: Int
        let fnv: String
    }

    struct Format: Decodable {
        let decoded: Base64
        let encoded: Base64
    }

    let golden: [Golden]
    let numbers: Base64
    let formats: [String: Format]
}

/// Data of narrower domains, and of types beyond the four floating-point ones.
@Suite struct DomainTests {
    private let fixture: DomainFixture

    init() throws { fixture = try OperatorsTests.fixture("domains") }

    private func fill(
        _ memory: TensorMemory, _ domain: String, _ pattern: DataPattern, seed: UInt64
    ) {
        let dtype = memory.spec.dtype
        let range: ClosedRange<Int64> = -3...7
        switch domain {
        case "within" where dtype.isFloat:
            InputData.drawWithin(memory, pattern: pattern, range: range, seed: seed)
        case "within":
            let own = FormalTensor.Domain.within(range).integerRange(dtype)
            InputData.drawIntegers(memory, pattern: pattern, in: own, seed: seed)
        case "any" where !dtype.isFloat:
            let own = FormalTensor.Domain.anyNumber.integerRange(dtype)
            InputData.drawIntegers(memory, pattern: pattern, in: own, seed: seed)
        default:
            InputData.draw(memory, pattern: pattern, nonNegative: false, seed: seed)
            let revisions: [String: FormalTensor.Domain] = [
                "whole": .whole, "special": .special, "scaled": .scaled(by: 0.25, plus: 1),
            ]
            guard let own = revisions[domain] else { return }
            InputData.revise(memory, pattern: pattern, own, seed: seed)
        }
    }

    @Test func `Generated data are the bits that the Python implementation gives`() throws {
        #expect(fixture.golden.count == 86)
        for golden in fixture.golden {
            let tensors = Tensors()
            let memory = tensors.make(TensorSpec("X", golden.dtype, [golden.count]))
            let pattern = try #require(DataPattern(name: golden.pattern))
            let seed = try #require(UInt64(golden.seed, radix: 16))
            fill(memory, golden.domain, pattern, seed: seed)
            if golden.domain == "special" {
                for place in 0..<golden.count where memory.view.element(place).isNaN {
                    memory.store(number: 7.5, at: place)
                }
            }
            let label = "\(golden.domain) \(golden.dtype.name) \(golden.pattern)"
            #expect(fnv(memory.contents) == golden.fnv, "\(label)")
        }
    }

    @Test func `About one in 16 special numbers is not a number or infinite`() {
        let tensors = Tensors()
        let memory = tensors.make(TensorSpec("X", .f32, [16000]))
        InputData.draw(memory, pattern: .normal, nonNegative: false, seed: 3)
        InputData.revise(memory, pattern: .normal, .special, seed: 3)
        let values = (0..<16000).map { memory.view.element($0) }
        #expect((200...300).contains(values.count { $0.isNaN }))
        #expect((400...600).contains(values.count { $0.isInfinite }))
    }

    @Test(arguments: [DType.f8e4m3, .f8e5m2])
    func `Eight-bit floats decode and encode as ml_dtypes does`(dtype: DType) throws {
        let format = try #require(fixture.formats[dtype.name])
        let tensors = Tensors()
        let memory = tensors.make(TensorSpec("X", dtype, [256]))
        for (bits, wanted) in doubles(format.decoded).enumerated() {
            memory.store(Int64(bits), at: bits)
            let value = memory.view.element(bits)
            #expect(value == wanted || (value.isNaN && wanted.isNaN), "\(bits)")
            #expect(value.sign == wanted.sign || wanted.isNaN)
            if wanted.isFinite {
                memory.store(number: wanted, at: bits)
                #expect(memory.view.bits(bits) == UInt64(bits))
            }
        }
        let encoded = format.encoded.bytes
        for (place, value) in doubles(fixture.numbers).enumerated() {
            memory.store(number: value, at: 0)
            #expect(memory.view.bits(0) == UInt64(encoded[place]), "\(value)")
        }
    }

    @Test func `Operators name the domain of their inputs`() throws {
        func values(_ operation: Operation, _ index: Int) -> [Double] {
            let tensors = Tensors()
            let views = generatedInputs(operation, tensors)
            return withExtendedLifetime(tensors) {
                (0..<min(views[index].spec.count, 2000)).map { views[index].element($0) }
            }
        }
        let pair = [TensorSpec("A", .i8, [2000]), TensorSpec("B", .i8, [2000])]
        let divisors = values(try onnx("Div", pair), 1)
        #expect(divisors.min() == 1 && divisors.max() == 127)
        let equal = values(try onnx("Equal", pair), 0)
        #expect(Set(equal) == Set((-4...4).map { Double($0) }))
        let shift = [TensorSpec("X", .u16, [2000]), TensorSpec("Y", .u16, [2000])]
        let shifts = values(
            try onnx("BitShift", shift, [Attribute("direction", .string("LEFT"))]), 1)
        #expect(Set(shifts) == Set((0...15).map { Double($0) }))
        let scores = TensorSpec("scores", .f32, [500, 7])
        let labels = values(
            try onnx("SoftmaxCrossEntropyLoss", [scores, TensorSpec("labels", .i64, [500])]), 1)
        #expect(Set(labels) == Set((0...6).map { Double($0) }))
        let product = try onnx("ReduceProd", [TensorSpec("data", .f32, [1, 10000])])
        let factors = values(product, 0)
        #expect(factors.allSatisfy { abs($0 - 1) < 0.06 })
    }
}
