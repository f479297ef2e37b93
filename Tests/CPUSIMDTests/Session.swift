import AssayABI
import CPUSIMD
import Glibc

/// An element type with its name in the ABI.
protocol Element: BinaryFloatingPoint {
    static var dtype: UInt32 { get }
    /// Half the distance from 1 to the next number.
    static var roundoff: Double { get }
}
extension Float: Element {
    static var dtype: UInt32 { ASSAY_F32 }
    static var roundoff: Double { 0x1p-24 }
}
extension Double: Element {
    static var dtype: UInt32 { ASSAY_F64 }
    static var roundoff: Double { 0x1p-53 }
}

/// A tensor's bytes and shape, as a test writes them down.
struct Tensor {
    var dtype: UInt32
    var extents: [Int]
    var bytes: [UInt8]
    var isConstant = false
    /// Bytes by which the memory handed over is off its alignment.
    var misalignment = 0

    init<T>(_ dtype: UInt32, _ extents: [Int], _ values: [T]) {
        self.dtype = dtype
        self.extents = extents
        bytes = values.withUnsafeBytes { Array($0) }
    }

    init<T: Element>(_ extents: [Int], _ values: [T]) { self.init(T.dtype, extents, values) }

    /// Room for an output, filled with a pattern that no result has.
    init(room dtype: UInt32, _ extents: [Int]) {
        self.dtype = dtype
        self.extents = extents
        let size = dtype == ASSAY_F32 ? 4 : 8
        bytes = Array(repeating: 0xA5, count: extents.reduce(1, *) * size)
    }

    func values<T>(as type: T.Type = T.self) -> [T] {
        bytes.withUnsafeBytes { raw in
            (0..<raw.count / MemoryLayout<T>.size).map {
                raw.loadUnaligned(fromByteOffset: $0 * MemoryLayout<T>.size, as: T.self)
            }
        }
    }
}

enum Value {
    case int(Int)
    case float(Double)
    case string(String)
    case ints([Int])
    case floats([Double])
}

struct Refusal: Error, Equatable {
    var status: Int32
    var message: String
}

/// The plug-in, started with given threads and instruction set, and its one device, opened.
///
/// One at a time: the process has one plug-in. Suites that use it are nested in a serialized one.
final class Session {
    let plugin: UnsafePointer<assay_plugin>
    private let device: assay_device
    private let memory: UnsafePointer<assay_memory_v1>
    private let queues: UnsafePointer<assay_queue_v1>
    private let operations: UnsafePointer<assay_op_v1>
    private let queue: assay_queue
    private(set) var kernel = ""
    private(set) var executedOn = ""

    init(_ set: String? = nil, threads: Int = 1) throws {
        if let set { setenv("ASSAY_CPU_ISA", set, 1) } else { unsetenv("ASSAY_CPU_ISA") }
        var error = Self.error()
        guard let plugin = cpuSIMDEntry(nil, &error) else { throw Self.refusal(error) }
        self.plugin = plugin
        let arena = Arena()
        let options = [arena.pair("threads", .int(threads))]
        try Self.check(plugin.pointee.startup(plugin.pointee.impl, options, 1, &error), error)
        func table<T>(_ id: String, _ type: T.Type) -> UnsafePointer<T> {
            plugin.pointee.extension(plugin.pointee.impl, id)!.assumingMemoryBound(to: T.self)
        }
        memory = table("assay.memory/1", assay_memory_v1.self)
        queues = table("assay.queue/1", assay_queue_v1.self)
        operations = table("assay.op/1", assay_op_v1.self)
        var device: assay_device?
        try Self.check(
            plugin.pointee.device_open(plugin.pointee.impl, 0, nil, 0, &device, &error), error)
        self.device = device!
        var queue: assay_queue?
        try Self.check(queues.pointee.create(device, 0, &queue, &error), error)
        self.queue = queue!
    }

    deinit {
        _ = queues.pointee.destroy(queue, nil)
        plugin.pointee.device_close(device)
        plugin.pointee.shutdown(plugin.pointee.impl)
    }

    var properties: assay_device_props {
        var properties = assay_device_props()
        properties.h.size = UInt32(MemoryLayout<assay_device_props>.size)
        _ = plugin.pointee.device_props(plugin.pointee.impl, 0, &properties, nil)
        return properties
    }

    /// Prepares and runs an operation; gives its outputs.
    func run(
        _ name: String, domain: String = "", _ inputs: [Tensor?],
        _ attributes: [String: Value] = [:],
        outputs: [Tensor], mathType: UInt32 = 0, opset: UInt32 = 0, flags: UInt32 = 0,
        calls: Int = 1
    ) throws -> [Tensor] {
        let arena = Arena()
        defer { arena.buffers.forEach { _ = memory.pointee.release($0, nil) } }
        let given = try inputs.map { try $0.map { try place($0, arena) } }
        let wanted = try outputs.map { Optional(try place($0, arena)) }
        var inputList = given.map { $0.map { UnsafePointer($0) } }
        var outputList = wanted.map { $0.map { UnsafePointer($0) } }
        var list = attributes.map { arena.pair($0.key, $0.value) }
        return try inputList.withUnsafeMutableBufferPointer { inputs in
            try outputList.withUnsafeMutableBufferPointer { results in
                try list.withUnsafeMutableBufferPointer { attributes in
                    var descriptor = assay_op_desc()
                    descriptor.h.size = UInt32(MemoryLayout<assay_op_desc>.size)
                    descriptor.domain = arena.text(domain)
                    descriptor.name = arena.text(name)
                    descriptor.opset = opset
                    descriptor.flags = flags
                    descriptor.math_dtype = mathType
                    descriptor.inputs = UnsafePointer(inputs.baseAddress)
                    descriptor.outputs = UnsafePointer(results.baseAddress)
                    descriptor.input_count = UInt32(inputs.count)
                    descriptor.output_count = UInt32(results.count)
                    descriptor.attributes = UnsafePointer(attributes.baseAddress)
                    descriptor.attribute_count = UInt32(attributes.count)
                    try execute(&descriptor, calls)
                    return try zip(outputs, wanted).map { try fetch($0.0, $0.1!) }
                }
            }
        }
    }

