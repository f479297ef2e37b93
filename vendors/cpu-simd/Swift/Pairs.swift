internal import AssayABI
internal import CPUSIMDKernels

/// Operators of inputs that are broadcast against each other, element by element.
final class Binary: Operator {
    /// What differs between them.
    private struct Row {
        var operation: Int32
        var types: ElementTypes
        var givesBool = false
        /// Whether any number of inputs from one on is taken together.
        var isVariadic = false
        /// The formal names of the inputs and the output.
        var labels = ["A", "B", "C"]
        /// Whether the second input must broadcast to the first.
        var isOneSided = false
    }

    private static func gradient(_ operation: Int32, of second: String) -> Row {
        Row(operation: operation, types: .floating, labels: ["dY", second, "dX"])
    }

    private static let rows: [String: Row] = [
        "Add": Row(operation: CPUSIMD_SUM, types: .numbers),
        "And": Row(operation: CPUSIMD_AND, types: .bool),
        "BitShift": Row(
            operation: CPUSIMD_SHIFT_LEFT, types: .bytes, labels: ["X", "Y", "Z"]),
        "BitwiseAnd": Row(operation: CPUSIMD_AND, types: .whole),
        "BitwiseOr": Row(operation: CPUSIMD_OR, types: .whole),
        "BitwiseXor": Row(operation: CPUSIMD_XOR, types: .whole),
        "Div": Row(operation: CPUSIMD_DIV, types: .numbers),
        "Equal": Row(operation: CPUSIMD_EQUAL, types: .all, givesBool: true),
        "GeluGrad": gradient(CPUSIMD_GELU_GRAD, of: "X"),
        "Greater": Row(operation: CPUSIMD_GREATER, types: .numbers, givesBool: true),
        "GreaterOrEqual": Row(
            operation: CPUSIMD_GREATER_OR_EQUAL, types: .numbers, givesBool: true),
        "Less": Row(operation: CPUSIMD_LESS, types: .numbers, givesBool: true),
        "LessOrEqual": Row(operation: CPUSIMD_LESS_OR_EQUAL, types: .numbers, givesBool: true),
        "Max": Row(operation: CPUSIMD_MAX, types: .numbers, isVariadic: true),
        "Min": Row(operation: CPUSIMD_MIN, types: .numbers, isVariadic: true),
        "Mod": Row(operation: CPUSIMD_MODULO, types: .numbers),
        "Mul": Row(operation: CPUSIMD_MUL, types: .numbers),
        "NotEqual": Row(operation: CPUSIMD_NOT_EQUAL, types: .all, givesBool: true),
        "Or": Row(operation: CPUSIMD_OR, types: .bool),
        "PRelu": Row(
            operation: CPUSIMD_PRELU, types: .wide, labels: ["X", "slope", "Y"], isOneSided: true),
        "Pow": Row(operation: CPUSIMD_POW, types: .wide),
        "ReluGrad": gradient(CPUSIMD_RELU_GRAD, of: "X"),
        "SigmoidGrad": gradient(CPUSIMD_SIGMOID_GRAD, of: "Y"),
        "SiluGrad": gradient(CPUSIMD_SILU_GRAD, of: "X"),
        "Sub": Row(operation: CPUSIMD_SUB, types: .numbers),
        "TanhGrad": gradient(CPUSIMD_TANH_GRAD, of: "Y"),
        "Xor": Row(operation: CPUSIMD_XOR, types: .bool),
    ]

