import Model
import Testing

@testable import Operators

/// Runs inference that must fail and returns the message.
private func failure(
    _ name: String, _ inputs: [TensorSpec], _ attributes: [Attribute] = [],
    outputs: [TensorSpec] = [], domain: String = "", opset: Int = 0
) -> String {
    do {
        _ = try OperatorRegistry.infer(
            Operation(
                domain: domain, name: name, opset: opset, inputs: inputs, outputs: outputs,
                attributes: attributes))
        return "no error"
    } catch {
        return error.description
    }
}

private func f32(_ name: String, _ shape: Int...) -> TensorSpec { TensorSpec(name, .f32, shape) }

@Suite struct InferenceTests {
    @Test func `No operator is defined twice`() {
        let names = OperatorRegistry.all.map(\.qualifiedName)
        #expect(Set(names).count == names.count)
    }

    @Test func `Tensors stand at ONNX's places, whatever is left out before them`() throws {
        let clip = try OperatorRegistry.infer(
            Operation(
                name: "Clip", opset: 0,
                inputs: [TensorSpec("input", .f32, [4]), TensorSpec("max", .f32, [])], outputs: []))
        #expect(OperatorRegistry.places(of: clip).inputs == [0, 2])
        let normalization = try OperatorRegistry.infer(
            Operation(
                name: "LayerNormalization", opset: 0,
                inputs: [TensorSpec("X", .f32, [2, 4]), TensorSpec("Scale", .f32, [4])],
                outputs: [TensorSpec("Y", .f32, []), TensorSpec("InvStdDev", .f32, [])]))
        #expect(OperatorRegistry.places(of: normalization).outputs == [0, 2])
        let concat = try OperatorRegistry.infer(
            Operation(
                name: "Concat", opset: 0,
                inputs: [TensorSpec("inputs_0", .f32, [2]), TensorSpec("inputs_1", .f32, [2])],
                outputs: [], attributes: [Attribute("axis", .int(0))]))
        #expect(OperatorRegistry.places(of: concat) == TensorPlaces(concat))
    }

    @Test func `Outputs get names, types and shapes`() throws {
        let operation = try onnx("MatMul", [f32("B", 4, 5), f32("A", 2, 3, 4)])
        #expect(operation.inputs.map(\.name) == ["A", "B"])
        #expect(operation.outputs == [f32("Y", 2, 3, 5)])
        #expect(operation.opset == 13)
    }

