import Testing

/// The rules themselves: each finds what it should in a text that breaks it, and nothing else.
@Suite struct RuleTests {
    private func found(
        _ rule: (SourceFile) -> [Finding], _ text: String, path: String = "Sources/Model/X.swift"
    ) -> [Int] {
        rule(SourceFile(path: path, text: text)).map(\.line)
    }

    @Test func `A finding is written as compilers write errors`() {
        let finding = Finding(path: "Sources/A/B.swift", line: 3, message: "too long")
        #expect("\(finding)" == "Sources/A/B.swift:3: error: too long")
    }

    @Test func `Comments and strings are no code, and interpolation does not end a string`() {
        let text = #"""
            let a = "x // y \(b("}")) z" // tail
            let c = """
                { print(1)
                """ /* { */ + "d"
            """#
        let masked = Masking.code(of: text)
        #expect(!masked.contains("{"))
        #expect(!masked.contains("}"))
        #expect(!masked.contains("tail"))
        #expect(masked.contains(" + \" \""))
        #expect(masked.split(separator: "\n").count == text.split(separator: "\n").count)
    }

    @Test func `A file of 401 lines is too long and one of 400 is not`() {
        #expect(found(Rules.fileLength, String(repeating: "a\n", count: 400)) == [])
        #expect(found(Rules.fileLength, String(repeating: "a\n", count: 401)) == [401])
    }

    @Test func `A line of 101 columns is too long and letters outside ASCII are one column`() {
        let exact = String(repeating: "é", count: 100)
        #expect(found(Rules.lineLength, "\(exact)\n\(exact)a") == [2])
    }

    @Test func `A function of 71 lines is too long, in Swift and in C`() {
        let body = String(repeating: "    work()\n", count: 69)
        let long = "\nfunc a() {\n\(body)}\n"
        #expect(found(Rules.functionLength, long) == [2])
        let exact = "func a() {\n\(body.dropLast(11))}\n"
        #expect(found(Rules.functionLength, exact) == [])
        let member = "    package init(\n        _ x: Int\n    ) throws {\n\(body)    }\n"
        #expect(found(Rules.functionLength, "struct A {\n\(member)}\n") == [2])
        let inC = "static int a(void)\n{\n\(body)}\n"
        #expect(found(Rules.functionLength, inC, path: "a.c") == [1])
    }

    @Test func `A requirement of a protocol is no long function`() {
        let many = String(repeating: "    func a()\n", count: 90)
        #expect(found(Rules.functionLength, "protocol P {\n\(many)}\n") == [])
    }

    @Test func `A declaration without a summary is found, a stored property is not`() {
        let text = """
            package struct A {
                package var stored: Int
                package let other = [1]
                package init() {}
                package var computed: Int { 1 }
                /// Does it.
                @inline(__always)
                package func does() {}
                package static func not() {}
            }
            """
        #expect(found(Rules.documentation, text) == [1, 5, 9])
        let summary = "/// " + String(repeating: "a", count: 121)
        #expect(found(Rules.documentation, summary + "\npackage enum B { case a }") == [2])
    }

    @Test func `Unfinished words are found as words only`() {
        #expect(found(Rules.unfinished, "// TODO: x\n// FIXMES XXXX\n// a HACK") == [1, 3])
    }

    @Test func `Vendor names are found as words only`() {
        let text = "// Intelligent AMDahl\n// on Intel.\nlet x = \"OpenBLAS 0.3\"\n// MKLs intel"
        #expect(found(Rules.vendorName, text) == [2, 3])
    }

    @Test func `A page without a title and one with two are found`() {
        #expect(found(Rules.singleTitle, "text", path: "docs/a.md") == [1])
        let text = "# One\n```\n# a remark in a shell\n```\n## Two\n# Three"
        #expect(found(Rules.singleTitle, text, path: "docs/a.md") == [6])
    }

    @Test func `An import that the table lacks is found in every spelling`() {
        let text = "import Glibc\nimport Bundle\npackage import Cases\nimport struct Runner.A"
        #expect(found(Rules.importAllowed, text) == [2, 3, 4])
        #expect(found(Rules.importAllowed, "import Model", path: "Sources/New/X.swift") == [1])
    }

    @Test func `Foundation is found where it may not be`() {
        let text = "import Foundation\nimport FoundationEssentials"
        #expect(found(Rules.noFullFoundation, text) == [1, 2])
        #expect(found(Rules.noFullFoundation, text, path: "Sources/Bundle/X.swift") == [1])
    }

    @Test func `Printing and exiting are found in libraries only`() {
        let text = "print(1)\n// print(2)\nlet a = \"exit(3)\"\nself.print(4)\nif b { exit(5) }"
        #expect(found(Rules.noOutputInLibraries, text) == [1, 5])
        #expect(found(Rules.noOutputInLibraries, text, path: "Sources/assay/X.swift") == [])
    }
}
