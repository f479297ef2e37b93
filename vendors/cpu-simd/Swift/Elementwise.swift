internal import AssayABI
internal import CPUSIMDKernels

/// Operators of one input and one output of the same shape.
final class Unary: Operator {
    /// What differs between them.
    private struct Row {
        var operation: Int32
        var types: ElementTypes
        /// alpha and beta, with their defaults; empty where there are none.
        var attributes: [(name: String, otherwise: Double)] = []
        var givesBool = false
    }

    private static let rows: [String: Row] = [
        "Abs": Row(operation: CPUSIMD_ABS, types: .numbers),
        "BitwiseNot": Row(operation: CPUSIMD_BITWISE_NOT, types: .whole),
        "Ceil": Row(operation: CPUSIMD_CEIL, types: .floating),
        "Cos": Row(operation: CPUSIMD_COS, types: .floating),
        "Elu": Row(operation: CPUSIMD_ELU, types: .floating, attributes: [("alpha", 1)]),
        "Erf": Row(operation: CPUSIMD_ERF, types: .floating),
        "Exp": Row(operation: CPUSIMD_EXP, types: .floating),
        "Floor": Row(operation: CPUSIMD_FLOOR, types: .floating),
        "Gelu": Row(operation: CPUSIMD_GELU, types: .floating),
        "HardSwish": Row(operation: CPUSIMD_HARD_SWISH, types: .floating),
        "IsInf": Row(
            operation: CPUSIMD_IS_INF, types: .floating,
            attributes: [("detect_negative", 1), ("detect_positive", 1)], givesBool: true),
        "IsNaN": Row(operation: CPUSIMD_IS_NAN, types: .floating, givesBool: true),
        // Nearest f64 of the f32 0.01 in which ONNX keeps the default.
        "LeakyRelu": Row(
            operation: CPUSIMD_LEAKY_RELU, types: .floating,
            attributes: [("alpha", Double(Float(0.01)))]),
        "Log": Row(operation: CPUSIMD_LOG, types: .floating),
        "Neg": Row(operation: CPUSIMD_NEG, types: .signed),
        "Not": Row(operation: CPUSIMD_NOT, types: .bool),
        "Reciprocal": Row(operation: CPUSIMD_RECIPROCAL, types: .floating),
        "Relu": Row(operation: CPUSIMD_RELU, types: .signed),
        "Round": Row(operation: CPUSIMD_ROUND, types: .floating),
        "Rsqrt": Row(operation: CPUSIMD_RSQRT, types: .floating),
        "Sigmoid": Row(operation: CPUSIMD_SIGMOID, types: .floating),
        "Sign": Row(operation: CPUSIMD_SIGN, types: .numbers),
        "Silu": Row(operation: CPUSIMD_SILU, types: .floating),
        "Sin": Row(operation: CPUSIMD_SIN, types: .floating),
        "Softplus": Row(operation: CPUSIMD_SOFTPLUS, types: .floating),
        "Sqrt": Row(operation: CPUSIMD_SQRT, types: .floating),
        "Swish": Row(operation: CPUSIMD_SWISH, types: .floating, attributes: [("alpha", 1)]),
        "Tan": Row(operation: CPUSIMD_TAN, types: .floating),
        "Tanh": Row(operation: CPUSIMD_TANH, types: .floating),
    ]

    private let title: String
    private let operation: Int32
    private let type: ElementType
    private let set: InstructionSet
    private let count: Int
    private var parameters: [Double] = [0, 0]

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        guard let row = Self.rows[request.name] else {
            throw .unsupported("there is no element-wise kernel \(request.name)")
        }
        try request.expect(inputs: 1...1, outputs: 1)
        let input = try request.input(0, "input")
        type = try request.elementType(input, "input", of: row.types)
        var result = input
        if row.givesBool { result.dtype = ASSAY_BOOL }
        try request.expect(try request.output(0, "output"), "output", is: result)
        for (index, attribute) in row.attributes.enumerated() {
            parameters[index] = try request.float(attribute.name, default: attribute.otherwise)
        }
        var operation = row.operation
        if request.name == "Gelu" {
            switch try request.string("approximate", default: "none") {
            case "none": break
            case "tanh": operation = CPUSIMD_GELU_TANH
            case let other:
                throw .invalid("Gelu's approximate must be none or tanh, not '\(other)'")
            }
        }
        title = request.name.lowercased()
        self.operation = operation
        count = input.count
        set = engine.limit
    }

    var numeric: Numeric? { type.numeric }
    var kernel: String { "\(title)-\(type.name)-\(set.name)" }

    func run(_ call: borrowing Call) throws(Failure) {
        if count == 0 { return }
        unsafe cpusimd_unary_run(
            call.pool, type.kernels(set), operation, call.input(0), call.output(0), UInt64(count),
            parameters)
    }
}

/// `Clip`: its limits are inputs of one element, and may change from run to run.
final class Clip: Operator {
    private let type: ElementType
    private let set: InstructionSet
    private let count: Int
    private let hasLeast: Bool
    private let hasMost: Bool

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        try request.expect(inputs: 1...3, outputs: 1)
        let input = try request.input(0, "input")
        type = try request.elementType(input, "input", of: .numbers)
        hasLeast = request.inputs.count > 1 && request.inputs[1] != nil
        hasMost = request.inputs.count > 2 && request.inputs[2] != nil
        for (index, label) in [(1, "min"), (2, "max")] where index < request.inputs.count {
            guard let limit = request.inputs[index] else { continue }
            guard limit.dtype == input.dtype, limit.count == 1 else {
                throw .invalid("Clip's \(label) must be one element of the type of its input")
            }
        }
        try request.expect(try request.output(0, "output"), "output", is: input)
        count = input.count
        set = engine.limit
    }

    var numeric: Numeric? { type.numeric }
    var kernel: String { "clip-\(type.name)-\(set.name)" }

    func run(_ call: borrowing Call) throws(Failure) {
        if count == 0 { return }
        // f64 holds no i64 beyond 2^53; minimum and maximum do without.
        if type == .i64 {
            try clipByPairs(call)
            return
        }
        let parameters = [
            unsafe hasLeast ? cpusimd_value(type.rawValue, call.input(1)) : lowest,
            unsafe hasMost ? cpusimd_value(type.rawValue, call.input(2)) : highest,
        ]
        unsafe cpusimd_unary_run(
            call.pool, type.kernels(set), CPUSIMD_CLIP, call.input(0), call.output(0),
            UInt64(count), parameters)
    }

    private var lowest: Double {
        switch type {
        case .i32: Double(Int32.min)
        case .i8: Double(Int8.min)
        case .u8: 0
        default: -.infinity
        }
    }

    private var highest: Double {
        switch type {
        case .i32: Double(Int32.max)
        case .i8: Double(Int8.max)
        case .u8: Double(UInt8.max)
        default: .infinity
        }
    }

    private func clipByPairs(_ call: borrowing Call) throws(Failure) {
        var shape = Spread(extents: [count], inputs: [[count], [1]]).merged
        var source = unsafe call.input(0)
        let limits: [(Bool, Int, Int32)] = [
            (hasLeast, 1, CPUSIMD_MAX), (hasMost, 2, CPUSIMD_MIN),
        ]
        for (isGiven, index, operation) in limits where isGiven {
            unsafe cpusimd_binary_run(
                call.pool, type.kernels(set), operation, &shape, source, call.input(index),
                call.output(0))
            unsafe source = UnsafeRawPointer(call.output(0))
        }
        if !hasLeast, !hasMost {
            unsafe call.output(0).copyMemory(from: source, byteCount: count * type.bytes)
        }
    }
}
