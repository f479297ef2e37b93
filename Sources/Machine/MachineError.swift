/// Why no facts about the machine could be gathered at all.
package struct MachineError: Error, Equatable, CustomStringConvertible {
    /// What could not be read.
    package enum Code: Sendable { case topologyUnavailable, processorUnreadable }
    package var code: Code
    package var detail: String

    package init(_ code: Code, detail: String) {
        self.code = code
        self.detail = detail
    }

    /// One sentence.
    package var description: String {
        switch code {
        case .topologyUnavailable: "the machine's topology could not be read: \(detail)"
        case .processorUnreadable: "the processors could not be read: \(detail)"
        }
    }
}
