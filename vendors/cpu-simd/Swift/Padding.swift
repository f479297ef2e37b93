internal import AssayABI
internal import CPUSIMDKernels

/// Where each position of an output comes from, dimension by dimension.
@safe final class LookupTables {
    @unsafe let tables: OpaquePointer

    /// - Parameters:
    ///   - entries: for each dimension the position of the input, or -1 for the fill value.
    ///   - bytes: of an element.
    init(_ entries: [[Int]], input: [Int], bytes: Int) throws(Failure) {
        let steps = input.denseSteps
        var dims = entries.indices.map { UInt64(entries[$0].count) }
        // Dimensions at the end that stay as they are move as one block.
        var block = 1
        while let last = dims.indices.last, last > 0,
            entries[last] == Array(0..<input[last]), input[last] > 0
        {
            block *= input[last]
            dims.removeLast()
        }
        let flat = dims.indices.flatMap { axis in
            entries[axis].map { Int64($0 < 0 ? -1 : $0 * steps[axis]) }
        }
        let made = unsafe cpusimd_tables_create(
            UInt32(dims.count), dims, flat, UInt64(bytes), UInt64(block))
        guard let made = unsafe made else {
            throw .noMemory("there is no memory for \(flat.count) positions")
        }
        unsafe tables = made
    }

    deinit { unsafe cpusimd_tables_destroy(tables) }
}

/// `Pad`: every mode is a table of positions for each dimension.
final class Pad: Operator {
    private let request: Request
    private let type: StoredType
    private let input: Request.Tensor
    private let output: Request.Tensor
    private let mode: String
    private var tables: LookupTables?

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        try request.expect(inputs: 2...4, outputs: 1)
        self.request = request
        input = try request.input(0, "data")
        output = try request.output(0, "output")
        type = try request.stored(input, "data")
        mode = try request.string("mode", default: "constant")
        guard ["constant", "reflect", "edge", "wrap"].contains(mode) else {
            throw .invalid("Pad's mode must be constant, reflect, edge or wrap, not '\(mode)'")
        }
        if let value = request.optional(2) {
            guard value.dtype == input.dtype, value.count == 1 else {
                throw .invalid("Pad's constant_value must be one element of the type of its data")
            }
        }
        guard output.dtype == input.dtype, output.extents.count == input.extents.count else {
            throw .invalid("Pad's output must have the type and as many dimensions as its data")
        }
    }

    var kernel: String { "pad-\(mode)-\(type.name)" }

    func prepare(constants: Constants) throws(Failure) {
        let rank = input.extents.count
        let pads = try request.integers(1, "pads", constants) ?? []
        let given = try request.integers(3, "axes", constants) ?? Array(0..<rank)
        guard pads.count == 2 * given.count else {
            throw .invalid("Pad's pads must have two entries for each of \(given.count) axes")
        }
        guard rank > 0 else { return }
        var before = [Int](repeating: 0, count: rank)
        var after = before
        for (entry, axis) in try request.axes(given, rank: rank, "axes").enumerated() {
            before[axis] = pads[entry]
            after[axis] = pads[entry + given.count]
        }
        var entries: [[Int]] = []
        for axis in 0..<rank {
            let extent = input.extents[axis]
            let largest = max(before[axis], after[axis])
            guard extent &+ before[axis] &+ after[axis] == output.extents[axis] else {
                throw .invalid("Pad's output does not fit its pads along axis \(axis)")
            }
            guard mode == "constant" || largest <= 0 || extent > (mode == "reflect" ? largest : 0)
            else {
                throw .invalid("Pad's axis \(axis) has too few elements for mode '\(mode)'")
            }
            entries.append((0..<output.extents[axis]).map { source($0 - before[axis], extent) })
        }
        tables = try LookupTables(entries, input: input.extents, bytes: type.bytes)
    }

    /// The position of an extent that stands at a position before, in or after it.
    private func source(_ position: Int, _ extent: Int) -> Int {
        if position >= 0, position < extent { return position }
        switch mode {
        case "edge": return position < 0 ? 0 : extent - 1
        case "reflect": return position < 0 ? -position : 2 * (extent - 1) - position
        case "wrap":
            let remainder = position % extent
            return remainder < 0 ? remainder + extent : remainder
        default: return -1
        }
    }

    func run(_ call: borrowing Call) throws(Failure) {
        if output.count == 0 { return }
        guard let tables else {
            unsafe call.output(0).copyMemory(from: call.input(0), byteCount: type.bytes)
            return
        }
        var zero: UInt64 = 0
        if request.optional(2) != nil {
            let value = unsafe call.input(2)
            unsafe withUnsafeMutableBytes(of: &zero) {
                unsafe $0.copyMemory(
                    from: UnsafeRawBufferPointer(start: value, count: type.bytes))
            }
        }
        unsafe cpusimd_tables_run(call.pool, tables.tables, call.input(0), call.output(0), &zero)
    }
}
