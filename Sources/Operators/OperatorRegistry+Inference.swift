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
        try checkGivenInputs(operation, result)
        result.outputs = try outputs(of: operation, completed: result, definition)
        for tensor in result.inputs + result.outputs { try checkSize(tensor, of: operation) }
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
        var seen: Set<String> = []
        for given in operation.attributes {
            guard definition.attributes.contains(where: { $0.name == given.name }) else {
                let known = definition.attributes.map(\.name)
                let hint =
                    nearest(to: given.name, in: known).map { "; did you mean '\($0)'?" } ?? ""
                throw operation.error(.attribute, "unknown attribute '\(given.name)'" + hint)
            }
            guard seen.insert(given.name).inserted else {
                throw operation.error(.attribute, "attribute '\(given.name)' is given twice")
            }
        }
        var result: [Attribute] = []
        for formal in definition.attributes {
            guard let value = operation.attribute(formal.name) ?? formal.fallback else {
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

// MARK: - Tensors

extension OperatorRegistry {
    /// Element types that tensors of data may have.
    package static let dataTypes: [DType] = [.f64, .f32, .f16, .bf16]

    /// The given inputs in the order of the formal ones.
    private static func inputs(
        of operation: Operation, _ definition: OperatorDefinition
    ) throws(OperatorError) -> [TensorSpec] {
        if definition.domain == "assay" { return [] }
        for given in operation.inputs
        where !definition.inputs.contains(where: { $0.name == given.name }) {
            let known = definition.inputs.map(\.name)
            let hint = nearest(to: given.name, in: known).map { "; did you mean '\($0)'?" }
            throw operation.error(
                .input,
                "unknown input '\(given.name)'"
                    + (hint ?? "; its inputs are \(known.joined(separator: ", "))"))
        }
        var result: [TensorSpec] = []
        var element: (name: String, dtype: DType)?
        for formal in definition.inputs {
            let matching = operation.inputs.filter { $0.name == formal.name }
            guard matching.count <= 1 else {
                throw operation.error(.input, "input \(formal.name) is given twice")
            }
            guard let tensor = matching.first else {
                if formal.isOptional { continue }
                throw operation.error(.input, "input \(formal.name) must be given")
            }
            try checkElementType(tensor, formal, operation)
            try checkSize(tensor, of: operation)
            if formal.kind == .data {
                if let first = element, first.dtype != tensor.dtype {
                    throw operation.error(
                        .elementType,
                        "input \(formal.name) is \(tensor.dtype.name) but input \(first.name) is "
                            + "\(first.dtype.name); they must be equal")
                }
                element = element ?? (formal.name, tensor.dtype)
            }
            result.append(tensor)
        }
        return result
    }

    private static func checkElementType(
        _ tensor: TensorSpec, _ formal: FormalTensor, _ operation: Operation
    ) throws(OperatorError) {
        switch formal.kind {
        case .data:
            guard dataTypes.contains(tensor.dtype) else {
                let allowed = dataTypes.map(\.name).joined(separator: ", ")
                throw operation.error(
                    .elementType,
                    "\(tensor.name) is \(tensor.dtype.name); it must be one of \(allowed)")
            }
        case .index:
            guard tensor.dtype == .i64, let values = tensor.values, tensor.shape == [values.count]
            else {
                throw operation.error(
                    .input, "input \(tensor.name) must be a list of i64 with its values given")
            }
        }
    }

    /// Rejects extents below zero and tensors whose size in bits does not fit an integer.
    private static func checkSize(
        _ tensor: TensorSpec, of operation: Operation
    ) throws(OperatorError) {
        guard tensor.shape.allSatisfy({ $0 >= 0 }) else {
            throw operation.error(
                .shape, "\(tensor.name)'s shape is \(tensor.shape); extents must not be negative")
        }
        // Zero extents are left out, so that no partial product overflows unnoticed.
        var bits = 64
        for extent in tensor.shape where extent > 0 {
            let (product, overflow) = bits.multipliedReportingOverflow(by: extent)
            guard !overflow else {
                throw operation.error(
                    .tooLarge, "\(tensor.name)'s shape \(tensor.shape) has too many elements")
            }
            bits = product
        }
    }

    private static func checkGivenInputs(
        _ given: Operation, _ completed: Operation
    ) throws(OperatorError) {
        guard completed.domain == "assay", !given.inputs.isEmpty, given.inputs != completed.inputs
        else { return }
        throw given.error(.input, "inputs follow from the attributes and must not be given")
    }

    /// The completed outputs with the element types that were asked for.
    private static func outputs(
        of given: Operation, completed: Operation, _ definition: OperatorDefinition
    ) throws(OperatorError) -> [TensorSpec] {
        var result = completed.outputs
        for wanted in given.outputs {
            guard let position = result.firstIndex(where: { $0.name == wanted.name }) else {
                let known = result.map(\.name).joined(separator: ", ")
                throw given.error(
                    .output,
                    "unknown output '\(wanted.name)'; "
                        + (known.isEmpty ? "it has none" : "its outputs are \(known)"))
            }
            let formal = definition.outputs[position]
            if definition.domain == "assay" {
                guard wanted.dtype == result[position].dtype else {
                    throw given.error(
                        .elementType, "output \(wanted.name) must be \(result[position].dtype.name)"
                    )
                }
            } else {
                try checkElementType(wanted, formal, given)
                result[position].dtype = wanted.dtype
            }
            guard wanted.shape.isEmpty || wanted.shape == result[position].shape else {
                throw given.error(
                    .shape,
                    "output \(wanted.name) is given as \(wanted.shape) but the inputs make it "
                        + "\(result[position].shape)")
            }
        }
        return result
    }

    private static func checkArithmetic(_ operation: Operation) throws(OperatorError) {
        for type in [operation.math, operation.accumulate] {
            guard let type, !(dataTypes + [.tf32]).contains(type) else { continue }
            throw operation.error(.elementType, "arithmetic in \(type.name) is not supported")
        }
    }
}
