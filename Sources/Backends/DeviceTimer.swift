import AssayABI

/// Two points on a queue and the time between them by the device's own clock.
@safe
package final class DeviceTimer {
    private let device: Device
    private let queue: Queue
    private let first: assay_event
    private let second: assay_event

    private typealias Record =
        @convention(c) (
            assay_event?, assay_queue?, UnsafeMutablePointer<assay_error>?
        ) -> assay_status
    private typealias Elapsed =
        @convention(c) (
            assay_event?, assay_event?, UnsafeMutablePointer<Double>?,
            UnsafeMutablePointer<assay_error>?
        ) -> assay_status

    private let record: Record
    private let elapsed: Elapsed

    /// Nil where the backend has no events that tell time.
    package init?(device: Device, queue: Queue) {
        guard let create = unsafe device.queue.event_create,
            let record = unsafe device.queue.event_record,
            let elapsed = unsafe device.queue.event_elapsed
        else { return nil }
        var events: [assay_event] = unsafe []
        for _ in 0..<2 {
            var event: assay_event?
            try? unsafe call("event create") {
                unsafe create(device.handle, UInt32(ASSAY_EVENT_TIMING), &event, $0)
            }
            guard let event = unsafe event else { break }
            unsafe events.append(event)
        }
        guard unsafe events.count == 2 else {
            unsafe events.forEach { unsafe Self.destroy($0, of: device) }
            return nil
        }
        self.device = device
        self.queue = queue
        unsafe self.record = record
        unsafe self.elapsed = elapsed
        unsafe first = events[0]
        unsafe second = events[1]
    }

    deinit {
        unsafe Self.destroy(first, of: device)
        unsafe Self.destroy(second, of: device)
    }

    private static func destroy(_ event: assay_event, of device: Device) {
        guard let destroy = unsafe device.queue.event_destroy else { return }
        try? unsafe call("event destroy") { unsafe destroy(event, $0) }
    }

    /// Marks the beginning on the queue. The C slot is `event_record`.
    package func begin() throws(BackendError) {
        try unsafe call("event record") { unsafe record(first, queue.handle, $0) }
    }

    /// Marks the end on the queue, which is not waited for. The same beginning may have several.
    package func end() throws(BackendError) {
        try unsafe call("event record") { unsafe record(second, queue.handle, $0) }
    }

    /// Nanoseconds between the marks, both of which have completed. The C slot is `event_elapsed`.
    package func nanoseconds() throws(BackendError) -> Double {
        var time = 0.0
        try unsafe call("event elapsed") { unsafe elapsed(first, second, &time, $0) }
        return time
    }
}
