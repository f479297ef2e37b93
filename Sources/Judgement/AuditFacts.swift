import Model
import Statistics

/// What launches saw of their backend beside the samples, as facts that rules are about.
///
/// A single launch that was disturbed is no evidence, so times must show it in most launches. What
/// cannot happen by chance counts at once, and is above every limit.
struct AuditFacts {
    private let entries: [LaunchEntry]
    private let facts: [InspectionFacts]
    /// The fastest sample's event in nanoseconds, by the launch's index: neighbours only slow down.
    private let fastest: [Int: Double]

    /// Pairs of events below which their times say nothing.
    private static let pairsMin = 5
    /// A new event that is slower by less than this is slower by what caches do.
    private static let differenceMinNanoseconds = 500.0
    /// The pairs that must agree, as a share, and what each must show.
    private static let agreement = (share: 0.8, ratio: 1.25)
    /// What copies between events may cost beyond what they cost by themselves.
    private static let witnessMinNanoseconds = 5000.0
    /// A busy machine delays whoever watches a worker's phases.
    private static let watchingNanoseconds = 40_000_000.0
    /// How far a device's time of a batch may exceed the host's before one of them is wrong.
    private static let readingError = 0.01

    /// - Parameters:
    ///   - entries: all launches of a point on a subject.
    ///   - series: the samples of the good ones.
    init(_ entries: [LaunchEntry], series: [LaunchSeries]) {
        self.entries = entries.filter { $0.inspection != nil }
        facts = entries.compactMap(\.inspection)
        fastest = Dictionary(
            uniqueKeysWithValues: series.map { launch in
                (launch.entry.index, (launch.seconds.min() ?? 0) * 1e9)
            })
    }

    /// Facts about the point as a whole.
    ///
    /// - Parameters:
    ///   - device: as its backend describes it.
    ///   - threads: what the backend was given.
    func point(device: DeviceFacts?, threads: Int, into found: inout Facts) {
        let (skipped, words) = skippedWork()
        if !words.isEmpty {
            found.set("audit.skipped", skipped, text: words.joined(separator: "; "))
        }
        found.set("audit.unwritten", facts.map { Double($0.unwrittenAtFirst) }.max())
        if let type = entries.compactMap(\.agreesWith).first {
            found.set("audit.lowered", 1, text: type.name)
        }
        found.set("audit.lateBytes", facts.map { Double($0.lateBytes) }.max())
        let idle = facts.filter { $0.idleNanoseconds > 0 }.map {
            Double($0.idleProcessorNanoseconds) / Double($0.idleNanoseconds)
        }
        // Threads of a pool wait for more work by spinning; the one that asks for work sleeps.
        found.set("audit.idleCores", Median.of(idle).map { $0 - Double(threads - 1) })
        found.set("audit.slowdown", slowdown)
        found.set(
            "audit.clock", entries.compactMap(Self.clockShift).max { abs($0) < abs($1) })
        place(device, into: &found)
    }

    // MARK: - Work that was not done

    private func skippedWork() -> (Double, [String]) {
        var words: [String] = []
        var observed = 1.0
        let written = facts.filter { $0.unwrittenAtFirst == 0 }
        let skipped = written.reduce(0) { $0 + $1.unwrittenSamples }
        if skipped > 0 {
            let looked = written.reduce(0) { $0 + $1.poisonedSamples }
            words.append("\(skipped) of \(looked) samples that were looked at wrote no outputs")
        }
        let unchanged = written.reduce(0) { $0 + $1.unchangedEvents }
        if unchanged > 0 {
            let altered = written.reduce(0) { $0 + $1.alteredEvents }
            words.append("\(unchanged) of \(altered) events with new inputs wrote no outputs")
        }
        if !words.isEmpty { observed = .infinity }
        if let ratio = Median.of(facts.compactMap(Self.newOverKnown)), ratio > Self.agreement.ratio
        {
            observed = max(observed, ratio)
            words.append(
                "an event with inputs never seen takes \(rounded(ratio)) times as long as one "
                    + "with those of the samples")
        }
        if let ratio = Median.of(facts.compactMap(Self.witnessedOverPlain)),
            ratio > Self.agreement.ratio
        {
            observed = max(observed, ratio)
            words.append(
                "an event of a batch takes \(rounded(ratio)) times as long where each one's "
                    + "outputs are looked at")
        }
        return (observed, words)
    }

