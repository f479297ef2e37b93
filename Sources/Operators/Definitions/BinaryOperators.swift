import Model

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What differs between element-wise operators of two broadcast inputs.
struct BinaryFunction: Sendable {
    let name: String
    var domain = ""
    var since = 14
    /// The formal names of the inputs and the output.
    var names = ["A", "B", "C"]
    var type = TypeParameter.number
    /// The type of the second input, where it may differ from the first's.
    var secondType: TypeParameter?
    var attributes: [FormalAttribute] = []
    var firstGenerated = FormalTensor.Domain.anyNumber
    var secondGenerated = FormalTensor.Domain.anyNumber
    /// The error of a good implementation in units of roundoff, per unit of `magnitude`; 0: exact.
    var error = 0.0
    let value: @Sendable (Double, Double) -> Double
    /// The function where attributes choose it; nil: `value`.
    var variant: (@Sendable (Operation) -> @Sendable (Double, Double) -> Double)?
    /// What the error is relative to, from arguments and result.
    var magnitude: @Sendable (Double, Double, Double) -> Double = { _, _, y in abs(y) }
    /// What `magnitude` is, for the words of the tolerance.
    var magnitudeText = "|y|"
    /// What rounding the arguments changes, in units of roundoff.
    var sensitivity: @Sendable (Double, Double, Double) -> Double = { _, _, y in abs(y) }
    /// The same function of integers of a type; nil: `value` decides about them as well.
    var integer: (@Sendable (Int64, Int64, DType, Operation) -> Int64)?
    /// Whether the result is a truth value: `value` is then 0 or 1.
    var isTruth = false
    /// Elementary operations for each output.
    var operations = 1
    /// Why attributes break a rule, as an error's detail; nil: they keep it.
    var refusal: @Sendable (Operation) -> String? = { _ in nil }
}

private let arithmeticFunctions: [BinaryFunction] = [
    BinaryFunction(
        name: "Add", error: 1, value: { $0 + $1 }, sensitivity: { a, b, _ in abs(a) + abs(b) },
        integer: { a, b, type, _ in type.wrapped(a &+ b) }),
    BinaryFunction(
        name: "Sub", error: 1, value: { $0 - $1 }, sensitivity: { a, b, _ in abs(a) + abs(b) },
        integer: { a, b, type, _ in type.wrapped(a &- b) }),
    BinaryFunction(
        name: "Mul", error: 1, value: { $0 * $1 }, sensitivity: { _, _, y in 2 * abs(y) },
        integer: { a, b, type, _ in type.wrapped(a &* b) }),
    // Twice the 2.5 ulp that OpenCL C allows for division in single precision.
    BinaryFunction(
        name: "Div", secondGenerated: divisors, error: 5, value: { $0 / $1 },
        sensitivity: { _, _, y in 2 * abs(y) },
        integer: { a, b, type, _ in quotient(a, b, type) }),
    // Twice OpenCL C's 16 ulp. Magnitudes as bases: a negative one has no real power in general.
    BinaryFunction(
        name: "Pow", since: 15, names: ["X", "Y", "Z"],
        type: TypeParameter("T", DType.reals + [.i64, .i32]),
        secondType: TypeParameter.number.named("T1"), firstGenerated: .of(bases),
        secondGenerated: .of(exponents), error: 32, value: { pow($0, $1) },
        sensitivity: { a, b, y in abs(y) * (abs(b) + abs(b * log(abs(a)))) }, integer: power),
    BinaryFunction(
        name: "Mod", since: 13, attributes: [FormalAttribute("fmod", .int(0), least: 0)],
        secondGenerated: divisors, value: { fmod($0, $1) },
        sensitivity: { a, b, y in abs(a) + abs(b) + abs(y) },
        integer: { a, b, type, operation in
            remainder(a, b, type, hasSignOfDividend: operation.int("fmod") != 0)
        },
        refusal: { operation in
            operation.inputs[0].dtype.isFloat && operation.int("fmod") == 0
                ? "attribute 'fmod' must be 1 for floating-point inputs" : nil
        }),
]

private let comparisonFunctions: [BinaryFunction] = [
    comparison("Equal", 13, type: .any, { $0 == $1 }, { $0 == $1 }),
    comparison("Greater", 13, { $0 > $1 }, { $0 > $1 }),
    comparison("GreaterOrEqual", 16, { $0 >= $1 }, { $0 >= $1 }),
    comparison("Less", 13, { $0 < $1 }, { $0 < $1 }),
    comparison("LessOrEqual", 16, { $0 <= $1 }, { $0 <= $1 }),
    comparison("NotEqual", 1, domain: "assay", type: .any, { $0 != $1 }, { $0 != $1 }),
]

