import AssayABI
import BLAS
import Backends
import CPUSIMD
import Model
import Operators

/// A backend that is linked in, entered through its table as the worker enters it.
final class BackendRunner {
    private let plugin: Plugin
    private let device: Device
    private let queue: Queue
    private let space: MemorySpace

    /// Starts the backend of that id with two threads, so that work is shared.
    init(_ id: String) throws(BackendError) {
        let entries: [String: assay_entry_fn] = [
            "blas": assay_blas_entry_v1, "cpu-simd": cpuSIMDEntry,
        ]
        guard let entry = entries[id] else {
            throw BackendError(
                status: -1, place: "entry",
                message: "no backend \(id) is linked in; known: \(entries.keys.sorted())")
        }
        plugin = try Plugin(
            entry: entry, services: HostServices(log: { _ in }, breadcrumb: { _, _ in }))
        try plugin.start(
            StartupOptions(role: "compute", threads: 2, cpus: [], clock: "monotonic_raw"))
        device = try plugin.open(device: 0)
        queue = try device.makeQueue()
        space = try device.mainMemory()
    }

    /// The bytes of each output, filled beforehand with a pattern that no result has.
    ///
    /// Whoever calls frees them.
    func outputs(
        of operation: Operation, inputs: [UnsafeRawBufferPointer]
    ) throws(BackendError) -> [UnsafeMutableRawBufferPointer] {
        let places = OperatorRegistry.places(of: operation)
        try device.query(operation, at: places)
        var given: [Buffer] = []
        for (spec, bytes) in zip(operation.inputs, inputs) {
            let buffer = try device.allocate(spec.byteCount, in: space)
            try buffer.fill(through: queue, mapped: space.isMappable) { $0.copyMemory(from: bytes) }
            given.append(buffer)
        }
        var results: [Buffer] = []
        for spec in operation.outputs {
            let buffer = try device.allocate(spec.byteCount, in: space)
            try buffer.fill(through: queue, mapped: space.isMappable) { room in
                for index in room.indices { room[index] = 0xA5 }
            }
            results.append(buffer)
        }
        let set = TensorSet(operation, at: places, inputs: given, outputs: results)
        let prepared = try device.prepare(operation, set: set)
        try queue.enqueue(prepared, count: 1, firstSet: 0)
        try queue.synchronize()
        var rooms: [UnsafeMutableRawBufferPointer] = []
        for (spec, buffer) in zip(operation.outputs, results) {
            let room = UnsafeMutableRawBufferPointer.allocate(
                byteCount: max(spec.byteCount, 8), alignment: 64)
            rooms.append(room)
            try queue.read(into: .init(rebasing: room[..<spec.byteCount]), from: buffer)
        }
        return rooms
    }
}
