/// One tensor of an operation: its ONNX formal name, element type and shape.
package struct TensorSpec: Sendable, Hashable, Codable {
    package var name: String
    package var dtype: DType
    /// Extents, outermost first; empty for a scalar.
    package var shape: [Int]
    /// Whether the contents stay the same across calls, so that a library may pack them once.
    package var isConstant: Bool
    /// The contents, for small index tensors that ONNX passes as inputs, such as `axes`.
    ///
    /// Nil: filled from the seed with the point's data pattern.
    package var values: [Int64]?

    package init(
        _ name: String, _ dtype: DType, _ shape: [Int], isConstant: Bool = false,
        values: [Int64]? = nil
    ) {
        self.name = name
        self.dtype = dtype
        self.shape = shape
        self.isConstant = isConstant
        self.values = values
    }

    /// The number of elements; 1 for a scalar.
    package var count: Int { shape.reduce(1, *) }

    /// The size in bytes; sub-byte types are packed and rounded up.
    package var byteCount: Int { (count * dtype.bits + 7) / 8 }
}

/// The value of an operator's attribute, with ONNX's types.
package enum AttributeValue: Sendable, Hashable {
    case int(Int64)
    case float(Double)
    case string(String)
    case ints([Int64])
    case floats([Double])
    case strings([String])
}

/// An attribute of an operator.
package struct Attribute: Sendable, Hashable, Codable {
    package var name: String
    package var value: AttributeValue

    package init(_ name: String, _ value: AttributeValue) {
        self.name = name
        self.value = value
    }
}

/// One fully specified call of an operator: what a backend is asked to execute.
package struct Operation: Sendable, Hashable, Codable {
    /// Empty for ONNX's own operators, `assay` for ours.
    package var domain: String
    /// The operator's name, ONNX's where there is one.
    package var name: String
    /// The version of the operator set that defines the semantics.
    package var opset: Int
    package var inputs: [TensorSpec]
    package var outputs: [TensorSpec]
    /// Sorted by name.
    package var attributes: [Attribute]
    /// The type that arithmetic is to be done in; nil: as the inputs say.
    package var math: DType?
    /// The type that sums are to be kept in; nil: as the inputs say.
    package var accumulate: DType?

    package init(
        domain: String = "", name: String, opset: Int, inputs: [TensorSpec],
        outputs: [TensorSpec], attributes: [Attribute] = [], math: DType? = nil,
        accumulate: DType? = nil
    ) {
        self.domain = domain
        self.name = name
        self.opset = opset
        self.inputs = inputs
        self.outputs = outputs
        self.attributes = attributes.sorted { $0.name < $1.name }
        self.math = math
        self.accumulate = accumulate
    }

    /// The attribute of that name as an integer; nil when absent or of another type.
    package func int(_ name: String) -> Int64? {
        guard case .int(let value)? = attribute(name) else { return nil }
        return value
    }

    /// The attribute of that name as a number; integers are converted.
    package func double(_ name: String) -> Double? {
        switch attribute(name) {
        case .float(let value)?: value
        case .int(let value)?: Double(value)
        default: nil
        }
    }

    /// The attribute of that name as text; nil when absent or of another type.
    package func string(_ name: String) -> String? {
        guard case .string(let value)? = attribute(name) else { return nil }
        return value
    }

    /// The attribute of that name as a list of integers; nil when absent or of another type.
    package func ints(_ name: String) -> [Int64]? {
        guard case .ints(let value)? = attribute(name) else { return nil }
        return value
    }

    /// The attribute of that name; nil when absent.
    package func attribute(_ name: String) -> AttributeValue? {
        attributes.first { $0.name == name }?.value
    }
}

/// What one execution of an operation amounts to, derived from the executed shapes.
///
/// A fused multiply-add counts 2 and a transcendental function 1 (convention `assay-flops/1`).
package struct Work: Sendable, Hashable, Codable {
    /// Floating-point operations, or integer operations for integer types.
    package var flops: UInt64
    /// Bytes read, every input counted once.
    package var bytesRead: Bytes
    /// Bytes written, every output counted once.
    package var bytesWritten: Bytes
    /// Bytes that plain stores read for ownership in addition.
    package var bytesOwnership: Bytes
    /// Dependent steps or calls, for latency cases; 0 where that says nothing.
    package var steps: UInt64

    package init(
        flops: UInt64 = 0, bytesRead: Bytes = .zero, bytesWritten: Bytes = .zero,
        bytesOwnership: Bytes = .zero, steps: UInt64 = 0
    ) {
        self.flops = flops
        self.bytesRead = bytesRead
        self.bytesWritten = bytesWritten
        self.bytesOwnership = bytesOwnership
        self.steps = steps
    }

    /// Bytes moved as the algorithm counts them.
    package var bytes: Bytes { bytesRead + bytesWritten }

    /// Operations per byte moved; nil when nothing is moved or nothing computed.
    package var arithmeticIntensity: Double? {
        flops > 0 && bytes.value > 0 ? Double(flops) / Double(bytes.value) : nil
    }
}
