internal import AssayABI
internal import CPUSIMDKernels

/// `Dropout` as of opset 12: the identity, or in training random.
final class Dropout: Operator {
    private let type: ElementType
    private let ratioType: ElementType
    private let set: InstructionSet
    private let count: Int
    private let seed: Int
    private let hasRatio: Bool
    private let hasMode: Bool
    private let hasMask: Bool
    private var calls: UInt64 = 0

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        hasMask = request.outputs.count > 1 && request.outputs[1] != nil
        try request.expect(inputs: 1...3, outputs: hasMask ? 2 : 1)
        let data = try request.input(0, "data")
        type = try request.elementType(data, "data", of: .floating)
        hasRatio = request.inputs.count > 1 && request.inputs[1] != nil
        hasMode = request.inputs.count > 2 && request.inputs[2] != nil
        var ratioType = ElementType.f32
        if hasRatio {
            let ratio = try request.input(1, "ratio")
            guard ratio.count == 1, let type = ElementType(dtype: ratio.dtype), type.numeric != nil
            else { throw .invalid("Dropout's ratio must be one floating-point number") }
            ratioType = type
        }
        if hasMode {
            let mode = try request.input(2, "training_mode")
            guard mode.count == 1, mode.dtype == ASSAY_BOOL else {
                throw .invalid("Dropout's training_mode must be one bool")
            }
        }
        self.ratioType = ratioType
        try request.expect(try request.output(0, "output"), "output", is: data)
        if hasMask {
            try request.expect(
                try request.output(1, "mask"), "mask",
                is: .init(dtype: ASSAY_BOOL, extents: data.extents))
        }
        seed = try request.int("seed", default: 0)
        count = data.count
        set = engine.limit
    }

    var numeric: Numeric? { type.numeric }
    var kernel: String { "dropout-\(type.name)-\(set.name)" }

    func run(_ call: borrowing Call) throws(Failure) {
        if count == 0 { return }
        let trains = hasMode ? unsafe cpusimd_value(CPUSIMD_BOOL, call.input(2)) != 0 : false
        let ratio = hasRatio ? unsafe cpusimd_value(ratioType.rawValue, call.input(1)) : 0.5
        guard ratio >= 0, ratio <= 1 else {
            throw .invalid("Dropout's ratio is \(ratio); it must be from 0 to 1")
        }
        let mask = unsafe hasMask ? call.output(1).assumingMemoryBound(to: UInt8.self) : nil
        if !trains || ratio == 0 {
            unsafe cpusimd_cast_run(
                call.pool, set.rawValue, type.rawValue, type.rawValue, call.input(0),
                call.output(0), UInt64(count))
            unsafe mask?.update(repeating: 1, count: count)
            return
        }
        calls += 1
        unsafe cpusimd_dropout_run(
            call.pool, type.kernels(set), ratio, UInt64(bitPattern: Int64(seed)), calls,
            UInt64(count), call.input(0), call.output(0), mask)
    }
}
