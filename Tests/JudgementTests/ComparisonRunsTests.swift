import Bundle
import FoundationEssentials
import Model
import Statistics
import Testing

@testable import Judgement

/// Two runs of one machine, on other days: unpaired.
@Suite struct ComparisonRunsTests {
    private func run(
        _ id: String, day: Int, centre: Double = 1e6, seed: UInt64, launches: Int = 10
    ) -> ComparisonSample {
        ComparisonSample(
            id: id, started: "2025-01-0\(day)T02:00:00Z", boot: "boot \(day)",
            sides: [
                ComparisonSample.Side(
                    launches: ComparisonSample.values(launches, centre: centre, seed: seed))
            ])
    }

    private func compare(
        _ old: ComparisonSample, _ new: ComparisonSample,
        _ request: ComparisonRequest = ComparisonRequest()
    ) throws -> ComparisonRecord {
        try ComparisonJudge.compare(baseline: old.run, candidate: new.run, request: request)
    }

    /// A calibration whose sessions differ by about that much.
    private func calibration(_ centres: [Double]) throws -> Calibration {
        var found: Calibration?
        for (index, centre) in centres.enumerated() {
            let session = run(
                "c\(index)", day: index + 1, centre: centre, seed: UInt64(100 + index)
            ).record
            found = try found?.adding(session) ?? Calibration(session)
        }
        return try #require(found)
    }

    @Test func `Two single sessions have no verdict where the machine's noise is not known`()
        throws
    {
        let record = try compare(
            run("a", day: 1, seed: 1), run("b", day: 2, centre: 1.5e6, seed: 2))
        let row = try #require(record.time)
        #expect(row.basis == .unpaired)
        #expect(row.verdict == .inconclusive)
        #expect(row.ratio?.interval == nil)
        #expect(abs((row.ratio?.value ?? 0) - 1.5) < 0.01)
        #expect(row.reasons.contains { $0.hasPrefix("unpaired: what sessions differ by") })
        #expect(record.noise.contains { $0.contains("single sessions have no verdict") })
        #expect(!row.isConfirmedWorse)
    }

    @Test func `With calibration the interval includes what sessions differ by`() throws {
        let noise = try calibration([1e6, 1.004e6, 0.997e6, 1.002e6, 0.999e6])
        let request = ComparisonRequest(calibrations: [noise])
        let large = try compare(
            run("a", day: 1, seed: 1), run("b", day: 2, centre: 1.05e6, seed: 2), request)
        let row = try #require(large.time)
        #expect(row.verdict == .slower)
        #expect(row.ratio?.interval?.basis == .sessions)
        // A regression is confirmed by interleaved launches only.
        #expect(!row.isConfirmedWorse && row.adjustedPValue == nil && row.isSelected)
        let launches = try #require(
            Comparison(
                candidate: run("b", day: 2, centre: 1.05e6, seed: 2).sides[0].launches,
                baseline: run("a", day: 1, seed: 1).sides[0].launches, sense: .cost))
        let interval = try #require(row.ratio?.interval)
        #expect(interval.high - interval.low > 3 * launches.ratioInterval().halfWidth)
        let small = try compare(
            run("a", day: 1, seed: 1), run("b", day: 2, centre: 1.015e6, seed: 2), request)
        #expect(small.time?.verdict == .inconclusive)
        #expect(small.time?.launchesNeeded == nil)
    }

    @Test func `The A/A floor raises δ, and a machine above the cap is unfit`() throws {
        let noisy = try calibration([1e6, 1.02e6, 0.995e6])
        let record = try compare(
            run("a", day: 1, seed: 1), run("b", day: 2, centre: 1.3e6, seed: 2),
            ComparisonRequest(calibrations: [noisy]))
        let delta = try #require(record.time?.delta)
        #expect(delta.value > 0.02 && delta.value <= 0.03)
        #expect(delta.source.hasPrefix("A/A floor of class 'sampled, one thread'"))
        let unfit = try calibration([1e6, 1.2e6, 0.9e6])
        #expect(unfit.classes.allSatisfy { !$0.isFit })
        let row = try compare(
            run("a", day: 1, seed: 1), run("b", day: 2, centre: 5e6, seed: 2),
            ComparisonRequest(calibrations: [unfit])
        ).time
        #expect(row?.verdict == .inconclusive)
        #expect(row?.delta.value == 0.03)
        #expect(row?.reasons.contains { $0.contains("unfit for verdicts") } == true)
    }

    @Test func `Another machine is refused, unless it is asked for`() throws {
        var other = run("b", day: 2, seed: 2)
        other.fingerprint = "beef"
        let first = run("a", day: 1, seed: 1)
        do {
            _ = try compare(first, other)
            Issue.record("it was not refused")
        } catch let error as ComparisonError {
            #expect(error.code == .otherMachine)
        }
        let record = try compare(first, other, ComparisonRequest(crossMachine: true))
        #expect(record.time?.verdict == .inconclusive)
        #expect(record.noise.count == 2)
    }

    @Test func `What has no counterpart is listed with the reason`() throws {
        var other = run("b", day: 2, seed: 2)
        other.point = SampleRun.matMul(.f64)
        let record = try compare(run("a", day: 1, seed: 1), other)
        #expect(record.rows.isEmpty)
        #expect(
            record.excluded.map(\.reason) == [
                "only the candidate has it", "only the baseline has it",
            ])
        var changed = run("b", day: 2, seed: 2)
        changed.point.data = .uniform
        let reasons = try compare(run("a", day: 1, seed: 1), changed).excluded.map(\.reason)
        #expect(reasons == ["the case was changed between the runs: same name, other content"])
    }

    @Test func `What differs between the runs is listed, and what moves by itself is not`() throws {
        var other = run("b", day: 2, seed: 2)
        other.version = "2"
        let record = try compare(run("a", day: 1, seed: 1), other)
        #expect(record.differences.map(\.name) == ["harness"])
        #expect(record.differences.first?.candidate == "2 (c)")
    }

    @Test func `A point without a result says what it is instead`() throws {
        var other = run("b", day: 2, seed: 2)
        other.sides[0].change = {
            $0.outcome = .unsupported
            $0.reasons = ["no such kernel"]
        }
        let record = try compare(run("a", day: 1, seed: 1), other)
        #expect(record.excluded.map(\.reason) == ["the candidate is unsupported: no such kernel"])
    }
}

