internal import CPUSIMDKernels

/// A copy of elements from one tensor into another, dimension by dimension.
struct Movement {
    /// The extents that are walked through, in the order of the output.
    var dims: [Int]
    /// Elements to step in the input and in the output.
    var from: [Int]
    var to: [Int]

    init(dims: [Int], from: [Int], to: [Int]? = nil) {
        precondition(dims.count == from.count && dims.count <= Int(CPUSIMD_MOVE_RANK))
        self.dims = dims
        self.from = from
        self.to = to ?? dims.denseSteps
    }

    /// What the C kernel wants to be told.
    func simplified(bytes: Int) -> cpusimd_move {
        var shape = cpusimd_move()
        shape.rank = UInt32(dims.count)
        shape.bytes = UInt64(bytes)
        for index in dims.indices {
            Self.set(&shape.dims, index, dims[index])
            Self.set(&shape.from, index, from[index])
            Self.set(&shape.to, index, to[index])
        }
        unsafe cpusimd_move_simplify(&shape)
        return shape
    }

    /// Writes one of the 64-bit elements of an array that C declares in a struct.
    static func set<Tuple>(_ tuple: inout Tuple, _ index: Int, _ value: Int) {
        unsafe withUnsafeMutableBytes(of: &tuple) {
            unsafe $0.storeBytes(of: Int64(value), toByteOffset: index * 8, as: Int64.self)
        }
    }
}

extension [Int] {
    /// Elements to step in each dimension of a dense tensor of these extents.
    var denseSteps: [Int] {
        var steps = [Int](repeating: 0, count: count)
        var step = 1
        for index in indices.reversed() {
            steps[index] = step
            step *= self[index]
        }
        return steps
    }

    var product: Int { reduce(1, *) }
}

/// `Identity`, and operators that give the same elements another shape.
final class Copy: Operator {
    private let title: String
    private var shape: cpusimd_move

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        let hasShape = ["Reshape", "Squeeze", "Unsqueeze"].contains(request.name)
        try request.expect(inputs: 1...(hasShape ? 2 : 1), outputs: 1)
        let input = try request.input(0, "data")
        let type = try request.stored(input, "data")
        let output = try request.output(0, "output")
        guard output.dtype == input.dtype, output.count == input.count,
            request.name != "Identity" || output.extents == input.extents,
            request.name != "Flatten" || output.extents.count == 2
        else {
            throw .invalid(
                "\(request.name)'s output must have the type and the \(input.count) elements of "
                    + "its data")
        }
        title = "\(request.name.lowercased())-\(type.name)"
        shape = Movement(dims: [input.count], from: [1]).simplified(bytes: type.bytes)
    }

    var kernel: String { title }

    func run(_ call: borrowing Call) throws(Failure) {
        unsafe cpusimd_move_run(call.pool, &shape, call.input(0), call.output(0))
    }
}

/// Operators that walk through their input in another order, or through a part of it.
final class Move: Operator {
    private let request: Request
    private let type: StoredType
    private let input: Request.Tensor
    private let output: Request.Tensor
    private var shape = cpusimd_move()
    /// The input's element that comes first.
    private var first = 0

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        let inputs = ["Slice": 5, "Expand": 2, "Tile": 2][request.name] ?? 1
        try request.expect(inputs: 1...inputs, outputs: 1)
        self.request = request
        input = try request.input(0, "data")
        output = try request.output(0, "output")
        type = try request.stored(input, "data")
        guard output.dtype == input.dtype else {
            throw .invalid("\(request.name)'s output must have the type of its data")
        }
        if request.name == "Slice" { return }
        let movement: Movement =
            switch request.name {
            case "Transpose": try Self.transposed(request, input)
            case "Expand": try Self.expanded(request, input, output)
            case "Tile": try Self.tiled(request, input, output)
            default: try Self.blocked(request, input)
            }
        try finish(movement)
    }

    var kernel: String { "\(request.name.lowercased())-\(type.name)" }

    func prepare(constants: Constants) throws(Failure) {
        if request.name == "Slice" { try finish(try sliced(constants)) }
        if request.name == "Tile", let repeats = try request.integers(1, "repeats", constants) {
            let wanted = zip(input.extents, repeats).map { $0 * $1 }
            guard repeats.count == input.extents.count, wanted == output.extents else {
                throw .invalid("Tile's output must have extents \(wanted)")
            }
        }
    }

    private func finish(_ movement: Movement) throws(Failure) {
        guard movement.dims.product == output.count else {
            throw .invalid(
                "\(request.name)'s output has \(output.count) elements; it must have "
                    + "\(movement.dims.product)")
        }
        shape = movement.simplified(bytes: type.bytes)
    }

    func run(_ call: borrowing Call) throws(Failure) {
        if output.count == 0 { return }
        let start = unsafe call.input(0) + first * type.bytes
        unsafe cpusimd_move_run(call.pool, &shape, start, call.output(0))
    }
}

// MARK: - Orders

extension Move {
    private static func transposed(
        _ request: Request, _ input: Request.Tensor
    ) throws(Failure) -> Movement {
        let rank = input.extents.count
        let given = try request.ints("perm")
        let order = given.isEmpty ? Array((0..<rank).reversed()) : given
        guard order.sorted() == Array(0..<rank) else {
            throw .invalid("Transpose's perm \(order) must name each of \(rank) axes once")
        }
        let extents = order.map { input.extents[$0] }
        try request.expect(
            try request.output(0, "transposed"), "transposed",
            is: .init(dtype: input.dtype, extents: extents))
        let steps = input.extents.denseSteps
        return Movement(dims: extents, from: order.map { steps[$0] })
    }

