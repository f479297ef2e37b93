extension Rules {
    /// The system's C library, by platform: every target may import it.
    static let systemLibraries: Set<String> = ["Glibc", "Musl", "Darwin"]

    /// What a target may import, beside the system's C library.
    ///
    /// The graph of ARCHITECTURE.md: a module that is not named here must not be imported.
    static let importGraph: [String: Set<String>] = [
        // Values and pure computation.
        "Model": [],
        "Statistics": [],
        "Operators": ["Model"],
        "LaunchProtocol": ["Model"],
        // Inside the worker process.
        "Backends": ["AssayABI", "Model"],
        "Measurement": ["Model", "Statistics", "CAssaySystem"],
        "Telemetry": [],
        "assay-worker": [
            "LaunchProtocol", "Backends", "Measurement", "Telemetry", "Operators", "Model",
            "AssayABI", "CAssaySystem", "CNuma", "CPUSIMD", "CPUSIMDKernels", "BLAS",
            "NullBackend",
        ],
        // Inside the harness process.
        "Bundle": ["Model", "Crypto", "FoundationEssentials"],
        "Cases": ["Model", "Operators", "Yams", "Dispatch", "Synchronization"],
        "Planning": ["Model", "Operators", "Bundle"],
        "Machine": ["Model", "CHwloc", "CNuma", "CAssaySystem", "Synchronization"],
        "Judgement": ["Model", "Statistics", "Bundle"],
        "Reports": ["Model"],
        "Power": ["Model", "CAssaySystem", "FoundationEssentials", "Synchronization"],
        "Runner": [
            "Model", "LaunchProtocol", "Planning", "Operators", "Bundle", "Statistics",
            "CAssaySystem",
            "FoundationEssentials",
        ],
        "assay": [
            "Runner", "Cases", "Planning", "Judgement", "Reports", "Machine", "Bundle", "Power",
            "Operators", "Model", "CAssaySystem", "ArgumentParser", "FoundationEssentials",
        ],
    ]

    /// Targets of C, which import nothing of Swift's.
    static let cTargets: Set<String> = ["AssayABI", "CAssaySystem", "CHwloc", "CNuma"]

    /// Modules of the worker process: they start in milliseconds.
    static let workerTargets: Set<String> = [
        "Model", "Statistics", "Operators", "LaunchProtocol", "Backends", "Measurement",
        "Telemetry", "assay-worker",
    ]

    /// The only places that end the process or write to its output.
    static let programs: Set<String> = ["assay", "assay-worker"]

    static func importAllowed(_ file: SourceFile) -> [Finding] {
        guard let target = file.target, !cTargets.contains(target) else { return [] }
        guard let allowed = importGraph[target] else {
            return [file.finding(0, "the target '\(target)' is not in the table of imports")]
        }
        return imports(file).compactMap { index, module in
            guard !systemLibraries.contains(module), !allowed.contains(module) else { return nil }
            return file.finding(index, "\(target) must not import \(module)")
        }
    }

    static func noFullFoundation(_ file: SourceFile) -> [Finding] {
        imports(file).compactMap { index, module in
            let isFull = module == "Foundation" || module.hasPrefix("Foundation.")
            let isInWorker = file.target.map(workerTargets.contains) ?? true
            if isFull { return file.finding(index, "full Foundation adds 45 MB and milliseconds") }
            guard module == "FoundationEssentials", isInWorker else { return nil }
            return file.finding(index, "the worker does without FoundationEssentials")
        }
    }

    static func noOutputInLibraries(_ file: SourceFile) -> [Finding] {
        guard let target = file.target, !programs.contains(target) else { return [] }
        let forbidden = ["print", "debugPrint", "dump", "exit", "abort", "fatalError", "puts"]
        return file.code.enumerated().flatMap { index, line in
            forbidden.filter { calls($0, in: line) }.map {
                file.finding(index, "a library must not call \($0)")
            }
        }
    }

    /// Line and module of each import; `import struct A.B` and `import A.B` count as A.
    private static func imports(_ file: SourceFile) -> [(Int, String)] {
        file.code.enumerated().compactMap { index, line in
            let words = line.split(separator: " ").map(String.init)
            guard let place = words.firstIndex(of: "import"),
                words[..<place].allSatisfy({ modifiers.contains($0) || $0.hasPrefix("@") })
            else { return nil }
            let kinds = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
            let named = words[(place + 1)...].drop { kinds.contains($0) }
            guard let path = named.first else { return nil }
            return (index, path == "Foundation" ? path : String(path.prefix { $0 != "." }))
        }
    }

    private static func calls(_ name: String, in line: String) -> Bool {
        var rest = Substring(line)
        while let range = rest.firstRange(of: name + "(") {
            let before = rest[..<range.lowerBound].last
            // `x.print(` and `sprint(` are others' names; `func exit(` declares one.
            let isOther = before.map { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }
            if isOther != true, !rest[..<range.lowerBound].hasSuffix("func ") { return true }
            rest = rest[range.upperBound...]
        }
        return false
    }
}
