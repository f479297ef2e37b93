internal import AssayABI

/// An operation as the host asks for it: values only, read from the plug-in ABI's descriptor.
struct Request {
    /// An input's or output's type and extents; dense and row-major.
    struct Tensor: Equatable {
        var dtype: UInt32
        var extents: [Int]

        var count: Int { extents.reduce(1, *) }
    }

    enum Attribute: Equatable {
        case int(Int)
        case float(Double)
        case string(String)
        case ints([Int])
        case floats([Double])
        case other
    }

    var domain = ""
    var name = ""
    var opset = 0
    /// Absent optional tensors are nil.
    var inputs: [Tensor?] = []
    var outputs: [Tensor?] = []
    var attributes: [String: Attribute] = [:]
    /// The arithmetic asked for; 0 where the inputs decide.
    var mathType: UInt32 = 0
    var accumulateType: UInt32 = 0
    /// Whether every call must give the same bits.
    var mustRepeat = false
}

// MARK: - Attributes

extension Request {
    func int(_ name: String, default otherwise: Int? = nil) throws(Failure) -> Int {
        switch attributes[name] {
        case .int(let value): return value
        case nil:
            if let otherwise { return otherwise }
            throw .invalid("\(self.name) needs its attribute \(name)")
        default: throw .invalid("\(self.name)'s attribute \(name) must be an integer")
        }
    }

    func float(_ name: String, default otherwise: Double) throws(Failure) -> Double {
        switch attributes[name] {
        case .float(let value): return value
        case .int(let value): return Double(value)
        case nil: return otherwise
        default: throw .invalid("\(self.name)'s attribute \(name) must be a number")
        }
    }

    func string(_ name: String, default otherwise: String) throws(Failure) -> String {
        switch attributes[name] {
        case .string(let value): return value
        case nil: return otherwise
        default: throw .invalid("\(self.name)'s attribute \(name) must be a string")
        }
    }
}

// MARK: - Tensors

extension Request {
    func input(_ index: Int, _ label: String) throws(Failure) -> Tensor {
        guard index < inputs.count, let tensor = inputs[index] else {
            throw .invalid("\(name) needs its input \(label)")
        }
        return tensor
    }

    func output(_ index: Int, _ label: String) throws(Failure) -> Tensor {
        guard index < outputs.count, let tensor = outputs[index] else {
            throw .invalid("\(name) needs its output \(label)")
        }
        return tensor
    }

    /// Checks the numbers of tensors, so that none given is ignored.
    func expect(inputs inputRange: ClosedRange<Int>, outputs outputCount: Int) throws(Failure) {
        guard inputRange.contains(inputs.count) else {
            let wanted =
                inputRange.count == 1
                ? "\(inputRange.lowerBound)"
                : "\(inputRange.lowerBound) to \(inputRange.upperBound)"
            throw .invalid("\(name) takes \(wanted) inputs, not \(inputs.count)")
        }
        let given = outputs.lastIndex { $0 != nil }.map { $0 + 1 } ?? 0
        guard given >= outputCount else {
            throw .invalid("\(name) gives \(outputCount) outputs, not \(given)")
        }
        guard given == outputCount else {
            throw .unsupported("\(name) gives its first \(outputCount) outputs here, not \(given)")
        }
    }

    func expect(_ tensor: Tensor, _ label: String, is wanted: Tensor) throws(Failure) {
        guard tensor.dtype == wanted.dtype else {
            throw .invalid("\(name)'s \(label) has an element type that does not fit its inputs")
        }
        guard tensor.extents == wanted.extents else {
            throw .invalid(
                "\(name)'s \(label) must have extents \(wanted.extents), not \(tensor.extents)")
        }
    }

    /// The floating-point type of `label`, in which the arithmetic must be wanted too.
    func numeric(_ tensor: Tensor, _ label: String) throws(Failure) -> Numeric {
        guard let type = Numeric(dtype: tensor.dtype) else {
            throw .unsupported("\(name) works on f32 and f64 only, and its \(label) is neither")
        }
        for wanted in [mathType, accumulateType] where wanted != 0 && wanted != tensor.dtype {
            throw .unsupported("\(name) computes in the type of its \(label) only, \(type.name)")
        }
        return type
    }
}

/// An element type that the kernels compute in.
enum Numeric {
    case f32, f64

    init?(dtype: UInt32) {
        switch dtype {
        case ASSAY_F32: self = .f32
        case ASSAY_F64: self = .f64
        default: return nil
        }
    }

    var dtype: UInt32 { self == .f32 ? ASSAY_F32 : ASSAY_F64 }
    var bytes: Int { self == .f32 ? 4 : 8 }
    var name: String { self == .f32 ? "f32" : "f64" }
}
