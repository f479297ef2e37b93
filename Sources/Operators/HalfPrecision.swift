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
    @inline(__always)
    private static func encode(_ value: Double, exponentBits: UInt64, fractionBits: UInt64)
        -> UInt64
    {
        let bias = UInt64(1) << (exponentBits - 1) - 1
        let sign = (value.bitPattern >> 63) << (exponentBits + fractionBits)
        let magnitude = value.bitPattern & ~(1 << 63)
        let infinity = (UInt64(1) << exponentBits - 1) << fractionBits
        let exponent = magnitude >> 52
        if exponent > 1023 - bias && exponent <= 1023 + bias {
            // Just under half a unit, and one more where the last kept bit is odd. A carry runs
            // into the exponent, and from the largest exponent to infinity, as it should.
            let dropped = 52 - fractionBits
            let odd = magnitude >> dropped & 1
            let rounded = (magnitude + (1 << (dropped - 1)) - 1 + odd) >> dropped
            return sign | (rounded - (1023 - bias) << fractionBits)
        }
        if value.isNaN { return sign | infinity | 1 << (fractionBits - 1) }
        if exponent > 1023 + bias { return sign | infinity }
        // Subnormal: in units of the last place the pattern is a whole number.
        let unit = powerOfTwo(Int(fractionBits + bias) - 1)
        return sign | UInt64((value.magnitude * unit).rounded(.toNearestOrEven))
    }
}
