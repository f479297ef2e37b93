package import Model
import Statistics

/// Receives samples as they are taken; must not allocate or call the system.
package protocol SampleSink {
    /// Takes a sample of the measuring phase.
    mutating func record(elapsed: UInt64, start: UInt64)
    /// Is told how long the next sample should take, for the deadline kept elsewhere.
    mutating func expect(_ nanoseconds: UInt64)
}

/// What a launch's measuring came to.
package struct Series: Sendable, Hashable {
    package var stopReason: StopReason
    package var warmupConverged: Bool
    package var samples: Int
    /// Events per sample.
    package var batch: UInt64
    /// From the first measured sample's start to the last one's end.
    package var measuring: Nanoseconds
}

/// Takes the samples of one launch: batch size, warm-up, measuring, stopping (method, §3, §4, §7).
package struct Sampler<E: Executor, T: TimeSource, S: SampleSink> {
    private let profile: Profile
    private let timing: TimingMode
    /// Whether a sample is one event, because it is timed alone or its cache state is made anew.
    private let isOneEvent: Bool
    private let calibration: ClockCalibration
    private var executor: E
    private let time: T
    private var sink: S
    /// Called between warm-up and measuring, and never inside either.
    private let onPhase: (Phase) -> Void

    /// What a launch goes through, as told to its owner.
    package enum Phase: Sendable { case warmup, measure }

    /// Above this a sample is too long for testing whether warm-up is over.
    private static var longSample: UInt64 { 100_000_000 }
    /// How many chained events the short run has for each of the long run's.
    private static var chainRatio: UInt64 { 3 }

    package init(
        profile: Profile, timing: TimingMode, cache: CacheState, calibration: ClockCalibration,
        executor: E, time: T, sink: S, onPhase: @escaping (Phase) -> Void
    ) {
        self.profile = profile
        self.timing = timing
        isOneEvent = timing == .single || cache == .coldFlush
        self.calibration = calibration
        self.executor = executor
        self.time = time
        self.sink = sink
        self.onPhase = onPhase
    }

    /// Runs the whole launch.
    package mutating func run() throws(E.Failure) -> Series {
        onPhase(.warmup)
        var batch = try batchSize(from: 1)
        let (converged, last) = try warmUp(batch: batch)
        // Cold events are slow: a batch sized by them may have become too short.
        if !isOneEvent, last < target / 2 { batch = try batchSize(from: batch) }
        onPhase(.measure)
        let (reason, count, measuring) = try measure(batch: batch)
        return Series(
            stopReason: reason, warmupConverged: converged, samples: count,
            batch: timing == .chained ? batch * (Self.chainRatio - 1) : batch,
            measuring: Nanoseconds(measuring))
    }

    /// The least time that a sample of several events must take.
    private var target: UInt64 {
        max(
            BatchSizeSearch.target(
                resolution: calibration.resolutionNanoseconds,
                overhead: calibration.overheadNanoseconds),
            profile.sampleTimeMin?.value ?? 0)
    }

    private mutating func batchSize(from first: UInt64) throws(E.Failure) -> UInt64 {
        guard !isOneEvent else { return 1 }
        var search = BatchSizeSearch(target: target, first: first)
        // Ends by itself: every try but the last is shorter than the target, and tries grow.
        while !search.isDone {
            let before = time.now()
            try executor.run(events: search.batch)
            let elapsed = time.now() - before
            search.record(elapsed: elapsed)
            sink.expect(elapsed * 10)
        }
        return search.batch
    }

    /// One sample: the time of `batch` events, or of the free-running part of a chain.
    private mutating func sample(batch: UInt64) throws(E.Failure) -> (UInt64, UInt64) {
        try executor.prepareSample()
        let start = time.now()
        try executor.run(events: batch)
        let end = time.now()
        guard timing == .chained else { return (start, end - start) }
        // The longer chain's fill and drain are the shorter one's, so the difference has neither.
        try executor.run(events: batch * Self.chainRatio)
        let long = time.now() - end
        let short = end - start
        return (start, long > short ? long - short : 0)
    }

    private mutating func warmUp(batch: UInt64) throws(E.Failure) -> (Bool, UInt64) {
        let start = time.now()
        var steady = SteadyState(resolution: calibration.resolutionNanoseconds)
        var elapsed: UInt64 = 0
        while true {
            elapsed = try sample(batch: batch).1
            sink.expect(elapsed)
            let spent = time.now() - start
            let isLong = elapsed > Self.longSample
            if !isLong { steady.add(Double(elapsed)) }
            if spent >= profile.warmupTimeMin.value, isLong || steady.isSteady {
                return (true, elapsed)
            }
            if spent >= profile.warmupTimeMax.value { return (isLong, elapsed) }
        }
    }

    private mutating func measure(
        batch: UInt64
    ) throws(E.Failure) -> (StopReason, Int, UInt64) {
        var rule = StoppingRule(
            limits: StoppingRule.Limits(
                samplesMin: profile.samplesMin, samplesMax: profile.samplesMax,
                timeMin: profile.measureTimeMin.value, timeMax: profile.measureTimeMax.value,
                targetHalfWidth: profile.targetHalfWidth))
        let origin = time.now()
        while true {
            let (start, elapsed) = try sample(batch: batch)
            sink.record(elapsed: elapsed, start: start - origin)
            sink.expect(elapsed)
            let spent = time.now() - origin
            guard let reason = rule.add(Double(elapsed), elapsed: spent) else { continue }
            try executor.prepareLastSample()
            let (lastStart, last) = try sample(batch: batch)
            sink.record(elapsed: last, start: lastStart - origin)
            return (StopReason(reason), rule.samples.count + 1, time.now() - origin)
        }
    }
}

extension StopReason {
    fileprivate init(_ reason: StoppingRule.Reason) {
        switch reason {
        case .converged: self = .converged
        case .plateau: self = .plateau
        case .sampleCap: self = .sampleCap
        case .timeCap: self = .timeCap
        }
    }
}
