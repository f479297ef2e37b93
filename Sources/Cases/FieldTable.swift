/// What a value may be. The same description checks files and makes the JSON Schema.
indirect enum Kind: Sendable {
    /// Text in a format.
    case text(TextFormat)
    /// One of these words.
    case word([String])
    /// One of these words, or a reference to an axis.
    case wordOrReference([String])
    /// A whole number, or arithmetic with references.
    case formula
    /// A finite number.
    case number
    /// Exactly this number.
    case version(Int64)
    /// Any scalar with a value.
    case scalar
    /// A list with at least so many items.
    case list(Kind, countMin: Int)
    case oneOrMany(Kind)
    /// A map with the table's keys.
    case map(Table)
    /// A map with any keys of a format.
    case dictionary(TextFormat, Kind)
    /// The first of these that a value's shape (scalar, list, map) fits decides.
    case either(Kind, Kind)
    /// A map that is one of these, told apart by the key that each begins with.
    case oneOf([Table], unavailable: [String])
    /// A known key that this version cannot honour.
    case unavailable
}

/// One key of a map.
struct Field: Sendable {
    var key: String
    var kind: Kind
    var isRequired: Bool
    /// A description for editors and the schema: one or more sentences.
    var summary: String

    init(_ key: String, _ kind: Kind, required: Bool = false, _ summary: String) {
        self.key = key
        self.kind = kind
        self.isRequired = required
        self.summary = summary
    }
}

/// The keys of a map, and what to do with others.
struct Table: Sendable {
    /// What the map is, such as `case` or `input tensor`.
    var name: String
    var summary: String
    var fields: [Field]
    /// What keys beyond `fields` may hold; nil: there may be none.
    var others: Kind?
    /// The format of keys beyond `fields`.
    var otherKeys: TextFormat = .name

    init(_ name: String, _ summary: String, _ fields: [Field], others: Kind? = nil) {
        self.name = name
        self.summary = summary
        self.fields = fields
        self.others = others
    }

    func field(_ key: String) -> Field? { fields.first { $0.key == key } }

    /// The keys that this version can honour.
    var keys: [String] {
        fields.compactMap { field in
            if case .unavailable = field.kind { nil } else { field.key }
        }
    }
}

/// A format that text must have: the same condition as a regular expression and as code.
struct TextFormat: Sendable {
    /// What is expected, such as `an id such as 'op/matmul'`.
    var expectation: String
    /// For the schema; nil: any text. A test holds it against `accepts`.
    var pattern: String?
    var accepts: @Sendable (String) -> Bool

    static let any = TextFormat(
        expectation: "text", pattern: ".", accepts: { !$0.isEmpty })

    static let id = TextFormat(
        expectation: "an id such as 'op/matmul': lower-case words with '-', separated by '/'",
        pattern: "^[a-z0-9]+(-[a-z0-9]+)*(/[a-z0-9]+(-[a-z0-9]+)*)+$",
        accepts: { text in
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            return parts.count > 1 && parts.allSatisfy(isSlug)
        })

    static let suiteName = TextFormat(
        expectation: "a name such as 'quick': lower-case words with '-'",
        pattern: "^[a-z0-9]+(-[a-z0-9]+)*$", accepts: isSlug)

    static let name = TextFormat(
        expectation: "a name: a letter, then letters and digits",
        pattern: "^[A-Za-z][A-Za-z0-9]*$",
        accepts: { text in
            text.utf8.first.map(isLetter) == true
                && text.utf8.allSatisfy { isLetter($0) || isDigit($0) }
        })

    /// Names that ONNX gives to tensors and attributes.
    static let identifier = TextFormat(
        expectation: "a name: a letter, then letters, digits and '_'",
        pattern: "^[A-Za-z][A-Za-z0-9_]*$",
        accepts: { text in
            text.utf8.first.map(isLetter) == true
                && text.utf8.allSatisfy { isLetter($0) || isDigit($0) || $0 == 0x5F }
        })

    static let dataPattern = TextFormat(
        expectation: "normal, uniform, trigonometric, zeros or sparse(p) with p from 0 to 1",
        pattern: "^(normal|uniform|trigonometric|zeros|sparse\\((0(\\.[0-9]+)?|1(\\.0+)?)\\))$",
        accepts: isDataPattern)

    static let threadCount = TextFormat(
        expectation: "all or a number of threads", pattern: "^(all|[1-9][0-9]{0,5})$",
        accepts: { text in
            text == "all"
                || ((1...6).contains(text.utf8.count) && text.utf8.allSatisfy(isDigit)
                    && text.utf8.first != UInt8(ascii: "0"))
        })

    static let duration = TextFormat(
        expectation: "a time such as 0.4s, 60s, 10m or 2h",
        pattern: "^[0-9]{1,9}(\\.[0-9]{1,9})?(ms|s|m|h)$", accepts: { seconds(of: $0) != nil })

    static let casePattern = TextFormat(
        expectation: "a case's id, or the beginning of one followed by '*'",
        pattern: "^([a-z0-9/-]+\\*?|\\*)$",
        accepts: { text in
            let stem = text.utf8.last == UInt8(ascii: "*") ? text.utf8.dropLast() : text.utf8[...]
            return !text.isEmpty
                && stem.allSatisfy { isSlugByte($0) || $0 == UInt8(ascii: "/") }
        })

    /// The seconds of a time such as `10m`; nil when it is not one.
    static func seconds(of text: String) -> Double? {
        let units: [(suffix: String, seconds: Double)] = [
            ("ms", 1e-3), ("s", 1), ("m", 60), ("h", 3600),
        ]
        guard let unit = units.first(where: { text.hasSuffix($0.suffix) }) else { return nil }
        let digits = text.dropLast(unit.suffix.count)
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        let isDecimal =
            (1...2).contains(parts.count)
            && parts.allSatisfy { (1...9).contains($0.count) && $0.utf8.allSatisfy(isDigit) }
        guard isDecimal, let value = Double(digits) else { return nil }
        return value * unit.seconds
    }
}

private func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
}

private func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
}

private func isSlugByte(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || isDigit(byte)
        || byte == UInt8(ascii: "-")
}

@Sendable private func isSlug(_ text: some StringProtocol) -> Bool {
    text.utf8.allSatisfy(isSlugByte)
        && !text.split(separator: "-", omittingEmptySubsequences: false).contains { $0.isEmpty }
}

/// A plain decimal only: a probability written as `5e-1` would be a second name for `0.5`.
@Sendable private func isDataPattern(_ text: String) -> Bool {
    guard text.hasPrefix("sparse(") else {
        return ["normal", "uniform", "trigonometric", "zeros"].contains(text)
    }
    guard text.hasSuffix(")") else { return false }
    let parts = text.dropFirst(7).dropLast()
        .split(separator: ".", omittingEmptySubsequences: false)
    let isDecimal =
        (1...2).contains(parts.count)
        && parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy(isDigit) }
    guard isDecimal else { return false }
    return parts[0] == "0"
        || (parts[0] == "1" && parts.dropFirst().allSatisfy { $0.utf8.allSatisfy { $0 == 0x30 } })
}
