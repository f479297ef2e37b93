extension StringProtocol {
    /// The text without white space and NUL characters at its ends.
    ///
    /// NUL, because files of the device tree end with one.
    var trimmed: SubSequence {
        let isPadding = { (character: Character) in character.isWhitespace || character == "\0" }
        guard let first = firstIndex(where: { !isPadding($0) }),
            let last = lastIndex(where: { !isPadding($0) })
        else { return self[startIndex..<startIndex] }
        return self[first...last]
    }

    /// The non-empty lines.
    var lines: [SubSequence] { split(whereSeparator: \.isNewline) }

    /// The words, at spaces and tabs.
    var words: [SubSequence] { split { $0 == " " || $0 == "\t" } }

    /// The text before and after the first `separator`, both trimmed; nil without one.
    func pair(at separator: Character) -> (key: String, value: String)? {
        guard let index = firstIndex(of: separator) else { return nil }
        return (String(self[..<index].trimmed), String(self[self.index(after: index)...].trimmed))
    }

    /// The word in square brackets of `always [madvise] never`; nil without brackets.
    var bracketed: String? {
        guard let open = firstIndex(of: "["), let close = firstIndex(of: "]"), open < close else {
            return nil
        }
        return String(self[index(after: open)..<close])
    }
}

/// Whether one name comes before another when runs of digits are read as numbers.
func naturallyPrecedes(_ left: String, _ right: String) -> Bool {
    func parts(_ name: String) -> (stem: Substring, number: Int) {
        let digits = name.reversed().prefix { $0.isASCII && $0.isNumber }.count
        return (name.dropLast(digits), Int(name.suffix(digits)) ?? -1)
    }
    let (first, second) = (parts(left), parts(right))
    if first.stem != second.stem { return left < right }
    return first.number != second.number ? first.number < second.number : left < right
}

/// The processor numbers of a kernel list such as `0-3,8`; nil when it is not one.
func processorList(_ text: some StringProtocol) -> [Int]? {
    var numbers: [Int] = []
    for part in text.trimmed.split(separator: ",") {
        let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2,
            first <= last, last < 1 << 20
        else { return nil }
        numbers.append(contentsOf: first...last)
    }
    return numbers.sorted()
}

/// A size such as `12345 kB` in bytes; nil when it is not one.
func kilobytes(_ text: some StringProtocol) -> UInt64? {
    let words = text.words
    guard let first = words.first, let number = UInt64(first) else { return nil }
    return words.count > 1 ? number * 1024 : number
}

/// Counts equal names: `a ×2, b`, in order of the names.
func tally(_ names: [String]) -> String {
    let counts = Dictionary(names.map { ($0, 1) }, uniquingKeysWith: +)
    return counts.sorted { $0.key < $1.key }
        .map { $0.value == 1 ? $0.key : "\($0.key) ×\($0.value)" }
        .joined(separator: ", ")
}