private let bitFunctions: [BinaryFunction] = [
    logical("And", 7) { $0 & $1 }, logical("Or", 7) { $0 | $1 }, logical("Xor", 7) { $0 ^ $1 },
    bitwise("BitwiseAnd") { $0 & $1 }, bitwise("BitwiseOr") { $0 | $1 },
    bitwise("BitwiseXor") { $0 ^ $1 },
    BinaryFunction(
        name: "BitShift", since: 11, names: ["X", "Y", "Z"],
        type: TypeParameter("T", [.u64, .u32, .u16, .u8]),
        attributes: [FormalAttribute(required: "direction", .string)],
        // Shifts by the width or more are undefined.
        secondGenerated: .of { .within(0...Int64($0.inputs[0].dtype.bits - 1)) },
        value: { a, _ in a },
        integer: { a, b, type, operation in
            if operation.string("direction") == "LEFT" { return type.wrapped(a << b) }
            return Int64(bitPattern: UInt64(bitPattern: a) >> UInt64(bitPattern: b))
        },
        refusal: { operation in
            ["LEFT", "RIGHT"].contains(operation.string("direction"))
                ? nil : "attribute 'direction' must be LEFT or RIGHT"
        }),
]

private func comparison(
    _ name: String, _ since: Int, domain: String = "", type: TypeParameter = .number,
    _ value: @escaping @Sendable (Double, Double) -> Bool,
    _ integer: @escaping @Sendable (Int64, Int64) -> Bool
) -> BinaryFunction {
    BinaryFunction(
        name: name, domain: domain, since: since, type: type, firstGenerated: .whole,
        secondGenerated: .whole, value: { value($0, $1) ? 1 : 0 },
        integer: { a, b, type, _ in
            // With the sign bit inverted, numbers without a sign are in order.
            let flip = type == .u64 ? Int64.min : 0
            return integer(a ^ flip, b ^ flip) ? 1 : 0
        }, isTruth: true)
}

private func logical(
    _ name: String, _ since: Int, _ integer: @escaping @Sendable (Int64, Int64) -> Int64
) -> BinaryFunction {
    BinaryFunction(
        name: name, since: since, type: TypeParameter("T", [.bool]), value: { a, _ in a },
        integer: { a, b, _, _ in integer(a, b) }, isTruth: true)
}

private func bitwise(
    _ name: String, _ integer: @escaping @Sendable (Int64, Int64) -> Int64
) -> BinaryFunction {
    BinaryFunction(
        name: name, since: 18, type: TypeParameter("T", DType.integers), value: { a, _ in a },
        integer: { a, b, _, _ in integer(a, b) })
}

// MARK: - Integers

/// Divisors: positive integers, because division by zero and of the least by −1 are undefined.
private let divisors = FormalTensor.Domain.of { operation in
    let type = operation.inputs[operation.inputs.count - 1].dtype
    return type.isInteger ? .within(1...type.integerRange.upperBound) : .anyNumber
}

private let bases: @Sendable (Operation) -> FormalTensor.Domain = { operation in
    operation.inputs[0].dtype.isFloat ? .nonNegative : .within(-8...8)
}

/// Small integers, so that powers of integers fit.
private let exponents: @Sendable (Operation) -> FormalTensor.Domain = { operation in
    let (base, exponent) = (operation.inputs[0].dtype, operation.inputs[1].dtype)
    return base.isFloat && exponent.isFloat ? .anyNumber : .within(0...4)
}

/// The quotient rounded toward zero; undefined quotients count as zero.
private func quotient(_ a: Int64, _ b: Int64, _ type: DType) -> Int64 {
    if b == 0 { return 0 }
    if type == .u64 { return Int64(bitPattern: UInt64(bitPattern: a) / UInt64(bitPattern: b)) }
    return type.wrapped(a.dividedReportingOverflow(by: b).partialValue)
}

/// The remainder with the sign of the divisor, or of the dividend.
private func remainder(
    _ a: Int64, _ b: Int64, _ type: DType, hasSignOfDividend: Bool
) -> Int64 {
    if b == 0 { return 0 }
    if type == .u64 { return Int64(bitPattern: UInt64(bitPattern: a) % UInt64(bitPattern: b)) }
    let rest = a.remainderReportingOverflow(dividingBy: b).partialValue
    return !hasSignOfDividend && rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest
}

private let power: @Sendable (Int64, Int64, DType, Operation) -> Int64 = {
    base, exponent, type, _ in
    if exponent < 0 { return base == 1 ? 1 : base == -1 ? (exponent % 2 == 0 ? 1 : -1) : 0 }
    var (result, square, rest) = (Int64(1), base, exponent)
    while rest > 0 {
        if rest & 1 == 1 { result = result &* square }
        square = square &* square
        rest >>= 1
    }
    return type.wrapped(result)
}

