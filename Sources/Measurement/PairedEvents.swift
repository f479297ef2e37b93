import Statistics

/// Times of single events in pairs: one with known inputs, one with inputs never seen before.
///
/// Decides how many are worth taking. An honest backend takes the same for both, so a few pairs
/// are enough; where they differ, more are taken before anything is said.
package struct PairedEvents: Sendable, Hashable {
    package private(set) var known: [UInt64] = []
    package private(set) var new: [UInt64] = []

    /// Pairs and time where nothing is suspicious, and where something is.
    static let usual = (pairs: 7, nanoseconds: UInt64(8_000_000))
    static let suspicious = (pairs: 15, nanoseconds: UInt64(4_000_000_000))
    /// From this ratio on more pairs are taken.
    static let suspicion = 1.25

    package init() {}

    /// Takes a pair into account.
    package mutating func add(known: UInt64, new: UInt64) {
        self.known.append(known)
        self.new.append(new)
    }

    /// The median new event over the median known one; nil without pairs or below the clock.
    package var ratio: Double? {
        guard let known = Median.of(known.map(Double.init)),
            let new = Median.of(new.map(Double.init)), known > 0
        else { return nil }
        return new / known
    }

    /// Whether another pair is worth its time.
    package var wantsMore: Bool {
        let limit = (ratio ?? 1) > Self.suspicion ? Self.suspicious : Self.usual
        let spent = known.reduce(0, +) + new.reduce(0, +)
        return known.count < limit.pairs && (known.isEmpty || spent < limit.nanoseconds)
    }
}

/// Marks of a device's clock beside the host's, at moments when nothing runs.
package struct ClockMarks: Sendable, Hashable {
    /// Nanoseconds since the first mark.
    private var host: [Double] = []
    private var device: [Double] = []

    /// Marks nearer than this say nothing about a rate.
    package static let distanceMin: UInt64 = 20_000_000
    /// A device's clock is trusted after a comparison of at least this length.
    package static let spanMin: UInt64 = 500_000_000
    /// Marks that are kept; later ones are left out.
    package static let countMax = 4096

    package init() {}

    /// Takes a mark; times are since the first moment, which has no mark of its own.
    package mutating func add(host: Double, device: Double) {
        guard self.host.count < Self.countMax else { return }
        self.host.append(host)
        self.device.append(device)
    }

    /// The last mark's host time; zero before any.
    package var span: Double { host.last ?? 0 }

    /// How much faster the device's clock ran, and by how much that changed; nil without marks.
    ///
    /// Medians over the stretches between marks: a stretch whose reading was interrupted is one
    /// among many. The whole span counts too, where it says more.
    package var rates: (deviation: Double, drift: Double)? {
        var rates: [Double] = []
        var before = (host: 0.0, device: 0.0)
        for (host, device) in zip(host, device) where host > before.host {
            rates.append((device - before.device) / (host - before.host))
            before = (host, device)
        }
        guard let typical = Median.of(rates), span > 0 else { return nil }
        // Over a long span an interruption of the last reading weighs less than any stretch's.
        let whole = (device.last ?? 0) / span
        let deviation = abs(whole - 1) < abs(typical - 1) ? whole : typical
        var drift = 0.0
        if rates.count >= 4, let early = Median.of(Array(rates.prefix(rates.count / 2))),
            let late = Median.of(Array(rates.suffix(rates.count / 2))), early > 0
        {
            drift = late / early - 1
        }
        return (deviation - 1, drift)
    }
}

/// The last samples of a warm-up, for comparing with what is measured after it.
package struct WarmupTail: Sendable, Hashable {
    private var samples: [Double] = []
    private var events: UInt64 = 0

    /// Samples that are kept: one window of the steady-state test.
    static let countMax = SteadyState.window
    /// Fewer say nothing.
    static let countMin = 10

    package init() {}

    /// Takes a sample of so many events; samples of another number of events are forgotten.
    package mutating func add(elapsed: UInt64, events: UInt64) {
        guard events > 0 else { return }
        if events != self.events { samples = [] }
        self.events = events
        if samples.count == Self.countMax { samples.removeFirst() }
        samples.append(Double(elapsed) / Double(events))
    }

    /// The median nanoseconds of one event; nil for too few samples.
    package var eventNanoseconds: Double? {
        samples.count < Self.countMin ? nil : Median.of(samples)
    }
}
