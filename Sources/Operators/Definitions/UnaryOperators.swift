import Model

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What differs between operators that apply one function to every element.
struct UnaryFunction: Sendable {
    /// The attributes as numbers, in their order; a text is its place among choices.
    typealias Parameters = [Double]

    let name: String
    var domain = ""
    let since: Int
    var input = "X"
    var output = "Y"
    var type = TypeParameter.real
    var generated = FormalTensor.Domain.anyNumber
    var attributes: [FormalAttribute] = []
    /// The error of a good implementation in units of roundoff, per unit of `magnitude`; 0: exact.
    let error: Double
    let value: @Sendable (Double, Parameters) -> Double
    /// What the error is relative to, from argument and result.
    var magnitude: @Sendable (Double, Double, Parameters) -> Double = { _, y, _ in abs(y) }
    /// What `magnitude` is, for the words of the tolerance.
    var magnitudeText = "|y|"
    /// |x·f'(x)|: how much a rounded argument changes the result, from argument and result.
    var sensitivity: @Sendable (Double, Double) -> Double = { _, y in abs(y) }
    /// The same function of integers; nil: the operator takes none.
    var integer: (@Sendable (Int64, DType) -> Int64)?
    /// Whether the result is a truth value: `value` is then 0 or 1.
    var isTruth = false
    /// Elementary operations for each element.
    var operations: @Sendable (Parameters) -> Int = { _ in 1 }
}

/// Results that involve no rounding.
private let exactFunctions: [UnaryFunction] = [
    UnaryFunction(
        name: "Abs", since: 13, type: .number, error: 0, value: { x, _ in abs(x) },
        integer: { x, type in type.wrapped(x < 0 && type.isSigned ? 0 &- x : x) }),
    UnaryFunction(
        name: "Neg", since: 13, type: TypeParameter("T", DType.reals + [.i64, .i32, .i16, .i8]),
        error: 0, value: { x, _ in -x }, integer: { x, type in type.wrapped(0 &- x) }),
    UnaryFunction(
        name: "Relu", since: 14, type: TypeParameter("T", DType.reals + [.i64, .i32, .i16, .i8]),
        error: 0, value: { x, _ in x.isNaN ? x : max(x, 0) }, integer: { x, _ in max(x, 0) }),
    UnaryFunction(
        name: "Floor", since: 13, error: 0, value: { x, _ in x.rounded(.down) },
        sensitivity: { x, _ in abs(x) }),
    UnaryFunction(
        name: "Ceil", since: 13, error: 0, value: { x, _ in x.rounded(.up) },
        sensitivity: { x, _ in abs(x) }),
    UnaryFunction(
        name: "Round", since: 11, error: 0, value: { x, _ in x.rounded(.toNearestOrEven) },
        sensitivity: { x, _ in abs(x) }),
    UnaryFunction(
        name: "Sign", since: 13, input: "input", output: "output", type: .number, error: 0,
        value: { x, _ in x > 0 ? 1 : x < 0 ? -1 : x.isNaN ? x : 0 },
        integer: { x, type in x == 0 ? 0 : x < 0 && type.isSigned ? -1 : 1 }),
    UnaryFunction(
        name: "BitwiseNot", since: 18, type: TypeParameter("T", DType.integers), error: 0,
        value: { x, _ in x }, integer: { x, type in type.wrapped(~x) }),
    UnaryFunction(
        name: "Not", since: 1, type: TypeParameter("T", [.bool]), error: 0, value: { x, _ in x },
        integer: { x, _ in x == 0 ? 1 : 0 }, isTruth: true),
    UnaryFunction(
        name: "IsNaN", since: 13, generated: .special, error: 0,
        value: { x, _ in x.isNaN ? 1 : 0 }, isTruth: true),
    UnaryFunction(
        name: "IsInf", since: 10, generated: .special,
        attributes: [
            FormalAttribute("detect_negative", .int(1)),
            FormalAttribute("detect_positive", .int(1)),
        ], error: 0,
        value: { x, p in x.isInfinite && (x < 0 ? p[0] != 0 : p[1] != 0) ? 1 : 0 }, isTruth: true),
]

