import Measurement
import Model
import TestSupport
import Testing

/// When warm-up and measuring end, with samples of 2 ms unless said otherwise.
@Suite struct StoppingTests {
    private let script = Script()

    init() { script.cost = { _, _ in 2_000_000 } }

    private var warmupRuns: Int {
        script.calls[..<script.callsBeforeMeasuring].count(where: { $0 == .prepareSample })
    }

    // MARK: - Warm-up

    @Test func `Warm-up takes two windows of steady samples`() throws {
        let series = try script.launch(.scripted(warmup: (0, 10)))
        #expect(series.warmupConverged)
        #expect(warmupRuns == 40)
    }

    @Test func `Warm-up lasts at least its minimum`() throws {
        let series = try script.launch(.scripted(warmup: (0.5, 10)))
        #expect(series.warmupConverged)
        #expect(warmupRuns == 250)
    }

    @Test func `Warm-up that is not steady ends at its cap and says so`() throws {
        // Each sample a tenth of a percent slower than the one before.
        script.cost = { run, _ in 2_000_000 + UInt64(run) * 200_000 }
        let series = try script.launch(.scripted(warmup: (0.1, 0.5)))
        #expect(!series.warmupConverged)
        let spent = (0..<warmupRuns).reduce(0) { $0 + 2_200_000 + $1 * 200_000 }
        #expect(spent >= 500_000_000)
        #expect(spent < 530_000_000)
    }

    @Test func `Samples above 100 ms are not tested for steadiness`() throws {
        script.cost = { run, _ in 150_000_000 + UInt64(run) * 20_000_000 }
        let series = try script.launch(.scripted(warmup: (0.5, 5), samples: (6, 6)))
        #expect(series.warmupConverged)
        // 170, 190 and 210 ms are over the minimum.
        #expect(warmupRuns == 3)
    }

    // MARK: - Measuring

    @Test func `The cap on samples ends measuring`() throws {
        // No look at the interval before the tenth sample.
        let series = try script.launch(.scripted(samples: (5, 9), target: 0.03))
        #expect(series.stopReason == .sampleCap)
        // The last sample comes on top: its outputs are those that are verified.
        #expect(series.samples == 10)
    }

    @Test func `The cap on time wins over the minimum of samples`() throws {
        script.cost = { _, _ in 300_000_000 }
        let series = try script.launch(.scripted(samples: (20, 200), measure: (0, 1)))
        #expect(series.stopReason == .timeCap)
        #expect(series.samples == 5)
        #expect(script.samples.count == 5)
    }

    @Test func `A sample longer than everything allowed is measured once more for its outputs`()
        throws
    {
        script.cost = { _, _ in 3_000_000_000 }
        let series = try script.launch(.named(.smoke))
        #expect(series.stopReason == .timeCap)
        #expect(series.samples == 2)
        #expect(series.batch == 1)
        // One to size the batch, one to warm up, two measured.
        #expect(script.events.count == 4)
    }

    @Test func `A narrow interval ends measuring after the minimum of samples and time`() throws {
        let few = try script.launch(.scripted(samples: (20, 200), target: 0.03))
        #expect(few.stopReason == .converged)
        #expect(few.samples == 21)
        let long = try Script.launched(
            .scripted(samples: (20, 2000), measure: (1, 9), target: 0.03)
        ) {
            $0.cost = { _, _ in 2_000_000 }
        }
        #expect(long.stopReason == .converged)
        #expect(long.samples == 501)
    }

    @Test func `Noise that more samples do not narrow ends in a plateau`() throws {
        var generator = SeededGenerator(seed: 3)
        script.cost = { _, _ in 2_000_000 + generator.next() % 2_000_000 }
        let series = try script.launch(
            .scripted(warmup: (0, 0.1), samples: (20, 5000), target: 0.0001))
        #expect(series.stopReason == .plateau)
        #expect(series.samples > 100)
    }

    @Test func `Without a target only caps and plateaus end measuring`() throws {
        var generator = SeededGenerator(seed: 4)
        script.cost = { _, _ in 2_000_000 + generator.next() % 20_000 }
        let series = try script.launch(.scripted(samples: (10, 90)))
        #expect(series.stopReason == .sampleCap)
        #expect(series.samples == 91)
    }

    @Test(arguments: ProfileID.allCases)
    func `No profile takes more samples or time than it states`(id: ProfileID) throws {
        let profile = Profile.named(id)
        var generator = SeededGenerator(seed: 5)
        script.cost = { _, _ in 1_000_000 + generator.next() % 3_000_000 }
        let series = try script.launch(profile)
        #expect(series.samples <= profile.samplesMax + 1)
        #expect(series.samples >= min(profile.samplesMin, 6))
        // The sample that crosses the line and the last one are over it.
        #expect(series.measuring.seconds <= profile.measureTimeMax.seconds + 0.01)
    }
}

extension Script {
    /// The series of a fresh script.
    fileprivate static func launched(
        _ profile: Profile, _ prepare: (Script) -> Void
    ) throws -> Series {
        let script = Script()
        prepare(script)
        return try script.launch(profile)
    }
}
