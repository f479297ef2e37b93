import FoundationEssentials
import Model

@testable import Operators

/// Tensors with memory of their own, for the life of a test.
final class Tensors {
    private(set) var memories: [TensorMemory] = []
    private var blocks: [UnsafeMutableRawBufferPointer] = []

    deinit { for block in blocks { block.deallocate() } }

    /// Memory filled with NaN patterns, as the worker fills outputs.
    func make(_ spec: TensorSpec) -> TensorMemory {
        let block = UnsafeMutableRawBufferPointer.allocate(
            byteCount: max(spec.byteCount, 8), alignment: 64)
        block.initializeMemory(as: UInt8.self, repeating: 0xff)
        blocks.append(block)
        let memory = TensorMemory(spec, bytes: block)
        memories.append(memory)
        return memory
    }

    /// A view of a tensor with the given contents.
    func view(_ spec: TensorSpec, _ contents: Base64) -> TensorView {
        let memory = make(spec)
        precondition(contents.bytes.count == spec.byteCount, "\(spec.name): wrong size")
        memory.bytes.copyBytes(from: contents.bytes)
        return memory.view
    }
}

extension TensorMemory {
    /// The contents as bytes.
    var contents: Data { Data(bytes.prefix(spec.byteCount)) }

    /// The contents as elements.
    func elements<Element>(of type: Element.Type) -> [Element] {
        Array(bytes.prefix(spec.byteCount).bindMemory(to: type))
    }

    func store<Element>(_ value: Element, at position: Int) {
        bytes.storeBytes(
            of: value, toByteOffset: position * MemoryLayout<Element>.stride, as: Element.self)
    }
}

/// The file of that name under Tests/Fixtures/operators.
func fixture<Value: Decodable>(_ name: String, as type: Value.Type = Value.self) throws -> Value {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let file = tests.appending(path: "Fixtures/operators/\(name).json")
    return try JSONDecoder().decode(type, from: Data(contentsOf: file))
}

/// Bytes that a fixture holds as base64.
///
/// Kept as an array: the leak checker does not find `Data` that a static property holds.
struct Base64: Decodable {
    let bytes: [UInt8]

    init(from decoder: any Decoder) throws {
        bytes = Array(try decoder.singleValueContainer().decode(Data.self))
    }

    /// The bytes as numbers.
    func elements<Element: BitwiseCopyable>(of type: Element.Type) -> [Element] {
        bytes.withUnsafeBytes { source in
            (0..<source.count / MemoryLayout<Element>.size).map {
                source.loadUnaligned(
                    fromByteOffset: $0 * MemoryLayout<Element>.size, as: Element.self)
            }
        }
    }
}

func doubles(_ data: Base64) -> [Double] { data.elements(of: Double.self) }

func words(_ data: Base64) -> [UInt16] { data.elements(of: UInt16.self) }

/// An attribute's value in a fixture: a number with a fraction point is a float.
struct FixtureAttributes: Decodable {
    let attributes: [Attribute]

    init(from decoder: any Decoder) throws {
        let values = try decoder.singleValueContainer().decode([String: Double].self)
        attributes = values.map { name, value in
            let isFloat = ["alpha", "beta", "epsilon"].contains(name)
            return Attribute(name, isFloat ? .float(value) : .int(Int64(value)))
        }
    }
}

/// A completed operation of ours.
func ours(_ name: String, _ attributes: [String: AttributeValue] = [:]) throws -> Operation {
    try OperatorRegistry.infer(
        Operation(
            domain: "assay", name: name, opset: 1, inputs: [], outputs: [],
            attributes: attributes.map { Attribute($0.key, $0.value) }))
}

/// A completed ONNX operation.
func onnx(
    _ name: String, _ inputs: [TensorSpec], _ attributes: [Attribute] = [],
    outputs: [TensorSpec] = [], math: DType? = nil
) throws -> Operation {
    try OperatorRegistry.infer(
        Operation(
            name: name, opset: 0, inputs: inputs, outputs: outputs, attributes: attributes,
            math: math))
}

/// Inputs of an operation generated from the seeds 1, 2, …
func generatedInputs(
    _ operation: Operation, _ tensors: Tensors, pattern: DataPattern = .normal
) -> [TensorView] {
    operation.inputs.enumerated().map { index, spec in
        let memory = tensors.make(spec)
        InputData.fill(
            memory, inputIndex: index, of: operation, pattern: pattern, seed: UInt64(index + 1))
        return memory.view
    }
}

/// FNV-1a of 64 bits.
func fnv(_ data: Data) -> String {
    let hash = data.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
}