    /// New events over known ones; 1 where not all but a few pairs agree, nil without pairs.
    private static func newOverKnown(_ facts: InspectionFacts) -> Double? {
        let pairs = zip(facts.known, facts.new).map { (Double($0), Double($1)) }
        guard let known = Median.of(pairs.map(\.0)), let new = Median.of(pairs.map(\.1)),
            known > 0
        else { return nil }
        let clear = pairs.count { $0.1 > agreement.ratio * $0.0 }
        let isClear =
            pairs.count >= pairsMin
            && Double(clear) >= agreement.share * Double(pairs.count)
            && new - known > differenceMinNanoseconds
        return isClear ? new / known : 1
    }

    /// Events that were each looked at over events that were not; 1 where the copies decide.
    private static func witnessedOverPlain(_ facts: InspectionFacts) -> Double? {
        guard let witnessed = facts.witnessedEventNanoseconds,
            let plain = facts.plainEventNanoseconds, plain > 0
        else { return nil }
        return witnessed - plain > witnessMinNanoseconds ? max(1, witnessed / plain) : 1
    }

    /// How much longer even the fastest events took than at the end of the warm-up, typically.
    private var slowdown: Double? {
        Median.of(
            entries.compactMap { entry in
                guard let before = entry.inspection?.warmupEventNanoseconds, before > 0,
                    let after = fastest[entry.index]
                else { return nil }
                return after / before - 1
            })
    }

    // MARK: - Clocks

    /// How far the worker's clock is from this program's, beyond what watching it explains.
    private static func clockShift(_ entry: LaunchEntry) -> Double? {
        guard let observed = entry.observedNanoseconds, observed > 0 else { return nil }
        let difference = Double(entry.counters.measuringNanoseconds) - Double(observed)
        let unexplained = max(0, abs(difference) - watchingNanoseconds)
        return (difference < 0 ? -unexplained : unexplained) / Double(observed)
    }

    /// Facts about a device's own clock.
    func deviceClock(into found: inout Facts) {
        let clocks = facts.compactMap(\.deviceClock)
        guard let typical = Median.of(clocks.map(\.deviation)),
            let drift = Median.of(clocks.map(\.drift))
        else { return }
        let ahead = clocks.count { clock in
            zip(clock.device, clock.host).contains { $0 > $1 * (1 + Self.readingError) }
        }
        if abs(drift) > max(abs(typical), Self.readingError) {
            found.set(
                "device.clock", drift,
                text: "the device's clock changed its rate by \(signedPercent(drift)) in a launch")
        } else if abs(typical) <= Self.readingError, 2 * ahead > clocks.count {
            found.set(
                "device.clock", .infinity,
                text: "by the device's clock events took longer than they were waited for")
        } else {
            found.set(
                "device.clock", typical,
                text: "the device's clock is \(percent(abs(typical))) "
                    + (typical < 0 ? "slow" : "fast"))
        }
    }

    // MARK: - Where the work is done

    private func place(_ device: DeviceFacts?, into found: inout Facts) {
        guard let device, device.type != "cpu", device.type != "unknown" else { return }
        if entries.contains(where: { $0.execution?.executedOn == "cpu" }) {
            found.set(
                "audit.contention", .infinity,
                text: "the backend says itself that it ran on the host's processor")
        } else if let contention = Median.of(facts.compactMap(\.contention)) {
            found.set(
                "audit.contention", contention,
                text: "with the host's cores kept busy it takes \(rounded(contention)) times "
                    + "as long")
        }
    }
}
