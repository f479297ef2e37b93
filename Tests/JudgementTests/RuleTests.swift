import Bundle
import Foundation
import Model
import Testing

@testable import Judgement

/// The language of rules, the table, and judging again by another table.
@Suite struct RuleTests {
    private func facts(_ numbers: [String: Double]) -> Facts {
        var facts = Facts()
        for (name, value) in numbers { facts.set(name, value) }
        return facts
    }

    private func table(_ data: Data) throws(BundleError) -> RuleTable {
        let table = try JSONCoding.decode(RuleTable.self, from: data, file: "rules.json")
        try table.check(file: "rules.json")
        return table
    }

    static let cases: [(String, [String: Double], Bool)] = [
        (#"{"compare": ["a", ">", 2]}"#, ["a": 3], true),
        (#"{"compare": ["a", ">", 2]}"#, ["a": 2], false),
        (#"{"compare": ["a", "<", 2]}"#, ["a": 1], true),
        (#"{"compare": ["a", "=", 2]}"#, ["a": 2], true),
        (#"{"compare": ["a", "|>|", 2]}"#, ["a": -3], true),
        (#"{"compare": ["a", ">", 2]}"#, ["a": -3], false),
        (#"{"compare": ["a", ">", 2]}"#, [:], false),
        (#"{"compare": ["a", ">", "b"]}"#, ["a": 3, "b": 2], true),
        (#"{"compare": ["a", ">", "b"]}"#, ["a": 3], false),
        (#"{"range": ["a", 1, 2]}"#, ["a": 0.5], true),
        (#"{"range": ["a", 1, 2]}"#, ["a": 2], false),
        (#"{"range": ["a", 1, 2]}"#, [:], false),
        (#"{"required": "a"}"#, [:], true),
        (#"{"required": "a"}"#, ["a": 0], false),
        (#"{"implies": [{"compare": ["a", ">", 1]}, {"compare": ["b", ">", 1]}]}"#, ["a": 2], true),
        (
            #"{"implies": [{"compare": ["a", ">", 1]}, {"compare": ["b", ">", 1]}]}"#,
            ["a": 2, "b": 2], false
        ),
        (#"{"all": [{"compare": ["a", ">", 1]}, {"required": "b"}]}"#, ["a": 2], true),
        (#"{"all": [{"compare": ["a", ">", 1]}, {"required": "b"}]}"#, ["a": 2, "b": 1], false),
    ]

    @Test(arguments: cases)
    func `A predicate holds as it is written`(
        text: String, numbers: [String: Double], holds: Bool
    ) throws {
        let predicate = try JSONDecoder().decode(Predicate.self, from: Data(text.utf8))
        #expect(predicate.holds(facts(numbers)) == holds)
        let again = try JSONDecoder().decode(
            Predicate.self, from: try JSONEncoder().encode(predicate))
        #expect(again == predicate)
    }

    @Test func `A count is raised by more launches than it allows`() throws {
        let rule = Rule(
            "drift", .info, .samples, when: .count(.compare("a", .above, 1), moreThan: 1),
            message: "{raised} of {launches}, worst {value}", hint: "h")
        #expect(rule.finding(in: [facts(["a": 2]), facts(["a": 0])]) == nil)
        let found = try #require(
            rule.finding(in: [facts(["a": 2]), facts(["a": 0]), facts(["a": 5])]))
        #expect(found.message == "2 of 3, worst 5" && found.observed == 5)
    }

    @Test(arguments: [
        #"{"eval": "1 + 1"}"#, #"{"compare": ["a", "~", 2]}"#, "{}",
        #"{"compare": ["a", ">", 1], "required": "a"}"#,
    ])
    func `What is not in the language is refused`(text: String) {
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(Predicate.self, from: Data(text.utf8))
        }
    }

    @Test func `The table survives being written and read`() throws {
        let data = try JSONCoding.pretty(RuleTable.current)
        #expect(try table(data) == RuleTable.current)
    }

    @Test(arguments: [
        ("assay.rules/1", "assay.rules/9", "is not assay.rules/1"),
        ("\"drift\"", "\"dirft\"", "no finding 'dirft'"),
        ("\"steal\"", "\"drift\"", "'drift' is there twice"),
    ])
    func `A table with an error is refused with the place`(
        old: String, new: String, words: String
    ) throws {
        let text = String(decoding: try JSONCoding.pretty(RuleTable.current), as: UTF8.self)
        let error = #expect(throws: BundleError.self) {
            try table(Data(text.replacing(old, with: new).utf8))
        }
        #expect(error?.file == "rules.json" && error?.detail.contains(words) == true)
    }

    @Test func `Another table judges the same samples otherwise, and the change is named`() {
        var run = SampleRun()
        run.change = { $0.counters.runQueueWaitNanoseconds = 1_100_000 }
        let contents = SampleRun.contents([run])
        let before = SampleRun.record(contents)
        var table = RuleTable.current
        table.version = "mine"
        table.rules.removeAll { $0.id == "preempted" }
        let after = Judge.record(of: contents, status: "complete", ended: "x", rules: table)
        #expect(after.run.rules == "mine")
        #expect(after.points[0].metric("time")?.status == .valid)
        #expect(
            Judge.changes(from: before, to: after).first
                == "op/matmul types=f32 on cpu-simd, time: qualified → valid (−preempted)")
        #expect(Judge.changes(from: before, to: before).isEmpty)
    }

    @Test func `A record that its samples bear out has no discrepancy, and a better one has`()
        throws
    {
        let contents = SampleRun.contents([SampleRun()])
        var record = SampleRun.record(contents)
        #expect(try Judge.discrepancy(record, contents: contents) == nil)
        record.points[0].metrics[0].estimate?.value *= 0.99
        let found = try #require(try Judge.discrepancy(record, contents: contents))
        #expect(found.hasPrefix("points[0].metrics[0].estimate.value is "))
        record.points = []
        #expect(
            try Judge.discrepancy(record, contents: contents)
                == "points has 0 elements, and should have 1")
    }
}
