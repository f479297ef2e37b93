import FoundationEssentials
import TestSupport
import Testing

@testable import Bundle

/// RFC 8785, the JSON Canonicalization Scheme, against the examples it publishes.
@Suite struct CanonicalJSONTests {
    private func canonical(_ json: String) throws -> String {
        CanonicalJSON.text(try JSONDecoder().decode(JSONValue.self, from: Data(json.utf8)))
    }

    @Test func `Numbers are written as ECMAScript writes them, as appendix B lists`() throws {
        let rows = try Table.rows("bundle/numbers.tsv")
        #expect(rows.count > 2_500)
        for row in rows {
            let value = Double(bitPattern: try #require(UInt64(row[0], radix: 16)))
            let text = CanonicalJSON.number(value)
            #expect(text == row[1], "\(row[0])")
            // Nothing is lost: the text reads back as the same number.
            #expect(Double(text) == value)
        }
    }

    @Test func `Members are sorted by UTF-16 code units, as section 3.2.3 shows`() throws {
        let json = #"""
            {
              "\u20ac": "Euro Sign",
              "\r": "Carriage Return",
              "\ufb33": "Hebrew Letter Dalet With Dagesh",
              "1": "One",
              "\ud83d\ude00": "Emoji: Grinning Face",
              "\u0080": "Control",
              "\u00f6": "Latin Small Letter O With Diaeresis"
            }
            """#
        let text = try canonical(json)
        let names = [
            "Carriage Return", "One", "Control", "Latin Small Letter O With Diaeresis",
            "Euro Sign", "Emoji: Grinning Face", "Hebrew Letter Dalet With Dagesh",
        ]
        let places = names.compactMap { text.firstRange(of: $0)?.lowerBound }
        #expect(places.count == names.count)
        #expect(places == places.sorted())
    }

    @Test func `The sample of section 3.2.2 becomes the text of section 3.2.4`() throws {
        let json = #"""
            {
              "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
              "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
              "literals": [null, true, false]
            }
            """#
        let expected =
            #"{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"#
            + #""string":"€$\u000f\nA'B\"\\\\\"/"}"#
        #expect(try canonical(json) == expected)
    }

    @Test func `Control characters have their short escapes, and others are left as they are`() {
        let text = CanonicalJSON.text(.string("\u{0}\u{8}\t\n\u{b}\u{c}\r\u{1f}\u{7f}\u{2028}/é😀"))
        #expect(text == "\"\\u0000\\b\\t\\n\\u000b\\f\\r\\u001f\u{7f}\u{2028}/é😀\"")
    }

    @Test func `Integers are exact beyond what a double holds`() {
        #expect(CanonicalJSON.text(.integer(.max)) == "9223372036854775807")
        #expect(CanonicalJSON.text(.integer(.min)) == "-9223372036854775808")
    }

    @Test func `Empty collections and nesting have no spaces`() {
        let value = JSONValue.object([
            "b": .array([]), "a": .object([:]), "c": .array([.null, .bool(false)]),
        ])
        #expect(CanonicalJSON.text(value) == #"{"a":{},"b":[],"c":[null,false]}"#)
    }
}
