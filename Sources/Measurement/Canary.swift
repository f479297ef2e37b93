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
        /// Rounds of eight four-lane multiply-adds per second.
        package var throughput: Double
        /// Bytes per second over one line in eight words of a 16 MiB buffer.
        package var memory: Double
    }

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
            let steps: UInt64 = 1_000_000
            let chain = assay_canary_chain(steps, clock)
            reading.clock = max(reading.clock, 3 * Double(steps) / (Double(chain) * 1e-9))
            let turns: UInt64 = 250_000
            let multiply = assay_canary_throughput(turns, clock)
            reading.throughput = max(
                reading.throughput, Double(turns) / (Double(multiply) * 1e-9))
            let walk = unsafe assay_canary_memory(buffer, UInt64(Self.bufferBytes), clock)
            reading.memory = max(
                reading.memory, Double(Self.bufferBytes) / (Double(walk) * 1e-9))
        }
        return reading
    }
}
