package import Model

/// An attribute that an operator takes.
package struct FormalAttribute: Sendable, Hashable {
    /// The type of an attribute's value, as ONNX names it.
    package enum Kind: String, Sendable, Hashable {
        case int, float, string, ints, floats, strings
    }

    package var name: String
    package var kind: Kind
    /// The value when none is given; nil: it must be given, or is optional.
    package var fallback: AttributeValue?
    /// Whether the attribute may be absent, which then means something of its own.
    package var isOptional = false
    /// The texts that are allowed; empty: any.
    package var choices: [String]
    /// The smallest integer that is allowed.
    package var least: Int64

    /// An attribute with a value of its own when none is given.
    package init(
        _ name: String, _ fallback: AttributeValue, choices: [String] = [], least: Int64 = .min
    ) {
        self.name = name
        self.kind =
            switch fallback {
            case .int: .int
            case .float: .float
            case .string: .string
            case .ints: .ints
            case .floats: .floats
            case .strings: .strings
            }
        self.fallback = fallback
        self.choices = choices
        self.least = least
    }

    /// An attribute that may be absent.
    package init(optional name: String, _ kind: Kind) {
        self.init(required: name, kind)
        isOptional = true
    }

    /// An attribute that must be given.
    package init(required name: String, _ kind: Kind, least: Int64 = .min) {
        self.name = name
        self.kind = kind
        self.fallback = nil
        self.choices = []
        self.least = least
    }
}

/// Everything the harness knows about one operator.
package struct OperatorDefinition: Sendable {
    /// Completes an operation whose attributes and inputs have been checked.
    typealias Inference = @Sendable (inout Operation) throws(OperatorError) -> Void

    /// Empty for ONNX's own operators, `assay` for ours.
    package let domain: String
    package let name: String
    /// The operator-set version that introduced these semantics.
    package let since: Int
    package let inputs: [FormalTensor]
    package let outputs: [FormalTensor]
    package let attributes: [FormalAttribute]
    /// Whether all tensors follow from the attributes, so that a case gives none.
    package let makesTensors: Bool
    /// Fills in all outputs, optional ones too, and inputs where attributes determine them.
    let inference: Inference
    let work: @Sendable (Operation) -> Work
    /// Nil: there is nothing to check.
    let oracle: Oracle?
    /// The output whose first element, of 64 bits, says how many bytes a call moved.
    ///
    /// Nil where that follows from the operation.
    package let tally: String?

    init(
        domain: String = "", _ name: String, since: Int, inputs: [FormalTensor],
        outputs: [FormalTensor], attributes: [FormalAttribute] = [], makesTensors: Bool = false,
        inference: @escaping Inference, work: @escaping @Sendable (Operation) -> Work,
        oracle: Oracle?, tally: String? = nil
    ) {
        self.domain = domain
        self.name = name
        self.since = since
        self.inputs = inputs
        self.outputs = outputs
        self.attributes = attributes
        self.makesTensors = makesTensors
        self.inference = inference
        self.work = work
        self.oracle = oracle
        self.tally = tally
    }

    /// The operator's name with its domain, such as `assay.Peak`.
    package var qualifiedName: String { domain.isEmpty ? name : domain + "." + name }

    /// The formal input that a tensor of that name takes the place of; nil when there is none.
    package func formalInput(_ tensorName: String) -> FormalTensor? {
        inputs.first { $0.matches(tensorName) }
    }
}

extension Work {
    /// The work of an operator of that many operations that reads and writes each tensor once.
    static func ofTensors(_ operation: Operation, flops: UInt64) -> Work {
        Work(
            flops: flops,
            bytesRead: Bytes(operation.inputs.reduce(0) { $0 + UInt64($1.byteCount) }),
            bytesWritten: Bytes(operation.outputs.reduce(0) { $0 + UInt64($1.byteCount) }))
    }
}
