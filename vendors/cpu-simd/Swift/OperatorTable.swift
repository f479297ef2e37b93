/// The operators that this backend has; a new one is a new row.
struct OperatorRow: Sendable {
    var domain: String
    var name: String
    /// The least ONNX opset with these semantics.
    var opset: Int
    var type: any Operator.Type

    static let all: [OperatorRow] =
        [
            OperatorRow(domain: "assay", name: "Peak", opset: 1, type: Peak.self),
            OperatorRow(domain: "assay", name: "MemoryRead", opset: 1, type: MemoryPass.self),
            OperatorRow(domain: "assay", name: "MemoryWrite", opset: 1, type: MemoryPass.self),
            OperatorRow(domain: "assay", name: "MemoryCopy", opset: 1, type: MemoryPass.self),
            OperatorRow(domain: "assay", name: "MemoryScale", opset: 1, type: MemoryPass.self),
            OperatorRow(domain: "assay", name: "MemoryAdd", opset: 1, type: MemoryPass.self),
            OperatorRow(domain: "assay", name: "MemoryTriad", opset: 1, type: MemoryPass.self),
            OperatorRow(domain: "assay", name: "PointerChase", opset: 1, type: PointerChase.self),
            OperatorRow(domain: "assay", name: "LoadedLatency", opset: 1, type: LoadedLatency.self),
            OperatorRow(domain: "assay", name: "RandomAccess", opset: 1, type: RandomAccess.self),
            OperatorRow(domain: "assay", name: "Capacity", opset: 1, type: Capacity.self),
            OperatorRow(domain: "assay", name: "CoreToCore", opset: 1, type: CoreToCore.self),
            OperatorRow(domain: "assay", name: "PageFault", opset: 1, type: PageFault.self),
            OperatorRow(
                domain: "assay", name: "ParallelRegion", opset: 1, type: ParallelRegion.self),
            OperatorRow(domain: "assay", name: "ThreadSpawn", opset: 1, type: ThreadSpawn.self),
            OperatorRow(domain: "assay", name: "StorageRead", opset: 1, type: Storage.self),
            OperatorRow(domain: "assay", name: "StorageWrite", opset: 1, type: Storage.self),
            OperatorRow(domain: "assay", name: "Empty", opset: 1, type: Empty.self),
            OperatorRow(domain: "", name: "MatMul", opset: 1, type: MatMul.self),
            OperatorRow(domain: "", name: "Gemm", opset: 13, type: Gemm.self),
            OperatorRow(domain: "", name: "MatMulInteger", opset: 10, type: MatMulInteger.self),
            OperatorRow(domain: "", name: "QLinearMatMul", opset: 10, type: QLinearMatMul.self),
            OperatorRow(
                domain: "assay", name: "GroupedMatMul", opset: 1, type: GroupedMatMul.self),
            OperatorRow(
                domain: "assay", name: "BlockQuantizedMatMul", opset: 1,
                type: BlockQuantizedMatMul.self),
        ] + tensorRows + movingRows + derivedRows + layerRows

    /// Convolution, pooling and attention.
    private static let layerRows: [OperatorRow] = [
        OperatorRow(domain: "", name: "Conv", opset: 1, type: Convolution.self),
        OperatorRow(domain: "", name: "MaxPool", opset: 8, type: Pooling.self),
        OperatorRow(domain: "", name: "AveragePool", opset: 7, type: Pooling.self),
        OperatorRow(domain: "", name: "GlobalMaxPool", opset: 1, type: GlobalPooling.self),
        OperatorRow(domain: "", name: "GlobalAveragePool", opset: 1, type: GlobalPooling.self),
        OperatorRow(domain: "", name: "Attention", opset: 23, type: Attention.self),
    ]

    /// Element-wise, reducing and normalising operators.
    private static let tensorRows: [OperatorRow] = {
        rows(
            Unary.self,
            [
                "Abs": 1, "BitwiseNot": 18, "Ceil": 1, "Cos": 7, "Elu": 1, "Erf": 9, "Exp": 1,
                "Floor": 1, "Gelu": 20, "IsInf": 10, "IsNaN": 9, "LeakyRelu": 1, "Log": 1,
                "Neg": 1, "Not": 1, "Reciprocal": 1, "Relu": 1, "Round": 11, "Rsqrt": 1,
                "Sigmoid": 1, "Sign": 9, "Silu": 1, "Sin": 7, "Sqrt": 1, "Tanh": 1,
            ])
            + rows(Clip.self, ["Clip": 11]) + rows(Cast.self, ["Cast": 6])
            + rows(
                Binary.self,
                [
                    "Add": 7, "And": 7, "BitwiseAnd": 18, "BitwiseOr": 18, "BitwiseXor": 18,
                    "Div": 7, "Equal": 7, "Greater": 7, "GreaterOrEqual": 12, "Less": 7,
                    "LessOrEqual": 12, "Max": 8, "Min": 8, "Mul": 7, "Or": 7, "Pow": 7, "Sub": 7,
                    "Xor": 7,
                ])
            + rows(Where.self, ["Where": 9])
            + rows(
                Reduce.self,
                [
                    "ReduceMax": 18, "ReduceMean": 18, "ReduceMin": 18, "ReduceProd": 18,
                    "ReduceSum": 13,
                ])
            + rows(ArgReduce.self, ["ArgMax": 13, "ArgMin": 13])
            + rows(Softmax.self, ["Softmax": 13, "LogSoftmax": 13])
            + rows(
                LayerNormalization.self, ["LayerNormalization": 17, "RMSNormalization": 23])
            + rows(GroupNormalization.self, ["GroupNormalization": 21])
    }()

    private static let own = ["Rsqrt", "Silu"]

    static func rows(
        _ type: any Operator.Type, _ opsets: KeyValuePairs<String, Int>
    ) -> [OperatorRow] {
        opsets.map {
            OperatorRow(
                domain: own.contains($0.key) ? "assay" : "", name: $0.key, opset: $0.value,
                type: type)
        }
    }

    /// Checks a request against the rules of the operator it names.
    static func make(_ request: Request, _ engine: Engine) throws(Failure) -> any Operator {
        let title = request.domain.isEmpty ? request.name : "\(request.domain).\(request.name)"
        let row = all.first { $0.domain == request.domain && $0.name == request.name }
        guard let row else { throw .unsupported("cpu-simd has no operator \(title)") }
        guard request.opset == 0 || request.opset >= row.opset else {
            throw .unsupported(
                "\(title) of opset \(request.opset) differs; cpu-simd has it as of \(row.opset)")
        }
        return try row.type.init(request, engine)
    }
}
