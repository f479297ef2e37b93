import Foundation

/// A seeded generator of test data: SplitMix64.
struct Simulation {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func bits() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// Strictly between 0 and 1.
    mutating func uniform() -> Double { (Double(bits() >> 11) + 0.5) * 0x1p-53 }

    /// Box and Muller, so that no code under test makes the data.
    mutating func normal() -> Double {
        (-2 * log(uniform())).squareRoot() * cos(2 * Double.pi * uniform())
    }

    /// A stationary autoregressive series of standard deviation 1 around 0.
    mutating func autoregressive(count: Int, coefficient: Double) -> [Double] {
        let innovation = (1 - coefficient * coefficient).squareRoot()
        var value = normal()
        return (0..<count).map { _ in
            defer { value = coefficient * value + innovation * normal() }
            return value
        }
    }
}
