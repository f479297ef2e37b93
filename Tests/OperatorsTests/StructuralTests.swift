import Model
import Testing

@testable import Operators

/// Outputs of real arithmetic, with what verification must say of them.
struct ArithmeticCase: Decodable, CustomTestStringConvertible {
    let vector: Vector
    let passes: Bool

    private enum Key: String, CodingKey { case passes }

    init(from decoder: any Decoder) throws {
        vector = try Vector(from: decoder)
        passes = try decoder.container(keyedBy: Key.self).decode(Bool.self, forKey: .passes)
    }

    var testDescription: String { vector.label }

    static let all: [ArithmeticCase] =
        ["arithmetic-structural", "arithmetic-recurrent"].flatMap {
            (try? fixture($0, as: [ArithmeticCase].self)) ?? []
        }
}

private func f32(_ name: String, _ shape: Int...) -> TensorSpec { TensorSpec(name, .f32, shape) }

private func given(_ name: String, _ values: Int64...) -> TensorSpec {
    TensorSpec(name, .i64, [values.count], values: values)
}

/// Runs inference that must fail and returns the message.
private func failure(
    _ name: String, _ inputs: [TensorSpec], _ attributes: [Attribute] = [], domain: String = ""
) -> String {
    do {
        _ = try OperatorRegistry.infer(
            Operation(
                domain: domain, name: name, opset: 0, inputs: inputs, outputs: [],
                attributes: attributes))
        return "no error"
    } catch {
        return error.description
    }
}

@Suite struct StructuralTests {
    @Test func `There are right and wrong outputs`() {
        #expect(ArithmeticCase.all.count { $0.passes } >= 9)
        #expect(ArithmeticCase.all.count { !$0.passes } >= 21)
    }

    @Test(arguments: ArithmeticCase.all)
    func `f32 arithmetic passes and shorter arithmetic fails`(test: ArithmeticCase) throws {
        let operation = try test.vector.operation()
        let tensors = Tensors()
        let result = try Verification.verify(
            operation, inputs: test.vector.views(operation, tensors),
            outputs: test.vector.stored(operation, tensors).map(\.view), sampleSeed: 1)
        #expect(result.passed == test.passes, "\(result)")
    }

    @Test(arguments: Vector.all)
    func `Completing a completed operation changes nothing`(vector: Vector) throws {
        let operation = try vector.operation()
        #expect(try OperatorRegistry.infer(operation) == operation)
    }

    @Test func `Automatic pads become numbers, so that equal work is the same point`() throws {
        let inputs = [f32("X", 1, 2, 6, 7), f32("W", 3, 2, 3, 3)]
        let automatic = try onnx(
            "Conv", inputs,
            [Attribute("auto_pad", .string("SAME_LOWER")), Attribute("strides", .ints([2, 2]))])
        let written = try onnx(
            "Conv", inputs,
            [Attribute("pads", .ints([1, 1, 0, 1])), Attribute("strides", .ints([2, 2]))])
        #expect(automatic == written)
        #expect(automatic.outputs[0].shape == [1, 3, 3, 4])
    }

    @Test func `A step whose rest lies behind the input makes no window`() throws {
        let pool = try onnx(
            "MaxPool", [f32("X", 1, 1, 5, 5)],
            [
                Attribute("kernel_shape", .ints([1, 1])), Attribute("strides", .ints([3, 4])),
                Attribute("ceil_mode", .int(1)),
            ])
        #expect(pool.outputs[0].shape == [1, 1, 2, 2])
    }

    /// Counted by hand.
    @Test func `Work is derived from what is executed`() throws {
        let convolution = try onnx(
            "Conv", [f32("X", 1, 4, 6, 6), f32("W", 8, 2, 3, 3), f32("B", 8)],
            [Attribute("group", .int(2)), Attribute("pads", .ints([1, 1, 1, 1]))])
        #expect(try OperatorRegistry.work(of: convolution).flops == 8 * 36 * (2 * 18 + 1))
        let causal = try onnx(
            "Attention", [f32("Q", 1, 2, 3, 8), f32("K", 1, 1, 3, 8), f32("V", 1, 1, 3, 4)],
            [Attribute("is_causal", .int(1))])
        #expect(try OperatorRegistry.work(of: causal).flops == 2 * (1 + 2 + 3) * (16 + 8 + 6))
        let table = try onnx(
            "Gather", [f32("data", 1000, 64), TensorSpec("indices", .i64, [10])])
        #expect(try OperatorRegistry.work(of: table).bytesRead == Bytes(10 * 64 * 4 + 80))
        let paged = try OperatorRegistry.infer(
            Operation(
                domain: "assay", name: "PagedAttention", opset: 0,
                inputs: [
                    f32("Q", 2, 4, 8), f32("KeyCache", 9, 16, 2, 8), f32("ValueCache", 9, 16, 2, 8),
                    TensorSpec("BlockTable", .i64, [2, 3]), given("Lengths", 20, 5),
                ], outputs: []))
        let work = try OperatorRegistry.work(of: paged)
        #expect(work.flops == 25 * 4 * (32 + 6))
        #expect(work.bytesRead == Bytes(2 * 4 * 8 * 4 + 6 * 8 + 25 * 2 * 16 * 4))
    }

