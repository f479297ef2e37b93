/// What a launch found out about its backend outside the timed samples (method, sections 3 and 12).
///
/// Each field is an observation; what it means is for the judgement.
package struct InspectionFacts: Sendable, Hashable, Codable {
    /// Elements that the first call did not write.
    package var unwrittenAtFirst: UInt64
    /// Timed samples before which a part of the outputs was overwritten, unknown to the backend.
    package var poisonedSamples: Int
    /// How many of those left what was overwritten as it was.
    package var unwrittenSamples: Int
    /// Single events with the inputs of the timed samples, in nanoseconds.
    package var known: [UInt64]
    /// Single events with inputs never seen before, in turn with ``known``.
    package var new: [UInt64]
    /// An event of batches as samples have them; nil where samples are single events.
    package var plainEventNanoseconds: Double?
    /// An event of batches in which each event was looked at.
    package var witnessedEventNanoseconds: Double?
    /// Events with new inputs whose outputs were looked at, and those that came out unchanged.
    package var alteredEvents: Int
    package var unchangedEvents: Int
    /// Bytes of the outputs with new inputs, sealed behind those of the timed run.
    package var alteredBytes: Bytes
    /// Bytes of output that changed after the backend said that it was done.
    package var lateBytes: UInt64
    /// Processor time of the process while it waited with nothing to do, and how long that was.
    package var idleProcessorNanoseconds: UInt64
    package var idleNanoseconds: UInt64
    /// The median event of the end of warm-up, in nanoseconds; nil where it was too short.
    package var warmupEventNanoseconds: Double?
    /// A digest of the samples as they were taken, which those handed over must have too.
    package var sampleDigest: UInt64
    /// What the device's own clock was found to be; nil where it has none.
    package var deviceClock: DeviceClockFacts?
    /// How much longer the same work took while every core was kept busy; nil where not tried.
    package var contention: Double?
    /// Bytes that the timed samples moved, as their outputs say; nil where the operation says it.
    ///
    /// Nil too where samples are not single events. The last sample's outputs are verified.
    package var talliedBytes: Bytes?
    /// What repetitions gave, each output against those of the first call; nil where not compared.
    package var repetition: RepetitionFacts?
    /// What all of this took.
    package var durationNanoseconds: UInt64

    package init() {
        unwrittenAtFirst = 0
        poisonedSamples = 0
        unwrittenSamples = 0
        known = []
        new = []
        alteredEvents = 0
        unchangedEvents = 0
        alteredBytes = .zero
        lateBytes = 0
        idleProcessorNanoseconds = 0
        idleNanoseconds = 0
        sampleDigest = 0
        durationNanoseconds = 0
    }
}

/// What came of calling an operation again and again with the same inputs.
package struct RepetitionFacts: Sendable, Hashable, Codable {
    /// Timed calls whose outputs were compared with those of the first call, bit for bit.
    package var calls: UInt64
    /// Output elements that were compared, over all calls.
    package var elements: UInt64
    /// Calls of which any element differed, and elements that did.
    package var differingCalls: UInt64
    package var differingElements: UInt64
    /// The first that differed: where it is, and its bits; empty: none did.
    package var first: String

    package init(
        calls: UInt64 = 0, elements: UInt64 = 0, differingCalls: UInt64 = 0,
        differingElements: UInt64 = 0, first: String = ""
    ) {
        self.calls = calls
        self.elements = elements
        self.differingCalls = differingCalls
        self.differingElements = differingElements
        self.first = first
    }
}

/// A device's clock held against the host's over a launch.
package struct DeviceClockFacts: Sendable, Hashable, Codable {
    /// How long the two were compared.
    package var spanNanoseconds: UInt64
    /// How much faster the device's clock ran, as a share.
    package var deviation: Double
    /// How much faster it ran in the second half of the span than in the first, as a share.
    package var drift: Double
    /// Batches of events by the device's clock, per event, and the same by the host's.
    package var device: [Double]
    package var host: [Double]

    package init(
        spanNanoseconds: UInt64, deviation: Double, drift: Double, device: [Double],
        host: [Double]
    ) {
        self.spanNanoseconds = spanNanoseconds
        self.deviation = deviation
        self.drift = drift
        self.device = device
        self.host = host
    }
}

/// A digest of samples in order: cheap enough to be kept while they are taken (FNV-1a).
package struct SampleDigest: Sendable, Hashable {
    package private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    package init() {}

    /// Takes the next number into account.
    package mutating func add(_ number: UInt64) {
        value = (value ^ number) &* 0x0000_0100_0000_01b3
        value ^= value >> 29
    }
}
