import Model

/// Conversion to another element type.
let cast = OperatorDefinition(
    "Cast", since: 19, inputs: [FormalTensor("input", .any.named("T1"), domain: .of(castable))],
    outputs: [FormalTensor("output", .any.named("T2"))],
    attributes: [
        FormalAttribute("saturate", .int(1), least: 0), FormalAttribute(required: "to", .int),
    ],
    inference: { operation throws(OperatorError) in
        let code = operation.int("to") ?? 0
        guard let type = DType(onnx: code) else {
            throw operation.error(
                .attribute,
                "attribute 'to' is \(code); it must be ONNX's number of a type that tensors may "
                    + "have, such as 1 for f32")
        }
        operation.outputs = [TensorSpec("output", type, operation.inputs[0].shape)]
    },
    work: { .ofTensors($0, flops: UInt64($0.outputs[0].count)) },
    oracle: Oracle(
        rule: { operation, _ in operation.outputs[0].dtype.isFloat ? .exact : .integers },
        operationCount: { UInt64($0.outputs[0].count) },
        words: { _, _ in "exactly the nearest number, or the one toward zero for integers" },
        // Small differences vanish in a narrower type.
        reacts: { _ in false },
        evaluate: evaluateCast))

extension DType {
    /// The element type that ONNX gives that number in TensorProto; nil: not one that tensors have.
    package init?(onnx code: Int64) {
        let found: DType? =
            switch code {
            case 1: .f32
            case 2: .u8
            case 3: .i8
            case 4: .u16
            case 5: .i16
            case 6: .i32
            case 7: .i64
            case 9: .bool
            case 10: .f16
            case 11: .f64
            case 12: .u32
            case 13: .u64
            case 16: .bf16
            case 17: .f8e4m3
            case 19: .f8e5m2
            default: nil
            }
        guard let found else { return nil }
        self = found
    }
}

/// Numbers that the target holds: a conversion out of its range is undefined.
private let castable: @Sendable (Operation) -> FormalTensor.Domain = { operation in
    let source = operation.inputs[0].dtype
    guard let target = operation.int("to").flatMap({ DType(onnx: $0) }) else { return .anyNumber }
    if source.isFloat {
        if target == .bool { return .whole }
        return target.isInteger ? .within(target.isSigned ? -100...100 : 0...200) : .anyNumber
    }
    // Integers beyond 2^53 would be rounded twice on their way through f64.
    return target.isFloat ? .within(-(1 << 40)...1 << 40) : .anyNumber
}

private func evaluateCast(_ call: OracleCall, _ range: Range<Int>, _ expected: inout Expected) {
    let (input, target) = (call.inputs[0], call.output.dtype)
    let saturates = call.operation.int("saturate") != 0
    for (place, position) in range.enumerated() {
        if target.isFloat {
            expected.values[place] = target.rounded(input.element(position), saturates: saturates)
        } else if input.spec.dtype.isFloat {
            let value = input.element(position)
            expected.integers[place] = target.truncated(value)
        } else {
            expected.integers[place] = target.wrapped(input.integer(position))
        }
    }
}

extension DType {
    /// The number of a floating-point type nearest to a value, ties to even.
    func rounded(_ value: Double, saturates: Bool = true) -> Double {
        switch self {
        case .f64: value
        case .f16: HalfPrecision.decode(float16: HalfPrecision.encodeFloat16(value))
        case .bf16: HalfPrecision.decode(bfloat16: HalfPrecision.encodeBFloat16(value))
        case .f8e4m3:
            EightBitPrecision.decode(
                e4m3: EightBitPrecision.encodeE4M3(value, saturating: saturates))
        case .f8e5m2:
            EightBitPrecision.decode(
                e5m2: EightBitPrecision.encodeE5M2(value, saturating: saturates))
        default: Double(Float(value))
        }
    }

    /// The integer toward zero from a number; one that does not fit keeps its low bits.
    fileprivate func truncated(_ value: Double) -> Int64 {
        if self == .bool { return value != 0 ? 1 : 0 }
        let whole = value.rounded(.towardZero)
        if self == .u64, let wide = UInt64(exactly: whole) { return Int64(bitPattern: wide) }
        return wrapped(Int64(exactly: whole) ?? 0)
    }
}
