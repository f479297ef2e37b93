import Model
import Testing

@testable import Operators

/// Element types, optional and variadic tensors, and several outputs.
@Suite struct TypeTests {
    private func failure(
        _ name: String, _ inputs: [TensorSpec], _ attributes: [Attribute] = [],
        outputs: [TensorSpec] = [], domain: String = ""
    ) -> String {
        do {
            _ = try OperatorRegistry.infer(
                Operation(
                    domain: domain, name: name, opset: 0, inputs: inputs, outputs: outputs,
                    attributes: attributes))
            return "no error"
        } catch {
            return error.description
        }
    }

    @Test func `Formal tensors of one parameter share a type and others do not`() throws {
        let x = TensorSpec("X", .f32, [3])
        #expect(try onnx("Pow", [x, TensorSpec("Y", .i8, [])]).outputs[0].dtype == .f32)
        #expect(
            failure("Where", [TensorSpec("condition", .bool, [3]), x, TensorSpec("Y", .f64, [3])])
                == "Where: input Y is f64 but input X is f32; they must be equal")
        #expect(
            failure("Where", [TensorSpec("condition", .f32, [3]), x, TensorSpec("Y", .f32, [3])])
                == "Where: condition is f32; it must be one of bool")
        #expect(
            failure("And", [TensorSpec("A", .i8, [3]), TensorSpec("B", .i8, [3])])
                == "And: A is i8; it must be one of bool")
    }

    @Test func `Comparisons give truth values and nothing else`() throws {
        let inputs = [TensorSpec("A", .f32, [2, 1]), TensorSpec("B", .f32, [3])]
        #expect(try onnx("Less", inputs).outputs == [TensorSpec("C", .bool, [2, 3])])
        #expect(
            failure("Less", inputs, outputs: [TensorSpec("C", .f32, [])])
                == "Less: C is f32; it must be one of bool")
        #expect(
            failure(
                "Add", [TensorSpec("A", .i8, [3]), TensorSpec("B", .i8, [3])],
                outputs: [TensorSpec("C", .i32, [])])
                == "Add: output C is i32 but the inputs make it i8")
    }

    @Test func `Variadic inputs are numbered from 0 without a gap`() throws {
        func data(_ number: Int) -> TensorSpec { TensorSpec("data_\(number)", .f32, [3]) }
        let sum = try onnx("Sum", [data(2), data(0), data(1)])
        #expect(sum.inputs.map(\.name) == ["data_0", "data_1", "data_2"])
        #expect(sum.variadicInputs("data").count == 3)
        #expect(
            failure("Sum", [data(0), data(2)])
                == "Sum: input data_1 must be given; inputs are numbered from 0")
        #expect(failure("Sum", []) == "Sum: input data_0 must be given")
        #expect(
            failure("Sum", [data(0), TensorSpec("other", .f32, [3])])
                == "Sum: unknown input 'other'; its inputs are data_0, …")
        #expect(failure("Sum", [data(0), data(0)]) == "Sum: input data_0 is given twice")
        #expect(failure("Sum", [TensorSpec("data_00", .f32, [3])]).contains("unknown input"))
        #expect(
            failure("Max", [data(0), TensorSpec("data_1", .f32, [2])])
                == "Max: input data_0's shape [3] and input data_1's shape [2] do not broadcast; "
                + "extents must be equal or 1, counted from the last")
    }

    @Test func `Optional outputs are there when they are asked for`() throws {
        let inputs = [TensorSpec("X", .f32, [3, 4]), TensorSpec("Scale", .f32, [4])]
        #expect(try onnx("LayerNormalization", inputs).outputs.map(\.name) == ["Y"])
        let both = try onnx(
            "LayerNormalization", inputs,
            outputs: [TensorSpec("InvStdDev", .f32, []), TensorSpec("Y", .f32, [])])
        #expect(both.outputs.map(\.name) == ["Y", "InvStdDev"])
        #expect(both.outputs[1].shape == [3, 1])
        #expect(try OperatorRegistry.infer(both) == both)
    }

    @Test func `Values may stand in the case for any type that holds them`() throws {
        let input = TensorSpec("input", .f16, [5])
        let clip = try onnx("Clip", [input, TensorSpec("max", .f16, [], values: [6])])
        #expect(clip.inputs[1].isConstant)
        let tensors = Tensors()
        let memory = tensors.make(clip.inputs[1])
        InputData.fill(memory, inputIndex: 1, of: clip, pattern: .normal, seed: 9)
        #expect(memory.view.element(0) == 6)
        #expect(
            failure("Clip", [input, TensorSpec("max", .f16, [], values: [6, 7])])
                == "Clip: input max has 2 values for 1 elements")
        #expect(
            failure(
                "Clip",
                [TensorSpec("input", .i8, [5]), TensorSpec("max", .i8, [], values: [300])])
                == "Clip: input max's value 300 does not fit i8")
        #expect(
            failure("Trilu", [TensorSpec("input", .f32, [3, 3]), TensorSpec("k", .f32, [])])
                == "Trilu: input k must be a list of i64 with its values given")
    }

    @Test func `Rules of operators are named`() {
        let pair = [TensorSpec("A", .f32, [3]), TensorSpec("B", .f32, [3])]
        #expect(
            failure("Mod", pair)
                == "Mod: attribute 'fmod' must be 1 for floating-point inputs")
        #expect(
            failure("Cast", [TensorSpec("input", .f32, [3])], [Attribute("to", .int(8))])
                .hasPrefix("Cast: attribute 'to' is 8; it must be ONNX's number"))
        let scores = TensorSpec("scores", .f32, [4, 5])
        #expect(
            failure("SoftmaxCrossEntropyLoss", [scores, TensorSpec("labels", .i64, [5])])
                == "SoftmaxCrossEntropyLoss: input labels' shape is [5]; without the classes input "
                + "scores is [4]")
        #expect(
            failure("ArgMax", [TensorSpec("data", .f32, [0, 3])])
                == "ArgMax: input data's axis 0 has no elements to choose from")
        let groups = [
            TensorSpec("X", .f32, [1, 6, 4]), TensorSpec("scale", .f32, [6]),
            TensorSpec("bias", .f32, [6]),
        ]
        #expect(
            failure("GroupNormalization", groups, [Attribute("num_groups", .int(4))])
                == "GroupNormalization: attribute 'num_groups' is 4; it must divide the 6 channels")
    }

    @Test func `Every output is judged and the worst counts`() throws {
        let operation = try onnx(
            "LayerNormalization", [TensorSpec("X", .f32, [6, 8]), TensorSpec("Scale", .f32, [8])],
            outputs: [TensorSpec("Y", .f32, []), TensorSpec("Mean", .f32, [])])
        let tensors = Tensors()
        let inputs = generatedInputs(operation, tensors)
        let outputs = operation.outputs.map { tensors.make($0) }
        let oracle = try #require(try OperatorRegistry.definition(of: operation).oracle)
        let call = OracleCall(operation, inputs: inputs)
        for (index, memory) in outputs.enumerated() {
            var expected = Expected()
            expected.reset(count: memory.spec.count)
            oracle.evaluate(call.about(output: index), 0..<memory.spec.count, &expected)
            for (place, value) in expected.values.enumerated() {
                memory.store(number: value, at: place)
            }
        }
        func verify() throws -> Correctness {
            try Verification.verify(
                operation, inputs: inputs, outputs: outputs.map(\.view), sampleSeed: 1)
        }
        let right = try verify()
        #expect(right.passed)
        #expect(right.tolerance.contains("Y: ") && right.tolerance.contains("; Mean: "))
        outputs[1].store(number: 9, at: 2)
        let wrong = try verify()
        #expect(!wrong.passed)
        #expect(wrong.detail.hasPrefix("Mean[2, 0] is 9"))
        let spot = try Verification.spotCheck(
            operation, inputs: inputs, outputs: outputs.map(\.view), before: [], mustChange: false,
            seed: 4)
        #expect(!spot.passed)
    }

    @Test func `A truth value that was never written fails`() throws {
        let operation = try onnx(
            "Less", [TensorSpec("A", .f32, [40]), TensorSpec("B", .f32, [40])])
        let tensors = Tensors()
        let inputs = generatedInputs(operation, tensors)
        let output = tensors.make(operation.outputs[0])
        let result = try Verification.verify(
            operation, inputs: inputs, outputs: [output.view], sampleSeed: 1)
        #expect(!result.passed)
        #expect(result.detail.contains("is 255.0"))
    }
}

