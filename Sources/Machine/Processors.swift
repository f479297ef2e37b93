package import Model

/// What `/proc/cpuinfo` says about the processors.
package struct Processors: Sendable, Hashable {
    /// The name that the processor, or the hypervisor in its place, gives itself.
    package var name: String
    package var vendor: String?
    package var family: String?
    package var model: String?
    package var stepping: String?
    package var microcode: String?
    /// Feature names that every processor has.
    package var features: Set<String>
    /// Feature names that only some processors have.
    package var partialFeatures: Set<String>
    /// Distinct package numbers; nil where the file does not give them.
    package var packages: Int?
    /// Processors listed.
    package var count: Int

    /// Reads the text of `/proc/cpuinfo`, whose keys depend on the architecture.
    package init(cpuinfo text: String) {
        let blocks = Self.blocks(of: text)
        func distinct(_ key: String) -> [String] { Set(blocks.compactMap { $0[key] }).sorted() }
        func joined(_ key: String) -> String? {
            let values = distinct(key)
            return values.isEmpty ? nil : values.joined(separator: "+")
        }
        let sets = blocks.compactMap { block -> Set<String>? in
            (block["flags"] ?? block["Features"]).map { Set($0.words.map(String.init)) }
        }
        features = sets.dropFirst().reduce(sets.first ?? []) { $0.intersection($1) }
        partialFeatures = sets.reduce(into: Set()) { $0.formUnion($1) }.subtracting(features)
        count = blocks.count
        packages = distinct("physical id").isEmpty ? nil : distinct("physical id").count
        microcode = joined("microcode")
        if let implementer = joined("CPU implementer") {
            vendor = implementer
            family = joined("CPU architecture")
            model = joined("CPU part")
            let steps = Set(
                blocks.compactMap { block -> String? in
                    guard let variant = block["CPU variant"] else { return nil }
                    return "\(variant).\(block["CPU revision"] ?? "?")"
                })
            stepping = steps.isEmpty ? nil : steps.sorted().joined(separator: "+")
            let part = model ?? "unknown"
            name = joined("model name") ?? "implementer \(implementer) part \(part)"
        } else {
            vendor = joined("vendor_id")
            family = joined("cpu family")
            model = joined("model")
            stepping = joined("stepping")
            name = joined("model name") ?? "unknown"
        }
    }

    /// The processors' entries; a trailing block without a processor number is left out.
    private static func blocks(of text: String) -> [[String: String]] {
        var blocks: [[String: String]] = []
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            guard let (key, value) = line.pair(at: ":") else { continue }
            if key == "processor" {
                blocks.append([:])
            } else if !blocks.isEmpty && blocks[blocks.count - 1][key] == nil {
                blocks[blocks.count - 1][key] = value
            }
        }
        return blocks
    }

    /// The facts that identify the processor.
    package var facts: [Fact] {
        let rows = [
            ("cpuVendor", vendor), ("cpuFamily", family), ("cpuModel", model),
            ("cpuStepping", stepping), ("microcode", microcode),
        ]
        return rows.map { name, value in
            let source = value == nil ? "/proc/cpuinfo does not say" : "/proc/cpuinfo"
            return Fact(name, value, source: source)
        }
    }
}
