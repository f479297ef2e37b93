import AssayABI
import AssayABI.Simple
import Glibc

@testable import Backends
@testable import Model

/// A plug-in of this process whose tables a test may change: `assay:Twice` of f32 vectors.
///
/// The ABI calls plain functions, so there is one, and the suites that use it take turns.
enum FakePlugin {
    nonisolated(unsafe) static var plugin = assay_plugin()
    nonisolated(unsafe) static var memory = assay_memory_v1()
    nonisolated(unsafe) static var queue = assay_queue_v1()
    nonisolated(unsafe) static var operation = assay_op_v1()
    /// What the entry and the extension slot answer.
    nonisolated(unsafe) static var pluginTable: UnsafeRawPointer?
    nonisolated(unsafe) static var memoryTable: UnsafeRawPointer?
    nonisolated(unsafe) static var queueTable: UnsafeRawPointer?
    nonisolated(unsafe) static var operationTable: UnsafeRawPointer?
    /// What the plug-in was told.
    nonisolated(unsafe) static var options: [String: String] = [:]
    nonisolated(unsafe) static var attributes: [String: String] = [:]
    /// Changes what the plug-in does.
    nonisolated(unsafe) static var describe: (UnsafeMutablePointer<assay_device_props>) -> Void = {
        _ in
    }
    nonisolated(unsafe) static var busyCount = 0
    /// The first input's memory of each operation prepared, and of each call with its operation.
    nonisolated(unsafe) static var prepared: [assay_op: assay_buffer?] = [:]
    nonisolated(unsafe) static var calls: [(prepared: assay_buffer?, called: assay_buffer?)] = []
    /// The operations as they should be, for slots that stand before them.
    nonisolated(unsafe) static var original = assay_op_v1()

    static let entry: assay_entry_fn = { _, _ in
        FakePlugin.pluginTable?.assumingMemoryBound(to: assay_plugin.self)
    }

    /// The plug-in as it should be.
    static func reset() {
        var backend = assay_simple_backend()
        backend.id = UnsafePointer(strdup("fake"))
        backend.version = UnsafePointer(strdup("1.2.3"))
        backend.startup = { _, list, count, _ in
            FakePlugin.options = FakePlugin.read(list, count)
            return ASSAY_OK
        }
        backend.describe = { _, props, _, _ in
            FakePlugin.describe(props!)
            return ASSAY_OK
        }
        backend.supports = { _, description, _, error in
            guard assay_simple_is(description, "assay", "Twice") == 1 else {
                return assay_simple_fail(
                    error, ASSAY_E_UNSUPPORTED, 3, "fake", "supports", "anything but Twice")
            }
            FakePlugin.attributes = FakePlugin.read(
                description!.pointee.attributes, description!.pointee.attribute_count)
            return ASSAY_OK
        }
        backend.run = { _, _, inputs, outputs, _ in
            let from = inputs![0]!.assumingMemoryBound(to: Float.self)
            let to = outputs![0]!.assumingMemoryBound(to: Float.self)
            for index in 0..<FakePlugin.count { to[index] = from[index] * 2 }
            return ASSAY_OK
        }
        var error = assay_error()
        error.h.size = UInt32(MemoryLayout<assay_error>.size)
        // The adapter keeps the first of an id; its tables are copied and the copies changed.
        let made = assay_simple_make(&backend, nil, &error)!.pointee
        // A test may have left it started, having taken its shutdown away.
        made.shutdown(made.impl)
        plugin = made
        memory = table(of: made, "assay.memory/1")
        queue = table(of: made, "assay.queue/1")
        operation = table(of: made, "assay.op/1")
        plugin.extension = { _, id in
            switch String(cString: id!) {
            case "assay.memory/1": FakePlugin.memoryTable
            case "assay.queue/1": FakePlugin.queueTable
            case "assay.op/1": FakePlugin.operationTable
            default: nil
            }
        }
        original = operation
        describe = { _ in }
        busyCount = 0
        pluginTable = pinned(plugin)
        memoryTable = pinned(memory)
        queueTable = pinned(queue)
        operationTable = pinned(operation)
    }

    private static func table<Table>(of plugin: assay_plugin, _ name: String) -> Table {
        plugin.extension(plugin.impl, name)!.assumingMemoryBound(to: Table.self).pointee
    }

    /// A copy of a struct in memory that stays.
    static func pinned<Value>(_ value: Value) -> UnsafeRawPointer {
        let copy = UnsafeMutablePointer<Value>.allocate(capacity: 1)
        copy.initialize(to: value)
        return UnsafeRawPointer(copy)
    }

