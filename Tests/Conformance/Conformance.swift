import Backends
import FoundationEssentials
import Glibc
import Model
import Operators

/// Judges ONNX's own node tests by our oracle: `scripts/onnx-conformance` converts and passes them.
///
/// `conformance operators` lists the operators that are claimed. `conformance FOLDER` reads
/// `operations.json` and `tensors.bin` there and prints a line for each test: name, operator,
/// verdict and detail, with tabs between. `conformance FOLDER BACKEND` has a backend that is linked
/// in compute the outputs, instead of taking those that ONNX expects.
@main
struct Conformance {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard let first = arguments.first, arguments.count <= 2 else {
            print("usage: conformance operators | FOLDER [BACKEND]")
            return
        }
        if first == "operators" {
            for definition in OperatorRegistry.all where !definition.makesTensors {
                print(definition.qualifiedName)
            }
            return
        }
        let runner: BackendRunner?
        do throws(BackendError) {
            runner = try arguments.dropFirst().first.map { (id) throws(BackendError) in
                try BackendRunner(id)
            }
        } catch {
            print("error: \(error.message)")
            exit(2)
        }
        let folder = URL(filePath: first)
        let list = try Data(contentsOf: folder.appending(path: "operations.json"))
        let tensors = try Data(contentsOf: folder.appending(path: "tensors.bin"))
        for test in try JSONDecoder().decode([NodeTest].self, from: list) {
            let verdict = test.judge(tensors, runner)
            print(test.name, test.operator, verdict.name, verdict.detail, separator: "\t")
        }
    }
}

/// What came of a test.
enum Verdict {
    case passed
    case failed(String)
    case unsupported(String)

    var name: String {
        switch self {
        case .passed: "passed"
        case .failed: "failed"
        case .unsupported: "unsupported"
        }
    }

    var detail: String {
        switch self {
        case .passed: ""
        case .failed(let detail), .unsupported(let detail): detail
        }
    }
}

/// One node with its inputs and the outputs that ONNX expects.
struct NodeTest: Decodable {
    struct Tensor: Decodable {
        /// The name of the place in ONNX's schema; of variadic ones with `_0`, `_1`, … behind it.
        let place: String
        let dtype: String
        let shape: [Int]
        /// Where the elements lie in `tensors.bin`.
        let offset: Int
        let byteCount: Int
    }

    /// One of ONNX's attribute types.
    struct Value: Decodable {
        let name: String
        let i: Int64?
        let f: Double?
        let s: String?
        let ints: [Int64]?
        let floats: [Double]?
        let strings: [String]?

        var attribute: Attribute? {
            if let i { return Attribute(name, .int(i)) }
            if let f { return Attribute(name, .float(f)) }
            if let s { return Attribute(name, .string(s)) }
            if let ints { return Attribute(name, .ints(ints)) }
            if let floats { return Attribute(name, .floats(floats)) }
            if let strings { return Attribute(name, .strings(strings)) }
            return nil
        }
    }

    let name: String
    let `operator`: String
    let opset: Int
    let attributes: [Value]
    /// Those that are there, in order.
    let inputs: [Tensor]
    let outputs: [Tensor]
    /// Why the test could not be converted.
    let obstacle: String?

    func judge(_ bytes: Data, _ runner: BackendRunner?) -> Verdict {
        if let obstacle { return .unsupported(obstacle) }
        guard let definition = OperatorRegistry.definition(domain: "", name: `operator`) else {
            return .unsupported("the operator is not claimed")
        }
        do throws(Obstacle) {
            let store = Store()
            var named = attributes.compactMap(\.attribute)
            guard named.count == attributes.count else {
                return .unsupported("an attribute is of a type that has no counterpart")
            }
            let formal = Set(definition.attributes.filter { $0.kind == .floats }.map(\.name))
            var data: [Tensor] = []
            for tensor in inputs {
                // Inputs of floats that must be constant, such as scales, are attributes of ours.
                if formal.contains(tensor.place) {
                    named.append(try attribute(tensor, bytes, store))
                } else {
                    data.append(tensor)
                }
            }
            let given = try place(data, definition.inputs, bytes, store, areInputs: true)
            let wanted = try place(outputs, definition.outputs, bytes, store, areInputs: false)
            let operation = try infer(given, wanted, named)
            for found in wanted {
                let spec = operation.outputs.first { $0.name == found.spec.name }
                guard let spec, spec.shape != found.spec.shape else { continue }
                return .failed(
                    "\(spec.name) is \(spec.shape) where \(found.spec.shape) is expected")
            }
            return try verify(operation, given, wanted, runner)
        } catch {
            return .unsupported(error.reason)
        }
    }

    private struct Obstacle: Error {
        var reason: String
    }

    private struct Placed {
        var spec: TensorSpec
        var view: TensorView
        var bytes: UnsafeRawBufferPointer
    }