/// Errors are twice OpenCL C's limits in ulp for single precision.
///
/// exp, log and sqrt 3, reciprocal 2.5, sin and cos 4, tan and tanh 5, erf 16.
private let transcendentalFunctions: [UnaryFunction] = [
    UnaryFunction(
        name: "Exp", since: 13, input: "input", output: "output", error: 6,
        value: { x, _ in exp(x) }, sensitivity: { x, y in abs(x) * y }),
    UnaryFunction(
        name: "Log", since: 13, input: "input", output: "output", generated: .nonNegative,
        error: 6, value: { x, _ in log(x) }, sensitivity: { _, _ in 1 }),
    UnaryFunction(
        name: "Sin", since: 7, input: "input", output: "output", error: 8,
        value: { x, _ in sin(x) }, sensitivity: { x, _ in abs(x * cos(x)) }),
    UnaryFunction(
        name: "Cos", since: 7, input: "input", output: "output", error: 8,
        value: { x, _ in cos(x) }, sensitivity: { x, _ in abs(x * sin(x)) }),
    UnaryFunction(
        name: "Tan", since: 7, input: "input", output: "output", error: 10,
        value: { x, _ in tan(x) }, sensitivity: { x, y in abs(x) * (1 + y * y) }),
    UnaryFunction(
        name: "Tanh", since: 13, input: "input", output: "output", error: 10,
        value: { x, _ in tanh(x) }, sensitivity: { x, y in abs(x) * (1 - y * y) }),
    UnaryFunction(
        name: "Erf", since: 13, input: "input", output: "output", error: 32,
        value: { x, _ in erf(x) },
        sensitivity: { x, _ in abs(x) * 2 / Double.pi.squareRoot() * exp(-x * x) }),
    UnaryFunction(
        name: "Sqrt", since: 13, generated: .nonNegative, error: 6,
        value: { x, _ in x.squareRoot() }, sensitivity: { _, y in y / 2 }),
    UnaryFunction(
        name: "Reciprocal", since: 13, error: 5, value: { x, _ in 1 / x }),
    // A square root and a division.
    UnaryFunction(
        name: "Rsqrt", domain: "assay", since: 1, generated: .nonNegative, error: 11,
        value: { x, _ in 1 / x.squareRoot() }, sensitivity: { _, y in y / 2 },
        operations: { _ in 2 }),
]

