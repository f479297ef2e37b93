import Model

/// Where an element of an output comes from.
struct ElementSource: Sendable, Hashable {
    /// The position of the input among the operation's inputs.
    var input: Int
    /// The element of that input; negative: none, and the element is zero.
    var position: Int

    static let zero = ElementSource(input: 0, position: -1)
}

extension Oracle {
    /// The oracle of an operator that moves elements and computes nothing.
    ///
    /// Elements are equal, integers of 64 bits too. `sources` says for a range of the output that
    /// the call is about where each element comes from; it finds room for the range's count.
    static func moving(
        operationCount: @escaping @Sendable (Operation) -> UInt64 = Operation.outputElementCount,
        sources: @escaping @Sendable (OracleCall, Range<Int>, inout [ElementSource]) -> Void
    ) -> Oracle {
        Oracle(
            rule: { operation, error in
                let output = operation.outputs[error.outputIndex]
                if !output.dtype.isFloat { return .integers }
                return error.roundsInputs || error.output > error.mathType.unitRoundoff
                    ? .rounded : .exact
            },
            operationCount: operationCount,
            words: { _, _ in "0" },
            reacts: { _ in false },
            evaluate: { call, range, expected in
                var found = [ElementSource](repeating: .zero, count: range.count)
                sources(call, range, &found)
                let isInteger = !call.output.dtype.isFloat
                for (place, source) in found.enumerated() where source.position >= 0 {
                    let input = call.inputs[source.input]
                    if isInteger {
                        expected.integers[place] = input.integer(source.position)
                    } else {
                        expected.values[place] = input.element(source.position)
                    }
                }
            })
    }
}

extension Operation {
    /// The elements of all outputs.
    @Sendable static func outputElementCount(_ operation: Operation) -> UInt64 {
        operation.outputs.reduce(0) { $0 + UInt64($1.count) }
    }
}