    private func attribute(
        _ tensor: Tensor, _ bytes: Data, _ store: Store
    ) throws(Obstacle) -> Attribute {
        let placed = try read(tensor, bytes, store)
        let (spec, view) = (placed.spec, placed.view)
        guard DType.reals.contains(spec.dtype) else {
            throw Obstacle(
                reason: "input \(tensor.place) is \(tensor.dtype), not of floating-point numbers")
        }
        return Attribute(tensor.place, .floats((0..<spec.count).map { view.element($0) }))
    }

    /// Tensors at the places that have the same names in ONNX's schema and in our definition.
    private func place(
        _ tensors: [Tensor], _ formal: [FormalTensor], _ bytes: Data, _ store: Store,
        areInputs: Bool
    ) throws(Obstacle) -> [Placed] {
        var result: [Placed] = []
        for tensor in tensors {
            let kind = areInputs ? "input" : "output"
            guard let own = formal.first(where: { $0.matches(tensor.place) }) else {
                throw Obstacle(reason: "there is no \(kind) \(tensor.place)")
            }
            var placed = try read(tensor, bytes, store)
            if areInputs, own.kind == .index {
                guard DType.integers.contains(placed.spec.dtype) else {
                    throw Obstacle(
                        reason: "input \(tensor.place) is \(tensor.dtype), not of integers")
                }
                placed.spec.values = (0..<placed.spec.count).map { placed.view.integer($0) }
            }
            result.append(placed)
        }
        return result
    }

    private func read(
        _ tensor: Tensor, _ bytes: Data, _ store: Store
    ) throws(Obstacle) -> Placed {
        guard let dtype = DType(name: tensor.dtype), DType.stored.contains(dtype) else {
            throw Obstacle(reason: "tensors of type \(tensor.dtype) are not supported")
        }
        let spec = TensorSpec(tensor.place, dtype, tensor.shape)
        guard spec.byteCount == tensor.byteCount else {
            throw Obstacle(
                reason: "\(tensor.place) has \(tensor.byteCount) bytes, not \(spec.byteCount)")
        }
        let room = store.copy(bytes, tensor.offset, tensor.byteCount)
        return Placed(
            spec: spec, view: TensorView(spec, bytes: room),
            bytes: UnsafeRawBufferPointer(rebasing: room[..<tensor.byteCount]))
    }

    private func infer(
        _ given: [Placed], _ wanted: [Placed], _ attributes: [Attribute]
    ) throws(Obstacle) -> Operation {
        do throws(OperatorError) {
            return try OperatorRegistry.infer(
                Operation(
                    name: `operator`, opset: opset, inputs: given.map(\.spec),
                    // An empty shape asks for the type only; shapes are compared afterwards.
                    outputs: wanted.map { TensorSpec($0.spec.name, $0.spec.dtype, []) },
                    attributes: attributes))
        } catch {
            throw Obstacle(reason: error.description)
        }
    }

    private func verify(
        _ operation: Operation, _ given: [Placed], _ wanted: [Placed], _ runner: BackendRunner?
    ) throws(Obstacle) -> Verdict {
        var inputs: [Placed] = []
        for spec in operation.inputs {
            guard let found = given.first(where: { $0.spec.name == spec.name }) else {
                throw Obstacle(reason: "input \(spec.name) is missing")
            }
            inputs.append(found)
        }
        var outputs: [TensorView] = []
        for spec in operation.outputs {
            guard let found = wanted.first(where: { $0.spec.name == spec.name }) else {
                throw Obstacle(reason: "output \(spec.name) has no expected value")
            }
            outputs.append(found.view)
        }
        let computed = try runner.map { (runner) throws(Obstacle) in
            do throws(BackendError) {
                return try runner.outputs(of: operation, inputs: inputs.map(\.bytes))
            } catch {
                throw Obstacle(reason: error.message)
            }
        }
        defer { computed?.forEach { $0.deallocate() } }
        if let computed {
            outputs = zip(operation.outputs, computed).map {
                TensorView($0, bytes: UnsafeRawBufferPointer($1))
            }
        }
        do throws(OperatorError) {
            let result = try Verification.verify(
                operation, inputs: inputs.map(\.view), outputs: outputs, sampleSeed: 1)
            guard result.checked else { return .unsupported("nothing was compared") }
            return result.passed ? .passed : .failed(result.detail)
        } catch {
            throw Obstacle(reason: error.description)
        }
    }
}

/// Memory for the tensors of a test, aligned to their elements.
final class Store {
    private var blocks: [UnsafeMutableRawBufferPointer] = []

    deinit { for block in blocks { block.deallocate() } }

    func copy(_ bytes: Data, _ offset: Int, _ count: Int) -> UnsafeRawBufferPointer {
        let block = UnsafeMutableRawBufferPointer.allocate(
            byteCount: max(count, 8), alignment: 64)
        blocks.append(block)
        let start = bytes.startIndex + offset
        block.copyBytes(from: bytes[start..<start + count])
        return UnsafeRawBufferPointer(block)
    }
}
