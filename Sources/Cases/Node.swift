/// A value of a file, with its place: what the rest of this module sees of YAML.
struct Node: Sendable {
    enum Content: Sendable {
        case scalar(Scalar)
        case list([Node])
        case map([Entry])
    }

    struct Entry: Sendable {
        var key: String
        var keyPlace: Place
        var value: Node
    }

    var place: Place
    var content: Content

    var scalar: Scalar? {
        if case .scalar(let scalar) = content { scalar } else { nil }
    }

    var list: [Node]? {
        if case .list(let items) = content { items } else { nil }
    }

    var map: [Entry]? {
        if case .map(let entries) = content { entries } else { nil }
    }

    /// The text of a scalar, however it is written; nil for lists and maps.
    var text: String? { scalar?.text }

    /// The value of that key; nil when absent or when this is not a map.
    subscript(key: String) -> Node? { entry(key)?.value }

    func entry(_ key: String) -> Entry? { map?.first { $0.key == key } }

    /// The items of a list, or the value itself.
    var oneOrMany: [Node] { list ?? [self] }

    /// What stands here, for "must be a list, not text".
    var kindName: String {
        switch content {
        case .scalar(let scalar): scalar.type.rawValue
        case .list: "a list"
        case .map: "a map"
        }
    }
}

/// A scalar of a file and how it was written.
struct Scalar: Sendable, Hashable {
    /// The types of YAML 1.2's core schema.
    enum ScalarType: String {
        case null = "empty"
        case boolean = "true or false"
        case integer = "a whole number"
        case number = "a number"
        case text = "text"
    }

    var text: String
    /// Written without quotation marks, so that numbers and the like are recognised.
    var isPlain: Bool

    var type: ScalarType {
        guard isPlain else { return .text }
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE", "false", "False", "FALSE": return .boolean
        default: break
        }
        let first = text.utf8[text.utf8.startIndex]
        let isNumeric =
            first == UInt8(ascii: "-") || first == UInt8(ascii: "+")
            || first == UInt8(ascii: ".") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first)
        guard isNumeric else { return .text }
        if Self.isDecimalInteger(text) { return .integer }
        return Self.isDecimalNumber(text) ? .number : .text
    }

    /// The value of a whole number; nil for anything else and beyond 64 bits.
    var integer: Int64? { type == .integer ? Int64(text) : nil }

    /// The value of any finite number; nil for anything else.
    var number: Double? {
        switch type {
        case .integer, .number: Double(text).flatMap { $0.isFinite ? $0 : nil }
        default: nil
        }
    }

    private static func isDecimalInteger(_ text: String) -> Bool {
        let digits =
            text.utf8.first.map { $0 == 0x2B || $0 == 0x2D } == true
            ? text.utf8.dropFirst() : text.utf8[...]
        return !digits.isEmpty && digits.allSatisfy { (0x30...0x39).contains($0) }
    }

    /// Digits with a point or an exponent; without hexadecimal, infinities and not-a-number.
    private static func isDecimalNumber(_ text: String) -> Bool {
        let allowed = text.utf8.allSatisfy {
            (0x30...0x39).contains($0) || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains($0)
        }
        return allowed && Double(text) != nil
    }
}
