extension Rules {
    static let summaryColumnsMax = 120

    /// Makers of hardware and their products; the harness names none (vendors/ may).
    static let vendorNames = [
        "Intel", "AMD", "NVIDIA", "Nvidia", "CUDA", "cuBLAS", "cuDNN", "OpenBLAS", "MKL", "BLIS",
        "oneDNN", "oneAPI", "OneAPI", "ROCm", "HIP", "MIOpen", "OpenVINO", "TensorRT", "Xeon",
        "EPYC", "Ryzen", "Radeon", "GeForce", "Tesla", "Qualcomm", "Ampere", "Graviton", "Gaudi",
        "Habana", "Huawei", "Ascend", "Cambricon", "Graphcore", "Cerebras", "Groq", "Tenstorrent",
        "XNNPACK", "Apple", "Samsung", "Hygon", "Zhaoxin", "Loongson", "Accelerate", "ARMPL",
    ]

    static let unfinishedWords = ["TODO", "FIXME", "XXX", "HACK"]

    static func vendorName(_ file: SourceFile) -> [Finding] {
        words(vendorNames, in: file) { "'\($0)' is a vendor's; the harness names none" }
    }

    static func unfinished(_ file: SourceFile) -> [Finding] {
        words(unfinishedWords, in: file) { "'\($0)': finish it, or write an issue" }
    }

    private static func words(
        _ words: [String], in file: SourceFile, message: (String) -> String
    ) -> [Finding] {
        file.lines.enumerated().flatMap { index, line -> [Finding] in
            // Most lines have none: one pass over the line's words is enough.
            let own = Set(line.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map(String.init))
            return words.filter(own.contains).map { file.finding(index, message($0)) }
        }
    }

    /// Markdown has one title, so that links and tables of contents are unambiguous.
    static func singleTitle(_ file: SourceFile) -> [Finding] {
        var titles: [Int] = []
        var isFenced = false
        for (index, line) in file.lines.enumerated() {
            if line.hasPrefix("```") { isFenced.toggle() }
            if !isFenced, line.hasPrefix("# ") { titles.append(index) }
        }
        if titles.isEmpty { return [file.finding(0, "the page has no title")] }
        return titles.dropFirst().map { file.finding($0, "the page has a second title") }
    }

    // MARK: - Documentation

    /// Kinds of declaration that say nothing new: their meaning is the language's own.
    private static let selfEvident = [
        "func encode(to", "var description:", "var errorDescription:", "func hash(into",
        "func < (", "func == (", "func + (", "func - (", "func += (", "func -= (", "func * (",
    ]

    /// A summary of at most 120 characters before every declaration that leaves its target.
    ///
    /// Stored properties, cases and initialisers may do without: the type's summary speaks.
    static func documentation(_ file: SourceFile) -> [Finding] {
        file.code.enumerated().compactMap { index, line in
            guard let kind = packageDeclaration(line) else { return nil }
            guard let summary = summary(above: index, in: file) else {
                let isStored = ["let", "var"].contains(kind) && !opensBody(file.code, from: index)
                let isEvident = selfEvident.contains { line.contains($0) }
                let isLabel = kind == "enum" && line.hasSuffix("{}")
                if isStored || isEvident || isLabel || ["init", "case"].contains(kind) {
                    return nil
                }
                return file.finding(index, "this \(kind) has no summary (///)")
            }
            guard summary.count > summaryColumnsMax else { return nil }
            return file.finding(
                index,
                "its summary has \(summary.count) characters; \(summaryColumnsMax) are allowed")
        }
    }

    /// The keyword of a declaration that the line begins at access level package; nil for others.
    private static func packageDeclaration(_ line: String) -> String? {
        let words = line.split { " (".contains($0) }.map(String.init)
        let rest = words.drop { $0.hasPrefix("@") || $0.hasSuffix(")") && !$0.contains("set") }
        guard rest.first == "package" else { return nil }
        let kind = rest.first { !modifiers.contains($0) && !$0.hasPrefix("@") }
        let name = kind.map { String($0.prefix { $0.isLetter }) }
        return name == "import" ? nil : name
    }

    /// Whether the property declared there is computed; `= { … }()` is not.
    private static func opensBody(_ code: [String], from index: Int) -> Bool {
        guard let brace = code[index].firstIndex(of: "{") else { return false }
        return !code[index][..<brace].contains("=") || code[index].contains("==")
    }

    /// The first paragraph of the documentation above a line; nil when there is none.
    private static func summary(above index: Int, in file: SourceFile) -> String? {
        var line = index - 1
        while line >= 0, file.lines[line].drop(while: { $0 == " " }).hasPrefix("@") { line -= 1 }
        var block: [String] = []
        while line >= 0 {
            let text = file.lines[line].drop { $0 == " " }
            guard text.hasPrefix("///") else { break }
            block.insert(text.dropFirst(3).drop { $0 == " " }.description, at: 0)
            line -= 1
        }
        guard !block.isEmpty else { return nil }
        return block.prefix { !$0.isEmpty }.joined(separator: " ")
    }
}
