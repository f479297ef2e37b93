import Backends
import CAssaySystem
import Glibc
import LaunchProtocol
import Measurement
import Model
import Operators

// MARK: - After the samples

extension Inspector {
    /// Events longer than this are not repeated for a look at them.
    private static let eventMax: UInt64 = 2_000_000_000
    /// How long the process is left alone to see what it does with nothing to do.
    private static let idleMicroseconds: UInt32 = 2000
    private static let idleRounds = 2
    /// Events longer than this are run as few times as will do.
    private static let longEvent = 5_000_000.0
    /// Events longer than this are run once more at most, unless that shows something.
    private static let veryLongEvent = 50_000_000.0

    /// Runs single events after the last sample, with inputs known and new.
    ///
    /// - Parameters:
    ///   - eventNanoseconds: what one event took in the samples.
    ///   - room: memory for the outputs of the event with altered inputs; nil: none are kept.
    func inspect(
        _ operation: PreparedOperation, eventNanoseconds: Double, batch: UInt64,
        room: SharedMemory?
    ) throws(BackendError) {
        let start = clock.now()
        defer { facts.durationNanoseconds = clock.now() - start }
        if eventNanoseconds < Double(Self.eventMax), !request.operation.outputs.isEmpty {
            if eventNanoseconds < Self.veryLongEvent {
                let isLong = eventNanoseconds > Self.longEvent
                try watchCompletion(operation, rounds: isLong ? 1 : Self.idleRounds)
            }
            try comparePairs(operation, eventNanoseconds: eventNanoseconds, room: room)
            try timeWitnessed(operation, eventNanoseconds: eventNanoseconds, batch: batch)
        }
        try deviceClock?.finish(operation, eventNanoseconds: eventNanoseconds)
        facts.deviceClock = deviceClock?.facts
    }

    /// Runs one event of the first set, and says how long it took.
    private func event(_ operation: PreparedOperation) throws(BackendError) -> UInt64 {
        let before = clock.now()
        try queue.enqueue(operation, count: 1, firstSet: 0)
        try queue.synchronize()
        return clock.now() - before
    }

    /// Whether outputs still change, or the process still works, after it said that it was done.
    private func watchCompletion(
        _ operation: PreparedOperation, rounds: Int
    ) throws(BackendError) {
        for _ in 0..<rounds {
            let watched = windows(set: 0, perOutput: 64)
            try poison(watched)
            _ = try event(operation)
            var early: [[UInt8]] = []
            for window in watched { early.append(try read(window)) }
            let (wall, processor) = (clock.now(), Self.processorTime())
            usleep(Self.idleMicroseconds)
            facts.idleProcessorNanoseconds += Self.processorTime() - processor
            facts.idleNanoseconds += clock.now() - wall
            for (window, before) in zip(watched, early) {
                let after = try read(window)
                facts.lateBytes += UInt64(zip(before, after).count { $0 != $1 })
            }
        }
    }

    /// Processor time of all threads.
    private static func processorTime() -> UInt64 {
        assay_clock_ns(Int32(CLOCK_PROCESS_CPUTIME_ID))
    }

    /// Times events with the inputs of the samples against events with inputs never seen.
    ///
    /// Both touch the same memory before, so that caches are alike; only what it holds differs.
    private func comparePairs(
        _ operation: PreparedOperation, eventNanoseconds: Double, room: SharedMemory?
    ) throws(BackendError) {
        let isVeryLong = eventNanoseconds > Self.veryLongEvent
        let changes = try alterations(seed: request.inspectionSeed)
        guard !changes.isEmpty || !isVeryLong else { return }
        var pairs = PairedEvents()
        while pairs.wantsMore {
            // The first change is one that a verifier can make again.
            let isFirst = pairs.known.isEmpty
            let changes = try alterations(
                seed: isFirst ? request.inspectionSeed : generator.next())
            // Whatever remembers one answer remembers this one again.
            if !isFirst || eventNanoseconds < Self.longEvent { _ = try event(operation) }
            let looked = windows(set: 0, perOutput: 2)
            for window in looked {
                try write(try read(window), to: window.buffer, at: window.range.lowerBound)
            }
            try apply(changes, altered: false)
            // The samples say what a very long event takes with known inputs.
            let known =
                isFirst && isVeryLong ? UInt64(eventNanoseconds) : try event(operation)
            try poison(looked)
            try apply(changes, altered: true)
            let new = try event(operation)
            if try unwritten(looked) > 0 { facts.unchangedEvents += 1 }
            facts.alteredEvents += 1
            if isFirst, !changes.isEmpty, let room { try keepOutputs(in: room) }
            try apply(changes, altered: false)
            pairs.add(known: known, new: new)
        }
        facts.known = pairs.known
        facts.new = pairs.new
    }

