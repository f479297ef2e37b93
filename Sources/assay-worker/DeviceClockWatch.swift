import Backends
import Glibc
import Measurement
import Model

/// Holds a device's own clock against the host's over a launch (method, section 2).
final class DeviceClockWatch {
    private let marks: DeviceTimer
    private let spans: DeviceTimer
    private let queue: Queue
    private let clock: HostClock
    private var origin: UInt64 = 0
    private var lastMark: UInt64 = 0
    private var rates = ClockMarks()
    private(set) var facts: DeviceClockFacts?

    private static let batches = 5
    private static let batchNanoseconds = 2_000_000.0

    /// Nil for devices whose times are the host's or nobody's.
    init?(device: Device, facts: DeviceFacts, queue: Queue, clock: HostClock) {
        guard facts.timingSource == "queue" || facts.timingSource == "kernel",
            let marks = DeviceTimer(device: device, queue: queue),
            let spans = DeviceTimer(device: device, queue: queue)
        else { return nil }
        self.marks = marks
        self.spans = spans
        self.queue = queue
        self.clock = clock
    }

    /// Marks this moment on both clocks, where the last mark is long enough ago. Nothing runs now.
    func mark() throws(BackendError) {
        let time = clock.now()
        if origin == 0 {
            try marks.begin()
            try queue.synchronize()
            origin = clock.now()
            lastMark = origin
        } else if time - lastMark >= ClockMarks.distanceMin {
            try marks.end()
            try queue.synchronize()
            lastMark = clock.now()
            rates.add(host: Double(lastMark - origin), device: try marks.nanoseconds())
        }
    }

    /// Completes the comparison to its least length, and times batches of events on both clocks.
    func finish(
        _ operation: PreparedOperation, eventNanoseconds: Double
    ) throws(BackendError) {
        try mark()
        while clock.now() - origin < ClockMarks.spanMin + ClockMarks.distanceMin {
            usleep(UInt32(ClockMarks.distanceMin / 1000))
            try mark()
        }
        guard let found = rates.rates else { return }
        var result = DeviceClockFacts(
            spanNanoseconds: UInt64(rates.span), deviation: found.deviation, drift: found.drift,
            device: [], host: [])
        let events = UInt64(max(1, Self.batchNanoseconds / max(1, eventNanoseconds)))
        for _ in 0..<Self.batches {
            let before = clock.now()
            try spans.begin()
            try queue.enqueue(operation, count: events, firstSet: 0)
            try spans.end()
            try queue.synchronize()
            let elapsed = clock.now() - before
            result.device.append(try spans.nanoseconds() / Double(events))
            result.host.append(Double(elapsed) / Double(events))
        }
        facts = result
    }
}