    private static func expanded(
        _ request: Request, _ input: Request.Tensor, _ output: Request.Tensor
    ) throws(Failure) -> Movement {
        let missing = output.extents.count - input.extents.count
        guard missing >= 0 else {
            throw .invalid("Expand's output has fewer dimensions than its input")
        }
        let own = Array(repeating: 1, count: missing) + input.extents
        let steps = own.denseSteps
        var from: [Int] = []
        for (index, extent) in own.enumerated() {
            guard extent == output.extents[index] || extent == 1 else {
                throw .invalid(
                    "Expand's input \(input.extents) does not broadcast to \(output.extents)")
            }
            from.append(extent == 1 ? 0 : steps[index])
        }
        return Movement(dims: output.extents, from: from)
    }

    private static func tiled(
        _ request: Request, _ input: Request.Tensor, _ output: Request.Tensor
    ) throws(Failure) -> Movement {
        guard output.extents.count == input.extents.count else {
            throw .invalid("Tile's output must have as many dimensions as its input")
        }
        // Each dimension is split into the repetition, which moves nothing, and the position.
        let steps = input.extents.denseSteps
        var movement = Movement(dims: [], from: [])
        for (index, extent) in input.extents.enumerated() {
            let whole = output.extents[index]
            guard extent == 0 ? whole == 0 : whole % extent == 0 else {
                throw .invalid(
                    "Tile's output extent \(whole) must be a multiple of its input's \(extent)")
            }
            movement.dims += [extent == 0 ? 0 : whole / extent, extent]
            movement.from += [0, steps[index]]
        }
        movement.to = movement.dims.denseSteps
        return movement
    }

    private static func blocked(
        _ request: Request, _ input: Request.Tensor
    ) throws(Failure) -> Movement {
        let shape = input.extents
        let block = try request.int("blocksize")
        guard shape.count == 4, block >= 1, block <= 1 << 20 else {
            throw .invalid("\(request.name) needs 4 dimensions and a blocksize from 1 to 1048576")
        }
        let output = try request.output(0, "output")
        let plane = shape[2] * shape[3]
        if request.name == "SpaceToDepth" {
            guard shape[2] % block == 0, shape[3] % block == 0 else {
                throw .invalid("SpaceToDepth's extents must be multiples of its blocksize")
            }
            let (rows, columns) = (shape[2] / block, shape[3] / block)
            try request.expect(
                output, "output",
                is: .init(
                    dtype: input.dtype,
                    extents: [shape[0], shape[1] * block * block, rows, columns]
                ))
            return Movement(
                dims: [shape[0], block, block, shape[1], rows, columns],
                from: [shape[1] * plane, shape[3], 1, plane, block * shape[3], block])
        }
        guard shape[1] % (block * block) == 0 else {
            throw .invalid("DepthToSpace's channels must be a multiple of its squared blocksize")
        }
        let depth = shape[1] / (block * block)
        try request.expect(
            output, "output",
            is: .init(
                dtype: input.dtype, extents: [shape[0], depth, shape[2] * block, shape[3] * block]))
        let mode = try request.string("mode", default: "DCR")
        guard mode == "DCR" || mode == "CRD" else {
            throw .invalid("DepthToSpace's mode must be DCR or CRD, not '\(mode)'")
        }
        let (channel, cell) =
            mode == "DCR" ? (plane, depth * plane) : (block * block * plane, plane)
        return Movement(
            dims: [shape[0], depth, shape[2], block, shape[3], block],
            from: [shape[1] * plane, channel, shape[3], block * cell, 1, cell])
    }
}

// MARK: - Slice

extension Move {
    private func sliced(_ constants: Constants) throws(Failure) -> Movement {
        let extents = input.extents
        let starts = try request.integers(1, "starts", constants) ?? []
        let ends = try request.integers(2, "ends", constants) ?? []
        let given = try request.integers(3, "axes", constants) ?? Array(starts.indices)
        let steps = try request.integers(4, "steps", constants) ?? starts.map { _ in 1 }
        guard starts.count == ends.count, starts.count == given.count, starts.count == steps.count,
            !steps.contains(0)
        else {
            throw .invalid(
                "Slice's starts, ends, axes and steps must be as many, and no step 0")
        }
        var movement = Movement(dims: extents, from: extents.denseSteps)
        for (entry, axis) in try request.axes(given, rank: extents.count, "axes").enumerated() {
            let cut = Self.cut(
                start: starts[entry], end: ends[entry], step: steps[entry], extent: extents[axis])
            first += cut.start * movement.from[axis]
            movement.from[axis] *= cut.step
            movement.dims[axis] = cut.count
        }
        movement.to = movement.dims.denseSteps
        guard movement.dims == output.extents else {
            throw .invalid("Slice's output must have extents \(movement.dims)")
        }
        return movement
    }

    /// Clamps as ONNX says: a walk forward to [0, extent], one backward to [-1, extent - 1].
    private static func cut(
        start: Int, end: Int, step: Int, extent: Int
    ) -> (start: Int, step: Int, count: Int) {
        func clamped(_ value: Int) -> Int {
            let position = value < 0 ? value &+ extent : value
            return step > 0 ? min(max(position, 0), extent) : min(max(position, -1), extent - 1)
        }
        let (first, last) = (clamped(start), clamped(end))
        let distance = step > 0 ? last - first : first - last
        if distance <= 0 { return (0, 1, 0) }
        let count = Int((UInt(distance) - 1) / step.magnitude) + 1
        // A step beyond the extent keeps one position; a huge one would overflow offsets.
        return (first, count == 1 ? 0 : step, count)
    }
}
