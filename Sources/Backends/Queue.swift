import AssayABI

/// An in-order queue of a device. The C type is `assay_queue`; one thread submits.
@safe
package final class Queue {
    private let device: Device
    let handle: assay_queue
    private let syncSlot:
        @convention(c) (
            assay_queue?, UInt64, UnsafeMutablePointer<assay_error>?
        ) -> assay_status
    /// Reused by every call in the hot path, so that none clears 1.1 kB.
    private let error: UnsafeMutablePointer<assay_error>

    /// A wait without end: deadlines are the harness's (rule R11).
    private static let forever = UInt64.max

    init(device: Device, handle: assay_queue) throws(BackendError) {
        self.device = device
        unsafe self.handle = handle
        unsafe syncSlot = try unsafe slot(device.queue.sync, "assay.queue/1 sync")
        unsafe error = .allocate(capacity: 1)
        unsafe error.initialize(to: zeroed(assay_error.self))
        unsafe error.pointee.h = head(of: assay_error.self)
    }

    deinit {
        unsafe error.deallocate()
        guard let destroy = unsafe device.queue.destroy else { return }
        try? unsafe call("queue destroy") { unsafe destroy(handle, $0) }
    }

    /// Waits until everything enqueued is done. The C slot is `sync`.
    package func synchronize() throws(BackendError) {
        let status = unsafe syncSlot(handle, Self.forever, error)
        if status != 0 { throw failure(status, "sync") }
        try alongside?.synchronize()
    }

    /// The queue of what goes the other way at the same time; nil where nothing does.
    private var alongside: Queue?

    /// Enqueues moves `count` times, cycling through their sets.
    private func enqueue(
        _ moves: TransferMoves, count: UInt64, firstSet: Int
    ) throws(BackendError) {
        alongside = moves.otherQueue
        var set = firstSet % moves.sets.count
        for _ in 0..<count {
            for (number, move) in moves.sets[set].enumerated() {
                try (number == 0 ? self : alongside ?? self).enqueue(move)
            }
            set = set + 1 == moves.sets.count ? 0 : set + 1
        }
    }

    private func enqueue(_ move: TransferMove) throws(BackendError) {
        var status = unsafe move.enqueue(on: handle, error)
        if status == ASSAY_E_BUSY {
            try synchronize()
            status = unsafe move.enqueue(on: handle, error)
        }
        if status != 0 { throw failure(status, "enqueue") }
    }

    /// Copies host memory to a buffer and waits. The C slot is `write`.
    package func write(to buffer: Buffer, from bytes: UnsafeRawBufferPointer) throws(BackendError) {
        guard bytes.count > 0 else { return }
        if let own = buffer.ownQueue, own !== self {
            return try unsafe own.write(to: buffer, from: bytes)
        }
        let write = try unsafe slot(device.queue.write, "assay.queue/1 write")
        try unsafe call("write") {
            unsafe write(handle, buffer.handle, 0, bytes.baseAddress, UInt64(bytes.count), $0)
        }
        try synchronize()
    }

    /// Copies a buffer to host memory and waits. The C slot is `read`.
    package func read(
        into bytes: UnsafeMutableRawBufferPointer, from buffer: Buffer
    ) throws(BackendError) {
        guard bytes.count > 0 else { return }
        if let own = buffer.ownQueue, own !== self {
            return try unsafe own.read(into: bytes, from: buffer)
        }
        if let host = unsafe buffer.host {
            return unsafe bytes.copyMemory(
                from: UnsafeRawBufferPointer(rebasing: host[0..<bytes.count]))
        }
        let read = try unsafe slot(device.queue.read, "assay.queue/1 read")
        try unsafe call("read") {
            unsafe read(handle, bytes.baseAddress, buffer.handle, 0, UInt64(bytes.count), $0)
        }
        try synchronize()
    }

    /// Enqueues an operation `count` times, cycling through its sets of tensors.
    ///
    /// The hot path: one call through the table per event and nothing else. A full queue answers
    /// BUSY and is asked again after its oldest work had time to finish.
    package func enqueue(
        _ operation: PreparedOperation, count: UInt64, firstSet: Int
    ) throws(BackendError) {
        if let moves = operation.moves {
            return try self.enqueue(moves, count: count, firstSet: firstSet)
        }
        let enqueue = unsafe operation.enqueueSlot
        let sets = operation.sets
        let handles = unsafe operation.handles
        var set = firstSet % sets.count
        var remaining = count
        while remaining > 0 {
            let status = unsafe enqueue(
                handles[set], handle, sets[set].inputs, sets[set].outputs, nil, error)
            if status == 0 {
                remaining -= 1
                set = set + 1 == sets.count ? 0 : set + 1
            } else if status == -7 {
                try synchronize()
            } else {
                throw failure(status, "enqueue")
            }
        }
    }

    private func failure(_ status: assay_status, _ place: String) -> BackendError {
        defer {
            unsafe error.pointee = unsafe zeroed(assay_error.self)
            unsafe error.pointee.h = head(of: assay_error.self)
        }
        return unsafe BackendError(
            status: status, vendorCode: error.pointee.vendor_code,
            domain: text(error.pointee.domain), place: place, message: text(error.pointee.message))
    }
}
