/// Checks a tree against what it may be, and finds every fault rather than the first.
struct Checker {
    var findings: Findings

    /// Whether the value is as its kind says; what is wrong with it goes into the findings.
    ///
    /// - Parameter key: the key whose value this is, for the sentence.
    @discardableResult
    mutating func check(_ node: Node, _ kind: Kind, key: String) -> Bool {
        switch kind {
        case .list(let item, let countMin):
            guard let items = node.list else { return refuse(node, key, "a list") }
            guard items.count >= countMin else {
                return refuse(node.place, "'\(key)' must not be empty")
            }
            return checkAll(items, item, key: key)
        case .oneOrMany(let item):
            guard let items = node.list else { return check(node, item, key: key) }
            guard !items.isEmpty else { return refuse(node.place, "'\(key)' must not be empty") }
            return checkAll(items, item, key: key)
        case .map(let table):
            return checkMap(node, table, key: key)
        case .dictionary(let format, let value):
            return checkDictionary(node, format, value, key: key)
        case .either(let first, let second):
            return check(node, first.fitsShape(of: node) ? first : second, key: key)
        case .oneOf(let tables, let unavailable):
            return checkOneOf(node, tables, unavailable, key: key)
        case .unavailable:
            return refuse(node.place, "'\(key)' is not available in this version")
        default:
            return checkScalar(node, kind, key: key)
        }
    }

    private mutating func refuse(_ place: Place, _ message: String) -> Bool {
        findings.add(place, message)
        return false
    }

    private mutating func refuse(_ node: Node, _ key: String, _ expected: String) -> Bool {
        if node.scalar?.type == .null { return refuse(node.place, "'\(key)' has no value") }
        return refuse(node.place, "'\(key)' must be \(expected), not \(node.kindName)")
    }

    private mutating func checkAll(_ items: [Node], _ kind: Kind, key: String) -> Bool {
        var isGood = true
        for item in items where !findings.isFull {
            if !check(item, kind, key: key) { isGood = false }
        }
        return isGood
    }

    // MARK: - Scalars

    private mutating func checkScalar(_ node: Node, _ kind: Kind, key: String) -> Bool {
        guard let scalar = node.scalar, scalar.type != .null else {
            return refuse(node, key, kind.expectation)
        }
        switch kind {
        case .text(let format):
            guard scalar.type == .text else { return refuse(node, key, kind.expectation) }
            return format.accepts(scalar.text)
                || refuse(node.place, "\(quoted(scalar.text)) is not \(format.expectation)")
        case .word(let words):
            return checkWord(node, scalar.text, words, key: key)
        case .wordOrReference(let words):
            if scalar.text.hasPrefix("$") { return true }
            return checkWord(node, scalar.text, words, key: key)
        case .formula:
            // What it says is found out when it is read.
            return [.integer, .text].contains(scalar.type)
                || refuse(node, key, kind.expectation)
        case .number:
            return scalar.number != nil || refuse(node, key, kind.expectation)
        case .version(let version):
            return scalar.integer == version
                || refuse(node.place, "'\(key)' must be \(version), not \(quoted(scalar.text))")
        default:
            return true
        }
    }

    private mutating func checkWord(
        _ node: Node, _ word: String, _ words: [String], key: String
    ) -> Bool {
        if words.contains(word) { return true }
        return refuse(
            node.place,
            "unknown value \(quoted(word)) for '\(key)'" + suggestion(for: word, among: words))
    }

    // MARK: - Maps

    private mutating func checkMap(_ node: Node, _ table: Table, key: String) -> Bool {
        guard let entries = node.map else { return refuse(node, key, "a map") }
        var isGood = true
        for entry in entries where !findings.isFull {
            if !checkEntry(entry, table) { isGood = false }
        }
        let missing = table.fields.filter { $0.isRequired && node[$0.key] == nil }
        if missing.isEmpty { return isGood }
        // A misspelt key was reported already; that its word is missing follows from it.
        let unknownMax = 64
        let meant = entries.lazy.filter { table.field($0.key) == nil }.prefix(unknownMax)
            .map { nearest(to: $0.key, among: table.keys) }
        for field in missing where !meant.contains(field.key) {
            findings.add(node.place, "'\(field.key)' is missing")
        }
        return false
    }

    private mutating func checkEntry(_ entry: Node.Entry, _ table: Table) -> Bool {
        if let field = table.field(entry.key) {
            if case .unavailable = field.kind {
                return refuse(entry.keyPlace, "'\(entry.key)' is not available in this version")
            }
            return check(entry.value, field.kind, key: entry.key)
        }
        guard let others = table.others else {
            return refuse(
                entry.keyPlace,
                "unknown key \(quoted(entry.key))" + suggestion(for: entry.key, among: table.keys))
        }
        guard table.otherKeys.accepts(entry.key) else {
            return refuse(
                entry.keyPlace, "\(quoted(entry.key)) is not \(table.otherKeys.expectation)")
        }
        return check(entry.value, others, key: entry.key)
    }

    private mutating func checkDictionary(
        _ node: Node, _ format: TextFormat, _ value: Kind, key: String
    ) -> Bool {
        guard let entries = node.map else { return refuse(node, key, "a map") }
        var isGood = true
        for entry in entries {
            if !format.accepts(entry.key) {
                isGood = refuse(
                    entry.keyPlace, "\(quoted(entry.key)) is not \(format.expectation)")
            } else if !check(entry.value, value, key: entry.key) {
                isGood = false
            }
        }
        return isGood
    }

    private mutating func checkOneOf(
        _ node: Node, _ tables: [Table], _ unavailable: [String], key: String
    ) -> Bool {
        guard let entries = node.map else { return refuse(node, key, "a map") }
        let names = tables.map(\.name)
        if let entry = entries.first(where: { unavailable.contains($0.key) }) {
            return refuse(
                entry.keyPlace, "the \(key) '\(entry.key)' is not available in this version")
        }
        let chosen = entries.filter { names.contains($0.key) }
        if chosen.count > 1 {
            return refuse(
                chosen[1].keyPlace,
                "'\(key)' is '\(chosen[0].key)' already; it cannot also be '\(chosen[1].key)'")
        }
        if let name = chosen.first?.key, let table = tables.first(where: { $0.name == name }) {
            return checkMap(node, table, key: key)
        }
        for entry in entries {
            guard let meant = nearest(to: entry.key, among: names),
                let table = tables.first(where: { $0.name == meant })
            else { continue }
            return checkMap(node, table, key: key)
        }
        return refuse(
            node.place, "'\(key)' must have one of the keys " + names.joined(separator: ", "))
    }
}

extension Kind {
    /// Whether this kind is for values of the node's shape: scalar, list or map.
    fileprivate func fitsShape(of node: Node) -> Bool {
        switch self {
        case .list: node.list != nil
        case .map, .dictionary, .oneOf: node.map != nil
        case .oneOrMany, .either: true
        default: node.scalar != nil
        }
    }

    /// What is expected of a scalar, for "must be …".
    fileprivate var expectation: String {
        switch self {
        case .text: "text"
        case .word(let words), .wordOrReference(let words):
            words.count > 8 ? "a word" : "one of " + words.joined(separator: ", ")
        case .formula: "a whole number or arithmetic"
        case .number: "a number"
        case .version(let version): "\(version)"
        default: "a word or a number"
        }
    }
}
