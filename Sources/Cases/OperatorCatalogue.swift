package import Model
import Operators

/// What reading a case needs to know about operators; passed in, so that tests can script it.
package struct OperatorCatalogue: Sendable {
    /// Why an operation is not valid: one sentence without a full stop.
    package struct Refusal: Error, Sendable, Hashable {
        package var message: String

        package init(_ message: String) { self.message = message }
    }

    /// The names of the operators of a domain, for suggestions.
    package var names: @Sendable (_ domain: String) -> [String]
    /// Checks an operation and completes it: outputs, default attributes, operator-set version.
    package var infer: @Sendable (Operation) throws(Refusal) -> Operation

    package init(
        names: @escaping @Sendable (_ domain: String) -> [String],
        infer: @escaping @Sendable (Operation) throws(Refusal) -> Operation
    ) {
        self.names = names
        self.infer = infer
    }

    /// The names of all operators, and no rules: enough to count points.
    package static let names = OperatorCatalogue(
        names: standard.names, infer: { (operation) throws(Refusal) in operation })

    /// All operators that the harness knows.
    package static let standard = OperatorCatalogue(
        names: { OperatorRegistry.namesOfDomains[$0] ?? [] },
        infer: { (operation) throws(Refusal) in
            do throws(OperatorError) {
                return try OperatorRegistry.infer(operation)
            } catch {
                throw Refusal(error.description)
            }
        })
}
