import CAssaySystem
package import Model
import Statistics

/// A source of host time. Tests pass a scripted one, so that no time passes in them.
package protocol TimeSource {
    /// Nanoseconds since an arbitrary origin; never goes back.
    func now() -> UInt64
}

/// The run's host clock: a POSIX clock read in nanoseconds.
package struct HostClock: TimeSource, Sendable {
    /// The POSIX clock id.
    package let id: Int32

    package init(id: Int32) { self.id = id }

    /// The raw hardware clock, which is not slewed.
    package static let raw = HostClock(id: ASSAY_CLOCK_MONOTONIC_RAW)
    package static let monotonic = HostClock(id: ASSAY_CLOCK_MONOTONIC)
    /// Counts on while the machine is suspended.
    package static let boot = HostClock(id: ASSAY_CLOCK_BOOTTIME)

    /// Nanoseconds since the clock's origin. The C function is `clock_gettime`.
    @inline(__always)
    package func now() -> UInt64 { assay_clock_ns(id) }
}

/// Why a clock cannot be used for measuring.
package struct ClockUnusable: Error, Equatable, CustomStringConvertible {
    package var detail: String
    package var description: String { "the clock cannot be used: \(detail)" }
}

extension HostClock {
    /// Measures what a reading costs and how finely the clock moves (method, section 2).
    ///
    /// Overhead is the median of 10 000 back-to-back pairs; resolution the smallest non-zero
    /// difference seen at least 100 times, giving up after 50 ms.
    package func calibrate() throws(ClockUnusable) -> ClockCalibration {
        var costs = [UInt32](repeating: 0, count: 10_000)
        var smallest: UInt32 = .max
        var hits = 0
        var first: [UInt32] = []
        let start = now()
        repeat {
            unsafe assay_clock_pairs(id, &costs, UInt32(costs.count))
            if first.isEmpty { first = costs }
            for cost in costs where cost > 0 {
                smallest = min(smallest, cost)
                hits += 1
            }
        } while hits < 100 && now() - start < 50_000_000
        guard hits >= 100 else {
            throw ClockUnusable(detail: "it moved \(hits) times in 50 ms")
        }
        first.sort()
        return ClockCalibration(
            overheadNanoseconds: Double(first[first.count / 2]),
            resolutionNanoseconds: Double(smallest),
            overheadP99Nanoseconds: Double(first[first.count * 99 / 100]))
    }
}
