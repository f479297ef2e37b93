import Model

/// An operation with its inputs, as an oracle sees it.
struct OracleCall {
    let operation: Operation
    /// In the order of the operation's inputs.
    let inputs: [TensorView]
    let error: ErrorModel
    /// What evaluations of neighbouring ranges share.
    let scratch = OracleScratch()

    init(_ operation: Operation, inputs: [TensorView]) {
        precondition(inputs.count == operation.inputs.count)
        self.operation = operation
        self.inputs = inputs
        error = ErrorModel(operation)
    }

    /// The input of that formal name; nil when an optional one is absent.
    func input(_ name: String) -> TensorView? { inputs.first { $0.spec.name == name } }

    /// The number of elements of the output.
    var outputCount: Int { operation.outputs[0].count }
}

/// What an oracle remembers from one range of outputs to the next.
final class OracleScratch {
    /// The position outside the softmax axis that `softmaxSlices` belong to.
    var softmaxOuter = -1
    var softmaxSlices: [SoftmaxSlice?] = []
    /// What all updates of a random access do to each word; empty until they are known.
    var changes: [UInt64] = []
}

/// What the oracle expects of a range of outputs.
struct Expected {
    /// The results, computed in f64.
    var values: [Double] = []
    /// How far correct arithmetic may be from each, before the result is stored.
    var bounds: [Double] = []

    /// Makes room for `count` outputs, all zero.
    mutating func reset(count: Int) {
        values.removeAll(keepingCapacity: true)
        bounds.removeAll(keepingCapacity: true)
        values.append(contentsOf: repeatElement(0, count: count))
        bounds.append(contentsOf: repeatElement(0, count: count))
    }
}

/// How the results of an operator are known and judged.
struct Oracle: Sendable {
    enum Rule: Sendable, Hashable {
        /// Every output is within its own bound, plus the rounding of storing it.
        case rounded
        /// Bounds hold as they are: nothing is added for storing.
        case exact
        /// As `rounded`, and the errors together must look like rounding errors of sums.
        case summed
    }

    /// The outputs evaluated at a time, chosen by what an evaluation shares.
    var chunk: @Sendable (Operation) -> Int = { _ in 1 << 16 }
    var rule: @Sendable (Operation) -> Rule
    /// The operations that evaluating every output takes.
    var operationCount: @Sendable (Operation) -> UInt64
    /// The operations that one output alone takes, where that is more than its share.
    var sampleCost: @Sendable (Operation) -> UInt64 = { _ in 1 }
    /// The error bound in words, as a share of something named.
    var words: @Sendable (Operation, ErrorModel) -> String
    /// The product of matrices behind the operation; nil for other operators.
    var matrix: (@Sendable (Operation) -> MatrixProblem)?
    /// Computes a range of outputs into `Expected`, which has been reset to the range's count.
    var evaluate: @Sendable (OracleCall, Range<Int>, inout Expected) -> Void
}
