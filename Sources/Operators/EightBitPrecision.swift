/// Storage of the 8-bit floating-point formats: exact decoding, encoding to nearest-even.
///
/// E4M3 is the variant without infinities that ONNX calls FLOAT8E4M3FN; E5M2 follows IEEE 754.
package enum EightBitPrecision {
    /// The value of an E4M3 pattern.
    package static func decode(e4m3 bits: UInt8) -> Double {
        if bits & 0x7f == 0x7f { return .nan }
        return decode(bits, exponentBits: 4, fractionBits: 3)
    }

    /// The value of an E5M2 pattern.
    package static func decode(e5m2 bits: UInt8) -> Double {
        if bits & 0x7c == 0x7c {
            if bits & 3 != 0 { return .nan }
            return bits >> 7 == 1 ? -.infinity : .infinity
        }
        return decode(bits, exponentBits: 5, fractionBits: 2)
    }

    /// The E4M3 pattern nearest to a value; beyond the largest, that or NaN.
    package static func encodeE4M3(_ value: Double, saturating: Bool) -> UInt8 {
        let sign: UInt8 = value.sign == .minus ? 0x80 : 0
        if value.isNaN { return sign | 0x7f }
        let magnitude = rounded(value.magnitude, fractionBits: 3, exponentMin: -6)
        if magnitude > 448 { return sign | (saturating ? 0x7e : 0x7f) }
        return sign | pattern(magnitude, fractionBits: 3, exponentMin: -6)
    }

    /// The E5M2 pattern nearest to a value; beyond the largest, that or infinity.
    package static func encodeE5M2(_ value: Double, saturating: Bool) -> UInt8 {
        let sign: UInt8 = value.sign == .minus ? 0x80 : 0
        if value.isNaN { return sign | 0x7e }
        let magnitude = rounded(value.magnitude, fractionBits: 2, exponentMin: -14)
        if magnitude > 57344 { return sign | (saturating ? 0x7b : 0x7c) }
        return sign | pattern(magnitude, fractionBits: 2, exponentMin: -14)
    }

    private static func powerOfTwo(_ exponent: Int) -> Double {
        Double(bitPattern: UInt64(exponent + 1023) << 52)
    }

    private static func decode(_ bits: UInt8, exponentBits: Int, fractionBits: Int) -> Double {
        let bias = 1 << (exponentBits - 1) - 1
        let exponent = Int(bits & 0x7f) >> fractionBits
        let fraction = Double(Int(bits) & (1 << fractionBits - 1)) * powerOfTwo(-fractionBits)
        let magnitude =
            exponent == 0
            ? fraction * powerOfTwo(1 - bias) : (1 + fraction) * powerOfTwo(exponent - bias)
        return bits >> 7 == 1 ? -magnitude : magnitude
    }

    /// The exponent of the last place of numbers near a magnitude.
    private static func lastPlace(_ magnitude: Double, _ fractionBits: Int, _ exponentMin: Int)
        -> Int
    {
        max(Int(magnitude.bitPattern >> 52) - 1023, exponentMin) - fractionBits
    }

    private static func rounded(_ magnitude: Double, fractionBits: Int, exponentMin: Int) -> Double
    {
        if magnitude.isInfinite { return magnitude }
        let unit = powerOfTwo(lastPlace(magnitude, fractionBits, exponentMin))
        return (magnitude / unit).rounded(.toNearestOrEven) * unit
    }

    /// The pattern of a magnitude that the format holds exactly.
    private static func pattern(_ magnitude: Double, fractionBits: Int, exponentMin: Int) -> UInt8 {
        let place = lastPlace(magnitude, fractionBits, exponentMin)
        // In units of the last place; the leading one of normal numbers carries into the exponent.
        let units = Int(magnitude / powerOfTwo(place))
        return UInt8(units + (place + fractionBits - exponentMin) << fractionBits)
    }
}
