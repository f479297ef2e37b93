import Yams

/// Turns the bytes of a file into a tree of nodes: the only place that knows the YAML library.
///
/// The part of YAML that case files need is small: one document of maps with plain keys, lists and
/// scalars. Everything else (anchors and aliases, tags, keys that are not plain, tabs) is refused
/// by name, which also leaves no way to build a tree that is larger than its file.
enum YAMLReader {
    static let byteCountMax = 1 << 20
    static let depthMax = 32

    /// The root of the document; nil when something is wrong, which `findings` then says.
    static func read(_ source: [UInt8], _ findings: inout Findings) -> Node? {
        guard source.count <= byteCountMax else {
            findings.add(.start, tooLarge(byteCount: UInt64(source.count)))
            return nil
        }
        let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let bytes = source.starts(with: byteOrderMark) ? Array(source.dropFirst(3)) : source
        if let fault = firstForbiddenByte(in: bytes) {
            findings.add(fault)
            return nil
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            findings.add(place(ofInvalidUTF8In: bytes), "the file is not UTF-8")
            return nil
        }
        if let fault = firstForbiddenScalar(in: text) {
            findings.add(fault)
            return nil
        }
        do {
            // Without rules: the library's own type rules are regular expressions, and slow.
            let parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
            guard let root = try parser.singleRoot() else {
                findings.add(.start, "the file is empty")
                return nil
            }
            return try node(root, depth: 1)
        } catch let fault as Fault {
            findings.add(fault)
        } catch let error as YamlError {
            findings.add(fault(for: error))
        } catch {
            findings.add(.start, "the file cannot be read as YAML: \(error)")
        }
        return nil
    }

    /// The sentence about a file that is larger than the limit.
    static func tooLarge(byteCount: UInt64) -> String {
        "the file has \(byteCount) bytes; the limit is \(byteCountMax)"
    }

    private static let tooDeep = "nested more than \(depthMax) levels deep"

    // MARK: - Before parsing

    /// Refuses what needs no decoding to be recognised: NUL bytes, tabs and anchors.
    ///
    /// An anchor is `&` where a word could begin. Without anchors there are no aliases, and
    /// without aliases a small file cannot stand for a large tree.
    private static func firstForbiddenByte(in bytes: [UInt8]) -> Fault? {
        var line = 1
        var column = 1
        for (index, byte) in bytes.enumerated() {
            switch byte {
            case 0: return Fault(Place(line: line, column: column), "the file has a NUL byte")
            case 0x09:
                return Fault(
                    Place(line: line, column: column), "a tab; case files use spaces only")
            case UInt8(ascii: "&") where isAnchor(at: index, in: bytes):
                return Fault(
                    Place(line: line, column: column),
                    "'&' begins an anchor here; anchors and aliases are not part of case files")
            case 0x0A:
                line += 1
                column = 0
            default: break
            }
            // Columns count characters, so the later bytes of one do not count.
            if byte & 0xC0 != 0x80 { column += 1 }
        }
        return nil
    }

    /// Errs on the safe side: only `R&D` and `a & b` are not anchors.
    private static func isAnchor(at index: Int, in bytes: [UInt8]) -> Bool {
        let next = index + 1 < bytes.count ? bytes[index + 1] : 0x0A
        if [0x20, 0x0A, 0x0D].contains(next) { return false }
        guard index > 0 else { return true }
        let before = Unicode.Scalar(bytes[index - 1])
        return !(before.isASCII && before.properties.isAlphabetic)
            && !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[index - 1])
    }

    private static func firstForbiddenScalar(in text: String) -> Fault? {
        var place = Place.start
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x0A: place = Place(line: place.line + 1, column: 0)
            // Without line ends other than these two, and without marks that reorder the text.
            case 0x0D, 0x20...0x7E, 0xA0...0x2027, 0x202F...0x2065, 0x206A...0xD7FF,
                0xE000...0xFEFE, 0xFF00...0xFFFD, 0x10000...0x10FFFF:
                break
            default:
                let code = String(scalar.value, radix: 16, uppercase: true)
                return Fault(place, "the character U+\(code) is not allowed")
            }
            place.column += 1
        }
        return nil
    }

    private static func place(ofInvalidUTF8In bytes: [UInt8]) -> Place {
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var place = Place.start
        while case .scalarValue(let scalar) = decoder.decode(&iterator) {
            place =
                scalar == "\n"
                ? Place(line: place.line + 1, column: 1) : place.moved(by: 1)
        }
        return place
    }

    // MARK: - After parsing

    private static func node(_ source: Yams.Node, depth: Int) throws(Fault) -> Node {
        let place = place(source.mark)
        guard depth <= depthMax else {
            throw Fault(place, tooDeep)
        }
        switch source {
        case .scalar(let scalar):
            try checkTag(scalar.tag, place)
            let isPlain = scalar.style == .plain && scalar.tag.rawValue.isEmpty
            return Node(
                place: place, content: .scalar(Scalar(text: scalar.string, isPlain: isPlain)))
        case .sequence(let sequence):
            try checkTag(sequence.tag, place)
            var items: [Node] = []
            for item in sequence { items.append(try node(item, depth: depth + 1)) }
            return Node(place: place, content: .list(items))
        case .mapping(let mapping):
            try checkTag(mapping.tag, place)
            var entries: [Node.Entry] = []
            for (key, value) in mapping {
                let keyPlace = self.place(key.mark)
                guard case .scalar(let name) = key else {
                    throw Fault(keyPlace, "a key must be a word, not a list or a map")
                }
                try checkTag(name.tag, keyPlace)
                let entry = Node.Entry(
                    key: name.string, keyPlace: keyPlace,
                    value: try node(value, depth: depth + 1))
                entries.append(entry)
            }
            return Node(place: place, content: .map(entries))
        case .alias:
            throw Fault(place, "anchors and aliases are not part of case files")
        }
    }

    private static func checkTag(_ tag: Tag, _ place: Place) throws(Fault) {
        let name = tag.rawValue
        // The library gives quoted scalars this tag by itself.
        guard name.isEmpty || name == Tag.Name.str.rawValue else {
            throw Fault(place, "tags such as \(quoted(name)) are not part of case files")
        }
    }

    private static func place(_ mark: Mark?) -> Place {
        guard let mark, mark.line > 0, mark.column > 0 else { return .start }
        return Place(line: mark.line, column: mark.column)
    }

    private static func fault(for error: YamlError) -> Fault {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return Fault(
                place(mark),
                problem.hasPrefix("Maximum nesting level") ? tooDeep : problem)
        case .duplicatedKeysInMapping(let duplicates, let context):
            let names = duplicates.map(quoted).joined(separator: ", ")
            return Fault(
                place(context.mark),
                duplicates.count == 1
                    ? "the key \(names) stands more than once in this map"
                    : "the keys \(names) stand more than once in this map")
        case .reader(let problem, _, _, _): return Fault(.start, problem)
        default: return Fault(.start, "the file cannot be read as YAML")
        }
    }
}
