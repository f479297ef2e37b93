import Model

/// An operation with its inputs, as an oracle sees it.
struct OracleCall {
    let operation: Operation
    /// In the order of the operation's inputs.
    let inputs: [TensorView]
    /// Which of the operation's outputs is evaluated.
    let outputIndex: Int
    let error: ErrorModel
    /// What evaluations of neighbouring ranges and of other outputs share.
    let scratch: OracleScratch

    init(_ operation: Operation, inputs: [TensorView]) {
        precondition(inputs.count == operation.inputs.count)
        self.init(operation, inputs, 0, OracleScratch())
    }

    private init(
        _ operation: Operation, _ inputs: [TensorView], _ outputIndex: Int,
        _ scratch: OracleScratch
    ) {
        self.operation = operation
        self.inputs = inputs
        self.outputIndex = outputIndex
        self.scratch = scratch
        error = ErrorModel(operation, output: outputIndex)
    }

    /// The same call, about another output.
    func about(output index: Int) -> OracleCall {
        OracleCall(operation, inputs, index, scratch)
    }

    /// The input of that formal name; nil when an optional one is absent.
    func input(_ name: String) -> TensorView? { inputs.first { $0.spec.name == name } }

    /// The inputs that take the place of a variadic formal one, in order.
    func variadicInputs(_ formalName: String) -> [TensorView] {
        inputs.filter { $0.spec.name.hasPrefix(formalName + "_") }
    }

    /// The output that is evaluated.
    var output: TensorSpec { operation.outputs[outputIndex] }

    /// The number of elements of the output.
    var outputCount: Int { output.count }
}

/// What an oracle remembers from one range of outputs to the next, and between outputs.
final class OracleScratch {
    /// The position outside the softmax axis that `softmaxSlices` belong to.
    var softmaxOuter = -1
    var softmaxSlices: [SoftmaxSlice?] = []
    /// What all updates of a random access do to each word; empty until they are known.
    var changes: [UInt64] = []
    private var kept: [String: Any] = [:]

    /// What was made under that key before, or what is made now and kept.
    func value<Value>(_ key: String, _ make: () -> Value) -> Value {
        if let found = kept[key] as? Value { return found }
        let made = make()
        kept[key] = made
        return made
    }

    /// Forgets what is kept and keeps this alone, so that memory stays bounded.
    func keepOnly<Value>(_ key: String, _ value: Value) { kept = [key: value] }

    /// What was kept under that key; nil: nothing.
    func kept<Value>(_ key: String, as type: Value.Type = Value.self) -> Value? {
        kept[key] as? Value
    }
}

/// What the oracle expects of a range of outputs.
struct Expected {
    /// The results, computed in f64.
    var values: [Double] = []
    /// How far correct arithmetic may be from each, before the result is stored.
    var bounds: [Double] = []
    /// The results by rule `integers`, which leaves values and bounds unused.
    var integers: [Int64] = []

    /// Makes room for `count` outputs, all zero.
    mutating func reset(count: Int, integers isInteger: Bool = false) {
        values.removeAll(keepingCapacity: true)
        bounds.removeAll(keepingCapacity: true)
        integers.removeAll(keepingCapacity: true)
        if isInteger {
            integers.append(contentsOf: repeatElement(0, count: count))
        } else {
            values.append(contentsOf: repeatElement(0, count: count))
            bounds.append(contentsOf: repeatElement(0, count: count))
        }
    }
}

/// How the results of an operator are known and judged.
struct Oracle: Sendable {
    enum Rule: Sendable, Hashable {
        /// Every output is within its own bound, plus the rounding of storing it.
        case rounded
        /// Bounds hold as they are: nothing is added for storing.
        case exact
        /// Integers or truth values, which must be equal; `Expected.integers` holds them.
        case integers
        /// As `rounded`, and the errors together must look like rounding errors of sums.
        case summed
    }

    /// The outputs evaluated at a time, chosen by what an evaluation shares.
    var chunk: @Sendable (Operation) -> Int = { _ in 1 << 16 }
    /// How an output is judged; the error model says which output.
    var rule: @Sendable (Operation, ErrorModel) -> Rule
    /// The operations that evaluating every output takes.
    var operationCount: @Sendable (Operation) -> UInt64
    /// The operations that one output alone takes, where that is more than its share.
    var sampleCost: @Sendable (Operation) -> UInt64 = { _ in 1 }
    /// The error bound in words, as a share of something named.
    var words: @Sendable (Operation, ErrorModel) -> String
    /// The product of matrices behind the operation; nil for other operators.
    var matrix: (@Sendable (Operation) -> MatrixProblem)?
    /// Whether 64 or more altered elements of an input surely change some output.
    var reacts: @Sendable (Operation) -> Bool = { _ in true }
    /// Judges results that are random, from the outputs themselves; nil: they are compared.
    var judge: (@Sendable (OracleCall, [TensorView]) -> Correctness?)?
    /// Computes a range of one output into `Expected`, which has been reset to the range's count.
    var evaluate: @Sendable (OracleCall, Range<Int>, inout Expected) -> Void
}