    @Test func `Attributes get their defaults in order`() throws {
        let operation = try onnx(
            "Gemm", [f32("A", 2, 3), f32("B", 3, 4)], [Attribute("alpha", .int(2))])
        #expect(
            operation.attributes == [
                Attribute("alpha", .float(2)), Attribute("beta", .float(1)),
                Attribute("transA", .int(0)), Attribute("transB", .int(0)),
            ])
    }

    @Test func `A wanted output type is kept`() throws {
        let operation = try onnx(
            "MatMul",
            [TensorSpec("A", .bf16, [2, 3]), TensorSpec("B", .bf16, [3, 4], isConstant: true)],
            outputs: [TensorSpec("Y", .f32, [])])
        #expect(operation.outputs == [f32("Y", 2, 4)])
        #expect(operation.inputs[1].isConstant)
    }

    @Test func `Completing twice changes nothing`() throws {
        let complete = [
            try onnx("MatMul", [f32("A", 3, 4), f32("B", 4, 5)]),
            try onnx("Softmax", [f32("input", 3, 4)]), try ours("Peak"), try ours("Empty"),
            try ours("MemoryTriad", ["bytes": .int(1 << 20)]),
            try ours("PointerChase", ["bytes": .int(1 << 20), "steps": .int(100)]),
        ]
        for operation in complete {
            #expect(try OperatorRegistry.infer(operation) == operation)
        }
    }

    @Test func `Operators of ours make their tensors from attributes`() throws {
        let triad = try ours("MemoryTriad", ["bytes": .int(10000)])
        #expect(triad.inputs == [TensorSpec("B", .f64, [384]), TensorSpec("C", .f64, [384])])
        #expect(triad.outputs == [TensorSpec("A", .f64, [384])])
        #expect(triad.string("stores") == "plain")
        #expect(triad.double("scalar") == 3)
        let read = try ours("MemoryRead", ["bytes": .int(1 << 20)])
        #expect(read.inputs == [TensorSpec("A", .f64, [131072])])
        #expect(read.outputs == [TensorSpec("sum", .f64, [1])])
        let write = try ours("MemoryWrite", ["bytes": .int(1 << 20)])
        #expect(write.inputs.isEmpty)
        #expect(write.outputs == [TensorSpec("A", .f64, [131072])])
        let chase = try ours("PointerChase", ["bytes": .int(4096), "steps": .int(9)])
        #expect(chase.inputs == [TensorSpec("table", .i64, [512], isConstant: true)])
        #expect(chase.outputs == [TensorSpec("end", .i64, [1])])
        #expect(try ours("Peak").outputs == [TensorSpec("checksum", .f64, [1])])
        #expect(try ours("Peak").int("operations") == 96 << 20)
    }

    @Test func `An error names the operator, the input and the rule`() {
        #expect(
            failure("MatMul", [f32("A", 2, 4), f32("B", 3, 5)])
                == "MatMul: input B's first dimension is 3 but input A's last is 4; "
                + "they must be equal")
        #expect(
            failure("MatMul", [f32("A", 2, 4), f32("B", 7, 3, 5)])
                == "MatMul: input B's second to last dimension is 3 but input A's last is 4; "
                + "they must be equal")
        #expect(
            failure("Gemm", [f32("A", 2, 4), f32("B", 5, 3)], [Attribute("transB", .int(1))])
                == "Gemm: input B's last dimension is 3 but input A's last is 4; they must be equal"
        )
        #expect(
            failure("Add", [f32("A", 2, 4), f32("B", 3)])
                == "Add: input A's shape [2, 4] and input B's shape [3] do not broadcast; "
                + "extents must be equal or 1, counted from the last")
        #expect(
            failure("Softmax", [f32("input", 2, 4)], [Attribute("axis", .int(2))])
                == "Softmax: axis is 2; it must be from -2 to 1 for rank 2")
    }

    @Test(arguments: [
        ("Matmul", "Matmul: unknown operator; did you mean 'MatMul'?"),
        ("Sofmax", "Sofmax: unknown operator; did you mean 'Softmax'?"),
        ("Frobnicate", "Frobnicate: unknown operator"),
        ("Peak", "Peak: this operator is in domain 'assay'"),
    ])
    func `An unknown operator gets a suggestion`(name: String, message: String) {
        #expect(failure(name, []) == message)
    }

    @Test func `Wrong inputs are named`() {
        #expect(failure("Exp", []) == "Exp: input input must be given")
        #expect(
            failure("Exp", [f32("imput", 3)]) == "Exp: unknown input 'imput'; did you mean 'input'?"
        )
        #expect(
            failure("Exp", [f32("other", 3)]) == "Exp: unknown input 'other'; its inputs are input")
        #expect(
            failure("Add", [f32("A", 3), f32("A", 3), f32("B", 3)]) == "Add: input A is given twice"
        )
        #expect(
            failure("Add", [f32("A", 3), TensorSpec("B", .f64, [3])])
                == "Add: input B is f64 but input A is f32; they must be equal")
        #expect(
            failure("Exp", [TensorSpec("input", .i8, [3])])
                == "Exp: input is i8; it must be one of f64, f32, f16, bf16")
        #expect(
            failure("Exp", [f32("input", -1)])
                == "Exp: input's shape is [-1]; extents must not be negative")
        #expect(
            failure("Exp", [f32("input", 1 << 40, 1 << 40, 0)])
                == "Exp: input's shape [1099511627776, 1099511627776, 0] has too many elements")
        #expect(failure("MatMul", [f32("A"), f32("B", 3)]).contains("input A is a scalar"))
        #expect(
            failure("ReduceSum", [f32("data", 3), TensorSpec("axes", .i64, [1])])
                == "ReduceSum: input axes must be a list of i64 with its values given")
        #expect(
            failure("ReduceSum", [f32("data", 3), TensorSpec("axes", .i64, [2], values: [0, -1])])
                == "ReduceSum: input axes names axis 0 twice")
    }

    @Test func `A broadcast result that is too large is refused`() {
        #expect(
            failure("Add", [f32("A", 1 << 31, 1), f32("B", 1, 1 << 31)]).contains(
                "too many elements"))
    }

    @Test func `Wrong attributes are named`() {
        let inputs = [f32("input", 3, 4)]
        #expect(
            failure("Softmax", inputs, [Attribute("axs", .int(1))])
                == "Softmax: unknown attribute 'axs'; did you mean 'axis'?")
        #expect(
            failure("Softmax", inputs, [Attribute("axis", .string("last"))])
                == "Softmax: attribute 'axis' must be of type int")
        #expect(
            failure("MemoryCopy", [], domain: "assay")
                == "MemoryCopy: attribute 'bytes' must be given")
        #expect(
            failure("MemoryCopy", [], [Attribute("bytes", .int(100))], domain: "assay")
                == "MemoryCopy: attribute 'bytes' is 100; it must be at least 1024")
        #expect(
            failure("Peak", [], [Attribute("path", .string("avx9"))], domain: "assay")
                == "Peak: attribute 'path' is 'avx9'; it must be one of best, scalar, sse, avx2, "
                + "avx512, amx, neon")
        #expect(
            failure("Peak", [], [Attribute("operations", .int(1000))], domain: "assay")
                == "Peak: attribute 'operations' is 1000; it must be a multiple of 768")
        let chase = [Attribute("bytes", .int(1 << 20)), Attribute("steps", .int(1))]
        #expect(
            failure("PointerChase", [], chase + [Attribute("stride", .int(12))], domain: "assay")
                == "PointerChase: attribute 'stride' is 12; it must be a multiple of 8")
        #expect(
            failure("PointerChase", [], chase + [Attribute("window", .int(96))], domain: "assay")
                .contains("attribute 'window' is 96"))
    }

    @Test func `Wrong outputs are named`() {
        let inputs = [f32("input", 3, 4)]
        #expect(
            failure("Softmax", inputs, outputs: [f32("Y", 3, 4)])
                == "Softmax: unknown output 'Y'; its outputs are output")
        #expect(
            failure("Softmax", inputs, outputs: [f32("output", 4, 3)])
                == "Softmax: output output is given as [4, 3] but the inputs make it [3, 4]")
        #expect(
            failure("Softmax", inputs, outputs: [TensorSpec("output", .i32, [])])
                == "Softmax: output is i32; it must be one of f64, f32, f16, bf16")
    }

    @Test func `An operator set that is too old is refused`() {
        #expect(
            failure("Softmax", [f32("input", 3)], opset: 12)
                == "Softmax: needs operator set 13 or later, not 12")
        #expect(failure("Softmax", [f32("input", 3)], opset: 13) == "no error")
        #expect(failure("Softmax", [f32("input", 3)], domain: "ai.onnx", opset: 21) == "no error")
    }

    @Test func `Names are unique and definitions are found`() {
        #expect(Set(OperatorRegistry.all.map(\.qualifiedName)).count == OperatorRegistry.all.count)
        for definition in OperatorRegistry.all {
            let found = OperatorRegistry.definition(
                domain: definition.domain, name: definition.name)
            #expect(found?.name == definition.name)
            #expect(Set(definition.attributes.map(\.name)).count == definition.attributes.count)
        }
        #expect(OperatorRegistry.names.contains("MemoryTriad"))
    }
}

