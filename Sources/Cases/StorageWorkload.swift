import Model

/// A file of the machine's storage, read or written.
struct StorageWorkload: Workload {
    let place: Place
    let isRead: Bool
    let access: Term
    let cache: Term
    let bytes: Formula
    let block: Formula

    init(_ node: Node, _ context: inout WorkloadContext) {
        place = node.place
        isRead = node["read"] != nil
        if isRead == (node["write"] != nil) {
            context.findings.add(
                node.entry("write")?.keyPlace ?? node.place,
                "a file is either read or written: one of the keys 'read' and 'write'")
        }
        let word = node["read"] ?? node["write"]
        access = context.term(word, ["sequential", "random"]) ?? .literal("sequential")
        cache = context.term(node["cache"], ["bypass", "use"]) ?? .literal("bypass")
        bytes = context.formula(node["bytes"]) ?? Formula(0)
        block = context.formula(node["block"]) ?? Formula(1 << 20)
    }

    func headline(at combination: Combination) -> Headline {
        access.text(at: combination) == "random" ? .latencyAccess : .bandwidth
    }

    func operation(at combination: Combination) throws(Fault) -> Operation? {
        let block = try block.value(at: combination, in: 4096...(1 << 30), "block")
        let bytes = try bytes.value(at: combination, in: block...MemoryWorkload.bytesMax, "bytes")
        return Operation(
            domain: "assay", name: isRead ? "StorageRead" : "StorageWrite", opset: 0, inputs: [],
            outputs: [],
            attributes: [
                Attribute("access", .string(access.text(at: combination))),
                Attribute("block", .int(block)),
                Attribute("bytes", .int(bytes)),
                Attribute("cache", .string(cache.text(at: combination))),
            ])
    }
}
