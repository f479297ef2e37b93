import Glibc

/// Seeded random numbers: SplitMix64, and what is made of it without code of the product.
struct Random {
    private var state: UInt64
    private var spare: Double?

    /// Streams of different names are independent for what is done here.
    init(_ name: String, seed: UInt64) {
        state = seed &* 0x9E37_79B9_7F4A_7C15
        for byte in name.utf8 { state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    }

    mutating func bits() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// Strictly between 0 and 1.
    mutating func uniform() -> Double { (Double(bits() >> 11) + 0.5) * 0x1p-53 }

    mutating func index(below count: Int) -> Int { Int(bits() % UInt64(count)) }

    mutating func normal() -> Double {
        if let ready = spare {
            spare = nil
            return ready
        }
        let radius = (-2 * log(uniform())).squareRoot()
        let angle = 2 * Double.pi * uniform()
        spare = radius * sin(angle)
        return radius * cos(angle)
    }

    /// Mean 1.
    mutating func exponential() -> Double { -log(uniform()) }

    /// Mean 0 and standard deviation 1, of a shape that launches have been seen to take.
    mutating func effect(_ shape: Shape) -> Double {
        switch shape {
        case .normal: normal()
        case .exponential: exponential() - 1
        // One launch in five is in the slow mode, 2.25 standard deviations up.
        case .bimodal: (uniform() < 0.2 ? 1.8 : -0.45) + 0.44 * normal()
        }
    }

    /// A stationary autoregressive series of standard deviation 1 around 0.
    mutating func autoregressive(_ count: Int, _ coefficient: Double) -> [Double] {
        let innovation = (1 - coefficient * coefficient).squareRoot()
        var value = normal()
        return (0..<count).map { _ in
            defer { value = coefficient * value + innovation * normal() }
            return value
        }
    }

    /// Launch values around `centre`, of a relative standard deviation.
    mutating func launches(
        _ count: Int, deviation: Double, shape: Shape = .normal, centre: Double = 1
    ) -> [Double] {
        (0..<count).map { _ in centre * exp(deviation * effect(shape)) }
    }
}

/// How launches of one program differ.
enum Shape: String, CaseIterable { case normal, exponential, bimodal }
