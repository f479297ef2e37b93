import Backends
import Glibc
import LaunchProtocol
import Measurement
import Model
import Operators

// MARK: - Events that are each looked at

extension Inspector {
    private static let roundNanoseconds = 1_500_000.0
    private static let rounds = 5
    /// Rounds where the least of the usual ones differ: a neighbour cannot disturb all of these.
    private static let roundsSuspicious = 60
    private static let suspicion = 1.25
    private static let eventsMax = 256
    private static let pauseMicroseconds: UInt32 = 2000
    /// Bytes of an input that change before an event.
    private static let changeBytes = 64

    /// What happens around each event of a witnessed batch.
    private struct Witness {
        var input: Buffer?
        var place = 0
        var bytes: [UInt8] = []
        var original: [UInt8] = []
        var output: OutputWindow?
    }

    /// Times batches in which each event has other inputs and its outputs are looked at, and
    /// batches as samples have them in between.
    ///
    /// A backend that leaves out those events of a batch whose outputs nobody sees is as slow here
    /// as it should be everywhere. What the copies take by themselves is subtracted.
    func timeWitnessed(
        _ operation: PreparedOperation, eventNanoseconds: Double, batch: UInt64
    ) throws(BackendError) {
        // Samples of one event have no events that nobody looks at. What lies in the host's memory
        // cannot be changed on a queue.
        guard batch > 1, eventNanoseconds > 0, request.operation.name != "Transfer" else { return }
        let wanted = (Self.roundNanoseconds / eventNanoseconds).rounded(.up)
        let events = max(2, min(Int(wanted), Self.eventsMax, Int(batch)))
        let witnesses = try witnesses(events)
        let copies = QueuedCopies(queue: queue, capacity: events * 4 * Self.changeBytes)
        var least = (full: UInt64.max, copies: UInt64.max, plain: UInt64.max)
        for round in 0..<Self.roundsSuspicious {
            let net = Double(least.full) - Double(least.copies)
            if round >= Self.rounds {
                guard net > Self.suspicion * Double(least.plain) else { break }
                // Apart from each other, so that one time slice of a neighbour is not all of them.
                usleep(Self.pauseMicroseconds)
            }
            least.copies = min(least.copies, try time(witnesses, copies, nil))
            least.plain = min(
                least.plain, try time(operation, events: UInt64(events)))
            least.full = min(least.full, try time(witnesses, copies, operation))
        }
        let own = least.full > least.copies ? least.full - least.copies : 0
        facts.plainEventNanoseconds = Double(least.plain) / Double(events)
        facts.witnessedEventNanoseconds = Double(own) / Double(events)
        try restore(witnesses)
    }

    private func time(
        _ witnesses: [Witness], _ copies: QueuedCopies, _ operation: PreparedOperation?
    ) throws(BackendError) -> UInt64 {
        copies.reset()
        var seen: [(place: Int, window: OutputWindow)] = []
        seen.reserveCapacity(witnesses.count)
        let before = clock.now()
        for (number, witness) in witnesses.enumerated() {
            if let input = witness.input {
                try copies.write(witness.bytes, to: input, at: witness.place)
            }
            if let output = witness.output {
                try copies.write(output.poison, to: output.buffer, at: output.range.lowerBound)
            }
            if let operation { try queue.enqueue(operation, count: 1, firstSet: number) }
            if let output = witness.output {
                let place = try copies.read(
                    output.buffer, at: output.range.lowerBound, count: output.range.count)
                seen.append((place, output))
            }
        }
        try queue.synchronize()
        let elapsed = clock.now() - before
        guard operation != nil else { return elapsed }
        for (place, window) in seen {
            let bytes = copies.bytes(at: place, count: window.range.count)
            if window.unwritten(in: bytes) > 0 { facts.unchangedEvents += 1 }
        }
        facts.alteredEvents += seen.count
        return elapsed
    }

    /// Writes back what the inputs held.
    private func restore(_ witnesses: [Witness]) throws(BackendError) {
        for witness in witnesses {
            guard let input = witness.input else { continue }
            try write(witness.original, to: input, at: witness.place)
        }
    }

    /// Changes to one input and a place in one output for each event.
    private func witnesses(_ count: Int) throws(BackendError) -> [Witness] {
        let operation = request.operation
        var found: [Witness] = []
        for number in 0..<count {
            let set = number % sets.sets.count
            var witness = Witness()
            let changes = InputAlteration.all(
                of: operation, pattern: request.data, seed: generator.next())
            if let change = changes.first {
                let range = change.byteRange(in: operation.inputs[change.inputIndex])
                let buffer = sets.sets[set].inputBuffers[change.inputIndex]
                witness.input = buffer
                witness.place = range.lowerBound
                witness.bytes = Array(
                    change.bytes(of: operation, pattern: request.data).prefix(Self.changeBytes))
                witness.original = try buffer.read(
                    at: range.lowerBound, count: witness.bytes.count, through: queue,
                    mapped: sets.isMappable)
            }
            if var output = windows(set: set, perOutput: 1).first {
                let end = min(output.range.upperBound, output.range.lowerBound + Self.windowBytes)
                output.range = output.range.lowerBound..<end
                witness.output = output
            }
            found.append(witness)
        }
        return found
    }
}
