import Backends
import CAssaySystem
import LaunchProtocol
import Model
import Operators

/// The tensors of a launch: one set, or as many as it takes to get past the caches.
final class WorkingSets {
    let sets: [TensorSet]
    private let operation: Operation
    let isMappable: Bool
    /// Written and read between samples when the cache state is `coldFlush`; else empty.
    private var flushing: [UInt64]

    /// - Parameter transfer: where tensors lie that are moved; nil: in the device's main memory.
    init(request: LaunchRequest, device: Device, transfer: Transfer?, queue: Queue) throws {
        operation = request.operation
        let space = try device.mainMemory()
        isMappable = space.isMappable
        let count = Self.copies(request: request)
        var inputs: [[Buffer]] = Array(repeating: [], count: count)
        for (index, spec) in operation.inputs.enumerated() {
            let fill = { (room: UnsafeMutableRawBufferPointer) in
                unsafe InputData.fill(
                    TensorMemory(spec, bytes: room), inputIndex: index, of: request.operation,
                    pattern: request.data, seed: request.inputSeeds[index])
            }
            // Many copies are made once and copied: making data costs far more than moving it.
            let host = count > 1 ? unsafe HostBytes(spec.byteCount, filledBy: fill) : nil
            for copy in 0..<count {
                let buffer =
                    try transfer?.input(index, bytes: spec.byteCount)
                    ?? device.allocate(spec.byteCount, in: space)
                try unsafe buffer.fill(through: queue, mapped: isMappable) { room in
                    guard let host else { return unsafe fill(room) }
                    unsafe room.copyMemory(from: UnsafeRawBufferPointer(host.bytes))
                }
                inputs[copy].append(buffer)
            }
        }
        let places = OperatorRegistry.places(of: operation)
        var sets: [TensorSet] = []
        for copy in 0..<count {
            var outputs: [Buffer] = []
            for (index, spec) in operation.outputs.enumerated() {
                outputs.append(
                    try transfer?.output(index, bytes: spec.byteCount)
                        ?? device.allocate(spec.byteCount, in: space))
            }
            sets.append(
                TensorSet(operation, at: places, inputs: inputs[copy], outputs: outputs))
        }
        self.sets = sets
        let words = Int(request.lastLevelCache.value) * 2 / 8
        flushing = request.cache == .coldFlush ? [UInt64](repeating: 1, count: words) : []
    }

    /// How many sets are rotated through: enough for three times the last cache, or one when hot.
    private static func copies(request: LaunchRequest) -> Int {
        let operation = request.operation
        let bytes = (operation.inputs + operation.outputs).reduce(0) { $0 + $1.byteCount }
        guard request.cache == .coldRotate, bytes > 0 else { return 1 }
        // A backend may keep a packed copy of each constant.
        let packed = operation.inputs.filter(\.isConstant).reduce(0) { $0 + $1.byteCount }
        let wanted = (3 * Int(request.lastLevelCache.value) + bytes - 1) / bytes
        let fitting = Int(request.memoryLimit.value) / (bytes + packed)
        return max(2, min(wanted, fitting, 4096))
    }

    /// Overwrites all outputs with bytes that no correct result has: NaN for every float type.
    func poison(queue: Queue) throws(BackendError) {
        for set in sets {
            for buffer in set.outputBuffers {
                try unsafe buffer.fill(through: queue, mapped: isMappable) { room in
                    unsafe room.initializeMemory(as: UInt8.self, repeating: 0xff)
                }
            }
        }
    }

    /// Pushes everything else out of the caches by writing and reading twice their size.
    func flushCaches() {
        for index in flushing.indices where index % 8 == 0 { flushing[index] &+= 1 }
    }

    /// Reads a set's outputs into shared memory from `offset` on.
    func copyOutputs(
        set index: Int, into memory: SharedMemory, at offset: Int, queue: Queue
    ) throws(BackendError) {
        var offset = offset
        for buffer in sets[index].outputBuffers {
            let room = unsafe UnsafeMutableRawBufferPointer(
                rebasing: memory.bytes[offset..<offset + buffer.byteCount])
            try unsafe queue.read(into: room, from: buffer)
            offset += buffer.byteCount
        }
    }

    /// Seals the shared outputs; nothing here may have them mapped any more.
    static func seal() throws {
        let status = assay_seal(WorkerDescriptor.outputs)
        guard status == 0 else {
            throw LaunchError(description: "the outputs could not be sealed (error \(-status))")
        }
    }
}

/// An input's data in host memory, for copying to each set's buffer.
@safe
private final class HostBytes {
    let bytes: UnsafeMutableRawBufferPointer

    init(_ count: Int, filledBy fill: (UnsafeMutableRawBufferPointer) -> Void) {
        unsafe bytes = .allocate(byteCount: count, alignment: 64)
        unsafe fill(bytes)
    }

    deinit { unsafe bytes.deallocate() }
}
