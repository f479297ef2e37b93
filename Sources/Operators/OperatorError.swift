import Model

/// Why an operation is not valid: names the operator, the input or attribute, and the rule.
package struct OperatorError: Error, Hashable, CustomStringConvertible {
    /// Which rule was broken.
    package enum Code: Sendable, Hashable {
        case unknownOperator
        case unsupportedOpset
        case attribute
        case input
        case output
        case elementType
        case shape
        case tooLarge
    }

    package var code: Code
    /// The operator's name as given.
    package var operatorName: String
    /// What is wrong and which rule says so; one sentence without a full stop.
    package var detail: String

    /// An error about the operator of that name.
    package init(_ code: Code, operatorName: String, detail: String) {
        self.code = code
        self.operatorName = operatorName
        self.detail = detail
    }

    /// The operator's name and the detail.
    package var description: String { "\(operatorName): \(detail)" }
}

extension Operation {
    /// An error about this operation.
    func error(_ code: OperatorError.Code, _ detail: String) -> OperatorError {
        OperatorError(code, operatorName: name, detail: detail)
    }
}
