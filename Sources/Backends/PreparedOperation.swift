import AssayABI
package import Model

/// An operation's descriptor with all the memory it points into.
@safe
final class Descriptor {
    private let attributes: KeyValues
    private let names: KeyValues
    private let inputs: TensorList
    private let outputs: TensorList
    let pointer: UnsafeMutablePointer<assay_op_desc>

    /// - Parameters:
    ///   - constants: the buffers of constant inputs, by input index.
    ///   - deterministic: whether every call must give the same bits.
    init(
        _ operation: Operation, _ places: TensorPlaces, constants: [Int: Buffer],
        deterministic: Bool
    ) {
        attributes = KeyValues(operation.attributes)
        names = KeyValues([])
        inputs = TensorList(operation.inputs, at: places.inputs, buffers: constants)
        outputs = TensorList(operation.outputs, at: places.outputs, buffers: [:])
        unsafe pointer = .allocate(capacity: 1)
        var descriptor = unsafe zeroed(assay_op_desc.self)
        unsafe descriptor.h = head(of: assay_op_desc.self)
        unsafe descriptor.domain = names.string(operation.domain)
        unsafe descriptor.name = names.string(operation.name)
        unsafe descriptor.opset = UInt32(operation.opset)
        unsafe descriptor.flags = UInt32(ASSAY_EXACT_DTYPE) | UInt32(ASSAY_NO_FALLBACK)
        if deterministic { unsafe descriptor.flags |= UInt32(ASSAY_DETERMINISTIC) }
        unsafe descriptor.math_dtype = operation.math?.rawValue ?? 0
        unsafe descriptor.accumulate_dtype = operation.accumulate?.rawValue ?? 0
        unsafe descriptor.inputs = UnsafePointer(inputs.list)
        unsafe descriptor.outputs = UnsafePointer(outputs.list)
        unsafe descriptor.input_count = UInt32(inputs.count)
        unsafe descriptor.output_count = UInt32(outputs.count)
        unsafe descriptor.attributes = UnsafePointer(attributes.pointer)
        unsafe descriptor.attribute_count = UInt32(attributes.count)
        unsafe pointer.initialize(to: descriptor)
    }

    deinit { unsafe pointer.deallocate() }
}

/// A list of pointers to tensors, as the ABI wants it.
@safe
final class TensorList {
    typealias Entry = UnsafePointer<assay_tensor>?

    let list: UnsafeMutablePointer<Entry>
    /// Entries, empty ones included.
    let count: Int
    private let tensors: UnsafeMutablePointer<assay_tensor>
    private let buffers: [Buffer]

    /// - Parameters:
    ///   - places: one for each tensor; entries between them are null.
    ///   - buffers: by the tensor's index among `specs`.
    init(_ specs: [TensorSpec], at places: [Int], buffers: [Int: Buffer]) {
        precondition(places.count == specs.count, "one place for each tensor")
        self.buffers = Array(buffers.values)
        count = (places.max() ?? -1) + 1
        unsafe tensors = .allocate(capacity: max(1, specs.count))
        unsafe list = .allocate(capacity: max(1, count))
        unsafe list.initialize(repeating: nil, count: max(1, count))
        for (index, spec) in specs.enumerated() {
            var tensor = unsafe zeroed(assay_tensor.self)
            unsafe tensor.h = head(of: assay_tensor.self)
            unsafe tensor.dtype = spec.dtype.rawValue
            unsafe tensor.rank = UInt32(spec.shape.count)
            unsafe tensor.flags = spec.isConstant ? UInt32(ASSAY_TENSOR_CONST) : 0
            unsafe withUnsafeMutableBytes(of: &tensor.dims) { bytes in
                let extents = unsafe bytes.bindMemory(to: Int64.self)
                for (axis, extent) in spec.shape.prefix(8).enumerated() {
                    unsafe extents[axis] = Int64(extent)
                }
            }
            unsafe tensor.buffer = buffers[index]?.handle
            unsafe (tensors + index).initialize(to: tensor)
            unsafe list[places[index]] = UnsafePointer(tensors + index)
        }
    }

    deinit {
        unsafe list.deallocate()
        unsafe tensors.deallocate()
    }
}

/// The tensors of one call.
@safe
package struct TensorSet {
    let inputs: UnsafePointer<UnsafePointer<assay_tensor>?>
    let outputs: UnsafePointer<UnsafePointer<assay_tensor>?>
    let places: TensorPlaces
    private let inputList: TensorList
    private let outputList: TensorList
    package let inputBuffers: [Buffer]
    package let outputBuffers: [Buffer]

    /// The tensors with their buffers.
    ///
    /// - Parameters:
    ///   - places: where the plug-in finds each tensor.
    ///   - inputs: one buffer for each input of the operation.
    ///   - outputs: one buffer for each output.
    package init(
        _ operation: Operation, at places: TensorPlaces, inputs: [Buffer], outputs: [Buffer]
    ) {
        precondition(inputs.count == operation.inputs.count, "one buffer for each input")
        precondition(outputs.count == operation.outputs.count, "one buffer for each output")
        func indexed(_ buffers: [Buffer]) -> [Int: Buffer] {
            Dictionary(uniqueKeysWithValues: buffers.enumerated().map { ($0.offset, $0.element) })
        }
        self.places = places
        inputList = TensorList(operation.inputs, at: places.inputs, buffers: indexed(inputs))
        outputList = TensorList(operation.outputs, at: places.outputs, buffers: indexed(outputs))
        unsafe self.inputs = UnsafePointer(inputList.list)
        unsafe self.outputs = UnsafePointer(outputList.list)
        inputBuffers = inputs
        outputBuffers = outputs
    }
}

