/// The rules of style, each a function from a file to what breaks it there.
enum Rules {
    static let fileLinesMax = 400
    static let functionLinesMax = 70
    static let columnsMax = 100

    /// Files that may be longer, and why.
    static let longFiles: [String: String] = [
        "Sources/AssayABI/include/assay_plugin.h":
            "the plug-in ABI is one header, which vendors copy",
        "Sources/AssayABI/include/assay_simple.h":
            "the simple interface is one header, which vendors copy",
    ]

    static func fileLength(_ file: SourceFile) -> [Finding] {
        // The text after the final newline is no line.
        let count = file.lines.count - (file.lines.last == "" ? 1 : 0)
        guard count > fileLinesMax, longFiles[file.path] == nil else { return [] }
        return [file.finding(count - 1, "the file has \(count) lines; \(fileLinesMax) are allowed")]
    }

    static func lineLength(_ file: SourceFile) -> [Finding] {
        file.lines.enumerated().compactMap { index, line in
            guard line.count > columnsMax else { return nil }
            return file.finding(
                index, "the line has \(line.count) columns; \(columnsMax) are allowed")
        }
    }

    static func functionLength(_ file: SourceFile) -> [Finding] {
        let spans = file.hasExtension("swift") ? swiftFunctions(file) : cFunctions(file)
        return spans.compactMap { first, last in
            let count = last - first + 1
            guard count > functionLinesMax else { return nil }
            return file.finding(
                first, "the function has \(count) lines; \(functionLinesMax) are allowed")
        }
    }

    /// First and last line of each function, initialiser, accessor block and subscript.
    private static func swiftFunctions(_ file: SourceFile) -> [(Int, Int)] {
        var found: [(Int, Int)] = []
        for (index, line) in file.code.enumerated() where beginsBody(line) {
            guard let last = endOfBody(file.code, from: index) else { continue }
            found.append((index, last))
        }
        return found
    }

    private static func beginsBody(_ line: String) -> Bool {
        let words = line.split { " \t(<?!:".contains($0) }
        for word in words {
            if ["func", "init", "deinit", "subscript"].contains(word) { return true }
            guard modifiers.contains(String(word)) || word.hasPrefix("@") else { return false }
        }
        return false
    }

    static let modifiers: Set<String> = [
        "package", "public", "internal", "private", "fileprivate", "static", "class", "final",
        "mutating", "nonmutating", "override", "convenience", "required", "indirect",
        "nonisolated", "consuming", "borrowing", "private(set)", "set)", "prefix", "postfix",
    ]

    /// The line of the brace that closes the first one opened; nil for a declaration without body.
    private static func endOfBody(_ code: [String], from start: Int) -> Int? {
        var braces = 0
        var parentheses = 0
        for index in start..<code.count {
            for character in code[index] {
                switch character {
                case "(": parentheses += 1
                case ")": parentheses -= 1
                case "{": braces += 1
                case "}":
                    braces -= 1
                    // A requirement of a protocol: the brace closes the protocol.
                    if braces < 0 { return nil }
                    if braces == 0, parentheses == 0 { return index }
                default: break
                }
            }
            // A requirement of a protocol ends with its line.
            let isContinued = code[index].hasSuffix("(") || code[index].hasSuffix(",")
            let next = index + 1 < code.count ? code[index + 1] : ""
            let trimmed = next.drop { $0 == " " }
            if braces == 0, parentheses == 0, !isContinued,
                !trimmed.hasPrefix("{"), !trimmed.hasPrefix("where"), !trimmed.hasPrefix("->"),
                !trimmed.hasPrefix(")"), !trimmed.hasPrefix("throws"), !trimmed.hasPrefix("async")
            {
                return nil
            }
        }
        return nil
    }

    /// First and last line of each C function: a brace in the first column ends it.
    private static func cFunctions(_ file: SourceFile) -> [(Int, Int)] {
        var found: [(Int, Int)] = []
        var start: Int?
        for (index, line) in file.code.enumerated() {
            let isHead = line.first.map { $0.isLetter || $0 == "_" } ?? false
            if isHead, line.contains("("), !line.contains(";") { start = index }
            if line.hasPrefix("}"), let first = start {
                found.append((first, index))
                start = nil
            } else if line.hasSuffix(";"), isHead {
                start = nil
            }
        }
        return found
    }
}
