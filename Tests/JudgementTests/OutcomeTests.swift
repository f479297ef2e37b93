import Bundle
import Model
import Testing

@testable import Judgement

@Suite struct OutcomeTests {
    @Test func `Wrong outputs withhold every number, whatever the other launches did`() throws {
        for wrong in 0..<3 {
            var run = SampleRun()
            run.launches = (1...3).map { SampleRun.clean(seed: $0) }
            run.change = { entry in
                guard entry.launch == wrong else { return }
                entry.outcome = .invalid
                entry.failure = "accuracyFailed"
                entry.reasons = ["the outputs of the timed run are wrong: element 3"]
                entry.correctness?.passed = false
                entry.correctness?.value = 7
            }
            let record = run.judged()
            #expect(record.outcome == .invalid)
            #expect(record.metrics == [])
            #expect(record.headline == nil)
            #expect(record.reasons == ["the outputs of the timed run are wrong: element 3"])
            #expect(record.correctness?.passed == false)
            #expect(record.flags.first?.observed == 7)
            // What the launches were is still told.
            #expect(record.launches.count == 3)
        }
    }

    @Test func `A launch that failed makes the point an error and says so once`() {
        var run = SampleRun()
        run.launches = (1...3).map { SampleRun.clean(seed: $0) }
        run.change = { entry in
            guard entry.launch > 0 else { return }
            entry.outcome = .error
            entry.failure = "crashed"
            entry.reasons = ["it was ended by SIGSEGV"]
        }
        let record = run.judged()
        #expect(record.outcome == .error)
        #expect(record.reasons == ["it was ended by SIGSEGV"])
        #expect(record.flags.map(\.id) == ["crashed"])
        #expect(record.metrics == [])
    }

    @Test func `What a backend cannot do is a difference and not a finding`() {
        var run = SampleRun()
        run.change = { entry in
            entry.outcome = .unsupported
            entry.reasons = ["no kernel for bf16"]
        }
        let record = run.judged()
        #expect(record.outcome == .unsupported)
        #expect(record.reasons == ["no kernel for bf16"])
        #expect(record.flags == [])
    }

    @Test func `Wrong outputs weigh more than a crash and a crash more than unsupported`() {
        let outcomes: [Outcome] = [.unsupported, .error, .invalid]
        for count in 1...3 {
            var run = SampleRun()
            run.launches = (0..<count).map { SampleRun.clean(seed: UInt64($0)) }
            run.change = { $0.outcome = outcomes[$0.launch] }
            #expect(run.judged().outcome == outcomes[count - 1])
        }
    }

    @Test func `A point that was left out keeps the plan's reason`() {
        for outcome in [Outcome.skipped, .notScheduled] {
            var run = SampleRun()
            run.exclusion = Exclusion(outcome: outcome, reason: "because")
            run.launches = []
            let record = run.judged()
            #expect(record.outcome == outcome)
            #expect(record.reasons == ["because"])
            #expect(record.metrics == [])
        }
    }

    @Test func `A point that the run did not reach, or not to its end, says so`() throws {
        var contents = SampleRun.contents([SampleRun(launches: [[1, 2], [3, 4], [5, 6]])])
        contents.launches.removeLast()
        let partly = SampleRun.record(contents).points[0]
        #expect(partly.outcome == .notReached)
        #expect(partly.reasons == ["the run ended 1 launches before its end"])
        #expect(partly.metrics == [])
        contents.launches = []
        let never = SampleRun.record(contents).points[0]
        #expect(never.outcome == .notReached)
        #expect(never.reasons == ["the run ended before it"])
    }

    @Test func `An error makes a metric invalid, a qualifier qualified, and others nothing`() {
        func status(_ severities: Severity?...) -> Validity {
            var record = SampleRun().judged()
            record.flags = severities.compactMap(\.self).map {
                Flag("x", $0, message: "", hint: "")
            }
            record.settleStatus()
            return record.metrics[0].status
        }
        #expect(status() == .valid)
        #expect(status(.info) == .valid)
        #expect(status(.warning, .info) == .valid)
        #expect(status(.qualifier, .info) == .qualified)
        #expect(status(.qualifier, .error) == .invalid)
        #expect(status(.error) == .invalid)
    }

    @Test func `A metric's own error leaves the other metrics alone`() {
        var record = SampleRun().judged()
        record.metrics[0].flags = [Flag("x", .error, message: "", hint: "")]
        record.settleStatus()
        #expect(record.metrics[0].status == .invalid)
        #expect(record.metrics.dropFirst().allSatisfy { $0.status == .valid })
    }

    @Test func `The check that matters is the failed one, or the one nearest to its tolerance`() {
        var run = SampleRun()
        run.launches = (0..<3).map { SampleRun.clean(seed: UInt64($0)) }
        run.change = { $0.correctness?.value = [0.2, 0.9, 0.5][$0.launch] }
        #expect(run.judged().correctness?.value == 0.9)
    }

    @Test func `Points keep their order, and subjects stand by name within each`() {
        var contents = SampleRun.contents([
            SampleRun(point: SampleRun.matMul(.f64)), SampleRun(point: SampleRun.matMul(.f32)),
        ])
        contents.plan.subjects = ["zeta", "alpha", "cpu-simd"].map {
            Subject(backend: $0, device: 0)
        }
        let points = SampleRun.record(contents).points
        #expect(
            points.map(\.point.label).prefix(4) == [
                "op/matmul types=f64", "op/matmul types=f64", "op/matmul types=f64",
                "op/matmul types=f32",
            ])
        #expect(points.prefix(3).map(\.subject.backend) == ["alpha", "cpu-simd", "zeta"])
    }

    @Test func `What the harness costs itself is judged from its own point`() throws {
        var contents = SampleRun.contents([SampleRun()])
        var own = SampleRun(launches: [[1_000_000, 1_000_000, 1_000_000]], batch: 1000)
        own.point.caseID = "launch/empty"
        own.point.operation = Operation(
            domain: "assay", name: "Empty", opset: 1, inputs: [], outputs: [])
        var (entries, samples) = own.finished(from: 1)
        entries[0].subject = .harness
        entries[0].readyNanoseconds = 4_000_000
        contents.plan.harnessPoints = [own.planned]
        contents.launches += entries
        contents.samples.merge(samples) { first, _ in first }
        let facts = SampleRun.record(contents).calibration
        #expect(facts.harnessOverhead?.estimate?.value == 1e-6)
        #expect(facts.workerStart?.estimate?.value == 0.004)
        #expect(facts.clockPairNanoseconds?.estimate?.n == 2)
        samples = [:]
    }
}
