import AssayABI
package import Model

/// Where a transfer begins and ends, and what moves it: the plug-in's copies, not an operation.
@safe
package final class Transfer {
    /// A memory that bytes are moved from or to.
    package enum End: String, Sendable {
        case pageable = "host.pageable"
        case pinned = "host.pinned"
        case device
        /// The memory of the backend's next device.
        case peer
    }

    private let device: Device
    private let from: End
    private let to: End
    private let isDuplex: Bool
    private let own: MemorySpace
    private let pinned: MemorySpace?
    private let peer: (device: Device, space: MemorySpace, queue: Queue)?

    /// Nil for an operation that is no transfer; throws what `isUnsupported` where the device has
    /// no such memory.
    package init?(
        _ operation: Operation, plugin: Plugin, device: Device, index: Int
    ) throws(BackendError) {
        guard operation.domain == "assay", operation.name == "Transfer",
            let from = End(rawValue: operation.string("from") ?? ""),
            let to = End(rawValue: operation.string("to") ?? "")
        else { return nil }
        self.device = device
        self.from = from
        self.to = to
        isDuplex = operation.string("direction") == "duplex"
        let spaces = try device.memorySpaces()
        own = try Self.ownMemory(spaces)
        let ends = [from, to]
        pinned = spaces.first { $0.type == UInt32(ASSAY_SPACE_PINNED) }
        if ends.contains(.pinned), pinned == nil {
            throw Self.unsupported("the device offers no pinned memory of the host")
        }
        peer = ends.contains(.peer) ? try Self.peer(of: device, index, plugin) : nil
    }

    private static func unsupported(_ reason: String) -> BackendError {
        BackendError(
            status: ASSAY_E_UNSUPPORTED, place: "transfer",
            message: "Transfer cannot be made here: " + reason)
    }

    private static func ownMemory(_ spaces: [MemorySpace]) throws(BackendError) -> MemorySpace {
        let types = [UInt32(ASSAY_SPACE_DEVICE), UInt32(ASSAY_SPACE_ON_CHIP)]
        if let own = spaces.first(where: { types.contains($0.type) }) { return own }
        let names: [UInt32: String] = [
            UInt32(ASSAY_SPACE_PINNED): "pinned", UInt32(ASSAY_SPACE_UNIFIED): "unified",
            UInt32(ASSAY_SPACE_PAGEABLE): "pageable",
        ]
        let words = spaces.map { "'\($0.name)' (\(names[$0.type] ?? "of an unknown type"))" }
        throw unsupported(
            "the device has no memory of its own, only " + words.joined(separator: ", "))
    }

    private static func peer(
        of device: Device, _ index: Int, _ plugin: Plugin
    ) throws(BackendError) -> (device: Device, space: MemorySpace, queue: Queue) {
        let count = try plugin.deviceCount()
        guard count > 1 else { throw unsupported("there is no second device") }
        guard unsafe device.peer.copy != nil else {
            throw unsupported("the plug-in offers no copies between devices")
        }
        let other = try plugin.open(device: (index + 1) % count)
        if let enable = unsafe device.peer.enable {
            try unsafe call("enable") { unsafe enable(device.handle, other.handle, $0) }
            try unsafe call("enable") { unsafe enable(other.handle, device.handle, $0) }
        }
        return (other, try ownMemory(try other.memorySpaces()), try other.makeQueue())
    }

    // MARK: - Memory

    /// A buffer for an input: of the first where the transfer begins, of the second where it ends.
    package func input(_ number: Int, bytes: Int) throws(BackendError) -> Buffer {
        try buffer(number == 0 ? from : to, bytes)
    }

    /// A buffer for an output: of the first where the transfer ends, of the second where it begins.
    package func output(_ number: Int, bytes: Int) throws(BackendError) -> Buffer {
        try buffer(number == 0 ? to : from, bytes)
    }

    private func buffer(_ end: End, _ bytes: Int) throws(BackendError) -> Buffer {
        switch end {
        case .pageable: return Buffer(pageable: bytes, beside: device)
        case .device: return try device.allocate(bytes, in: own)
        case .pinned:
            guard let pinned else { preconditionFailure("pinned memory was looked for") }
            return try device.allocate(bytes, in: pinned)
        case .peer:
            guard let peer else { preconditionFailure("the peer was opened") }
            return try peer.device.allocate(bytes, in: peer.space, queue: peer.queue)
        }
    }

    // MARK: - Moving

    /// Makes the moves ready for one set of tensors.
    package func prepare(
        _ operation: Operation, set: TensorSet
    ) throws(BackendError) -> PreparedOperation {
        let back = isDuplex ? try device.makeQueue() : nil
        let ways = isDuplex ? [(from, to), (to, from)] : [(from, to)]
        var routes: [TransferMoves.Route] = []
        for (from, to) in ways { routes.append(try route(from, to)) }
        var moves = TransferMoves(routes: routes, otherQueue: back)
        try moves.add(set)
        let info = ExecutionInfo(kernel: routes.map(\.name).joined(separator: "+"))
        return PreparedOperation(
            device: device, operation: operation, moves: moves, info: info, set: set)
    }

    private func route(_ from: End, _ to: End) throws(BackendError) -> TransferMoves.Route {
        if from == .peer || to == .peer {
            return unsafe .copy("peer.copy", try slot(device.peer.copy, "assay.peer/1 copy"))
        }
        if from == .pageable {
            return unsafe .write(try slot(device.queue.write, "assay.queue/1 write"))
        }
        if to == .pageable {
            return unsafe .read(try slot(device.queue.read, "assay.queue/1 read"))
        }
        return unsafe .copy("queue.copy", try slot(device.queue.copy, "assay.queue/1 copy"))
    }
}