    private static func read(_ list: UnsafePointer<assay_kv>?, _ count: UInt32) -> [String: String]
    {
        var found: [String: String] = [:]
        for index in 0..<Int(count) {
            let entry = list![index]
            let many = 0..<Int(entry.count)
            let value: String =
                switch entry.type {
                case UInt32(ASSAY_KV_INT): "\(entry.v.i)"
                case UInt32(ASSAY_KV_FLOAT): "\(entry.v.f)"
                case UInt32(ASSAY_KV_STRING): text(entry.v.s)
                case UInt32(ASSAY_KV_INTS): "\(many.map { entry.v.ints![$0] })"
                case UInt32(ASSAY_KV_FLOATS): "\(many.map { entry.v.floats![$0] })"
                case UInt32(ASSAY_KV_STRINGS): "\(many.map { text(entry.v.strings![$0]) })"
                default: "?"
                }
            found[text(entry.key)] = value
        }
        return found
    }

    private static func text(_ text: assay_str) -> String {
        String(
            decoding: UnsafeRawBufferPointer(start: text.ptr, count: Int(text.len)), as: UTF8.self)
    }

    // MARK: - The host's side

    static let count = 5

    static var twice: Operation {
        Operation(
            domain: "assay", name: "Twice", opset: 1,
            inputs: [TensorSpec("x", .f32, [count])],
            outputs: [TensorSpec("y", .f32, [count])])
    }

    static func load() throws(BackendError) -> Plugin {
        try Plugin(entry: entry, services: HostServices(log: { _ in }, breadcrumb: { _, _ in }))
    }

    /// Everything that a launch does with a plug-in, from the entry to the outputs.
    static func launch(
        _ operation: Operation = twice, at places: TensorPlaces? = nil
    ) throws -> [Float] {
        let places = places ?? TensorPlaces(operation)
        let plugin = try load()
        try plugin.start(
            StartupOptions(role: "compute", threads: 2, cpus: [0, 3], clock: "monotonic_raw"))
        guard try plugin.deviceCount() > 0 else {
            throw BackendError(status: -9, place: "device_count", message: "it has no device")
        }
        _ = try plugin.facts(ofDevice: 0)
        let device = try plugin.open(device: 0)
        try device.query(operation, at: places)
        let queue = try device.makeQueue()
        let space = try device.mainMemory()
        let input = try device.allocate(4 * count, in: space)
        let output = try device.allocate(4 * count, in: space)
        try input.fill(through: queue, mapped: space.isMappable) { room in
            for index in 0..<count {
                room.storeBytes(of: Float(index), toByteOffset: 4 * index, as: Float.self)
            }
        }
        let set = TensorSet(operation, at: places, inputs: [input], outputs: [output])
        let prepared = try device.prepare(operation, set: set)
        try queue.enqueue(prepared, count: 3, firstSet: 0)
        try queue.synchronize()
        var result = [Float](repeating: -1, count: count)
        try result.withUnsafeMutableBytes { try queue.read(into: $0, from: output) }
        return result
    }

    /// Calls an operation again and again with several sets of tensors in turn.
    static func rotate(_ operation: Operation, sets count: Int, events: UInt64) throws {
        let plugin = try load()
        try plugin.start(StartupOptions(role: "compute", threads: 1, cpus: [0], clock: "monotonic"))
        let device = try plugin.open(device: 0)
        let space = try device.mainMemory()
        let sets = try (0..<count).map { _ in
            TensorSet(
                operation, at: TensorPlaces(operation),
                inputs: [try device.allocate(4 * self.count, in: space)],
                outputs: [try device.allocate(4 * self.count, in: space)])
        }
        let prepared = try device.prepare(operation, set: sets[0])
        try prepared.rotate(through: Array(sets.dropFirst()))
        let queue = try device.makeQueue()
        try queue.enqueue(prepared, count: events, firstSet: 0)
        try queue.synchronize()
    }

    static let expected: [Float] = [0, 2, 4, 6, 8]
}

/// Memory that ends where its page ends, but for alignment: who reads on is ended by the kernel.
func atPageEnd(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawPointer {
    let page = sysconf(Int32(_SC_PAGESIZE))
    let pages = mmap(nil, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)!
    // A head is always whole.
    let start = pages + page - (max(bytes.count, MemoryLayout<assay_head>.size) + 7) / 8 * 8
    if let from = bytes.baseAddress { start.copyMemory(from: from, byteCount: bytes.count) }
    mprotect(pages + page, page, PROT_NONE)
    return UnsafeRawPointer(start)
}
