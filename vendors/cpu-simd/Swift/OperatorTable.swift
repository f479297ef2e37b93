/// The operators that this backend has; a new one is a new row.
struct OperatorRow: Sendable {
    var domain: String
    var name: String
    /// The least ONNX opset with these semantics.
    var opset: Int
    var type: any Operator.Type

    static let all: [OperatorRow] = [
        OperatorRow(domain: "assay", name: "Peak", opset: 1, type: Peak.self),
        OperatorRow(domain: "assay", name: "MemoryRead", opset: 1, type: MemoryPass.self),
        OperatorRow(domain: "assay", name: "MemoryWrite", opset: 1, type: MemoryPass.self),
        OperatorRow(domain: "assay", name: "MemoryCopy", opset: 1, type: MemoryPass.self),
        OperatorRow(domain: "assay", name: "MemoryScale", opset: 1, type: MemoryPass.self),
        OperatorRow(domain: "assay", name: "MemoryAdd", opset: 1, type: MemoryPass.self),
        OperatorRow(domain: "assay", name: "MemoryTriad", opset: 1, type: MemoryPass.self),
        OperatorRow(domain: "assay", name: "PointerChase", opset: 1, type: PointerChase.self),
        OperatorRow(domain: "assay", name: "RandomAccess", opset: 1, type: RandomAccess.self),
        OperatorRow(domain: "assay", name: "Capacity", opset: 1, type: Capacity.self),
        OperatorRow(domain: "assay", name: "CoreToCore", opset: 1, type: CoreToCore.self),
        OperatorRow(domain: "assay", name: "PageFault", opset: 1, type: PageFault.self),
        OperatorRow(domain: "assay", name: "ParallelRegion", opset: 1, type: ParallelRegion.self),
        OperatorRow(domain: "assay", name: "ThreadSpawn", opset: 1, type: ThreadSpawn.self),
        OperatorRow(domain: "assay", name: "Empty", opset: 1, type: Empty.self),
        OperatorRow(domain: "", name: "MatMul", opset: 1, type: MatMul.self),
        OperatorRow(domain: "", name: "Add", opset: 7, type: Add.self),
        OperatorRow(domain: "", name: "Exp", opset: 1, type: Exp.self),
        OperatorRow(domain: "", name: "Softmax", opset: 13, type: Softmax.self),
        OperatorRow(
            domain: "", name: "LayerNormalization", opset: 17, type: LayerNormalization.self),
        OperatorRow(domain: "", name: "ReduceSum", opset: 13, type: ReduceSum.self),
    ]

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
