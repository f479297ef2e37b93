internal import AssayABI
internal import CPUSIMDKernels

/// What scattering operators share: f16 and bf16 are added and multiplied in f32, and rounded once.
private struct ScatterArithmetic {
    let reduction: Int32
    let type: StoredType
    let set: InstructionSet
    /// Data and updates in f32; nil where they are worked on as they are.
    let wide: (data: Workspace, updates: Workspace)?
    let counts: (data: Int, updates: Int)

    init(
        _ name: String, _ type: StoredType, _ engine: Engine, data: Int, updates: Int
    ) throws(Failure) {
        let found: Int32? =
            switch name {
            case "none": CPUSIMD_SCATTER_SET
            case "add": CPUSIMD_SCATTER_ADD
            case "mul": CPUSIMD_SCATTER_MUL
            case "max": CPUSIMD_SCATTER_MAX
            case "min": CPUSIMD_SCATTER_MIN
            default: nil
            }
        guard let found else {
            throw .invalid("a reduction must be none, add, mul, max or min, not '\(name)'")
        }
        guard found == CPUSIMD_SCATTER_SET || type.isNumber else {
            throw .unsupported("updates are combined in types of numbers only, not \(type.name)")
        }
        reduction = found
        self.type = type
        set = engine.limit
        counts = (data, updates)
        wide =
            type.isHalf && found != CPUSIMD_SCATTER_SET
            ? (Workspace(bytes: data * 4), Workspace(bytes: updates * 4)) : nil
    }

    /// The type that updates are combined in.
    var combined: StoredType { wide == nil ? type : .f32 }

    private func convert(
        _ pool: OpaquePointer, _ from: StoredType, _ to: StoredType, _ source: UnsafeRawPointer,
        _ target: UnsafeMutableRawPointer, _ count: Int
    ) {
        if count == 0 { return }
        unsafe cpusimd_cast_run(
            pool, set.rawValue, from.rawValue, to.rawValue, 1, source, target, UInt64(count))
    }

    /// Copies the data (nil: zeros) to where updates go, and calls `body` with both.
    ///
    /// Gives the number of indices outside.
    func run(
        _ pool: OpaquePointer, data: UnsafeRawPointer?, updates: UnsafeRawPointer,
        output: UnsafeMutableRawPointer,
        _ body: (UnsafeRawPointer, UnsafeMutableRawPointer) -> UInt64
    ) -> UInt64 {
        let target = unsafe wide?.data.address ?? output
        if let data = unsafe data {
            unsafe convert(pool, type, combined, data, target, counts.data)
        } else {
            unsafe cpusimd_set_run(pool, target, 0, UInt64(counts.data * combined.bytes))
        }
        guard let wide else { return unsafe body(updates, target) }
        unsafe convert(pool, type, .f32, updates, wide.updates.address, counts.updates)
        let outside = unsafe body(UnsafeRawPointer(wide.updates.address), target)
        unsafe convert(pool, .f32, type, UnsafeRawPointer(target), output, counts.data)
        return outside
    }
}

/// `ScatterElements`: updates of single elements along an axis.
final class ScatterElements: Operator {
    private let request: Request
    private let arithmetic: ScatterArithmetic
    private let isWide: Bool
    private var shape: cpusimd_lookup

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        try request.expect(inputs: 3...3, outputs: 1)
        self.request = request
        let data = try request.input(0, "data")
        let indices = try request.input(1, "indices")
        isWide = try request.isWide(indices, "indices")
        let axis = try request.axis(
            try request.int("axis", default: 0), rank: data.extents.count, "axis")
        shape = try request.lookup(data, indices, axis: axis)
        try request.expect(
            try request.input(2, "updates"), "updates",
            is: .init(dtype: data.dtype, extents: indices.extents))
        try request.expect(try request.output(0, "output"), "output", is: data)
        arithmetic = try ScatterArithmetic(
            try request.string("reduction", default: "none"), try request.stored(data, "data"),
            engine, data: data.count, updates: indices.count)
    }

    var numeric: Numeric? { arithmetic.type.element?.numeric }
    var kernel: String { "scatterelements-\(arithmetic.type.name)" }

    func run(_ call: borrowing Call) throws(Failure) {
        let indices = unsafe cpusimd_indices(start: call.input(1), wide: isWide ? 1 : 0)
        let pool = unsafe call.pool
        let outside = unsafe arithmetic.run(
            pool, data: call.input(0), updates: call.input(2), output: call.output(0)
        ) { updates, target in
            unsafe cpusimd_scatter_elements_run(
                pool, arithmetic.combined.rawValue, arithmetic.reduction, indices, &shape, updates,
                target)
        }
        try request.check(outside: outside, "indices")
    }
}

/// `ScatterND` and `GatherGrad`: updates of slices.
final class ScatterSlices: Operator {
    private let request: Request
    private let arithmetic: ScatterArithmetic
    private let isWide: Bool
    private let isGradient: Bool
    private var shape: cpusimd_tuples

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        isGradient = request.name == "GatherGrad"
        try request.expect(inputs: isGradient ? 2...2 : 3...3, outputs: 1)
        self.request = request
        let output = try request.output(0, "output")
        let indices = try request.input(1, "indices")
        let first = try request.input(0, isGradient ? "Gradient" : "data")
        let updates = isGradient ? first : try request.input(2, "updates")
        let type =
            isGradient
            ? StoredType(rawValue: try request.real(first, "Gradient").rawValue)
            : try request.stored(first, "data")
        guard let type else { throw .unsupported("\(request.name) has no such element type") }
        isWide = try request.isWide(indices, "indices")
        if isGradient {
            let rows = try request.int("rows")
            let width = first.extents.dropFirst(indices.extents.count)
            guard rows >= 1, Array(first.extents.prefix(indices.extents.count)) == indices.extents
            else {
                throw .invalid("GatherGrad's Gradient must begin with its Indices' extents")
            }
            try request.expect(
                output, "DataGradient", is: .init(dtype: first.dtype, extents: [rows] + width))
            // One index names a row.
            shape = try request.tuples(
                output, .init(dtype: indices.dtype, extents: [indices.count, 1]), batch: 0)
        } else {
            guard isWide else { throw .invalid("ScatterND's indices must be i64") }
            guard let length = indices.extents.last, length >= 1, length <= first.extents.count
            else { throw .invalid("ScatterND's indices \(indices.extents) do not fit its data") }
            try request.expect(output, "output", is: first)
            let wanted = indices.extents.dropLast() + first.extents.dropFirst(length)
            try request.expect(
                updates, "updates", is: .init(dtype: first.dtype, extents: Array(wanted)))
            shape = try request.tuples(first, indices, batch: 0)
        }
        arithmetic = try ScatterArithmetic(
            isGradient ? "add" : try request.string("reduction", default: "none"), type, engine,
            data: output.count, updates: updates.count)
    }

    var numeric: Numeric? { arithmetic.type.element?.numeric }
    var kernel: String { "\(request.name.lowercased())-\(arithmetic.type.name)" }

    func run(_ call: borrowing Call) throws(Failure) {
        let indices = unsafe cpusimd_indices(start: call.input(1), wide: isWide ? 1 : 0)
        let pool = unsafe call.pool
        let data = unsafe isGradient ? nil : call.input(0)
        let outside = unsafe arithmetic.run(
            pool, data: data, updates: call.input(isGradient ? 0 : 2), output: call.output(0)
        ) { updates, target in
            unsafe cpusimd_scatter_tuples_run(
                pool, arithmetic.combined.rawValue, arithmetic.reduction, indices, &shape, updates,
                target)
        }
        try request.check(outside: outside, "indices")
    }
}