@Suite struct CalibrationTests {
    private func session(
        _ id: String, started: String, boot: String = "b", centre: Double = 1e6, seed: UInt64 = 1
    ) -> ComparisonSample {
        ComparisonSample(
            id: id, started: started, boot: boot,
            sides: [
                ComparisonSample.Side(
                    launches: ComparisonSample.values(10, centre: centre, seed: seed))
            ])
    }

    @Test func `Sessions of one boot and one night are one occasion`() throws {
        var found = try Calibration(session("1", started: "2025-01-01T22:00:00Z").record)
        found = try found.adding(session("2", started: "2025-01-02T01:00:00Z").record)
        #expect(found.occasions == 1)
        // Another boot, another night.
        found = try found.adding(session("3", started: "2025-01-02T02:00:00Z", boot: "c").record)
        #expect(found.occasions == 2)
        #expect(found.classes.isEmpty)
        found = try found.adding(session("4", started: "2025-01-02T22:00:00Z").record)
        #expect(found.occasions == 3)
        #expect(found.sessions.map(\.run) == ["1", "2", "3", "4"])
        #expect(!found.classes.isEmpty)
        #expect(found.updated == "2025-01-02T22:00:00Z")
    }

    @Test func `A day of the calendar is 24 hours after the day before`() throws {
        for (before, after) in [
            ("2024-02-28", "2024-02-29"), ("2024-02-29", "2024-03-01"),
            ("2025-02-28", "2025-03-01"), ("2025-12-31", "2026-01-01"),
        ] {
            let first = try #require(Calibration.hours(before + "T05:30:00Z"))
            #expect(Calibration.hours(after + "T05:30:00Z") == first + 24)
        }
        #expect(Calibration.hours("yesterday") == nil)
    }

    @Test func `The floor is that of the sessions' values`() throws {
        let centres = [1e6, 1.01e6, 0.99e6]
        var found: Calibration?
        for (index, centre) in centres.enumerated() {
            let record = session(
                "\(index)", started: "2025-01-0\(index + 1)T00:00:00Z", centre: centre,
                seed: UInt64(index)
            ).record
            found = try found?.adding(record) ?? Calibration(record)
        }
        let calibration = try #require(found)
        let record = session("x", started: "2025-02-01T00:00:00Z").record
        let metric = try #require(record.points[0].metric("time"))
        let floor = try #require(
            calibration.floor(
                of: metric, point: record.points[0].point, subject: record.points[0].subject))
        // The largest of three pairs: 2 %, give or take the launches' own noise.
        #expect(abs(floor - 0.02) < 0.004)
        let sampled = calibration.classes.first { $0.noiseClass == "sampled, one thread" }
        #expect(sampled?.occasions == 3)
        #expect(sampled?.isFit == true)
    }

    @Test func `What is no session of it is refused with the reason`() throws {
        let first = session("1", started: "2025-01-01T00:00:00Z")
        let calibration = try Calibration(first.record)
        func refusal(_ record: Record) -> String {
            do {
                _ = try calibration.adding(record)
                return "none"
            } catch {
                return "\(error)"
            }
        }
        #expect(refusal(first.record) == "run 1 is in it already")
        var record = session("2", started: "2025-01-02T00:00:00Z").record
        record.machine.fingerprint = "beef"
        #expect(refusal(record) == "run 2 is of another machine")
        record = session("2", started: "2025-01-02T00:00:00Z").record
        record.run.planSha256 = "other"
        #expect(refusal(record) == "run 2 is of another plan")
        record = session("2", started: "2025-01-02T00:00:00Z").record
        record.run.status = "partial"
        #expect(refusal(record) == "run 2 is not complete")
        record = session("2", started: "2025-01-02T00:00:00Z").record
        record.run.harness.buildMode = "debug"
        #expect(refusal(record) == "run 2 is of a debug build")
        var disturbed = session("2", started: "2025-01-02T00:00:00Z")
        disturbed.sides[0].change = { $0.counters.clockHertzAfter = 2e9 }
        #expect(
            refusal(disturbed.record)
                == "run 2 has no undisturbed metric with at least three launches")
    }

    @Test func `Its text reads back, and derived figures are derived again`() throws {
        var found = try Calibration(session("1", started: "2025-01-01T00:00:00Z").record)
        for day in 2...4 {
            found = try found.adding(
                session("\(day)", started: "2025-01-0\(day)T00:00:00Z", seed: UInt64(day)).record)
        }
        let data = try JSONCoding.pretty(found)
        func read(_ text: String) throws -> Calibration {
            try JSONCoding.decode(Calibration.self, from: Data(text.utf8), file: "f")
        }
        let text = String(decoding: data, as: UTF8.self)
        #expect(try read(text) == found)
        let edited = text.replacing("\"isFit\" : true", with: "\"isFit\" : false")
        #expect(edited != text)
        #expect(try read(edited) == found)
        #expect(throws: BundleError.self) {
            try read(text.replacing("calibration/1", with: "calibration/2"))
        }
    }
}
