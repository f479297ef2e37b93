/// The JSON Schemas of the file formats, made from the same tables as the checks.
package enum JSONSchema {
    /// The schema of case files, as text with a final line break.
    package static var cases: String {
        document(CaseTable.root, title: "Assay case", name: "case")
    }

    /// The schema of suite files, as text with a final line break.
    package static var suites: String {
        document(SuiteTable.root, title: "Assay suite", name: "suite")
    }

    private static func document(_ table: Table, title: String, name: String) -> String {
        var members: [(String, JSON)] = [
            ("$schema", "https://json-schema.org/draft/2020-12/schema"),
            ("$id", .text("assay:\(name).schema.json")), ("title", .text(title)),
        ]
        members += map(table)
        return JSON.object(members).rendered(indent: 0) + "\n"
    }

    private static func map(_ table: Table) -> [(String, JSON)] {
        let available = table.fields.filter { field in
            if case .unavailable = field.kind { false } else { true }
        }
        var members: [(String, JSON)] = [
            ("description", .text(table.summary)), ("type", "object"),
            (
                "properties",
                .object(
                    available.map { field in
                        let value = schema(field.kind).filter { $0.0 != "description" }
                        return (
                            field.key, .object([("description", .text(field.summary))] + value)
                        )
                    })
            ),
        ]
        let required = available.filter(\.isRequired).map { JSON.text($0.key) }
        if !required.isEmpty { members.append(("required", .list(required))) }
        if let others = table.others {
            members.append(("propertyNames", .object(format(table.otherKeys))))
            members.append(("additionalProperties", .object(schema(others))))
        } else {
            members.append(("additionalProperties", .boolean(false)))
        }
        return members
    }

    private static func schema(_ kind: Kind) -> [(String, JSON)] {
        switch kind {
        case .text(let format): self.format(format)
        case .word(let words): [("enum", .list(words.map(JSON.text)))]
        case .wordOrReference(let words):
            [
                (
                    "anyOf",
                    .list([
                        .object([("enum", .list(words.map(JSON.text)))]),
                        .object([("type", "string"), ("pattern", .text(referencePattern))]),
                    ])
                )
            ]
        case .formula:
            [
                ("type", .list(["integer", "string"])), ("pattern", .text(formulaPattern)),
            ]
        case .number: [("type", "number")]
        case .version(let version): [("const", .integer(version))]
        case .scalar: [("type", .list(["string", "number", "boolean"]))]
        case .list(let item, let countMin):
            [("type", "array"), ("items", .object(schema(item)))]
                + (countMin > 0 ? [("minItems", .integer(Int64(countMin)))] : [])
        case .oneOrMany(let item):
            [
                (
                    "anyOf",
                    .list([
                        .object(schema(item)),
                        .object([
                            ("type", "array"), ("items", .object(schema(item))),
                            ("minItems", .integer(1)),
                        ]),
                    ])
                )
            ]
        case .map(let table): map(table)
        case .dictionary(let format, let value):
            [
                ("type", "object"), ("propertyNames", .object(self.format(format))),
                ("additionalProperties", .object(schema(value))),
            ]
        case .either(let first, let second):
            [("anyOf", .list([.object(schema(first)), .object(schema(second))]))]
        case .oneOf(let tables, _): [("oneOf", .list(tables.map { .object(map($0)) }))]
        case .unavailable: [("not", .object([]))]
        }
    }

    private static func format(_ format: TextFormat) -> [(String, JSON)] {
        [("type", "string")] + (format.pattern.map { [("pattern", .text($0))] } ?? [])
    }

    private static let referencePattern = "^\\$[A-Za-z][A-Za-z0-9]*(\\.[A-Za-z][A-Za-z0-9]*)?$"
    /// Only the characters; whether it is arithmetic is checked by the reader.
    private static let formulaPattern = "^[-+*/() $.A-Za-z0-9]+$"
}

/// A JSON value whose members keep their order.
private enum JSON: ExpressibleByStringLiteral {
    case object([(String, JSON)])
    case list([JSON])
    case text(String)
    case integer(Int64)
    case boolean(Bool)

    init(stringLiteral value: String) { self = .text(value) }

    func rendered(indent: Int) -> String {
        let inner = String(repeating: "  ", count: indent + 1)
        let outer = String(repeating: "  ", count: indent)
        switch self {
        case .object(let members):
            if members.isEmpty { return "{}" }
            let lines = members.map { name, value in
                "\(inner)\(Self.literal(name)): \(value.rendered(indent: indent + 1))"
            }
            return "{\n" + lines.joined(separator: ",\n") + "\n\(outer)}"
        case .list(let items):
            if items.allSatisfy(\.isScalar) {
                return "[" + items.map { $0.rendered(indent: 0) }.joined(separator: ", ") + "]"
            }
            let lines = items.map { inner + $0.rendered(indent: indent + 1) }
            return "[\n" + lines.joined(separator: ",\n") + "\n\(outer)]"
        case .text(let text): return Self.literal(text)
        case .integer(let value): return "\(value)"
        case .boolean(let value): return value ? "true" : "false"
        }
    }

    private var isScalar: Bool {
        switch self {
        case .object, .list: false
        default: true
        }
    }

    /// The tables hold no control characters, so quotes and backslashes are all there is.
    private static func literal(_ text: String) -> String {
        var literal = "\""
        for character in text.unicodeScalars {
            if character == "\"" || character == "\\" { literal.append("\\") }
            literal.unicodeScalars.append(character)
        }
        return literal + "\""
    }
}
