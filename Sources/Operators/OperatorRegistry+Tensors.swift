import Model

// MARK: - Inputs

extension OperatorRegistry {
    /// The given inputs in the order of the formal ones.
    static func inputs(
        of operation: Operation, _ definition: OperatorDefinition
    ) throws(OperatorError) -> [TensorSpec] {
        if definition.makesTensors { return [] }
        for given in operation.inputs where definition.formalInput(given.name) == nil {
            let known = definition.inputs.map(\.listedName)
            let hint = nearest(to: given.name, in: known).map { "; did you mean '\($0)'?" }
            throw operation.error(
                .input,
                "unknown input '\(given.name)'"
                    + (hint ?? "; its inputs are \(known.joined(separator: ", "))"))
        }
        var result: [TensorSpec] = []
        var bound: [String: (name: String, dtype: DType)] = [:]
        for formal in definition.inputs {
            for tensor in try given(formal, operation) {
                try checkElementType(tensor, formal, operation)
                try checkSize(tensor, of: operation)
                try checkValues(tensor, operation)
                if formal.kind == .data {
                    if let first = bound[formal.type.name], first.dtype != tensor.dtype {
                        throw operation.error(
                            .elementType,
                            "input \(tensor.name) is \(tensor.dtype.name) but input \(first.name) "
                                + "is \(first.dtype.name); they must be equal")
                    }
                    bound[formal.type.name] =
                        bound[formal.type.name] ?? (tensor.name, tensor.dtype)
                }
                result.append(tensor)
            }
        }
        return result
    }

    /// The tensors that take the place of a formal input: one, none of an optional one, or several.
    private static func given(
        _ formal: FormalTensor, _ operation: Operation
    ) throws(OperatorError) -> [TensorSpec] {
        let matching = operation.inputs.filter { formal.matches($0.name) }
        if !formal.isVariadic {
            guard matching.count <= 1 else {
                throw operation.error(.input, "input \(formal.name) is given twice")
            }
            guard formal.isOptional || !matching.isEmpty else {
                throw operation.error(.input, "input \(formal.name) must be given")
            }
            return matching
        }
        guard formal.isOptional || !matching.isEmpty else {
            throw operation.error(.input, "input \(formal.tensorName(0)) must be given")
        }
        var ordered: [TensorSpec] = []
        for position in matching.indices {
            let name = formal.tensorName(position)
            let named = matching.filter { $0.name == name }
            guard named.count <= 1 else {
                throw operation.error(.input, "input \(name) is given twice")
            }
            guard let tensor = named.first else {
                throw operation.error(
                    .input, "input \(name) must be given; inputs are numbered from 0")
            }
            ordered.append(tensor)
        }
        return ordered
    }

    private static func checkElementType(
        _ tensor: TensorSpec, _ formal: FormalTensor, _ operation: Operation
    ) throws(OperatorError) {
        switch formal.kind {
        case .data:
            guard formal.type.types.contains(tensor.dtype) else {
                let allowed = formal.type.types.map(\.name).joined(separator: ", ")
                throw operation.error(
                    .elementType,
                    "\(tensor.name) is \(tensor.dtype.name); it must be one of \(allowed)")
            }
        case .index:
            guard formal.type.types.contains(tensor.dtype), let values = tensor.values,
                tensor.shape == [values.count] || (tensor.shape.isEmpty && values.count == 1)
            else {
                let allowed = formal.type.types.map(\.name).joined(separator: " or ")
                throw operation.error(
                    .input,
                    "input \(tensor.name) must be a list of \(allowed) with its values given")
            }
        }
    }

    /// Values that stand in the case must be as many as the tensor has, and fit its type.
    private static func checkValues(
        _ tensor: TensorSpec, _ operation: Operation
    ) throws(OperatorError) {
        guard let values = tensor.values else { return }
        guard values.count == tensor.count else {
            throw operation.error(
                .input,
                "input \(tensor.name) has \(values.count) values for \(tensor.count) elements")
        }
        if tensor.dtype.isFloat { return }
        let range = tensor.dtype.integerRange
        for value in values where !range.contains(value) {
            throw operation.error(
                .input, "input \(tensor.name)'s value \(value) does not fit \(tensor.dtype.name)")
        }
    }

    /// Rejects extents below zero and tensors whose size in bits does not fit an integer.
    static func checkSize(
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

    static func checkGivenInputs(
        _ given: Operation, _ completed: Operation, _ definition: OperatorDefinition
    ) throws(OperatorError) {
        guard definition.makesTensors, !given.inputs.isEmpty, given.inputs != completed.inputs
        else { return }
        throw given.error(.input, "inputs follow from the attributes and must not be given")
    }
}

// MARK: - Outputs

extension OperatorRegistry {
    /// The completed outputs with the element types that were asked for.
    ///
    /// Optional outputs stay only where they were asked for.
    static func outputs(
        of given: Operation, completed: Operation, _ definition: OperatorDefinition
    ) throws(OperatorError) -> [TensorSpec] {
        var result = completed.outputs
        for wanted in given.outputs {
            guard let position = result.firstIndex(where: { $0.name == wanted.name }),
                let formal = definition.outputs.first(where: { $0.matches(wanted.name) })
            else {
                let known = result.map(\.name).joined(separator: ", ")
                throw given.error(
                    .output,
                    "unknown output '\(wanted.name)'; "
                        + (known.isEmpty ? "it has none" : "its outputs are \(known)"))
            }
            let natural = result[position].dtype
            if definition.makesTensors {
                guard wanted.dtype == natural else {
                    throw given.error(
                        .elementType, "output \(wanted.name) must be \(natural.name)")
                }
            } else {
                try checkElementType(wanted, formal, given)
                // A result may be stored in another floating-point type than the inputs have.
                guard wanted.dtype == natural || (wanted.dtype.isFloat && natural.isFloat) else {
                    throw given.error(
                        .elementType,
                        "output \(wanted.name) is \(wanted.dtype.name) but the inputs make it "
                            + natural.name)
                }
                result[position].dtype = wanted.dtype
            }
            guard wanted.shape.isEmpty || wanted.shape == result[position].shape else {
                throw given.error(
                    .shape,
                    "output \(wanted.name) is given as \(wanted.shape) but the inputs make it "
                        + "\(result[position].shape)")
            }
        }
        return result.filter { output in
            let formal = definition.outputs.first { $0.matches(output.name) }
            return formal?.isOptional != true || given.outputs.contains { $0.name == output.name }
        }
    }

    static func checkArithmetic(_ operation: Operation) throws(OperatorError) {
        for type in [operation.math, operation.accumulate] {
            guard let type, !(DType.reals + [.tf32, .i32, .i64]).contains(type) else { continue }
            throw operation.error(.elementType, "arithmetic in \(type.name) is not supported")
        }
    }
}

extension FormalTensor {
    /// The name in lists of what an operator takes.
    fileprivate var listedName: String { isVariadic ? "\(name)_0, …" : name }
}