/// The logistic function without an intermediate that overflows.
func logistic(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

private let activationFunctions: [UnaryFunction] = [
    // As exp, add, divide; relative to at least one half, so that (1 + tanh(x/2))/2 is as good.
    UnaryFunction(
        name: "Sigmoid", since: 13, error: 12, value: { x, _ in logistic(x) },
        magnitude: { _, y, _ in max(y, 0.5) }, magnitudeText: "max(|y|, ½)",
        sensitivity: { x, y in abs(x) * y * (1 - y) }),
    UnaryFunction(
        name: "Silu", domain: "assay", since: 1, error: 13, value: { x, _ in swish(x, 1) },
        magnitude: { x, y, _ in max(abs(y), abs(x) / 2) }, magnitudeText: "max(|y|, |x|/2)",
        sensitivity: { x, y in abs(y) + abs(x * x) * logistic(x) * logistic(-x) },
        operations: { _ in 2 }),
    // The product with alpha is rounded, which the logistic function shrinks to a fifth.
    UnaryFunction(
        name: "Swish", since: 24, attributes: [FormalAttribute("alpha", .float(1))], error: 14,
        value: { x, p in swish(x, p[0]) }, magnitude: { x, y, _ in max(abs(y), abs(x) / 2) },
        magnitudeText: "max(|y|, |x|/2)",
        sensitivity: { x, y in abs(y) + abs(x) }, operations: { _ in 3 }),
    UnaryFunction(
        name: "LeakyRelu", since: 16, attributes: [FormalAttribute("alpha", .float(0.01))],
        error: 2, value: { x, p in x < 0 ? p[0] * x : x },
        magnitude: { x, y, _ in x < 0 ? abs(y) : 0 }),
    // exp 6, subtract 1, alpha and its product 2; absolute because exp(x) − 1 cancels near 0.
    UnaryFunction(
        name: "Elu", since: 6, attributes: [FormalAttribute("alpha", .float(1))], error: 9,
        value: { x, p in x < 0 ? p[0] * expm1(x) : x },
        magnitude: { x, _, p in x < 0 ? abs(p[0]) : 0 }, magnitudeText: "|alpha|",
        sensitivity: { x, _ in abs(x) }, operations: { _ in 3 }),
    // Of x/2·(1 + erf): erf 32, its argument 1, addition 1, products 4: half of it.
    UnaryFunction(
        name: "Gelu", since: 20,
        attributes: [
            FormalAttribute("approximate", .string("none"), choices: ["none", "tanh"])
        ], error: 19, value: { x, p in gelu(x, usesTanh: p[0] == 1) },
        magnitude: { x, y, _ in abs(x) }, magnitudeText: "|x|",
        sensitivity: { x, y in abs(y) + x * x * 0.4 * exp(-x * x / 2) },
        operations: { p in p[0] == 1 ? 9 : 5 }),
    // exp 6, add 1, log 6; absolute below 1 because log(1 + exp(x)) loses small exp(x).
    UnaryFunction(
        name: "Softplus", since: 1, error: 13,
        value: { x, _ in x.isNaN ? x : max(x, 0) + log1p(exp(-abs(x))) },
        magnitude: { _, y, _ in max(y, 1) }, magnitudeText: "max(|y|, 1)",
        sensitivity: { x, _ in abs(x) * logistic(x) }, operations: { _ in 3 }),
    // A sixth and its product, an addition, a product.
    UnaryFunction(
        name: "HardSwish", since: 14, error: 4,
        value: { x, _ in x * max(0, min(1, x / 6 + 0.5)) },
        magnitude: { x, _, _ in abs(x) * min(abs(x) / 6 + 0.5, 1) },
        magnitudeText: "|x|·min(|x|/6 + ½, 1)",
        sensitivity: { x, _ in abs(x) * 1.5 }, operations: { _ in 4 }),
]

/// x times the logistic function of alpha·x; its limits where x is infinite.
private func swish(_ x: Double, _ alpha: Double) -> Double { x * logistic(alpha * x) }

/// x times the normal distribution function, or its approximation with tanh.
func gelu(_ x: Double, usesTanh: Bool) -> Double {
    if usesTanh {
        return 0.5 * x * (1 + tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
    }
    return 0.5 * x * erfc(-x * 0.5.squareRoot())
}

let unaryOperators: [OperatorDefinition] =
    (exactFunctions + transcendentalFunctions + activationFunctions).map(definition)

private func definition(_ function: UnaryFunction) -> OperatorDefinition {
    OperatorDefinition(
        domain: function.domain, function.name, since: function.since,
        inputs: [FormalTensor(function.input, function.type, domain: function.generated)],
        outputs: [FormalTensor(function.output, function.isTruth ? .bool : function.type)],
        attributes: function.attributes,
        inference: { operation throws(OperatorError) in
            let input = operation.inputs[0]
            let dtype = function.isTruth ? .bool : input.dtype
            operation.outputs = [TensorSpec(function.output, dtype, input.shape)]
        },
        work: { operation in
            let perElement = function.operations(operation.parameters(function.attributes))
            return .ofTensors(
                operation, flops: saturatingProduct(perElement, operation.outputs[0].count))
        },
        oracle: oracle(of: function))
}

private func oracle(of function: UnaryFunction) -> Oracle {
    Oracle(
        rule: { operation, error in
            if !operation.outputs[0].dtype.isFloat { return .integers }
            return function.error == 0 && error.passesThrough(operation) ? .exact : .rounded
        },
        operationCount: { UInt64($0.outputs[0].count) },
        words: { operation, error in
            if function.error == 0 { return "0" }
            return "\(Int(function.error))·\(error.mathType.roundoffText)·"
                + function.magnitudeText
        },
        // Few arguments are special, and none need be among those altered.
        reacts: { _ in !function.isTruth || function.name == "Not" },
        evaluate: { call, range, expected in
            if !call.inputs[0].spec.dtype.isFloat, let integer = function.integer {
                evaluate(call, range, &expected, integer)
                return
            }
            evaluate(call, range, &expected, function)
        })
}

private func evaluate(
    _ call: OracleCall, _ range: Range<Int>, _ expected: inout Expected,
    _ integer: @Sendable (Int64, DType) -> Int64
) {
    let input = call.inputs[0]
    for place in 0..<range.count {
        expected.integers[place] = integer(
            input.integer(range.lowerBound + place), input.spec.dtype)
    }
}

private func evaluate(
    _ call: OracleCall, _ range: Range<Int>, _ expected: inout Expected, _ function: UnaryFunction
) {
    let parameters = call.operation.parameters(function.attributes)
    if function.isTruth {
        for place in 0..<range.count {
            let argument = call.inputs[0].element(range.lowerBound + place)
            expected.integers[place] = function.value(argument, parameters) == 0 ? 0 : 1
        }
        return
    }
    call.inputs[0].read(from: range.lowerBound, count: range.count, into: &expected.values)
    let error = call.error
    for position in expected.values.indices {
        let argument = expected.values[position]
        let result = function.value(argument, parameters)
        var bound = function.error * error.math * function.magnitude(argument, result, parameters)
        if error.roundsInputs {
            bound += 2 * error.math * function.sensitivity(argument, result)
        }
        expected.values[position] = result
        expected.bounds[position] = bound
    }
}

extension Operation {
    /// Attributes as numbers, in the order of their definition; a text is its place among choices.
    func parameters(_ formal: [FormalAttribute]) -> [Double] {
        formal.map { attribute in
            if let number = double(attribute.name) { return number }
            guard let text = string(attribute.name) else { return 0 }
            return Double(attribute.choices.firstIndex(of: text) ?? 0)
        }
    }
}

extension ErrorModel {
    /// Whether values pass through without being rounded to another type.
    func passesThrough(_ operation: Operation) -> Bool {
        let input = operation.inputs.first { $0.dtype.isFloat }?.dtype ?? .f64
        return !roundsInputs && output <= input.unitRoundoff
    }
}
