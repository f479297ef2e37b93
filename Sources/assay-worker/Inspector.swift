import Backends
import CAssaySystem
import Glibc
import LaunchProtocol
import Measurement
import Model
import Operators

/// Looks at the backend beside the timed samples, never inside one (method, sections 3 and 12).
///
/// What it draws comes from a seed that differs in every launch: a backend that knows when it is
/// looked at could behave for that moment alone.
final class Inspector {
    let request: LaunchRequest
    let sets: WorkingSets
    let queue: Queue
    let clock: HostClock
    var facts = InspectionFacts()
    var generator: Xoshiro256
    private var digest = SampleDigest()
    /// The parts of a set's outputs that were overwritten before the sample that now runs.
    private var poisoned: [OutputWindow] = []
    private var samplesToNext: UInt64 = 0
    private var isMeasuring = false
    private var warmup = WarmupTail()
    /// The set of tensors of the latest sample, until its outputs were looked at.
    private var newSampleSet: Int?
    /// Every output of every sample against the first call's; nil where that was not asked for.
    private var repetition: RepetitionCheck?
    /// The output that tells how many bytes a call moved; nil where that is known beforehand.
    private let tally: Int?
    let deviceClock: DeviceClockWatch?

    /// Samples whose outputs are overwritten before are at most this far apart.
    private static let distanceMax: UInt64 = 12
    /// How long is waited for outputs that are not there.
    private static let lateMicroseconds: UInt32 = 20_000
    /// Bytes of an output that are overwritten at a place: a cache line.
    static let windowBytes = 64

    init(
        request: LaunchRequest, device: Device, facts: DeviceFacts, sets: WorkingSets,
        queue: Queue
    ) {
        self.request = request
        self.sets = sets
        self.queue = queue
        clock = HostClock(id: request.clock)
        generator = Xoshiro256(seed: request.inspectionSeed)
        let operation = request.operation
        let definition = OperatorRegistry.definition(
            domain: operation.domain, name: operation.name)
        tally =
            request.timing == .single
            ? operation.outputs.firstIndex { $0.name == definition?.tally } : nil
        deviceClock = DeviceClockWatch(
            device: device, facts: facts, queue: queue, clock: HostClock(id: request.clock))
    }

    // MARK: - Around samples

    /// Measuring begins: from here on samples count.
    func beginMeasuring() {
        isMeasuring = true
        facts.warmupEventNanoseconds = warmup.eventNanoseconds
    }

    /// A sample of that length has run so many events.
    func noteWarmup(elapsed: UInt64, events: UInt64) {
        guard !isMeasuring, request.timing != .chained else { return }
        warmup.add(elapsed: elapsed, events: events)
    }

    /// A sample was recorded, whose last event used that set of tensors.
    func noteSample(elapsed: UInt64, start: UInt64, set: Int) {
        newSampleSet = set
        digest.add(elapsed)
        digest.add(start)
        facts.sampleDigest = digest.value
    }

    /// Before each sample: looks at the last one's outputs, and sometimes overwrites some bytes.
    func prepareSample(set: Int) throws(BackendError) {
        try settle()
        try deviceClock?.mark()
        guard isMeasuring else { return }
        guard samplesToNext == 0 else { return samplesToNext -= 1 }
        samplesToNext = generator.next(below: Self.distanceMax)
        poisoned = windows(set: set, perOutput: 2)
        guard !poisoned.isEmpty else { return }
        try poison(poisoned)
        facts.poisonedSamples += 1
    }

    /// Looks whether what was overwritten before the last sample was written by it, and what it
    /// says that it moved.
    func settle() throws(BackendError) {
        if let set = newSampleSet {
            try count(set: set)
            try repetition?.compare(set: set)
            facts.repetition = repetition?.facts
        }
        newSampleSet = nil
        guard !poisoned.isEmpty else { return }
        if try unwritten(poisoned) > 0 { facts.unwrittenSamples += 1 }
        poisoned = []
    }

    private func count(set: Int) throws(BackendError) {
        guard let tally else { return }
        let bytes = try sets.sets[set].outputBuffers[tally].read(
            at: 0, count: 8, through: queue, mapped: sets.isMappable)
        let moved = bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        facts.talliedBytes = Bytes((facts.talliedBytes?.value ?? 0) &+ moved)
    }

    /// Counts what the first call left unwritten of outputs that had been overwritten whole.
    func lookAtFirstCall() throws(BackendError) {
        if request.comparesRepetitions {
            repetition = try RepetitionCheck(request.operation, sets: sets, queue: queue)
        }
        let looked = windows(set: 0, perOutput: 256)
        facts.unwrittenAtFirst = try unwritten(looked)
        guard facts.unwrittenAtFirst > 0 else { return }
        // What comes late is another defect than what never comes.
        usleep(Self.lateMicroseconds)
        facts.unwrittenAtFirst = try unwritten(looked)
    }

    // MARK: - Windows of outputs

    /// Some bytes of one output of one set.
    struct OutputWindow {
        var buffer: Buffer
        var range: Range<Int>
        /// The bytes of one element.
        var width: Int

        /// What the window is overwritten with.
        var poison: [UInt8] { [UInt8](repeating: 0xff, count: range.count) }

        /// The elements that still are what they were overwritten with.
        func unwritten(in bytes: [UInt8]) -> UInt64 {
            var count: UInt64 = 0
            for start in stride(from: 0, to: bytes.count, by: width)
            where bytes[start..<start + width].allSatisfy({ $0 == 0xff }) {
                count += 1
            }
            return count
        }
    }

    /// Random places in the outputs of a set, the last bytes of each output among them.
    func windows(set index: Int, perOutput count: Int) -> [OutputWindow] {
        var found: [OutputWindow] = []
        for (spec, buffer) in zip(request.operation.outputs, sets.sets[index].outputBuffers) {
            let width = spec.dtype.bits / 8
            // In short integers all bits set is a number like any other.
            let hasNoSuchNumber = spec.dtype.isFloat || spec.dtype == .bool || width == 8
            guard hasNoSuchNumber, width > 0, buffer.byteCount > 0 else {
                continue
            }
            let length = min(Self.windowBytes, buffer.byteCount)
            if buffer.byteCount <= count * Self.windowBytes {
                found.append(
                    OutputWindow(buffer: buffer, range: 0..<buffer.byteCount, width: width))
                continue
            }
            let room = UInt64(buffer.byteCount - length) / UInt64(width) + 1
            for number in 0..<count {
                let place =
                    number == 0 && count > 2
                    ? Int(room - 1) * width : Int(generator.next(below: room)) * width
                found.append(
                    OutputWindow(buffer: buffer, range: place..<place + length, width: width))
            }
        }
        return found
    }

    func poison(_ windows: [OutputWindow]) throws(BackendError) {
        for window in windows {
            try write(window.poison, to: window.buffer, at: window.range.lowerBound)
        }
    }

    /// The elements in the windows that still are what they were overwritten with.
    func unwritten(_ windows: [OutputWindow]) throws(BackendError) -> UInt64 {
        var count: UInt64 = 0
        for window in windows { count += window.unwritten(in: try read(window)) }
        return count
    }

    func read(_ window: OutputWindow) throws(BackendError) -> [UInt8] {
        try window.buffer.read(
            at: window.range.lowerBound, count: window.range.count, through: queue,
            mapped: sets.isMappable)
    }

    func write(_ bytes: [UInt8], to buffer: Buffer, at offset: Int) throws(BackendError) {
        try buffer.write(bytes, at: offset, through: queue, mapped: sets.isMappable)
    }
}
