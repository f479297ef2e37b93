import Model

/// Traffic to caches or memory: a STREAM kernel, random updates, or a chain of dependent reads.
struct MemoryWorkload: Workload {
    /// One pass over less than this is too short to time, so small arrays are passed repeatedly.
    static let bytesPerCall: Int64 = 16 << 20
    /// Enough dependent reads of the fastest cache for a call of ten microseconds.
    static let stepsMin: Int64 = 1 << 14
    /// Bounds a call at about a tenth of a second where each read goes to memory.
    static let stepsMax: Int64 = 1 << 20
    static let bytesMax: Int64 = 1 << 44
    /// Bounds what the oracle has to repeat of random updates.
    static let updatesMax: Int64 = 1 << 29

    private static let streamKeys = ["stores", "repetitions", "scalar"]
    /// The keys of each kernel that is no STREAM kernel.
    private static let ownKeys = [
        "chase": ["stride", "window", "steps", "pages"],
        "loadedChase": ["stride", "steps", "pages", "load", "delay", "streamBytes"],
        "random": ["updates"],
    ]
    private static let operatorNames = [
        "read": "MemoryRead", "write": "MemoryWrite", "copy": "MemoryCopy",
        "scale": "MemoryScale", "add": "MemoryAdd", "triad": "MemoryTriad",
    ]
    private static let arrayCounts: [String: Int64] = [
        "read": 1, "write": 1, "copy": 2, "scale": 2, "add": 3, "triad": 3,
    ]

    let place: Place
    let kernel: Term
    let bytes: Formula
    let stores: Term
    let pages: Term
    let scalar: Double
    let repetitions: Formula?
    let stride: Formula
    let window: Formula
    let steps: Formula?
    let updates: Formula?
    let load: Term
    let delay: Formula
    let streamBytes: Formula

    init(_ node: Node, _ context: inout WorkloadContext) {
        place = node["kernel"]?.place ?? node.place
        kernel = context.term(node["kernel"], CaseTable.memoryKernels) ?? .literal("read")
        bytes = context.formula(node["bytes"]) ?? Formula(0)
        stores = context.term(node["stores"], ["plain", "nonTemporal"]) ?? .literal("plain")
        pages = context.term(node["pages"], ["small", "huge"]) ?? .literal("small")
        scalar = node["scalar"]?.scalar?.number ?? 3
        repetitions = context.formula(node["repetitions"])
        stride = context.formula(node["stride"]) ?? Formula(64)
        window = context.formula(node["window"]) ?? Formula(0)
        steps = context.formula(node["steps"])
        updates = context.formula(node["updates"])
        load = context.term(node["load"], ["none", "read"]) ?? .literal("read")
        delay = context.formula(node["delay"]) ?? Formula(0)
        streamBytes = context.formula(node["streamBytes"]) ?? Formula(1 << 28)
        refuseForeignKeys(node, &context)
    }

    /// Keys that none of the kernels of this case look at would be silently ignored.
    private func refuseForeignKeys(_ node: Node, _ context: inout WorkloadContext) {
        var kernels: [String] = []
        switch kernel {
        case .literal(let name): kernels = [name]
        case .reference(let reference):
            kernels = context.axes.axes[reference.axis].values
                .compactMap { $0.cell(reference.field)?.text }
        }
        let known = Set(kernels.flatMap { Self.ownKeys[$0] ?? Self.streamKeys })
        let special = Set(Self.streamKeys + Self.ownKeys.values.joined())
        for entry in node.map ?? [] {
            let isForeign = special.contains(entry.key) && !known.contains(entry.key)
            guard isForeign else { continue }
            context.findings.add(
                entry.keyPlace,
                "'\(entry.key)' means nothing to the kernel "
                    + Set(kernels).sorted().map { "'\($0)'" }.joined(separator: ", "))
        }
    }

    func headline(at combination: Combination) -> Headline {
        Self.ownKeys[kernel.text(at: combination)] != nil ? .latencyAccess : .bandwidth
    }

