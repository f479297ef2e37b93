import Cases
import Model
import Testing

/// Bytes that no case file may have, and what is said about them.
private struct BadBytes: Sendable, CustomTestStringConvertible {
    var name: String
    var bytes: [UInt8]
    var line: String

    init(_ name: String, _ text: String, _ line: String) {
        self.init(name, Array(text.utf8), line)
    }

    init(_ name: String, _ bytes: [UInt8], _ line: String) {
        self.name = name
        self.bytes = bytes
        self.line = line
    }

    var testDescription: String { name }
}

private let badBytes = [
    BadBytes("nothing", "", "x.yaml:1:1: error: the file is empty"),
    BadBytes("comments only", "# a\n", "x.yaml:1:1: error: the file is empty"),
    BadBytes(
        "flow list not closed", "a: 1\nb: [1, 2\nc: 3\n",
        "x.yaml:3:2: error: did not find expected ',' or ']'"),
    BadBytes(
        "value in a wrong place", "a: b: c\n",
        "x.yaml:1:5: error: mapping values are not allowed in this context"),
    BadBytes(
        "quotation without an end", "a: \"b\n",
        "x.yaml:2:1: error: found unexpected end of stream"),
    BadBytes("tab", "a:\n\tb: 1\n", "x.yaml:2:1: error: a tab; case files use spaces only"),
    BadBytes("NUL", "a: é\0\n", "x.yaml:1:5: error: the file has a NUL byte"),
    BadBytes(
        "control character", "a: 1\nb: \u{1b}\n",
        "x.yaml:2:4: error: the character U+1B is not allowed"),
    BadBytes(
        "text direction", "a: \u{2066}b\n", "x.yaml:1:4: error: the character U+2066 is not allowed"
    ),
    BadBytes(
        "not UTF-8", Array("a: 1\né: ".utf8) + [0xFF, 0x0A],
        "x.yaml:2:4: error: the file is not UTF-8"),
    BadBytes(
        "UTF-16", [0xFF, 0xFE, 0x61, 0x3A], "x.yaml:1:1: error: the file is not UTF-8"),
    BadBytes(
        "key twice", "a: 1\nb: 2\na: 3\n",
        "x.yaml:1:1: error: the key 'a' stands more than once in this map"),
    BadBytes(
        "two documents", "a: 1\n---\nb: 1\n", "x.yaml:2:1: error: but found another document"),
    BadBytes(
        "anchor", "a: &x 1\nb: *x\n",
        "x.yaml:1:4: error: '&' begins an anchor here; anchors and aliases are not part of "
            + "case files"
    ),
    BadBytes("alias", "a: *x\n", "x.yaml:1:4: error: found undefined alias"),
    BadBytes(
        "tag", "a: !!int 1\n",
        "x.yaml:1:4: error: tags such as 'tag:yaml.org,2002:int' are not part of case files"),
    BadBytes(
        "key that is a list", "? [1, 2]\n: 3\n",
        "x.yaml:1:3: error: a key must be a word, not a list or a map"),
    BadBytes(
        "nesting", "a: " + String(repeating: "[", count: 40) + String(repeating: "]", count: 40),
        "x.yaml:1:35: error: nested more than 32 levels deep"),
    BadBytes(
        "size", [UInt8](repeating: 0x20, count: (1 << 20) + 1),
        "x.yaml:1:1: error: the file has 1048577 bytes; the limit is 1048576"),
]

/// Files made to cost a parser time, memory or its stack.
private let bombs: [(String, String)] = [
    ("flow lists", String(repeating: "[", count: 1 << 20)),
    ("flow maps", String(repeating: "{a: ", count: 1 << 18)),
    ("flow pairs", String(repeating: "[a: ", count: 1 << 18)),
    ("block lists", String(repeating: "- ", count: 1 << 19)),
    ("block keys", String(repeating: "? ", count: 1 << 19)),
    ("keys of keys", String(repeating: String(repeating: "{", count: 900) + "\n", count: 1000)),
    (
        "deep keys",
        String(
            repeating: "- " + String(repeating: "{", count: 300) + "a"
                + String(repeating: ": 1}", count: 300) + "\n", count: 600)
    ),
    ("laughs", laughs),
    ("unknown keys", (0..<60_000).map { "key\($0): 1\n" }.joined()),
    ("one long word", String(repeating: "a", count: 1 << 20)),
    ("long arithmetic", "a: " + String(repeating: "(", count: 1 << 19)),
]

private let laughs: String = {
    var text = "a0: &a0 [x, x]\n"
    for level in 1..<40 { text += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
    return text
}()

@Suite struct SyntaxErrorTests {
    @Test(arguments: badBytes)
    private func `Text that is not YAML, or not ours, is reported with its place`(file: BadBytes) {
        #expect(errorLines(CaseFile(path: "x.yaml", content: .bytes(file.bytes))) == [file.line])
    }

    @Test(.timeLimit(.minutes(10)), arguments: bombs.map(\.0))
    func `A file made to exhaust the reader is refused quickly`(name: String) throws {
        let text = try #require(bombs.first { $0.0 == name }).1
        var lines: [String] = []
        let time = ContinuousClock().measure {
            lines = errorLines(
                CaseFile(path: "x.yaml", content: .bytes(Array(text.utf8.prefix(1 << 20)))))
        }
        #expect(!lines.isEmpty)
        #expect(lines.count <= 1001)
        // In a debug build, on a machine that is doing other things.
        #expect(time < .seconds(20), "\(time)")
    }

    @Test func `Ampersands in text and Windows line ends are no faults`() throws {
        let text =
            "\u{FEFF}assay: 1\r\nid: launch/x\r\ntitle: R&D & \"more\"\r\n"
            + "workload: { launch: empty }\r\n"
        #expect(try readCase(text).title == "R&D & \"more\"")
    }
}