@Suite struct DropoutTests {
    private let count = 20000

    /// The judgement of a training call that keeps an element where `keeps` says so.
    private func judge(
        scale: Double = 1.25, mask: Bool = true, _ keeps: (Int) -> Bool
    ) throws -> Correctness {
        var wanted = [TensorSpec("output", .f32, [])]
        if mask { wanted.append(TensorSpec("mask", .bool, [])) }
        let operation = try onnx(
            "Dropout",
            [
                TensorSpec("data", .f32, [count]), TensorSpec("ratio", .f32, []),
                TensorSpec("training_mode", .bool, [], values: [1]),
            ], outputs: wanted)
        let tensors = Tensors()
        let inputs = generatedInputs(operation, tensors)
        #expect(inputs[1].element(0) == Double(Float(0.2)))
        let outputs = operation.outputs.map { tensors.make($0) }
        for place in 0..<count {
            let isKept = keeps(place)
            outputs[0].store(
                number: isKept ? inputs[0].element(place) * scale : 0, at: place)
            if mask { outputs[1].store(Int64(isKept ? 1 : 0), at: place) }
        }
        return try Verification.verify(
            operation, inputs: inputs, outputs: outputs.map(\.view), sampleSeed: 1)
    }

    private func random(_ ratio: Double, seed: UInt64) -> (Int) -> Bool {
        var generator = Xoshiro256(seed: seed)
        return { _ in Double(generator.next() >> 11) * 0x1p-53 >= ratio }
    }

    @Test(arguments: [true, false])
    func `Elements dropped as often as the ratio says pass`(mask: Bool) throws {
        for seed in 1...5 {
            let result = try judge(mask: mask, random(0.2, seed: UInt64(seed)))
            #expect(result.passed, "\(result)")
            #expect(result.method == "statistical")
        }
    }

    @Test func `Another ratio, another scale and none dropped fail`() throws {
        #expect(try !judge(random(0.25, seed: 1)).passed)
        #expect(try !judge(random(0.15, seed: 1)).passed)
        #expect(try !judge(scale: 1, random(0.2, seed: 1)).passed)
        #expect(try !judge { _ in true }.passed)
        #expect(try !judge { _ in false }.passed)
    }
}
