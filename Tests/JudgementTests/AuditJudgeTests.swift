import Bundle
import Model
import Testing

@testable import Judgement

/// The audits that set runs against each other.
@Suite struct AuditJudgeTests {
    /// Six launches of each variant around a number of nanoseconds, a tenth of a percent apart.
    private func results(
        usual: Double = 1000, again: Double = 1000, fresh: Double = 1000, longer: Double = 1000,
        change: (inout LaunchEntry) -> Void = { _ in }
    ) throws -> [Int: AuditResult] {
        var contents = SampleRun.contents([SampleRun()])
        let point = contents.plan.points[0]
        contents.plan.isAudit = true
        contents.plan.points[0].profile.launches = 6
        contents.plan.subjects = AuditVariant.allCases.map {
            Subject(backend: "cpu-simd", device: 0, side: $0.rawValue)
        }
        let template = contents.launches[0]
        contents.launches = []
        contents.samples = [:]
        for (side, centre) in [usual, again, fresh, longer].enumerated() {
            for launch in 0..<6 {
                var entry = template
                entry.index = contents.launches.count
                entry.launch = launch
                entry.subject.side = side
                entry.files = ["\(entry.index).time.i64"]
                entry.inspection = InspectionFacts()
                entry.inspection?.poisonedSamples = 8
                entry.inspection?.alteredEvents = 9
                entry.inspection?.known = [1000, 1000, 1000, 1000, 1000]
                entry.inspection?.new = [1010, 1000, 990, 1000, UInt64(1000 + launch)]
                entry.spotCheck = entry.correctness
                change(&entry)
                let ticks = Int64(centre * 1000 * (1 + 0.001 * Double(launch - 3)))
                contents.samples[entry.files[0]] = Array(repeating: ticks, count: 40)
                contents.launches.append(entry)
            }
        }
        #expect(point.pointHash == template.pointHash)
        let record = SampleRun.record(contents)
        let audits = AuditJudge(contents, points: record.points).audits()
        try #require(audits.count == 1)
        let failed = audits[0].results.filter { $0.verdict == .failed }
        #expect(
            record.points[0].flags.filter { $0.id == "auditFailed" }.count == failed.count)
        return Dictionary(uniqueKeysWithValues: audits[0].results.map { ($0.number, $0) })
    }

    @Test func `What is honest fails nothing`() throws {
        let results = try results()
        #expect(results.count == 8)
        for number in [1, 2, 3, 4, 7, 8] {
            #expect(results[number]?.verdict == .passed, "\(results[number]?.detail ?? "")")
        }
        #expect(results[5]?.verdict == .notApplicable)
        #expect(results[6]?.verdict == .notApplicable)
    }

    @Test func `Data that nobody has seen may not be slower`() throws {
        #expect(try results(fresh: 1100)[3]?.verdict == .failed)
        #expect(try results(fresh: 1030)[3]?.verdict == .passed)
        #expect(try results(fresh: 1050)[3]?.verdict == .undecided)
    }

    @Test func `A longer run may not be slower`() throws {
        #expect(try results(longer: 1040)[4]?.verdict == .failed)
        #expect(try results(longer: 1010)[4]?.verdict == .passed)
    }

    @Test func `The same again is the same`() throws {
        #expect(try results(again: 1080)[7]?.verdict == .failed)
        #expect(try results(again: 1010)[7]?.verdict == .passed)
    }

    @Test func `A machine that was not quiet decides nothing`() throws {
        let results = try results(fresh: 1100) { $0.counters.clockHertzAfter = 2e9 }
        #expect(results[3]?.verdict == .undecided)
        #expect(results[3]?.detail.contains("hostSpeedChanged") == true)
    }

    @Test func `Known inputs may not be faster`() throws {
        let results = try results { entry in
            entry.inspection?.new = [1200, 1190, 1210, 1200, UInt64(1200 + entry.launch)]
        }
        #expect(results[2]?.verdict == .failed)
    }

    @Test func `Samples that wrote nothing fail accuracy, and too few leave it open`() throws {
        let skipped = try results { $0.inspection?.unwrittenSamples = 1 }
        #expect(skipped[1]?.verdict == .failed)
        let few = try results { $0.inspection?.poisonedSamples = 2 }
        #expect(few[1]?.verdict == .undecided)
    }

    @Test func `Altered inputs must alter outputs`() throws {
        let results = try results { entry in
            entry.spotCheck?.passed = entry.launch != 2
            entry.spotCheck?.detail = "no output changed when the inputs did"
        }
        #expect(results[8]?.verdict == .failed)
        #expect(results[8]?.detail == "no output changed when the inputs did")
    }
}
