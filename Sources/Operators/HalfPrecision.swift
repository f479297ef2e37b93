/// Storage of the 16-bit floating-point formats: exact decoding, encoding to nearest-even.
///
/// Written with integer operations, because `Float16` does not exist on every platform and the
/// generated data must be the same bits everywhere.
package enum HalfPrecision {
    /// The value of a bfloat16 pattern.
    package static func decode(bfloat16 bits: UInt16) -> Double {
        Double(Float(bitPattern: UInt32(bits) << 16))
    }

    /// The bfloat16 pattern nearest to a value; NaN stays NaN.
    package static func encodeBFloat16(_ value: Double) -> UInt16 {
        UInt16(encode(value, exponentBits: 8, fractionBits: 7))
    }

    /// The value of an IEEE half-precision pattern.
    package static func decode(float16 bits: UInt16) -> Double {
        let exponent = Int(bits >> 10) & 0x1f
        let fraction = Double(bits & 0x3ff)
        let magnitude: Double =
            switch exponent {
            case 0: fraction * 0x1p-24
            case 31: fraction == 0 ? .infinity : .nan
            default: (1 + fraction * 0x1p-10) * powerOfTwo(exponent - 15)
            }
        return bits >> 15 == 1 ? -magnitude : magnitude
    }

    /// The IEEE half-precision pattern nearest to a value; NaN stays NaN.
    package static func encodeFloat16(_ value: Double) -> UInt16 {
        UInt16(encode(value, exponentBits: 5, fractionBits: 10))
    }

    private static func powerOfTwo(_ exponent: Int) -> Double {
        Double(bitPattern: UInt64(exponent + 1023) << 52)
    }

    /// Rounds straight from f64: going through f32 would round twice.
    private static func encode(_ value: Double, exponentBits: Int, fractionBits: Int) -> UInt32 {
        let sign: UInt32 = value.sign == .minus ? 1 << UInt32(exponentBits + fractionBits) : 0
        let bias = (1 << (exponentBits - 1)) - 1
        let infinity = UInt32((1 << exponentBits) - 1) << UInt32(fractionBits)
        if value.isNaN { return sign | infinity | 1 << UInt32(fractionBits - 1) }
        if value.isInfinite { return sign | infinity }
        let magnitude = value.magnitude
        if magnitude == 0 { return sign }
        let exponent = max(Int(magnitude.exponent), 1 - bias)
        guard exponent <= bias else { return sign | infinity }
        // In units of the last place the pattern is a whole number, whatever its exponent.
        let units = magnitude * powerOfTwo(fractionBits - exponent)
        let rounded = UInt32(units.rounded(.toNearestOrEven))
        let base = UInt32(exponent - (1 - bias)) << UInt32(fractionBits)
        return sign | (base + rounded)
    }
}
