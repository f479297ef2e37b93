package import Model

// MARK: - Completing an operation

extension OperatorRegistry {
    /// Checks an operation and completes it: attributes, inputs that follow from them, and outputs.
    ///
    /// `opset` becomes the version that introduced the semantics, so that two cases that name
    /// different versions of the same semantics are the same point. Completing a completed
    /// operation changes nothing.
    package static func infer(_ operation: Operation) throws(OperatorError) -> Operation {
        let definition = try definition(of: operation)
        var result = operation
        result.domain = definition.domain
        guard operation.opset == 0 || operation.opset >= definition.since else {
            throw operation.error(
                .unsupportedOpset,
                "needs operator set \(definition.since) or later, not \(operation.opset)")
        }
        result.opset = definition.since
        result.attributes = try attributes(of: operation, definition)
        result.inputs = try inputs(of: operation, definition)
        // What stands in the case does not change between calls, and libraries need it to prepare.
        for index in result.inputs.indices where result.inputs[index].values != nil {
            result.inputs[index].isConstant = true
        }
        result.outputs = []
        try definition.inference(&result)
        try checkGivenInputs(operation, result, definition)
        // Before optional outputs are left out: even those not asked for must have a size.
        for tensor in result.inputs + result.outputs { try checkSize(tensor, of: operation) }
        result.outputs = try outputs(of: operation, completed: result, definition)
        try checkArithmetic(result)
        return result
    }

    /// What one execution amounts to, by the convention `assay-flops/1`.
    package static func work(of operation: Operation) throws(OperatorError) -> Work {
        try definition(of: operation).work(operation)
    }

    /// The memory of all tensors of a completed operation.
    ///
    /// Backends copy the table of a pointer chase into memory of the wanted page size, and
    /// touch memory of their own to see how much there is.
    package static func memoryNeeded(_ operation: Operation) -> Bytes {
        let tensors = operation.inputs + operation.outputs
        let once = tensors.reduce(0) { $0 + UInt64($1.byteCount) }
        guard operation.domain == "assay" else { return Bytes(once) }
        switch operation.name {
        case "PointerChase": return Bytes(once * 2)
        case "LoadedLatency": return Bytes(once + UInt64(operation.int("bytes") ?? 0))
        case "Capacity": return Bytes(once + UInt64(operation.int("bytes") ?? 0))
        default: return Bytes(once)
        }
    }

    /// The operations that checking every output would take, for the rule of coverage.
    package static func operationCount(_ operation: Operation) throws(OperatorError) -> UInt64 {
        try definition(of: operation).oracle?.operationCount(operation) ?? 0
    }
}

// MARK: - Attributes

extension OperatorRegistry {
    private static func attributes(
        of operation: Operation, _ definition: OperatorDefinition
    ) throws(OperatorError) -> [Attribute] {
        for (index, given) in operation.attributes.enumerated() {
            guard definition.attributes.contains(where: { $0.name == given.name }) else {
                let known = definition.attributes.map(\.name)
                let hint =
                    nearest(to: given.name, in: known).map { "; did you mean '\($0)'?" } ?? ""
                throw operation.error(.attribute, "unknown attribute '\(given.name)'" + hint)
            }
            guard !operation.attributes[..<index].contains(where: { $0.name == given.name }) else {
                throw operation.error(.attribute, "attribute '\(given.name)' is given twice")
            }
        }
        var result: [Attribute] = []
        for formal in definition.attributes {
            guard let value = operation.attribute(formal.name) ?? formal.fallback else {
                if formal.isOptional { continue }
                throw operation.error(.attribute, "attribute '\(formal.name)' must be given")
            }
            result.append(Attribute(formal.name, try checked(value, formal, operation)))
        }
        return result.sorted { $0.name < $1.name }
    }

    private static func checked(
        _ value: AttributeValue, _ formal: FormalAttribute, _ operation: Operation
    ) throws(OperatorError) -> AttributeValue {
        switch (formal.kind, value) {
        case (.int, .int(let number)):
            guard number >= formal.least else {
                throw operation.error(
                    .attribute,
                    "attribute '\(formal.name)' is \(number); it must be at least \(formal.least)")
            }
            return value
        case (.float, .float(let number)):
            guard number.isFinite else {
                throw operation.error(.attribute, "attribute '\(formal.name)' must be finite")
            }
            return value
        case (.float, .int(let number)):
            // A case file may write 3 for 3.0; both must be the same point.
            return .float(Double(number))
        case (.string, .string(let text)):
            guard formal.choices.isEmpty || formal.choices.contains(text) else {
                let choices = formal.choices.joined(separator: ", ")
                throw operation.error(
                    .attribute,
                    "attribute '\(formal.name)' is '\(text)'; it must be one of \(choices)")
            }
            return value
        case (.ints, .ints), (.floats, .floats), (.strings, .strings):
            return value
        default:
            throw operation.error(
                .attribute, "attribute '\(formal.name)' must be of type \(formal.kind.rawValue)")
        }
    }
}
