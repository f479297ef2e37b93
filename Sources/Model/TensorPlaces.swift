/// Where the tensors of an operation stand in the lists that a plug-in gets.
package struct TensorPlaces: Sendable, Hashable {
    /// For each input its place, ascending; places between them are empty.
    package var inputs: [Int]
    /// For each output its place.
    package var outputs: [Int]

    package init(inputs: [Int], outputs: [Int]) {
        self.inputs = inputs
        self.outputs = outputs
    }

    /// One behind the other.
    package init(_ operation: Operation) {
        self.init(
            inputs: Array(operation.inputs.indices), outputs: Array(operation.outputs.indices))
    }
}
