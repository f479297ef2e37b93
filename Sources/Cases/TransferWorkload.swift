import Model

/// Bytes moved between memories.
struct TransferWorkload: Workload {
    let place: Place
    let from: Term
    let to: Term
    let direction: Term
    let bytes: Formula

    init(_ node: Node, _ context: inout WorkloadContext) {
        place = node.place
        from = context.term(node["from"], CaseTable.transferEnds) ?? .literal("host.pageable")
        to = context.term(node["to"], CaseTable.transferEnds) ?? .literal("device")
        direction =
            context.term(node["direction"], ["oneWay", "duplex"]) ?? .literal("oneWay")
        bytes = context.formula(node["bytes"]) ?? Formula(8)
    }

    func headline(at combination: Combination) -> Headline { .bandwidth }

    func operation(at combination: Combination) throws(Fault) -> Operation? {
        let bytes = try bytes.value(at: combination, in: 8...MemoryWorkload.bytesMax, "bytes")
        return Operation(
            domain: "assay", name: "Transfer", opset: 0, inputs: [], outputs: [],
            attributes: [
                Attribute("bytes", .int(bytes)),
                Attribute("direction", .string(direction.text(at: combination))),
                Attribute("from", .string(from.text(at: combination))),
                Attribute("to", .string(to.text(at: combination))),
            ])
    }
}