    private let title: String
    private let operation: Int32
    private let type: ElementType
    private let set: InstructionSet
    private let count: Int
    private let isSingle: Bool
    /// One for the first two inputs, one for what they gave and each further input.
    private var shapes: [cpusimd_spread]

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        guard let row = Self.rows[request.name] else {
            throw .unsupported("there is no kernel \(request.name) of two inputs")
        }
        try request.expect(inputs: row.isVariadic ? 1...1024 : 2...2, outputs: 1)
        let labels = request.inputs.indices.map { row.isVariadic ? "input \($0)" : row.labels[$0] }
        let first = try request.input(0, labels[0])
        type = try request.elementType(first, labels[0], of: row.types)
        var inputs: [[Int]] = []
        for (index, label) in labels.enumerated() {
            let tensor = try request.input(index, label)
            guard tensor.dtype == first.dtype else {
                let rule =
                    "\(request.name)'s \(label) must have the element type of its \(labels[0])"
                // Pow of two types is ONNX's, and not here.
                throw request.name == "Pow" ? .unsupported(rule + " here") : .invalid(rule)
            }
            inputs.append(tensor.extents)
        }
        guard let extents = Spread.extents(of: inputs) else {
            let shapes = zip(labels, inputs).map { "\($0) \($1)" }.joined(separator: " and ")
            throw .invalid("\(request.name)'s \(shapes) do not broadcast")
        }
        guard !row.isOneSided || extents == inputs[0] else {
            throw .invalid("\(request.name)'s \(labels[1]) must broadcast to its \(labels[0])")
        }
        let result = Request.Tensor(
            dtype: row.givesBool ? ASSAY_BOOL : first.dtype, extents: extents)
        let label = row.isVariadic ? "output" : row.labels[2]
        try request.expect(try request.output(0, label), label, is: result)
        // A single input is the maximum with itself.
        isSingle = inputs.count == 1
        if isSingle { inputs.append(inputs[0]) }
        shapes = [Spread(extents: extents, inputs: Array(inputs[..<2])).merged]
        shapes += inputs[2...].map { Spread(extents: extents, inputs: [extents, $0]).merged }
        title = request.name.lowercased()
        operation = try Self.variant(row.operation, request, type)
        count = result.count
        set = engine.limit
    }

    /// The kernel that attributes choose.
    private static func variant(
        _ operation: Int32, _ request: Request, _ type: ElementType
    ) throws(Failure) -> Int32 {
        switch operation {
        case CPUSIMD_GELU_GRAD:
            switch try request.string("approximate", default: "none") {
            case "none": return CPUSIMD_GELU_GRAD
            case "tanh": return CPUSIMD_GELU_TANH_GRAD
            case let other:
                throw .invalid("GeluGrad's approximate must be none or tanh, not '\(other)'")
            }
        case CPUSIMD_MODULO:
            let hasSignOfDividend = try request.int("fmod", default: 0) != 0
            guard hasSignOfDividend || type.numeric == nil else {
                throw .invalid("Mod of floating-point numbers needs fmod 1")
            }
            return hasSignOfDividend ? CPUSIMD_REMAINDER : CPUSIMD_MODULO
        case CPUSIMD_SHIFT_LEFT:
            switch try request.string("direction", default: "") {
            case "LEFT": return CPUSIMD_SHIFT_LEFT
            case "RIGHT": return CPUSIMD_SHIFT_RIGHT
            case let other:
                throw .invalid("BitShift's direction must be LEFT or RIGHT, not '\(other)'")
            }
        default: return operation
        }
    }

    var numeric: Numeric? { type.numeric }
    var kernel: String { "\(title)-\(type.name)-\(set.name)" }

    func run(_ call: borrowing Call) throws(Failure) {
        if count == 0 { return }
        unsafe cpusimd_binary_run(
            call.pool, type.kernels(set), operation, &shapes[0], call.input(0),
            call.input(isSingle ? 0 : 1), call.output(0))
        for index in shapes.indices.dropFirst() {
            unsafe cpusimd_binary_run(
                call.pool, type.kernels(set), operation, &shapes[index], call.output(0),
                call.input(index + 1), call.output(0))
        }
    }
}

/// `Where`: one input or the other, by a condition.
final class Where: Operator {
    private let type: ElementType
    private let set: InstructionSet
    private let count: Int
    private var shape: cpusimd_spread

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        try request.expect(inputs: 3...3, outputs: 1)
        let condition = try request.input(0, "condition")
        let (x, y) = (try request.input(1, "X"), try request.input(2, "Y"))
        guard condition.dtype == ASSAY_BOOL else {
            throw .invalid("Where's condition must be bool")
        }
        guard y.dtype == x.dtype else {
            throw .invalid("Where's X and Y must have the same element type")
        }
        type = try request.elementType(x, "X", of: .all)
        guard let extents = Spread.extents(of: [condition, x, y].map(\.extents)) else {
            throw .invalid(
                "Where's condition \(condition.extents), X \(x.extents) and Y \(y.extents) do not "
                    + "broadcast")
        }
        let result = Request.Tensor(dtype: x.dtype, extents: extents)
        try request.expect(try request.output(0, "output"), "output", is: result)
        shape = Spread(extents: extents, inputs: [x, y, condition].map(\.extents)).merged
        count = result.count
        set = engine.limit
    }

    var kernel: String { "where-\(type.name)-\(set.name)" }

    func run(_ call: borrowing Call) throws(Failure) {
        if count == 0 { return }
        unsafe cpusimd_where_run(
            call.pool, type.kernels(set), &shape, call.input(0), call.input(1), call.input(2),
            call.output(0))
    }
}