@Suite struct WorkTests {
    private func work(_ operation: Operation) throws -> Work {
        try OperatorRegistry.work(of: operation)
    }

    @Test func `Products count two operations a multiply-add`() throws {
        let product = try work(onnx("MatMul", [f32("A", 5, 3, 4), f32("B", 4, 6)]))
        #expect(product.flops == 2 * 5 * 3 * 4 * 6)
        #expect(product.bytesRead.value == 4 * (60 + 24))
        #expect(product.bytesWritten.value == 4 * 90)
        #expect(product.bytesOwnership.value == 0)
        let plain = try work(onnx("Gemm", [f32("A", 3, 4), f32("B", 4, 6)]))
        #expect(plain.flops == 2 * 3 * 4 * 6)
        let inputs = [f32("A", 3, 4), f32("B", 4, 6), f32("C", 6)]
        #expect(try work(onnx("Gemm", inputs)).flops == 144 + 18)
        let scaled = [Attribute("alpha", .float(2)), Attribute("beta", .float(3))]
        #expect(try work(onnx("Gemm", inputs, scaled)).flops == 144 + 3 * 18)
        #expect(try work(onnx("MatMul", [f32("A", 3, 0), f32("B", 0, 6)])).flops == 0)
    }

    @Test func `Other operators count as the convention says`() throws {
        #expect(try work(onnx("Add", [f32("A", 3, 1), f32("B", 4)])).flops == 12)
        #expect(try work(onnx("Exp", [f32("input", 3, 4)])).flops == 12)
        #expect(try work(onnx("Softmax", [f32("input", 3, 4)])).flops == 60)
        let row = [f32("X", 3, 4), f32("Scale", 4)]
        #expect(try work(onnx("LayerNormalization", row)).flops == 72)
        #expect(try work(onnx("LayerNormalization", row + [f32("B", 4)])).flops == 84)
        let axes = TensorSpec("axes", .i64, [1], values: [1])
        let sum = try work(onnx("ReduceSum", [f32("data", 3, 4), axes]))
        #expect(sum.flops == 9)
        #expect(sum.bytesRead.value == 48)
        #expect(sum.bytesWritten.value == 12)
    }

