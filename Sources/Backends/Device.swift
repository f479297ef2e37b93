import AssayABI
package import Model

/// An open device with its memory, its queue and the operations prepared for it.
@safe
package final class Device {
    let handle: assay_device
    private let plugin: Plugin
    private let close: (@convention(c) (assay_device?) -> Void)?
    let memory: assay_memory_v1
    let queue: assay_queue_v1
    let operation: assay_op_v1
    let peer: assay_peer_v1

    init(
        plugin: Plugin, handle: assay_device, close: (@convention(c) (assay_device?) -> Void)?,
        memory: assay_memory_v1, queue: assay_queue_v1, operation: assay_op_v1,
        peer: assay_peer_v1
    ) throws(BackendError) {
        unsafe self.peer = peer
        self.plugin = plugin
        unsafe self.handle = handle
        unsafe self.close = close
        unsafe self.memory = memory
        unsafe self.queue = queue
        unsafe self.operation = operation
    }

    deinit { if let close = unsafe close { unsafe close(handle) } }

    /// The device's first memory space: id, total bytes and whether the host can map it.
    package func mainMemory() throws(BackendError) -> MemorySpace {
        // A plug-in that tells nothing of its spaces has one, and it is reached by copying.
        guard let slot = unsafe memory.space else {
            return MemorySpace(id: 0, total: .zero, isMappable: false, type: 0, name: "")
        }
        return try unsafe memorySpace(0, slot)
    }

    /// All kinds of memory that the device has, in its own order.
    package func memorySpaces() throws(BackendError) -> [MemorySpace] {
        guard let slot = unsafe memory.space else { return [try mainMemory()] }
        var found: [MemorySpace] = []
        // What is no space ends the list; nobody has as many as this.
        let countMax: UInt32 = 64
        for index in 0..<countMax {
            do throws(BackendError) {
                found.append(try unsafe memorySpace(index, slot))
            } catch {
                guard index > 0, error.status == ASSAY_E_NOT_FOUND else { throw error }
                break
            }
        }
        return found
    }

    private typealias Space =
        @convention(c) (
            assay_device?, UInt32, UnsafeMutablePointer<assay_memory_space>?,
            UnsafeMutablePointer<assay_error>?
        ) -> assay_status

    private func memorySpace(_ index: UInt32, _ slot: Space) throws(BackendError) -> MemorySpace {
        var space = unsafe zeroed(assay_memory_space.self)
        unsafe space.h = head(of: assay_memory_space.self)
        try unsafe call("space") { unsafe slot(handle, index, &space, $0) }
        return unsafe MemorySpace(
            id: space.id, total: Bytes(space.total),
            isMappable: space.flags & UInt32(ASSAY_SPACE_MAPPABLE) != 0, type: space.type,
            name: text(space.name))
    }

    /// Allocates memory that is released with the returned object. The C slot is `allocate`.
    package func allocate(_ bytes: Int, in space: MemorySpace) throws(BackendError) -> Buffer {
        let allocate = try unsafe slot(memory.allocate, "assay.memory/1 allocate")
        var buffer: assay_buffer?
        try unsafe call("allocate") {
            unsafe allocate(handle, space.id, UInt64(max(bytes, 1)), 64, &buffer, $0)
        }
        guard let buffer = unsafe buffer else {
            throw BackendError(status: -11, place: "allocate", message: "it gave no buffer")
        }
        return unsafe Buffer(
            device: self, handle: buffer, byteCount: bytes, isMappable: space.isMappable)
    }

    /// Creates an in-order queue. The C slot is `create` of `assay.queue/1`.
    package func makeQueue() throws(BackendError) -> Queue {
        let create = try unsafe slot(queue.create, "assay.queue/1 create")
        var handle: assay_queue?
        try unsafe call("queue create") { unsafe create(self.handle, 0, &handle, $0) }
        guard let handle = unsafe handle else {
            throw BackendError(status: -11, place: "queue create", message: "it gave no queue")
        }
        return try unsafe Queue(device: self, handle: handle)
    }
}

/// A kind of memory that a device has.
package struct MemorySpace: Sendable {
    package var id: UInt32
    /// Zero when not known.
    package var total: Bytes
    package var isMappable: Bool
    /// The ABI's number of its type.
    package var type: UInt32
    /// What the backend calls it; may be empty.
    package var name: String
}

/// Memory of a device, or of the host beside it. The C type is `assay_buffer`.
@safe
package final class Buffer {
    let device: Device
    /// Nil: it is host memory that the plug-in knows nothing of.
    let handle: assay_buffer?
    /// The memory of a buffer without a handle.
    let host: UnsafeMutableRawBufferPointer?
    package let byteCount: Int
    /// Whether its kind of memory can be mapped.
    let isMappable: Bool
    /// The queue that reaches it, where that is not the launch's own.
    let ownQueue: Queue?

    init(
        device: Device, handle: assay_buffer, byteCount: Int, isMappable: Bool,
        ownQueue: Queue? = nil
    ) {
        self.device = device
        unsafe self.handle = handle
        unsafe host = nil
        self.byteCount = byteCount
        self.isMappable = isMappable
        self.ownQueue = ownQueue
    }

    /// Memory of the host as any program has it.
    init(pageable byteCount: Int, beside device: Device) {
        self.device = device
        unsafe handle = nil
        let pageBytes = 4096
        unsafe host = .allocate(byteCount: max(byteCount, 1), alignment: pageBytes)
        self.byteCount = byteCount
        isMappable = true
        ownQueue = nil
    }

    deinit {
        if let host = unsafe host { return unsafe host.deallocate() }
        guard let release = unsafe device.memory.release else { return }
        try? unsafe call("release") { unsafe release(handle, $0) }
    }

    /// Fills the buffer through host memory: mapped where the device allows it, else staged.
    package func fill(
        through queue: Queue, mapped: Bool,
        _ body: (UnsafeMutableRawBufferPointer) -> Void
    ) throws(BackendError) {
        guard byteCount > 0 else { return }
        if let host = unsafe host {
            unsafe body(UnsafeMutableRawBufferPointer(rebasing: host[0..<byteCount]))
            return
        }
        if mapped, isMappable, let map = unsafe device.memory.map {
            var address: UnsafeMutableRawPointer?
            try unsafe call("map") { unsafe map(handle, &address, $0) }
            if let address = unsafe address {
                unsafe body(UnsafeMutableRawBufferPointer(start: address, count: byteCount))
                if let unmap = unsafe device.memory.unmap {
                    try unsafe call("unmap") { unsafe unmap(handle, $0) }
                }
                return
            }
        }
        let staging = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: 64)
        defer { unsafe staging.deallocate() }
        unsafe body(staging)
        try unsafe queue.write(to: self, from: UnsafeRawBufferPointer(staging))
    }
}
