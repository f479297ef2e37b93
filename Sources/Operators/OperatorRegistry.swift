package import Model

/// The operators that the harness knows; a new one is a definition and a row here.
package enum OperatorRegistry {
    /// All definitions: ONNX's own first, then ours.
    package static let all: [OperatorDefinition] =
        [matMul, gemm, cast] + binaryOperators + unaryOperators + variadicOperators
        + selectionOperators + softmaxOperators + [layerNormalization] + normalizationOperators
        + sumReductionOperators + foldReductionOperators + axisOperators
        + [dropout] + crossEntropyOperators + gradientOperators
        + [peak] + memoryOperators + [randomAccess, pointerChase, loadedLatency, transfer]
        + storageOperators + costOperators
        + [emptyOperation]
        + structuralOperators

    /// Places in ``all`` by domain and name: copying definitions takes longer than reading a case.
    private static let index: [String: [String: Int]] = {
        var index: [String: [String: Int]] = [:]
        for place in all.indices {
            index[all[place].domain, default: [:]][all[place].name] = place
        }
        return index
    }()

    /// The names of all operators, for listings and suggestions.
    package static let names: [String] = all.map(\.name)

    /// The names of each domain's operators, in order.
    package static let namesOfDomains: [String: [String]] = {
        var names: [String: [String]] = [:]
        for place in all.indices { names[all[place].domain, default: []].append(all[place].name) }
        return names
    }()

    /// The names of the tolerance rules.
    package static let toleranceNames = ["standard"]

    /// The definition of an operator; nil when there is none.
    package static func definition(domain: String, name: String) -> OperatorDefinition? {
        // ONNX allows its own domain to be written out.
        index[domain == "ai.onnx" ? "" : domain]?[name].map { all[$0] }
    }

    /// The definition of an operation's operator; throws with a suggestion when there is none.
    package static func definition(
        of operation: Operation
    ) throws(OperatorError) -> OperatorDefinition {
        if let found = definition(domain: operation.domain, name: operation.name) { return found }
        if let elsewhere = all.first(where: { $0.name == operation.name }) {
            let home =
                elsewhere.domain.isEmpty ? "ONNX's own domain" : "domain '\(elsewhere.domain)'"
            throw operation.error(.unknownOperator, "this operator is in \(home)")
        }
        let hint = suggestion(for: operation.name).map { "; did you mean '\($0)'?" } ?? ""
        throw operation.error(.unknownOperator, "unknown operator" + hint)
    }

    /// The known operator whose name is nearest to the text; nil when none is near.
    package static func suggestion(for text: String) -> String? { nearest(to: text, in: names) }
}

/// The candidate nearest to the text by edit distance, ignoring case; nil when none is near.
func nearest(to text: String, in candidates: [String]) -> String? {
    let wanted = Array(text.lowercased())
    let limit = max(1, wanted.count / 3)
    let scored = candidates.map { ($0, editDistance(wanted, Array($0.lowercased()))) }
    guard let best = scored.min(by: { $0.1 < $1.1 }), best.1 <= limit else { return nil }
    return best.0
}

private func editDistance(_ left: [Character], _ right: [Character]) -> Int {
    var previous = Array(0...right.count)
    for (row, character) in left.enumerated() {
        var current = [row + 1]
        for (column, other) in right.enumerated() {
            let substituted = previous[column] + (character == other ? 0 : 1)
            current.append(min(substituted, previous[column + 1] + 1, current[column] + 1))
        }
        previous = current
    }
    return previous[right.count]
}
