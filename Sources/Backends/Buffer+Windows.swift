import AssayABI

extension Buffer {
    /// Writes bytes into the buffer at a place: through its mapping where it has one, else staged.
    package func write(
        _ bytes: [UInt8], at offset: Int, through queue: Queue, mapped: Bool
    ) throws(BackendError) {
        precondition(offset >= 0 && offset + bytes.count <= byteCount, "inside the buffer")
        guard !bytes.isEmpty else { return }
        let queue = ownQueue ?? queue
        if let host = unsafe host {
            return unsafe UnsafeMutableRawBufferPointer(
                rebasing: host[offset..<offset + bytes.count]
            ).copyBytes(from: bytes)
        }
        if mapped, isMappable, let address = try unsafe map() {
            unsafe bytes.withUnsafeBytes { source in
                unsafe (address + offset).copyMemory(
                    from: source.baseAddress.unsafelyUnwrapped, byteCount: source.count)
            }
            return try unmap()
        }
        let write = try unsafe slot(device.queue.write, "assay.queue/1 write")
        // The memory must live until the write has completed, so it is waited for in here.
        let staging = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 64)
        defer { unsafe staging.deallocate() }
        unsafe staging.copyBytes(from: bytes)
        try unsafe call("write") {
            unsafe write(
                queue.handle, handle, UInt64(offset), staging.baseAddress, UInt64(bytes.count), $0)
        }
        try queue.synchronize()
    }

    /// Reads bytes of the buffer: through its mapping where it has one, so without its queue.
    package func read(
        at offset: Int, count: Int, through queue: Queue, mapped: Bool
    ) throws(BackendError) -> [UInt8] {
        precondition(offset >= 0 && count >= 0 && offset + count <= byteCount, "inside the buffer")
        guard count > 0 else { return [] }
        let queue = ownQueue ?? queue
        if let host = unsafe host {
            return unsafe [UInt8](UnsafeRawBufferPointer(rebasing: host[offset..<offset + count]))
        }
        if mapped, isMappable, let address = try unsafe map() {
            let bytes = unsafe [UInt8](
                UnsafeRawBufferPointer(start: address + offset, count: count))
            try unmap()
            return bytes
        }
        let read = try unsafe slot(device.queue.read, "assay.queue/1 read")
        let staging = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 64)
        defer { unsafe staging.deallocate() }
        try unsafe call("read") {
            unsafe read(
                queue.handle, staging.baseAddress, handle, UInt64(offset), UInt64(count), $0)
        }
        try queue.synchronize()
        return unsafe [UInt8](staging)
    }

    private func map() throws(BackendError) -> UnsafeMutableRawPointer? {
        guard let map = unsafe device.memory.map else { return nil }
        var address: UnsafeMutableRawPointer?
        try unsafe call("map") { unsafe map(handle, &address, $0) }
        return unsafe address
    }

    private func unmap() throws(BackendError) {
        guard let unmap = unsafe device.memory.unmap else { return }
        try unsafe call("unmap") { unsafe unmap(handle, $0) }
    }
}

/// Small copies between host memory and buffers that are enqueued among operations.
///
/// The host memory lives as long as this object: keep it until the queue was waited for.
@safe
package final class QueuedCopies {
    private let queue: Queue
    private let memory: UnsafeMutableRawBufferPointer
    private var used = 0

    /// - Parameter capacity: the bytes of all copies together, each rounded up to 64.
    package init(queue: Queue, capacity: Int) {
        self.queue = queue
        unsafe memory = .allocate(byteCount: max(64, capacity), alignment: 64)
        unsafe memory.initializeMemory(as: UInt8.self, repeating: 0)
    }

    deinit { unsafe memory.deallocate() }

    /// Forgets what was copied; nothing of it may be in flight.
    package func reset() { used = 0 }

    private func room(_ count: Int) -> UnsafeMutableRawBufferPointer {
        unsafe precondition(used + count <= memory.count, "within the capacity")
        defer { used += (count + 63) / 64 * 64 }
        return unsafe UnsafeMutableRawBufferPointer(rebasing: memory[used..<used + count])
    }

    /// Enqueues a copy of bytes into a buffer. The C slot is `write`.
    package func write(_ bytes: [UInt8], to buffer: Buffer, at offset: Int) throws(BackendError) {
        let write = try unsafe slot(buffer.device.queue.write, "assay.queue/1 write")
        let source = unsafe room(bytes.count)
        unsafe source.copyBytes(from: bytes)
        try unsafe untilTaken { error in
            unsafe write(
                queue.handle, buffer.handle, UInt64(offset), source.baseAddress,
                UInt64(bytes.count), error)
        }
    }

    /// Enqueues a copy of a buffer's bytes; where they will be. The C slot is `read`.
    package func read(
        _ buffer: Buffer, at offset: Int, count: Int
    ) throws(BackendError) -> Int {
        let read = try unsafe slot(buffer.device.queue.read, "assay.queue/1 read")
        let place = used
        let target = unsafe room(count)
        try unsafe untilTaken { error in
            unsafe read(
                queue.handle, target.baseAddress, buffer.handle, UInt64(offset), UInt64(count),
                error)
        }
        return place
    }

    /// Bytes that were read; the queue has been waited for.
    package func bytes(at place: Int, count: Int) -> [UInt8] {
        unsafe [UInt8](UnsafeRawBufferPointer(rebasing: memory[place..<place + count]))
    }

    /// A full queue is asked again after its work had time to finish.
    private func untilTaken(
        _ body: (UnsafeMutablePointer<assay_error>) -> assay_status
    ) throws(BackendError) {
        do throws(BackendError) {
            try unsafe call("copy", body)
        } catch {
            guard error.status == -7 else { throw error }
            try queue.synchronize()
            try unsafe call("copy", body)
        }
    }
}
