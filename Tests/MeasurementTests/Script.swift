import Measurement
import Model

/// A clock, an executor and a sink in one: time passes only where the script says so.
final class Script {
    /// What a call is told to do.
    enum Call: Equatable {
        case run(UInt64)
        case prepareSample
        case prepareLastSample
    }

    private(set) var time: UInt64 = 1_000_000
    private(set) var calls: [Call] = []
    private(set) var phases: [String] = []
    /// Elapsed and start of each recorded sample.
    private(set) var samples: [(elapsed: UInt64, start: UInt64)] = []
    private(set) var expectations: [UInt64] = []
    /// How many calls had been made when measuring began.
    private(set) var callsBeforeMeasuring = 0
    /// Nanoseconds that a run takes, from the number of the run and its events.
    var cost: (_ run: Int, _ events: UInt64) throws -> UInt64 = { _, events in events * 1_000 }
    /// Nanoseconds that preparing a sample takes.
    var preparation: UInt64 = 0
    private var runs = 0

    struct Failed: Error, Equatable {}

    struct Clock: TimeSource {
        let script: Script
        func now() -> UInt64 { script.time }
    }

    struct Runner: Executor {
        let script: Script
        mutating func run(events: UInt64) throws {
            script.calls.append(.run(events))
            script.time += try script.cost(script.runs, events)
            script.runs += 1
        }
        mutating func prepareSample() throws {
            script.calls.append(.prepareSample)
            script.time += script.preparation
        }
        mutating func prepareLastSample() throws { script.calls.append(.prepareLastSample) }
    }

    struct Sink: SampleSink {
        let script: Script
        mutating func record(elapsed: UInt64, start: UInt64) {
            script.samples.append((elapsed, start))
        }
        mutating func expect(_ nanoseconds: UInt64) { script.expectations.append(nanoseconds) }
    }

    /// Runs a whole launch over the script.
    func launch(
        _ profile: Profile = .named(.trend), timing: TimingMode = .batch, cache: CacheState = .hot,
        overhead: Double = 20, resolution: Double = 20
    ) throws -> Series {
        var sampler = Sampler(
            profile: profile, timing: timing, cache: cache,
            calibration: ClockCalibration(
                overheadNanoseconds: overhead, resolutionNanoseconds: resolution,
                overheadP99Nanoseconds: overhead),
            executor: Runner(script: self), time: Clock(script: self), sink: Sink(script: self)
        ) { phase in
            self.phases.append(phase == .warmup ? "warmup" : "measure")
            if phase == .measure { self.callsBeforeMeasuring = self.calls.count }
        }
        return try sampler.run()
    }

    /// The events of each run, in order.
    var events: [UInt64] {
        calls.compactMap { if case .run(let events) = $0 { events } else { nil } }
    }
}

extension Profile {
    /// A profile with the times given in seconds and no target.
    static func scripted(
        warmup: (Double, Double) = (0, 1), samples: (Int, Int) = (10, 100),
        measure: (Double, Double) = (0, 1000), target: Double? = nil
    ) -> Profile {
        Profile(
            id: .nightly, launches: 1, warmup: warmup, samples: samples, measure: measure,
            targetHalfWidth: target, mayYieldVerdict: false)
    }
}
