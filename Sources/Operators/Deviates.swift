/// A distribution: how one element is drawn from the generator.
///
/// Only integer operations and IEEE multiplication, addition and subtraction are used, which Swift
/// never contracts: the same seed gives the same bits on every platform.
protocol Deviate {
    func next(_ generator: inout Xoshiro256) -> Double
}

/// Standard normal deviates by the inverse of the distribution function from a table.
///
/// The tail probability is cut into octaves, each into 64 cells with linear interpolation: fine
/// where the quantile is steep. For tails below 2^-25 the deviate stays at 5.42.
@safe struct NormalDeviate: Deviate {
    private static let octaves = 24
    /// A cell more than are interpolated, because neighbouring octaves do not share an entry.
    private static let entries = 65
    static let table: [Double] = normalTableBits.map { Double(bitPattern: $0) }

    private let table: UnsafePointer<Double>

    /// The table must outlive the value.
    init(table: UnsafePointer<Double>) { unsafe self.table = table }

    @inline(__always)
    func next(_ generator: inout Xoshiro256) -> Double {
        let draw = generator.next()
        // The smallest kept tail has its leading one at bit 39; a floor there bounds the octave.
        let tail = max(draw & 0x7fff_ffff_ffff_ffff, 1 << 39)
        let octave = tail.leadingZeroBitCount - 1
        let aligned = tail << UInt64(octave)
        let cell = Int((aligned >> 56) & 63)
        let fraction = Double(Int64((aligned >> 4) & 0xf_ffff_ffff_ffff)) * 0x1p-52
        let position = octave * Self.entries + cell
        let low = unsafe table[position]
        let high = unsafe table[position + 1]
        let magnitude = low + fraction * (high - low)
        return Double(bitPattern: magnitude.bitPattern | (draw & (1 << 63)))
    }
}

/// Sines of uniformly distributed angles: a sign and an angle in the first quadrant.
@safe struct SineDeviate: Deviate {
    static let table: [Double] = sineTableBits.map { Double(bitPattern: $0) }

    private let table: UnsafePointer<Double>

    /// The table must outlive the value.
    init(table: UnsafePointer<Double>) { unsafe self.table = table }

    @inline(__always)
    func next(_ generator: inout Xoshiro256) -> Double {
        let draw = generator.next()
        let position = Int((draw >> 54) & 511)
        let fraction = Double(Int64((draw >> 2) & 0xf_ffff_ffff_ffff)) * 0x1p-52
        let low = unsafe table[position]
        let high = unsafe table[position + 1]
        let magnitude = low + fraction * (high - low)
        return Double(bitPattern: magnitude.bitPattern | (draw & (1 << 63)))
    }
}

/// Uniform on [0, 1), in steps of the element type, so that rounding never makes a 1.
struct UniformDeviate: Deviate {
    private let shift: UInt64
    private let step: Double

    /// Deviates with that many significant bits.
    init(bits: Int) {
        shift = UInt64(64 - bits)
        step = Double(bitPattern: UInt64(1023 - bits) << 52)
    }

    @inline(__always)
    func next(_ generator: inout Xoshiro256) -> Double {
        Double(Int64(generator.next() >> shift)) * step
    }
}

/// Normal deviates, each replaced by zero with a probability.
struct SparseDeviate: Deviate {
    private let normal: NormalDeviate
    private let probability: Double

    init(normal: NormalDeviate, probability: Double) {
        self.normal = normal
        self.probability = probability
    }

    @inline(__always)
    func next(_ generator: inout Xoshiro256) -> Double {
        let decision = Double(Int64(generator.next() >> 11)) * 0x1p-53
        // Always drawn, so that the values that stay do not depend on the probability.
        let value = normal.next(&generator)
        return decision < probability ? 0 : value
    }
}
