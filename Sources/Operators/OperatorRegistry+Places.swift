package import Model

extension OperatorRegistry {
    /// Where a plug-in finds the tensors of a completed operation: at places of the formal ones.
    ///
    /// An optional tensor that is left out leaves its place empty, as in ONNX. Tensors that follow
    /// from attributes stand in order.
    package static func places(of operation: Operation) -> TensorPlaces {
        guard
            let definition = definition(domain: operation.domain, name: operation.name),
            !definition.makesTensors
        else { return TensorPlaces(operation) }
        return TensorPlaces(
            inputs: places(operation.inputs, definition.inputs),
            outputs: places(operation.outputs, definition.outputs))
    }

    private static func places(_ tensors: [TensorSpec], _ formal: [FormalTensor]) -> [Int] {
        tensors.indices.map { index in
            let name = tensors[index].name
            guard let place = formal.firstIndex(where: { $0.matches(name) }) else { return index }
            return place + (formal[place].isVariadic ? formal[place].position(of: name) ?? 0 : 0)
        }
    }
}
