import Model

// MARK: - Integers

extension TensorView {
    /// The element at a position of a tensor of integers or truth values.
    ///
    /// Exact where ``element(_:)`` rounds; numbers of u64 beyond 2^63 keep their bits.
    package func integer(_ position: Int) -> Int64 {
        switch spec.dtype {
        case .i64, .u64: load(position, as: Int64.self)
        case .i32: Int64(load(position, as: Int32.self))
        case .i16: Int64(load(position, as: Int16.self))
        case .i8: Int64(load(position, as: Int8.self))
        case .u32: Int64(load(position, as: UInt32.self))
        case .u16: Int64(load(position, as: UInt16.self))
        // A byte of a truth value that is neither 0 nor 1 must not compare equal to either.
        case .u8, .bool: Int64(load(position, as: UInt8.self))
        default: preconditionFailure("no integers of type \(spec.dtype.name) are read")
        }
    }

    /// Reads `count` integers from `start` on, `step` apart, into an array from `offset` on.
    func read(
        from start: Int, step: Int = 1, count: Int, into target: inout [Int64], at offset: Int = 0
    ) {
        for position in 0..<count { target[offset + position] = integer(start + position * step) }
    }

    /// The bits of the element at a position.
    func bits(_ position: Int) -> UInt64 {
        switch spec.dtype.bits {
        case 64: load(position, as: UInt64.self)
        case 32: UInt64(load(position, as: UInt32.self))
        case 16: UInt64(load(position, as: UInt16.self))
        default: UInt64(load(position, as: UInt8.self))
        }
    }
}

extension TensorMemory {
    /// Stores an integer at a position, reduced to the width of the type.
    func store(_ value: Int64, at position: Int) {
        precondition(position >= 0 && position < spec.count)
        let width = spec.dtype.bits / 8
        switch width {
        case 8: unsafe bytes.storeBytes(of: value, toByteOffset: position * 8, as: Int64.self)
        case 4:
            unsafe bytes.storeBytes(
                of: Int32(truncatingIfNeeded: value), toByteOffset: position * 4, as: Int32.self)
        case 2:
            unsafe bytes.storeBytes(
                of: Int16(truncatingIfNeeded: value), toByteOffset: position * 2, as: Int16.self)
        default:
            unsafe bytes.storeBytes(
                of: Int8(truncatingIfNeeded: value), toByteOffset: position, as: Int8.self)
        }
    }

    /// Stores a number at a position, rounded to the element type; of integers, toward zero.
    ///
    /// Eight-bit floats that the number does not fit become their largest.
    func store(number value: Double, at position: Int) {
        switch spec.dtype {
        case .f64: store(Int64(bitPattern: value.bitPattern), at: position)
        case .f32: store(Int64(Float(value).bitPattern), at: position)
        case .f16: store(Int64(HalfPrecision.encodeFloat16(value)), at: position)
        case .bf16: store(Int64(HalfPrecision.encodeBFloat16(value)), at: position)
        case .f8e4m3:
            store(Int64(EightBitPrecision.encodeE4M3(value, saturating: true)), at: position)
        case .f8e5m2:
            store(Int64(EightBitPrecision.encodeE5M2(value, saturating: true)), at: position)
        default: store(Int64(exactly: value.rounded(.towardZero)) ?? 0, at: position)
        }
    }

    /// Copies values that were given.
    func copy(_ values: [Int64]) {
        precondition(values.count == spec.count)
        for (position, value) in values.enumerated() {
            if spec.dtype.isFloat {
                store(number: Double(value), at: position)
            } else {
                store(value, at: position)
            }
        }
    }
}