    private func execute(_ descriptor: inout assay_op_desc, _ calls: Int) throws {
        var error = Self.error()
        var info = assay_op_info()
        info.h.size = UInt32(MemoryLayout<assay_op_info>.size)
        var prepared: assay_op?
        try Self.check(
            operations.pointee.prepare(device, &descriptor, 0, &prepared, &info, &error), error)
        defer { operations.pointee.destroy(prepared) }
        kernel = withUnsafeBytes(of: info.kernel) { String(cString: Array($0) + [0]) }
        executedOn = withUnsafeBytes(of: info.executed_on) { String(cString: Array($0) + [0]) }
        for _ in 0..<calls {
            try Self.check(
                operations.pointee.enqueue(
                    prepared, queue, descriptor.inputs, descriptor.outputs, nil, &error), error)
        }
        try Self.check(queues.pointee.sync(queue, 1_000_000_000, &error), error)
    }

    // MARK: - Tensors in the plug-in's memory

    private func place(_ tensor: Tensor, _ arena: Arena) throws
        -> UnsafeMutablePointer<assay_tensor>
    {
        var error = Self.error()
        var buffer: assay_buffer?
        let size = UInt64(max(tensor.bytes.count + tensor.misalignment, 1))
        try Self.check(memory.pointee.allocate(device, 0, size, 64, &buffer, &error), error)
        arena.buffers.append(buffer!)
        let address = try self.address(buffer) + tensor.misalignment
        tensor.bytes.withUnsafeBytes {
            if let start = $0.baseAddress { address.copyMemory(from: start, byteCount: $0.count) }
        }
        var placed = assay_tensor()
        placed.h.size = UInt32(MemoryLayout<assay_tensor>.size)
        placed.dtype = tensor.dtype
        placed.rank = UInt32(tensor.extents.count)
        placed.flags = tensor.isConstant ? ASSAY_TENSOR_CONST : 0
        placed.buffer = buffer
        placed.offset = UInt64(tensor.misalignment)
        withUnsafeMutableBytes(of: &placed.dims) {
            for (index, extent) in tensor.extents.enumerated() {
                $0.storeBytes(of: Int64(extent), toByteOffset: index * 8, as: Int64.self)
            }
        }
        let pointer = UnsafeMutablePointer<assay_tensor>.allocate(capacity: 1)
        pointer.initialize(to: placed)
        arena.memory.append(UnsafeMutableRawPointer(pointer))
        return pointer
    }

    private func address(_ buffer: assay_buffer?) throws -> UnsafeMutableRawPointer {
        var error = Self.error()
        var address: UnsafeMutableRawPointer?
        try Self.check(memory.pointee.map(buffer, &address, &error), error)
        return address!
    }

    private func fetch(_ tensor: Tensor, _ placed: UnsafeMutablePointer<assay_tensor>) throws
        -> Tensor
    {
        var result = tensor
        let start = try address(placed.pointee.buffer) + tensor.misalignment
        result.bytes = Array(
            UnsafeRawBufferPointer(start: start, count: tensor.bytes.count))
        return result
    }

    // MARK: - Errors

    private static func error() -> assay_error {
        var error = assay_error()
        error.h.size = UInt32(MemoryLayout<assay_error>.size)
        return error
    }

    private static func check(_ status: Int32, _ error: assay_error) throws {
        if status != ASSAY_OK { throw refusal(error) }
    }

    private static func refusal(_ error: assay_error) -> Refusal {
        let message = withUnsafeBytes(of: error.message) { String(cString: Array($0) + [0]) }
        return Refusal(status: error.status, message: message)
    }
}

/// Memory that lives as long as one call of the plug-in.
final class Arena {
    var memory: [UnsafeMutableRawPointer] = []
    var buffers: [assay_buffer] = []

    deinit { memory.forEach { free($0) } }

    func text(_ text: String) -> assay_str {
        let copy = strdup(text)!
        memory.append(UnsafeMutableRawPointer(copy))
        return assay_str(ptr: copy, len: UInt64(text.utf8.count))
    }

    private func list<Element>(_ values: [Element]) -> UnsafePointer<Element> {
        let copy = malloc(max(values.count, 1) * MemoryLayout<Element>.stride)!
        memory.append(copy)
        let start = copy.bindMemory(to: Element.self, capacity: max(values.count, 1))
        for (index, value) in values.enumerated() { start[index] = value }
        return UnsafePointer(start)
    }

    func pair(_ key: String, _ value: Value) -> assay_kv {
        var pair = assay_kv()
        pair.key = text(key)
        pair.count = 1
        switch value {
        case .int(let value): (pair.type, pair.v.i) = (ASSAY_KV_INT, Int64(value))
        case .float(let value): (pair.type, pair.v.f) = (ASSAY_KV_FLOAT, value)
        case .string(let value): (pair.type, pair.v.s) = (ASSAY_KV_STRING, text(value))
        case .ints(let values):
            (pair.type, pair.count) = (ASSAY_KV_INTS, UInt32(values.count))
            pair.v.ints = list(values.map { Int64($0) })
        case .floats(let values):
            (pair.type, pair.count) = (ASSAY_KV_FLOATS, UInt32(values.count))
            pair.v.floats = list(values)
        }
        return pair
    }
}
