internal import AssayABI
internal import CPUSIMDKernels

/// `Gather`: slices along an axis.
final class Gather: Operator {
    private let request: Request
    private let type: StoredType
    private let isWide: Bool
    private let count: Int
    private let shape: cpusimd_axis

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        try request.expect(inputs: 2...2, outputs: 1)
        self.request = request
        let data = try request.input(0, "data")
        let indices = try request.input(1, "indices")
        type = try request.stored(data, "data")
        isWide = try request.isWide(indices, "indices")
        let axis = try request.axis(
            try request.int("axis", default: 0), rank: data.extents.count, "axis")
        let extents = data.extents[..<axis] + indices.extents + data.extents[(axis + 1)...]
        try request.expect(
            try request.output(0, "output"), "output",
            is: .init(dtype: data.dtype, extents: Array(extents)))
        shape = data.extents.split(axis..<axis + 1)
        count = indices.count
    }

    var kernel: String { "gather-\(type.name)" }

    func run(_ call: borrowing Call) throws(Failure) {
        let indices = unsafe cpusimd_indices(start: call.input(1), wide: isWide ? 1 : 0)
        let outside = unsafe cpusimd_gather_run(
            call.pool, indices, UInt64(count), shape.outer, shape.n,
            shape.inner * UInt64(type.bytes), call.input(0), call.output(0))
        try request.check(outside: outside, "indices")
    }
}

extension Request {
    /// How indices look up single elements along an axis of data; throws where they do not fit.
    func lookup(_ data: Tensor, _ indices: Tensor, axis: Int) throws(Failure) -> cpusimd_lookup {
        let fits =
            indices.extents.count == data.extents.count
            && indices.extents.indices.allSatisfy {
                $0 == axis || indices.extents[$0] <= data.extents[$0]
            }
        guard fits else {
            throw .invalid(
                "\(name)'s indices \(indices.extents) do not fit into its data \(data.extents)")
        }
        var shape = cpusimd_lookup()
        shape.rank = UInt32(data.extents.count)
        shape.axis = UInt32(axis)
        shape.extent = UInt64(data.extents[axis])
        for (index, step) in data.extents.denseSteps.enumerated() {
            Movement.set(&shape.dims, index, indices.extents[index])
            Movement.set(&shape.steps, index, step)
        }
        return shape
    }

    /// How tuples of indices name slices of data behind `batch` common dimensions.
    func tuples(_ data: Tensor, _ indices: Tensor, batch: Int) throws(Failure) -> cpusimd_tuples {
        guard let length = indices.extents.last, batch >= 0,
            batch < min(data.extents.count, indices.extents.count), length >= 1,
            length <= data.extents.count - batch,
            data.extents[..<batch] == indices.extents[..<batch]
        else {
            throw .invalid("\(name)'s indices \(indices.extents) do not index \(data.extents)")
        }
        var shape = cpusimd_tuples()
        shape.batches = UInt64(data.extents[..<batch].reduce(1, *))
        shape.tuples = UInt64(indices.extents[batch...].dropLast().reduce(1, *))
        shape.length = UInt64(length)
        shape.slice = UInt64(data.extents[(batch + length)...].reduce(1, *))
        shape.part = UInt64(data.extents[batch...].reduce(1, *))
        let steps = data.extents.denseSteps
        for index in 0..<length {
            Movement.set(&shape.extents, index, data.extents[batch + index])
            Movement.set(&shape.steps, index, steps[batch + index])
        }
        return shape
    }
}

/// `GatherElements`: single elements along an axis.
final class GatherElements: Operator {
    private let request: Request
    private let type: StoredType
    private let isWide: Bool
    private var shape: cpusimd_lookup

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        try request.expect(inputs: 2...2, outputs: 1)
        self.request = request
        let data = try request.input(0, "data")
        let indices = try request.input(1, "indices")
        type = try request.stored(data, "data")
        isWide = try request.isWide(indices, "indices")
        let axis = try request.axis(
            try request.int("axis", default: 0), rank: data.extents.count, "axis")
        shape = try request.lookup(data, indices, axis: axis)
        try request.expect(
            try request.output(0, "output"), "output",
            is: .init(dtype: data.dtype, extents: indices.extents))
    }

    var kernel: String { "gatherelements-\(type.name)" }

    func run(_ call: borrowing Call) throws(Failure) {
        let indices = unsafe cpusimd_indices(start: call.input(1), wide: isWide ? 1 : 0)
        let outside = unsafe cpusimd_gather_elements_run(
            call.pool, indices, &shape, UInt64(type.bytes), call.input(0), call.output(0))
        try request.check(outside: outside, "indices")
    }
}

/// `GatherND`: slices that tuples of indices name.
final class GatherND: Operator {
    private let request: Request
    private let type: StoredType
    private var shape: cpusimd_tuples

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        try request.expect(inputs: 2...2, outputs: 1)
        self.request = request
        let data = try request.input(0, "data")
        let indices = try request.input(1, "indices")
        type = try request.stored(data, "data")
        guard indices.dtype == ASSAY_I64 else { throw .invalid("GatherND's indices must be i64") }
        let batch = try request.int("batch_dims", default: 0)
        shape = try request.tuples(data, indices, batch: batch)
        let kept = data.extents[(batch + Int(shape.length))...]
        try request.expect(
            try request.output(0, "output"), "output",
            is: .init(dtype: data.dtype, extents: indices.extents.dropLast() + kept))
    }

    var kernel: String { "gathernd-\(type.name)" }

    func run(_ call: borrowing Call) throws(Failure) {
        let outside = unsafe cpusimd_gather_tuples_run(
            call.pool, call.input(1).assumingMemoryBound(to: Int64.self), &shape,
            UInt64(type.bytes), call.input(0), call.output(0))
        try request.check(outside: outside, "indices")
    }
}