extension Device {
    /// Memory that only a queue of this device reaches.
    fileprivate func allocate(
        _ bytes: Int, in space: MemorySpace, queue: Queue
    ) throws(BackendError) -> Buffer {
        let allocate = try unsafe slot(memory.allocate, "assay.memory/1 allocate")
        var buffer: assay_buffer?
        try unsafe call("allocate") {
            unsafe allocate(handle, space.id, UInt64(max(bytes, 1)), 64, &buffer, $0)
        }
        guard let buffer = unsafe buffer else {
            throw BackendError(status: -11, place: "allocate", message: "it gave no buffer")
        }
        return unsafe Buffer(
            device: self, handle: buffer, byteCount: bytes, isMappable: space.isMappable,
            ownQueue: queue)
    }
}

/// One copy between two buffers, by the call that its route takes.
@safe
struct TransferMove {
    let route: TransferMoves.Route
    let from: Buffer
    let to: Buffer

    func enqueue(
        on queue: assay_queue, _ error: UnsafeMutablePointer<assay_error>
    ) -> assay_status {
        let bytes = UInt64(to.byteCount)
        switch route {
        case .write(let write):
            return unsafe write(queue, to.handle, 0, from.host?.baseAddress, bytes, error)
        case .read(let read):
            return unsafe read(queue, to.host?.baseAddress, from.handle, 0, bytes, error)
        case .copy(_, let copy):
            return unsafe copy(queue, to.handle, 0, from.handle, 0, bytes, error)
        }
    }
}

/// The moves of a transfer, for every set of tensors: one, or one each way.
@safe
struct TransferMoves {
    typealias Write =
        @convention(c) (
            assay_queue?, assay_buffer?, UInt64, UnsafeRawPointer?, UInt64,
            UnsafeMutablePointer<assay_error>?
        ) -> assay_status
    typealias Read =
        @convention(c) (
            assay_queue?, UnsafeMutableRawPointer?, assay_buffer?, UInt64, UInt64,
            UnsafeMutablePointer<assay_error>?
        ) -> assay_status
    typealias Copy =
        @convention(c) (
            assay_queue?, assay_buffer?, UInt64, assay_buffer?, UInt64, UInt64,
            UnsafeMutablePointer<assay_error>?
        ) -> assay_status

    /// Which of the plug-in's calls moves the bytes.
    @safe
    enum Route {
        case write(Write)
        case read(Read)
        case copy(String, Copy)

        var name: String {
            switch self {
            case .write: "queue.write"
            case .read: "queue.read"
            case .copy(let name, _): name
            }
        }
    }

    let routes: [Route]
    /// The queue of the way back; nil where there is none.
    let otherQueue: Queue?
    private(set) var sets: [[TransferMove]] = []

    init(routes: [Route], otherQueue: Queue?) {
        self.routes = routes
        self.otherQueue = otherQueue
    }

    /// Adds the moves of a set: each of its inputs to the output of the same place.
    mutating func add(_ set: TensorSet) throws(BackendError) {
        sets.append(
            routes.enumerated().map { number, route in
                TransferMove(
                    route: route, from: set.inputBuffers[number], to: set.outputBuffers[number])
            })
    }
}
