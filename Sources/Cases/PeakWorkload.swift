import Model

/// As many operations a second as there can be.
struct PeakWorkload: Workload {
    /// A multiple of every grain for each of up to 192 threads, about 1 ms of one core's vectors.
    static let operationsDefault: Int64 = 96 << 20
    /// The element types that each kind of work has.
    static let dtypes: [(kind: String, dtypes: [String])] = [
        ("fma", ["f32", "f64", "f16"]), ("dot", ["bf16", "i16", "i8"]), ("multiplyAdd", ["i32"]),
        ("tile", ["bf16", "f16", "i8"]),
    ]

    let place: Place
    let kind: String
    let dtype: Term
    let path: Term
    let unit: Term
    let operations: Formula

    init(_ node: Node, _ context: inout WorkloadContext) {
        place = node["peak"]?.place ?? node.place
        kind = node["peak"]?.text ?? "fma"
        dtype = context.term(node["dtype"], CaseTable.peakDTypes) ?? .literal("f32")
        path = context.term(node["path"], CaseTable.peakPaths) ?? .literal("best")
        unit =
            context.term(node["unit"], ["vector", "matrix"])
            ?? .literal(kind == "tile" ? "matrix" : "vector")
        operations = context.formula(node["operations"]) ?? Formula(Self.operationsDefault)
    }

    func headline(at combination: Combination) -> Headline { .throughputFlop }

    func operation(at combination: Combination) throws(Fault) -> Operation? {
        let operations = try operations.value(at: combination, in: 768...(1 << 50), "operations")
        let dtype = dtype.text(at: combination)
        let known = Self.dtypes.first { $0.kind == kind }?.dtypes ?? []
        guard known.contains(dtype) else {
            throw Fault(
                place,
                "peak '\(kind)' has the element types \(known.joined(separator: ", ")), not "
                    + "'\(dtype)'\(combination.suffix)")
        }
        let unit = unit.text(at: combination)
        guard (unit == "matrix") == (kind == "tile") else {
            throw Fault(
                place,
                "peak '\(kind)' is no work of the unit '\(unit)'\(combination.suffix)")
        }
        return Operation(
            domain: "assay", name: "Peak", opset: 0, inputs: [], outputs: [],
            attributes: [
                Attribute("dtype", .string(dtype)),
                Attribute("path", .string(path.text(at: combination))),
                Attribute("unit", .string(unit)),
                Attribute("operations", .int(operations)),
            ])
    }
}
