import Bundle
import FoundationEssentials
import Model
import TestSupport
import Testing

@testable import Judgement

@Suite struct DeterminismTests {
    private func bytes(_ contents: BundleContents) throws -> Data {
        try JSONCoding.pretty(SampleRun.record(contents))
    }

    @Test func `Judging twice gives the same bytes, and they read back as the same record`() throws
    {
        var wide = SampleRun()
        wide.launches = (1...5).map { SampleRun.clean(seed: $0) }
        wide.point.data = .zeros
        wide.change = { $0.violations = ["b", "a", "b"] }
        let single = SampleRun(point: SampleRun.matMul(.f64, timing: .single))
        let contents = SampleRun.contents([wide, single])
        let first = try bytes(contents)
        for _ in 0..<5 { #expect(try bytes(contents) == first) }
        // The order in which launches were finished does not matter.
        var shuffled = contents
        shuffled.launches.reverse()
        #expect(SampleRun.record(shuffled).points == SampleRun.record(contents).points)
        let record = try JSONCoding.decode(Record.self, from: first, file: "run.json")
        #expect(try JSONCoding.pretty(record) == first)
    }

    @Test func `What a bundle holds is judged as what was written into it`() throws {
        let scratch = try ScratchDirectory()
        var contents = SampleRun.contents([
            SampleRun(launches: (1...3).map { SampleRun.clean(seed: $0) })
        ])
        let writer = try BundleWriter(
            creatingIn: scratch("results"), plan: contents.plan,
            environment: contents.environment)
        for index in contents.launches.indices {
            let entry = contents.launches[index]
            var files: [String] = []
            for (file, metric) in zip(entry.files, ["time", "start"]) {
                files.append(
                    try writer.writeSamples(
                        contents.samples[file] ?? [], entry: entry, metric: metric))
                contents.samples[files[files.count - 1]] = contents.samples[file]
            }
            contents.launches[index].files = files
            try writer.append(contents.launches[index])
        }
        contents.planSha256 = writer.planSha256
        let read = try BundleReader(writer.path).contents()
        #expect(try bytes(read) == (try bytes(contents)))
        try writer.seal(record: SampleRun.record(read), environment: read.environment)
        #expect(try BundleReader(writer.path).verify() == [])
    }

    /// A backend can write whatever it likes into the memory where samples are kept.
    @Test func `No samples and no counters can stop a record from being made and written`() throws {
        var generator = SeededGenerator(seed: 77)
        let extremes: [Int64] = [0, 1, -1, .max, .min, 1 << 40, 3, 2_000_000]
        let numbers: [Double] = [0, -0.0, 1, -1, 1e300, .leastNonzeroMagnitude, -1e300]
        for round in 0..<400 {
            var run = SampleRun(
                point: SampleRun.matMul(timing: TimingMode.allCases[round % 3]),
                launches: (0..<(1 + generator.index(below: 4))).map { _ in
                    (0..<generator.index(below: 60)).map { _ in
                        extremes[generator.index(below: extremes.count)]
                    }
                })
            run.work.steps = 5
            let shared = generator
            run.change = { entry in
                var random = shared
                func number() -> Double { numbers[random.index(below: numbers.count)] }
                entry.counters.clockHertzBefore = number()
                entry.counters.clockHertzAfter = number()
                entry.counters.throughputBefore = number()
                entry.counters.throughputAfter = number()
                entry.counters.clockRateDeviation = number()
                entry.counters.processorNanoseconds = random.next()
                entry.counters.measuringNanoseconds = random.next() % 3 == 0 ? 0 : random.next()
                entry.counters.runQueueWaitNanoseconds = random.next()
                entry.counters.suspendedNanoseconds = random.next()
                entry.batch = [1, 7, .max][random.index(below: 3)]
                entry.calibrationStart = ClockCalibration(
                    overheadNanoseconds: number(), resolutionNanoseconds: number(),
                    overheadP99Nanoseconds: number())
                entry.calibrationEnd = entry.calibrationStart
                entry.correctness?.value = number()
                entry.firstCallNanoseconds = random.next()
            }
            _ = generator.next()
            let record = SampleRun.record(SampleRun.contents([run]))
            for metric in record.points[0].metrics {
                #expect((metric.estimate == nil) != (metric.unavailable == nil))
                if let interval = metric.estimate?.interval {
                    #expect(interval.low <= interval.high, "\(metric.name)")
                }
            }
            let data = try JSONCoding.pretty(record)
            // Reading is slow under test, where every error that is tried keeps its backtrace.
            guard round % 40 == 0 else { continue }
            #expect(try JSONCoding.decode(Record.self, from: data, file: "x") == record)
        }
    }
}