    /// Keeps the outputs of the event that just ran behind those of the timed run.
    private func keepOutputs(in room: SharedMemory) throws(BackendError) {
        let total = request.operation.outputs.reduce(0) { $0 + $1.byteCount }
        let layout = OutputLayout(outputBytes: total, hasAltered: true)
        guard unsafe room.bytes.count >= layout.byteCount else { return }
        try sets.copyOutputs(set: 0, into: room, at: layout.alteredOffset, queue: queue)
        facts.alteredBytes = Bytes(UInt64(total))
    }

    /// What a part of an input holds and what it is changed to.
    private struct Change {
        var buffer: Buffer
        var offset: Int
        var original: [UInt8]
        var altered: [UInt8]
    }

    private func alterations(seed: UInt64) throws(BackendError) -> [Change] {
        let operation = request.operation
        var changes: [Change] = []
        let all = InputAlteration.all(of: operation, pattern: request.data, seed: seed)
        for alteration in all {
            let buffer = sets.sets[0].inputBuffers[alteration.inputIndex]
            let range = alteration.byteRange(in: operation.inputs[alteration.inputIndex])
            changes.append(
                Change(
                    buffer: buffer, offset: range.lowerBound,
                    original: try buffer.read(
                        at: range.lowerBound, count: range.count, through: queue,
                        mapped: sets.isMappable),
                    altered: alteration.bytes(of: operation, pattern: request.data)))
        }
        return changes
    }

    private func apply(_ changes: [Change], altered: Bool) throws(BackendError) {
        for change in changes {
            try write(
                altered ? change.altered : change.original, to: change.buffer, at: change.offset)
        }
    }
}

// MARK: - Who does the work

extension Inspector {
    /// Long enough that a thread's time slices do not matter.
    private static let contendedNanoseconds = 50_000_000.0
    private static let contendedRounds = 3
    /// Threads that keep each core busy: work on the host then gets a quarter of it.
    private static let busyThreads: UInt32 = 3
    /// Below this ratio nothing is suspicious, and one round is enough.
    private static let contentionUsual = 1.3
    /// From this share of a core on a device's host may be more than its waiting room.
    static let hostShareMin = 0.2

    /// Times the same work with the cores free and with every core kept busy.
    ///
    /// Work on a device does not care; work on the host gets a part of its cores only.
    func contend(
        _ operation: PreparedOperation, eventNanoseconds: Double
    ) throws(BackendError) {
        guard eventNanoseconds > 0, eventNanoseconds < Double(Self.eventMax) else { return }
        let events = UInt64((Self.contendedNanoseconds / eventNanoseconds).rounded(.up))
        var (free, busy) = (UInt64.max, UInt64.max)
        let cpus = request.cpus.map(Int32.init)
        for _ in 0..<Self.contendedRounds {
            free = min(free, try time(operation, events: events))
            let threads = unsafe assay_busy_start(
                cpus, UInt32(cpus.count), Self.busyThreads)
            defer { unsafe assay_busy_stop(threads) }
            busy = min(busy, try time(operation, events: events))
            let ratio = Double(busy) / Double(max(1, free))
            facts.contention = ratio
            if ratio < Self.contentionUsual { break }
        }
    }

    /// Times a batch as samples are timed.
    func time(
        _ operation: PreparedOperation, events: UInt64
    ) throws(BackendError) -> UInt64 {
        let before = clock.now()
        try queue.enqueue(operation, count: events, firstSet: 0)
        try queue.synchronize()
        return clock.now() - before
    }
}