/// An operation that a device has prepared, with the tensors that its calls cycle through.
///
/// The C type is `assay_op`; there are several where each set of tensors has constants of its own.
@safe
package final class PreparedOperation {
    typealias Enqueue =
        @convention(c) (
            assay_op?, assay_queue?, UnsafePointer<UnsafePointer<assay_tensor>?>?,
            UnsafePointer<UnsafePointer<assay_tensor>?>?, UnsafePointer<assay_workspace>?,
            UnsafeMutablePointer<assay_error>?
        ) -> assay_status

    private let device: Device
    private let operation: Operation
    private let deterministic: Bool
    /// What each set is called with, in the order of ``sets``.
    private(set) var handles: [assay_op]
    /// Every handle once.
    private var owned: [assay_op]
    let enqueueSlot: Enqueue
    /// What is moved in place of an operation of the plug-in; nil: nothing.
    private(set) var moves: TransferMoves?
    package let info: ExecutionInfo
    /// The sets of tensors that calls cycle through.
    package private(set) var sets: [TensorSet]

    fileprivate init(
        device: Device, operation: Operation, deterministic: Bool, handle: assay_op,
        enqueue: @escaping Enqueue, info: ExecutionInfo, set: TensorSet
    ) {
        self.device = device
        self.operation = operation
        self.deterministic = deterministic
        unsafe handles = [handle]
        unsafe owned = [handle]
        unsafe enqueueSlot = enqueue
        self.info = info
        sets = [set]
    }

    /// Moves between memories, which are no operation of the plug-in.
    init(
        device: Device, operation: Operation, moves: TransferMoves, info: ExecutionInfo,
        set: TensorSet
    ) {
        self.device = device
        self.operation = operation
        deterministic = false
        unsafe handles = []
        unsafe owned = []
        unsafe enqueueSlot = { _, _, _, _, _, _ in ASSAY_E_UNSUPPORTED }
        self.moves = moves
        self.info = info
        sets = [set]
    }

    deinit {
        guard let destroy = unsafe device.operation.destroy else { return }
        unsafe owned.forEach { unsafe destroy($0) }
    }

    /// Adds sets that calls cycle through after the first.
    ///
    /// A set whose constants lie elsewhere is prepared anew: a backend may have packed them, and
    /// one packed copy for all would stay in the caches that rotating is to get past.
    package func rotate(through more: [TensorSet]) throws(BackendError) {
        if var moves {
            for set in more {
                try moves.add(set)
                sets.append(set)
            }
            self.moves = moves
            return
        }
        let hasConstants = operation.inputs.contains(where: \.isConstant)
        for set in more {
            var handle = unsafe handles[0]
            if hasConstants {
                unsafe handle = try unsafe device.prepareOne(
                    operation, set: set, deterministic: deterministic
                ).handle
                unsafe owned.append(handle)
            }
            unsafe handles.append(handle)
            sets.append(set)
        }
    }
}

extension Device {
    /// Asks whether the device can execute the operation. The C slot is `query`.
    ///
    /// Throws an error that `isUnsupported` when it cannot.
    /// - Parameter deterministic: whether every call must give the same bits.
    package func query(
        _ operation: Operation, at places: TensorPlaces, deterministic: Bool = false
    ) throws(BackendError) {
        guard let query = unsafe self.operation.query else {
            throw BackendError(
                status: -1, place: "query", message: "the plug-in offers no operations")
        }
        let descriptor = Descriptor(
            operation, places, constants: [:], deterministic: deterministic)
        var info = unsafe zeroed(assay_op_info.self)
        unsafe info.h = head(of: assay_op_info.self)
        try unsafe call("query") { unsafe query(handle, descriptor.pointer, &info, $0) }
        guard unsafe info.supported != 0 else {
            throw BackendError(
                status: -1, place: "query", message: "\(operation.name) is not supported")
        }
    }

    /// Prepares the operation for one set of tensors. The C slot is `prepare`.
    package func prepare(
        _ operation: Operation, set: TensorSet, deterministic: Bool = false
    ) throws(BackendError) -> PreparedOperation {
        let enqueue = try unsafe slot(self.operation.enqueue, "assay.op/1 enqueue")
        let (handle, info) = try unsafe prepareOne(
            operation, set: set, deterministic: deterministic)
        return unsafe PreparedOperation(
            device: self, operation: operation, deterministic: deterministic, handle: handle,
            enqueue: enqueue, info: info, set: set)
    }

    fileprivate func prepareOne(
        _ operation: Operation, set: TensorSet, deterministic: Bool
    ) throws(BackendError) -> (handle: assay_op, info: ExecutionInfo) {
        let prepare = try unsafe slot(self.operation.prepare, "assay.op/1 prepare")
        var constants: [Int: Buffer] = [:]
        for (index, input) in operation.inputs.enumerated() where input.isConstant {
            constants[index] = set.inputBuffers[index]
        }
        let descriptor = Descriptor(
            operation, set.places, constants: constants, deterministic: deterministic)
        var info = unsafe zeroed(assay_op_info.self)
        unsafe info.h = head(of: assay_op_info.self)
        var handle: assay_op?
        try unsafe call("prepare") {
            unsafe prepare(self.handle, descriptor.pointer, 0, &handle, &info, $0)
        }
        guard let handle = unsafe handle else {
            throw BackendError(status: -11, place: "prepare", message: "it gave no operation")
        }
        let facts = unsafe ExecutionInfo(
            kernel: text(info.kernel), executedOn: text(info.executed_on),
            math: DType(rawValue: info.math_dtype),
            accumulate: DType(rawValue: info.accumulate_dtype),
            packedBytes: Bytes(info.packed_bytes), workspaceBytes: Bytes(info.workspace_bytes),
            setupSeconds: info.setup_s)
        return unsafe (handle, facts)
    }
}