    func operation(at combination: Combination) throws(Fault) -> Operation? {
        let kernel = kernel.text(at: combination)
        if kernel == "random" { return try random(at: combination) }
        if kernel == "loadedChase" { return try loadedChase(at: combination) }
        guard let name = Self.operatorNames[kernel], let arrays = Self.arrayCounts[kernel] else {
            return try chase(at: combination)
        }
        let stores = stores.text(at: combination)
        // A read writes nothing: with other stores it would be the same point a second time.
        if kernel == "read", stores != "plain" { return nil }
        let blockBytes: Int64 = 512
        let bytes = try bytes.value(
            at: combination, in: (arrays * blockBytes)...Self.bytesMax, "bytes")
        let repetitions =
            try repetitions?.value(
                at: combination, in: 1...max(1, (1 << 50) / bytes), "repetitions")
            ?? max(1, Self.bytesPerCall / bytes)
        return Operation(
            domain: "assay", name: name, opset: 0, inputs: [], outputs: [],
            attributes: [
                Attribute("bytes", .int(bytes)),
                Attribute("repetitions", .int(repetitions)),
                Attribute("scalar", .float(scalar)),
                Attribute("stores", .string(stores)),
            ])
    }

    private func random(at combination: Combination) throws(Fault) -> Operation {
        let bytes = try bytes.value(at: combination, in: 16384...Self.bytesMax, "bytes")
        let updates =
            try updates?.value(at: combination, in: 256...Self.updatesMax, "updates")
            ?? min(max(bytes / 2, 1 << 18), 1 << 27)
        return Operation(
            domain: "assay", name: "RandomAccess", opset: 0, inputs: [], outputs: [],
            attributes: [
                Attribute("bytes", .int(bytes)),
                Attribute("updates", .int(updates)),
            ])
    }

    /// The bytes of a chase's table, from node to node, and the steps of one call.
    private func walk(
        at combination: Combination
    ) throws(Fault) -> (bytes: Int64, stride: Int64, steps: Int64) {
        let bytes = try bytes.value(at: combination, in: 16...Self.bytesMax, "bytes")
        let stride = try stride.value(at: combination, in: 8...bytes, "stride")
        let steps =
            try steps?.value(at: combination, in: 1...(1 << 40), "steps")
            ?? min(max(bytes / stride, Self.stepsMin), Self.stepsMax)
        return (bytes, stride, steps)
    }

    private func chase(at combination: Combination) throws(Fault) -> Operation? {
        let walk = try walk(at: combination)
        let window = try window.value(at: combination, in: 0...Self.bytesMax, "window")
        // All of the table is window 0: the same point a second time.
        if window >= walk.bytes { return nil }
        return Operation(
            domain: "assay", name: "PointerChase", opset: 0, inputs: [], outputs: [],
            attributes: [
                Attribute("bytes", .int(walk.bytes)),
                Attribute("stride", .int(walk.stride)),
                Attribute("window", .int(window)),
                Attribute("steps", .int(walk.steps)),
                Attribute("pages", .string(pages.text(at: combination))),
            ])
    }

    private func loadedChase(at combination: Combination) throws(Fault) -> Operation? {
        let walk = try walk(at: combination)
        let load = load.text(at: combination)
        let delay = try delay.value(at: combination, in: 0...1_000_000, "delay")
        // Nobody pauses where nobody reads: the same point a second time.
        if load == "none", delay != 0 { return nil }
        let streamBytes = try streamBytes.value(
            at: combination, in: 65536...Self.bytesMax, "streamBytes")
        return Operation(
            domain: "assay", name: "LoadedLatency", opset: 0, inputs: [], outputs: [],
            attributes: [
                Attribute("bytes", .int(walk.bytes)),
                Attribute("delay", .int(delay)),
                Attribute("load", .string(load)),
                Attribute("pages", .string(pages.text(at: combination))),
                Attribute("steps", .int(walk.steps)),
                Attribute("streamBytes", .int(streamBytes)),
                Attribute("stride", .int(walk.stride)),
            ])
    }
}