    @Test(
        arguments: [
            (
                failure("Conv", [f32("X", 1, 3, 5, 5), f32("W", 4, 2, 3, 3)]),
                "Conv: input W's second dimension is 2 with 1 groups but input X has 3 channels"
            ),
            (
                failure("Conv", [f32("X", 1, 2, 5, 5), f32("W", 4, 2, 7, 3)]),
                "Conv: a window covers 7 of dimension 2, which has 5 with its pads"
            ),
            (
                failure("MaxPool", [f32("X", 1, 2)], [Attribute("kernel_shape", .ints([]))]),
                "MaxPool: input X has 2 dimensions; it must have at least 3"
            ),
            (
                failure("Reshape", [f32("data", 2, 3), given("shape", 4, -1)]),
                "Reshape: 6 elements do not make the shape [4, -1]"
            ),
            (
                failure("Reshape", [f32("data", 2, 3), given("shape", .max, .max)]),
                "Reshape: the shape [9223372036854775807, 9223372036854775807] has"
            ),
            (
                failure("Transpose", [f32("data", 2, 3)], [Attribute("perm", .ints([0, 0]))]),
                "Transpose: attribute 'perm' is [0, 0]; it must name each of 2 axes once"
            ),
            (
                failure("Slice", [f32("data", 4), given("starts", 0), given("ends", 1, 2)]),
                "Slice: inputs starts, ends, axes and steps have 1, 2, 1 and 1 entries"
            ),
            (
                failure("Pad", [f32("data", 2), given("pads", -2, -1)]),
                "Pad: input pads takes more from axis 0 than its extent 2"
            ),
            (
                failure("Tile", [f32("input", 2), given("repeats", .max)]),
                "Tile: an extent of 2 times 9223372036854775807 is too large"
            ),
            (
                failure(
                    "Gather",
                    [f32("data", 3, 2), TensorSpec("indices", .i64, [1], values: [3])]),
                "Gather: input indices has 3; it must be from -3 to 2"
            ),
            (
                failure(
                    "Concat", [f32("inputs_0", 2, 3), f32("inputs_1", 3, 3)],
                    [Attribute("axis", .int(1))]),
                "Concat: input inputs_1's shape [3, 3] differs from inputs_0's [2, 3]"
            ),
            (
                failure("TopK", [f32("X", 4), given("K", 5)]),
                "TopK: input K must be one number from 0 to 4"
            ),
            (
                failure(
                    "Attention",
                    [
                        f32("Q", 1, 3, 2, 8), f32("K", 1, 2, 2, 8),
                        f32("V", 1, 2, 2, 8),
                    ]),
                "Attention: 3 heads of Q must be a multiple of K's 2"
            ),
            (
                failure("Resize", [f32("X", 1, 1, 4, 4)]),
                "Resize: either input sizes or attribute 'scales' must have a number for each"
            ),
            (
                failure(
                    "MatMulInteger",
                    [TensorSpec("A", .i8, [2, 40_000]), TensorSpec("B", .i8, [40_000, 2])]),
                "MatMulInteger: sums of 40000 products may not fit i32"
            ),
            (
                failure(
                    "GroupedMatMul",
                    [f32("A", 4, 2), f32("B", 2, 2, 3), given("Offsets", 3, 5)], domain: "assay"),
                "GroupedMatMul: input Offsets must have 2 rising numbers"
            ),
        ])
    func `A wrong call is an error that names operator, tensor and rule`(
        message: String, expected: String
    ) {
        #expect(message.hasPrefix(expected), "\(message)")
    }
}
