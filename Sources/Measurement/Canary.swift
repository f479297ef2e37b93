import CAssaySystem

/// Short known workloads beside a launch that show when the machine itself changed.
///
/// The chain shows the core's clock; the multiply-adds show a neighbour on the sibling thread,
/// which no counter of the guest does; the walk shows memory (measurement method, section 9).
@safe
package final class Canary {
    /// Rates, in steps per second; comparable only with readings of the same process kind.
    package struct Reading: Sendable, Hashable {
        /// Hertz, where an integer multiply takes three cycles.
        package var clock: Double
        /// Rounds of twelve four-lane multiply-adds per second.
        package var throughput: Double
        /// Bytes per second over one line in eight words of a 16 MiB buffer.
        package var memory: Double
    }

    private static let chainSteps: UInt64 = 1_000_000
    private static let throughputRounds: UInt64 = 170_000
    private static let bufferBytes = 16 << 20
    private let buffer: UnsafeMutableRawPointer
    private let clock: Int32

    package init(clock: Int32) {
        self.clock = clock
        unsafe buffer = .allocate(byteCount: Self.bufferBytes, alignment: 4096)
        unsafe buffer.initializeMemory(as: UInt8.self, repeating: 1, count: Self.bufferBytes)
    }

    deinit { unsafe buffer.deallocate() }

    /// Takes one reading in about `milliseconds`, the best of several short rounds of each kind.
    ///
    /// The best, because an interruption only ever makes a round slower.
    package func read(milliseconds: Int) -> Reading {
        let rounds = max(1, milliseconds / 3)
        var reading = Reading(clock: 0, throughput: 0, memory: 0)
        for _ in 0..<rounds {
            let chain = assay_canary_chain(Self.chainSteps, clock)
            reading.clock = max(reading.clock, Self.hertz(Self.chainSteps, nanoseconds: chain))
            let multiply = assay_canary_throughput(Self.throughputRounds, clock)
            reading.throughput = max(
                reading.throughput, Double(Self.throughputRounds) / (Double(multiply) * 1e-9))
            let walk = unsafe assay_canary_memory(buffer, UInt64(Self.bufferBytes), clock)
            reading.memory = max(
                reading.memory, Double(Self.bufferBytes) / (Double(walk) * 1e-9))
        }
        return reading
    }

    /// Clock and throughput of the slowest of several cores, all at work at the same time.
    ///
    /// Cores that share their units, as two threads of one core do, show it here and nowhere
    /// else: each alone is as fast as ever. The caller is bound to the first of `cpus`. Nil for
    /// fewer than two, and where they never ran at the same time.
    package func readTogether(on cpus: [Int]) -> (clock: Double, throughput: Double)? {
        guard cpus.count > 1 else { return nil }
        let numbers = cpus.map { Int32(clamping: $0) }
        let (steps, rounds) = (Self.chainSteps / 4, Self.throughputRounds / 4)
        var chain: UInt64 = 0
        var multiply: UInt64 = 0
        let status = unsafe assay_canary_together(
            numbers, UInt32(numbers.count), 4, steps, rounds, clock, &chain, &multiply)
        guard status == 0, chain > 0, multiply > 0 else { return nil }
        return (Self.hertz(steps, nanoseconds: chain), Double(rounds) / (Double(multiply) * 1e-9))
    }

    /// The clock rate at which a chain of multiplications of three cycles takes that long.
    private static func hertz(_ steps: UInt64, nanoseconds: UInt64) -> Double {
        3 * Double(steps) / (Double(nanoseconds) * 1e-9)
    }
}
