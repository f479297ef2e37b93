internal import CPUSIMDKernels

/// `Concat`: each input in turn into its part of the output.
final class Concat: Operator {
    private let type: StoredType
    private var parts: [cpusimd_move] = []
    /// The output's element where each input begins.
    private var starts: [Int] = []

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        try request.expect(inputs: 1...max(request.inputs.count, 1), outputs: 1)
        let first = try request.input(0, "inputs")
        type = try request.stored(first, "inputs")
        let axis = try request.axis(try request.int("axis"), rank: first.extents.count, "axis")
        var extents = first.extents
        extents[axis] = 0
        var inputs: [[Int]] = []
        for index in request.inputs.indices {
            let input = try request.input(index, "inputs")
            var wanted = first.extents
            if input.extents.count == wanted.count { wanted[axis] = input.extents[axis] }
            try request.expect(input, "inputs", is: .init(dtype: first.dtype, extents: wanted))
            extents[axis] += wanted[axis]
            inputs.append(wanted)
        }
        try request.expect(
            try request.output(0, "concat_result"), "concat_result",
            is: .init(dtype: first.dtype, extents: extents))
        let steps = extents.denseSteps
        var start = 0
        for input in inputs {
            parts.append(
                Movement(dims: input, from: input.denseSteps, to: steps).simplified(
                    bytes: type.bytes))
            starts.append(start * steps[axis])
            start += input[axis]
        }
    }

    var kernel: String { "concat-\(type.name)" }

    func run(_ call: borrowing Call) throws(Failure) {
        for index in parts.indices {
            let target = unsafe call.output(0) + starts[index] * type.bytes
            unsafe cpusimd_move_run(call.pool, &parts[index], call.input(index), target)
        }
    }
}

/// `Split`: each output is a part of the input.
final class Split: Operator {
    private let type: StoredType
    private var parts: [cpusimd_move] = []
    private var starts: [Int] = []

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        let wanted = (request.outputs.lastIndex { $0 != nil } ?? 0) + 1
        try request.expect(inputs: 1...2, outputs: wanted)
        let input = try request.input(0, "input")
        type = try request.stored(input, "input")
        let axis = try request.axis(
            try request.int("axis", default: 0), rank: input.extents.count, "axis")
        let steps = input.extents.denseSteps
        var start = 0
        for index in 0..<wanted {
            let output = try request.output(index, "outputs")
            var extents = input.extents
            if output.extents.count == extents.count { extents[axis] = output.extents[axis] }
            try request.expect(output, "outputs", is: .init(dtype: input.dtype, extents: extents))
            parts.append(Movement(dims: extents, from: steps).simplified(bytes: type.bytes))
            starts.append(start * steps[axis])
            start += extents[axis]
        }
        guard start == input.extents[axis] else {
            throw .invalid(
                "Split's outputs have \(start) of \(input.extents[axis]) positions of axis \(axis)")
        }
    }

    var kernel: String { "split-\(type.name)" }

    func run(_ call: borrowing Call) throws(Failure) {
        for index in parts.indices {
            let source = unsafe call.input(0) + starts[index] * type.bytes
            unsafe cpusimd_move_run(call.pool, &parts[index], source, call.output(index))
        }
    }
}

/// `Trilu`: matrices with one triangle set to zero.
final class Trilu: Operator {
    private let request: Request
    private let type: StoredType
    private let extents: [Int]
    private let isUpper: Bool
    private var diagonal = 0

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        try request.expect(inputs: 1...2, outputs: 1)
        let input = try request.input(0, "input")
        type = try request.stored(input, "input")
        guard input.extents.count >= 2 else {
            throw .invalid("Trilu's input must have at least 2 dimensions")
        }
        try request.expect(try request.output(0, "output"), "output", is: input)
        isUpper = try request.int("upper", default: 1) != 0
        extents = input.extents
        self.request = request
    }

    var kernel: String { "trilu-\(type.name)" }

    func prepare(constants: Constants) throws(Failure) {
        guard let given = try request.integers(1, "k", constants) else { return }
        guard given.count == 1 else { throw .invalid("Trilu's k must be one number") }
        diagonal = given[0]
    }

    func run(_ call: borrowing Call) throws(Failure) {
        unsafe cpusimd_trilu_run(
            call.pool, UInt64(type.bytes), UInt64(extents.dropLast(2).reduce(1, *)),
            UInt64(extents[extents.count - 2]), UInt64(extents[extents.count - 1]),
            Int64(diagonal), isUpper ? 1 : 0, call.input(0), call.output(0))
    }
}