// MARK: - Definitions

let binaryOperators: [OperatorDefinition] =
    (arithmeticFunctions + comparisonFunctions + bitFunctions).map(binaryDefinition)

func binaryDefinition(_ function: BinaryFunction) -> OperatorDefinition {
    let names = function.names
    return OperatorDefinition(
        domain: function.domain, function.name, since: function.since,
        inputs: [
            FormalTensor(names[0], function.type, domain: function.firstGenerated),
            FormalTensor(
                names[1], function.secondType ?? function.type, domain: function.secondGenerated),
        ],
        outputs: [FormalTensor(names[2], function.isTruth ? .bool : function.type)],
        attributes: function.attributes,
        inference: { operation throws(OperatorError) in
            let shape = try operation.broadcast(operation.inputs)
            if let refusal = function.refusal(operation) {
                throw operation.error(.attribute, refusal)
            }
            let dtype = function.isTruth ? .bool : operation.inputs[0].dtype
            operation.outputs = [TensorSpec(names[2], dtype, shape)]
        },
        work: {
            .ofTensors($0, flops: saturatingProduct(function.operations, $0.outputs[0].count))
        },
        oracle: oracle(of: function))
}

private func oracle(of function: BinaryFunction) -> Oracle {
    Oracle(
        rule: { operation, error in
            if !operation.outputs[0].dtype.isFloat { return .integers }
            return function.error == 0 && error.passesThrough(operation) ? .exact : .rounded
        },
        operationCount: { UInt64($0.outputs[0].count) },
        words: { _, error in
            if function.error == 0 { return "0" }
            return "\(Int(function.error))·\(error.mathType.roundoffText)·"
                + function.magnitudeText
        },
        reacts: { _ in !function.isTruth },
        evaluate: { call, range, expected in
            if call.inputs.allSatisfy({ !$0.spec.dtype.isFloat }) {
                evaluateIntegers(call, range, &expected, function)
            } else {
                evaluate(call, range, &expected, function)
            }
        })
}

private func evaluateIntegers(
    _ call: OracleCall, _ range: Range<Int>, _ expected: inout Expected,
    _ function: BinaryFunction
) {
    let shape = call.output.shape
    let type = call.inputs[0].spec.dtype
    let left = BroadcastReader(call.inputs[0], to: shape).integers(range)
    let right = BroadcastReader(call.inputs[1], to: shape).integers(range)
    for place in 0..<range.count {
        let (a, b) = (left[place], right[place])
        expected.integers[place] =
            function.integer?(a, b, type, call.operation)
            ?? Int64(exactly: function.value(Double(a), Double(b))) ?? 0
    }
}

private func evaluate(
    _ call: OracleCall, _ range: Range<Int>, _ expected: inout Expected,
    _ function: BinaryFunction
) {
    let output = call.output
    var left = [Double](repeating: 0, count: range.count)
    var right = left
    BroadcastReader(call.inputs[0], to: output.shape).read(range, into: &left)
    BroadcastReader(call.inputs[1], to: output.shape).read(range, into: &right)
    let error = call.error
    let value = function.variant?(call.operation) ?? function.value
    for position in 0..<range.count {
        let (a, b) = (left[position], right[position])
        let result = value(a, b)
        if !output.dtype.isFloat {
            // A comparison, or an integer raised to a power with a fraction.
            expected.integers[position] = Int64(exactly: result.rounded(.towardZero)) ?? 0
            continue
        }
        var bound = function.error * error.math * function.magnitude(a, b, result)
        if error.roundsInputs {
            bound += 2 * error.math * function.sensitivity(a, b, result)
        }
        expected.values[position] = result
        expected.bounds[position] = bound
    }
}

extension Operation {
    /// The shape that tensors broadcast to in all directions; throws where they do not.
    func broadcast(_ tensors: [TensorSpec]) throws(OperatorError) -> [Int] {
        guard let first = tensors.first else { return [] }
        var shape = first.shape
        var isCommon = false
        for tensor in tensors.dropFirst() {
            guard let common = Shape.broadcast(shape, tensor.shape) else {
                let earlier =
                    isCommon ? "the common shape \(shape)" : "input \(first.name)'s shape \(shape)"
                throw error(
                    .shape,
                    "\(earlier) and input \(tensor.name)'s shape \(tensor.shape) do not broadcast; "
                        + "extents must be equal or 1, counted from the last")
            }
            if common != shape { isCommon = true }
            shape = common
        }
        return shape
    }
}
