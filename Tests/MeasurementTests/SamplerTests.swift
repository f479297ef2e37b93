import Measurement
import Model
import TestSupport
import Testing

@Suite struct SamplerTests {
    private let script = Script()

    // MARK: - Batch size

    @Test func `Batches grow tenfold while short, then by 1,2 times what is missing`() throws {
        // An event takes 3 µs and a sample must take 1 ms: 1, 10, 100, then 1.2 · 1 ms / 3 µs.
        script.cost = { _, events in events * 3_000 }
        let series = try script.launch(.scripted())
        #expect(Array(script.events.prefix(4)) == [1, 10, 100, 400])
        #expect(series.batch == 400)
        // Fixed thereafter.
        #expect(script.events.dropFirst(4).allSatisfy { $0 == 400 })
    }

    @Test(arguments: [
        // The target is the largest of 1 ms, 1 000 × resolution and 100 × overhead.
        (20.0, 20.0, 1_000_000.0), (20, 5_000, 5_000_000), (30_000, 20, 3_000_000),
    ])
    func `A sample is as long as the clock needs`(
        overhead: Double, resolution: Double, target: Double
    ) throws {
        script.cost = { _, events in events * 777 }
        let series = try script.launch(
            .scripted(), overhead: overhead, resolution: resolution)
        let length = Double(series.batch * 777)
        #expect(length >= target)
        #expect(length <= target * 1.21 + 777)
    }

    @Test func `A profile may ask for longer samples than the clock needs`() throws {
        script.cost = { _, events in events * 3_000 }
        var profile = Profile.scripted()
        profile.sampleTimeMin = .milliseconds(5)
        let series = try script.launch(profile)
        #expect(series.batch * 3_000 >= 5_000_000)
        #expect(series.batch * 3_000 <= 6_100_000)
    }

    @Test func `An event that is long enough by itself is a batch of one`() throws {
        script.cost = { _, events in events * 2_000_000 }
        #expect(try script.launch(.scripted()).batch == 1)
    }

    @Test(arguments: [
        (TimingMode.single, CacheState.hot), (.batch, .coldFlush), (.single, .coldFlush),
        (.single, .coldRotate),
    ])
    func `A sample is one event when timed alone or when its cache state is made anew`(
        timing: TimingMode, cache: CacheState
    ) throws {
        script.cost = { _, events in events * 50 }
        let series = try script.launch(.scripted(), timing: timing, cache: cache)
        #expect(series.batch == 1)
        #expect(script.events.allSatisfy { $0 == 1 })
    }

    @Test func `A batch that warming up made too short is sized again`() throws {
        // Cold at first: a hundred times slower until the 30th run.
        script.cost = { run, events in events * (run < 30 ? 100_000 : 1_000) }
        let series = try script.launch(.scripted(warmup: (0.05, 10)))
        #expect(Double(series.batch) * 1_000 >= 1_000_000)
        #expect(Double(series.batch) * 1_000 <= 1_300_000)
    }

    // MARK: - Every sample

    @Test func `Each sample is prepared outside the timed region`() throws {
        script.preparation = 5_000_000
        script.cost = { _, events in events * 10_000_000 }
        let series = try script.launch(.scripted(), timing: .batch, cache: .coldFlush)
        #expect(script.samples.allSatisfy { $0.elapsed == 10_000_000 })
        // Of everything after the search, every second call prepares.
        let measuring = script.calls[script.callsBeforeMeasuring...].filter {
            $0 != .prepareLastSample
        }
        #expect(measuring.count == series.samples * 2)
        for (index, call) in measuring.enumerated() {
            #expect(call == (index % 2 == 0 ? .prepareSample : .run(1)))
        }
    }

    @Test func `Starts count from the beginning of measuring and follow each other`() throws {
        script.preparation = 7_000
        let series = try script.launch(.scripted())
        #expect(script.samples.count == series.samples)
        #expect(script.samples[0].start == 7_000)
        for (sample, next) in zip(script.samples, script.samples.dropFirst()) {
            #expect(next.start == sample.start + sample.elapsed + 7_000)
        }
        let last = script.samples[script.samples.count - 1]
        #expect(series.measuring == Nanoseconds(last.start + last.elapsed))
    }

    @Test func `The last sample is announced, so that what is verified was timed`() throws {
        let series = try script.launch(.scripted(samples: (6, 12)))
        #expect(script.calls.filter { $0 == .prepareLastSample }.count == 1)
        let place = try #require(script.calls.firstIndex(of: .prepareLastSample))
        // One sample follows, and it is recorded like the others.
        #expect(script.calls.count - place == 3)
        #expect(series.samples == 13)
        #expect(script.samples.count == 13)
    }

    @Test func `The chained period is what the longer chain takes more than the shorter`() throws {
        // Filling and draining cost 90 µs a chain, an event 1 µs.
        script.cost = { _, events in 90_000 + events * 1_000 }
        let series = try script.launch(.scripted(), timing: .chained)
        #expect(series.batch.isMultiple(of: 2))
        let events = series.batch
        #expect(script.samples.allSatisfy { $0.elapsed == events * 1_000 })
        // Two runs a sample: one of half as many events, one of three times that.
        let pair = script.calls.suffix(2)
        #expect(Array(pair) == [.run(events / 2), .run(events / 2 * 3)])
    }

    @Test func `A longer chain that took no longer gives zero and not a number below`() throws {
        script.cost = { _, events in events == 1 ? 3_000_000 : 2_000_000 }
        _ = try script.launch(.scripted(), timing: .chained)
        #expect(script.samples.allSatisfy { $0.elapsed == 0 })
    }

    @Test func `The next sample is expected to take as long as the last`() throws {
        script.cost = { run, events in events * (run % 2 == 0 ? 2_000_000 : 3_000_000) }
        _ = try script.launch(.scripted())
        let measured = script.samples.dropLast().map(\.elapsed)
        #expect(Array(script.expectations.suffix(measured.count)) == measured)
    }

    @Test func `A failure ends the launch at once`() {
        script.cost = { run, _ in
            guard run < 7 else { throw Script.Failed() }
            return 2_000_000
        }
        #expect(throws: Script.Failed.self) { try script.launch(.scripted()) }
        #expect(script.events.count == 8)
    }

    @Test func `Warm-up is announced before anything runs and measuring after it`() throws {
        _ = try script.launch(.scripted())
        #expect(script.phases == ["warmup", "measure"])
        #expect(script.callsBeforeMeasuring > 40)
        #expect(
            script.samples.count == script.calls.count(where: { $0 == .prepareSample })
                - script.calls[..<script.callsBeforeMeasuring].count(where: { $0 == .prepareSample }
                ))
    }
}
