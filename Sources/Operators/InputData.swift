package import Model

/// Seeded contents of input tensors: the same bits for the same seed on every platform.
package enum InputData {
    /// Fills an input of a completed operation.
    ///
    /// Tensors with values of their own are copied, the tables of a pointer chase and of a random
    /// access are built, everything else is drawn in element order from xoshiro256** by the
    /// pattern.
    package static func fill(
        _ memory: TensorMemory, inputIndex: Int, of operation: Operation, pattern: DataPattern,
        seed: UInt64
    ) {
        precondition(operation.inputs.indices.contains(inputIndex))
        let spec = memory.spec
        if let values = spec.values {
            precondition(values.count == spec.count)
            memory.copy(values)
            return
        }
        let isChase = ["PointerChase", "LoadedLatency"].contains(operation.name)
        if operation.domain == "assay", isChase, spec.name == "table" {
            fillChase(memory, of: operation, seed: seed)
            return
        }
        if operation.domain == "assay", operation.name == "RandomAccess" {
            // As in HPC Challenge: each word is its own index.
            memory.copy((0..<Int64(spec.count)).map { $0 })
            return
        }
        let definition = OperatorRegistry.definition(
            domain: operation.domain, name: operation.name)
        let domain = (definition?.formalInput(spec.name)?.domain ?? .anyNumber).resolved(operation)
        if !spec.dtype.isFloat {
            drawIntegers(memory, pattern: pattern, in: domain.integerRange(spec.dtype), seed: seed)
            return
        }
        switch domain {
        case .nonNegative: draw(memory, pattern: pattern, nonNegative: true, seed: seed)
        case .within(let range): drawWithin(memory, pattern: pattern, range: range, seed: seed)
        case .whole, .special, .scaled:
            draw(memory, pattern: pattern, nonNegative: false, seed: seed)
            revise(memory, pattern: pattern, domain, seed: seed)
        default: draw(memory, pattern: pattern, nonNegative: false, seed: seed)
        }
    }

    /// Fills a tensor of floating-point numbers.
    static func draw(
        _ memory: TensorMemory, pattern: DataPattern, nonNegative: Bool, seed: UInt64
    ) {
        let generator = Xoshiro256(seed: seed)
        unsafe NormalDeviate.table.withUnsafeBufferPointer { normalTable in
            let normal = unsafe NormalDeviate(table: normalTable.baseAddress.unsafelyUnwrapped)
            switch pattern {
            case .zeros:
                memory.clear()
            case .normal:
                draw(memory, normal, nonNegative, generator)
            case .sparse(let probability):
                let deviate = SparseDeviate(normal: normal, probability: probability)
                draw(memory, deviate, nonNegative, generator)
            case .uniform:
                let deviate = UniformDeviate(bits: significantBits(memory.spec.dtype))
                draw(memory, deviate, nonNegative, generator)
            case .trigonometric:
                unsafe SineDeviate.table.withUnsafeBufferPointer { table in
                    let sine = unsafe SineDeviate(table: table.baseAddress.unsafelyUnwrapped)
                    draw(memory, sine, nonNegative, generator)
                }
            }
        }
    }

    private static func significantBits(_ dtype: DType) -> Int {
        switch dtype {
        case .f64: 53
        case .f32: 24
        case .f16: 11
        case .bf16: 8
        case .f8e4m3: 4
        case .f8e5m2: 3
        default: preconditionFailure("no data of type \(dtype.name) is generated")
        }
    }

    private static func draw(
        _ memory: TensorMemory, _ deviate: some Deviate, _ nonNegative: Bool,
        _ generator: Xoshiro256
    ) {
        // Clearing the sign bit is the magnitude; one mask keeps the loop free of branches.
        let mask: UInt64 = nonNegative ? ~(1 << 63) : ~0
        switch memory.spec.dtype {
        case .f64: memory.draw(Double.self, deviate, mask, generator)
        case .f32: memory.draw(Float.self, deviate, mask, generator)
        case .f16: memory.draw(StoredFloat16.self, deviate, mask, generator)
        case .bf16: memory.draw(StoredBFloat16.self, deviate, mask, generator)
        case .f8e4m3: memory.draw(StoredE4M3.self, deviate, mask, generator)
        case .f8e5m2: memory.draw(StoredE5M2.self, deviate, mask, generator)
        default: preconditionFailure("no data of type \(memory.spec.dtype.name) is generated")
        }
    }
}

/// An element as it lies in memory.
private protocol StoredNumber: BitwiseCopyable {
    init(rounding value: Double)
}

extension Double: StoredNumber {
    @inline(__always) init(rounding value: Double) { self = value }
}

extension Float: StoredNumber {
    @inline(__always) init(rounding value: Double) { self.init(value) }
}

private struct StoredFloat16: StoredNumber {
    let bits: UInt16
    @inline(__always) init(rounding value: Double) {
        bits = HalfPrecision.encodeFloat16(value)
    }
}

private struct StoredBFloat16: StoredNumber {
    let bits: UInt16
    @inline(__always) init(rounding value: Double) {
        bits = HalfPrecision.encodeBFloat16(value)
    }
}

private struct StoredE4M3: StoredNumber {
    let bits: UInt8
    @inline(__always) init(rounding value: Double) {
        bits = EightBitPrecision.encodeE4M3(value, saturating: true)
    }
}

private struct StoredE5M2: StoredNumber {
    let bits: UInt8
    @inline(__always) init(rounding value: Double) {
        bits = EightBitPrecision.encodeE5M2(value, saturating: true)
    }
}

extension TensorMemory {
    /// Fills all elements in order; values pass through the mask.
    ///
    /// The generator stays in local variables: captured by a closure it would be checked for
    /// exclusive access at every number, which is ten times slower.
    fileprivate func draw<Element: StoredNumber>(
        _ type: Element.Type, _ deviate: some Deviate, _ mask: UInt64, _ generator: Xoshiro256
    ) {
        let count = spec.count
        if count == 0 { return }
        var generator = generator
        let base = unsafe bytes.baseAddress.unsafelyUnwrapped.bindMemory(to: type, capacity: count)
        for position in 0..<count {
            let value = deviate.next(&generator).bitPattern & mask
            unsafe base[position] = Element(rounding: Double(bitPattern: value))
        }
    }
}