    @Test(arguments: [
        ("MemoryRead", 1, 1, 0, 0, 1), ("MemoryWrite", 1, 0, 1, 1, 0),
        ("MemoryCopy", 2, 1, 1, 1, 0),
        ("MemoryScale", 2, 1, 1, 1, 1), ("MemoryAdd", 3, 2, 1, 1, 1),
        ("MemoryTriad", 3, 2, 1, 1, 2),
    ])
    func `Memory kernels count as STREAM does`(
        name: String, arrays: Int, read: UInt64, written: UInt64, owned: UInt64, flops: UInt64
    ) throws {
        let bytes = Int64(arrays * 8192)
        let plain = try work(ours(name, ["bytes": .int(bytes), "repetitions": .int(10)]))
        #expect(plain.bytesRead.value == read * 81920)
        #expect(plain.bytesWritten.value == written * 81920)
        #expect(plain.bytesOwnership.value == owned * 81920)
        #expect(plain.flops == flops * 10240)
        let streaming = try work(
            ours(name, ["bytes": .int(bytes), "stores": .string("nonTemporal")]))
        #expect(streaming.bytesOwnership.value == 0)
        #expect(streaming.bytesWritten.value == written * 8192)
    }

    @Test func `Latency operators count steps`() throws {
        let chase = try ours("PointerChase", ["bytes": .int(65536), "steps": .int(12345)])
        #expect(try work(chase).steps == 12345)
        #expect(try work(ours("Empty")).steps == 1)
        #expect(try work(ours("Peak")).flops == 96 << 20)
        #expect(OperatorRegistry.memoryNeeded(chase).value == 2 * (65536 + 8))
    }

    @Test func `Memory needed is that of all tensors`() throws {
        let product = try onnx("MatMul", [f32("A", 3, 4), f32("B", 4, 5)])
        #expect(OperatorRegistry.memoryNeeded(product).value == 4 * (12 + 20 + 15))
        let triad = try ours("MemoryTriad", ["bytes": .int(1 << 30)])
        #expect(OperatorRegistry.memoryNeeded(triad).value <= 1 << 30)
        #expect(OperatorRegistry.memoryNeeded(triad).value > 1 << 30 - 2048)
    }

    @Test func `Counts that overflow are held at the largest value`() {
        #expect(saturatingProduct(1 << 40, 1 << 40) == .max)
        #expect(saturatingProduct(1 << 40, 1 << 40, 0) == 0)
        #expect(saturatingProduct() == 1)
    }
}
