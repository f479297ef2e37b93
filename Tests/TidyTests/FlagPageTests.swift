import Judgement
import TestSupport
import Testing

@Suite struct FlagPageTests {
    private func headings() throws -> [String] {
        try PackageFiles.text(PackageFiles.root + "/docs/warnings.md").split(separator: "\n")
            .filter { $0.hasPrefix("## ") }.map { String($0.dropFirst(3)) }
    }

    @Test func `Every flag has an entry on the page of warnings`() throws {
        let headings = try headings()
        for flag in RuleTable.current.rules {
            #expect(headings.contains(flag.id), "docs/warnings.md:1: error: no '## \(flag.id)'")
        }
    }

    @Test func `Every entry on the page of warnings that is named like a flag is one`() throws {
        let ids = Set(RuleTable.current.rules.map(\.id))
        for heading in try headings() where heading.allSatisfy(\.isLetter) {
            guard heading.first?.isLowercase == true else { continue }
            #expect(ids.contains(heading), "docs/warnings.md:1: error: no flag '\(heading)'")
        }
    }

    @Test func `No two flags share an id and each has a hint`() {
        #expect(Set(RuleTable.current.rules.map(\.id)).count == RuleTable.current.rules.count)
        for flag in RuleTable.current.rules { #expect(!flag.hint.isEmpty, "\(flag.id)") }
    }
}
