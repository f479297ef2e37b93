/// Numbers that look random and are the same each time.
struct Samples {
    private var state: UInt64

    init(seed: Int) { state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

    private mutating func next() -> Double {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Double(state >> 11) * 0x1p-52 - 1
    }

    /// Values between -1 and 1 times `scale`, plus `offset`.
    mutating func take<T: Element>(_ count: Int, scale: Double = 1, offset: Double = 0) -> [T] {
        (0..<count).map { _ in T(next() * scale + offset) }
    }
}

#if arch(x86_64)
    /// Wider than any type under test.
    typealias Wide = Float80
#else
    typealias Wide = Double
#endif

/// The instruction sets to force; those the CPU lacks are left out.
let instructionSets: [String] = {
    let all = ["scalar", "sse", "avx2", "avx512", "neon"]
    return all.filter { (try? Session($0)) != nil }
}()

/// The largest error, in units of `allowed(index)`: at most 1 is right. NaN never is.
func worst<T: Element>(
    _ given: [T], _ expected: [Wide], allowed: (Int) -> Double
) -> Double {
    guard given.count == expected.count else { return .infinity }
    var worst = 0.0
    for (index, (one, other)) in zip(given, expected).enumerated() {
        let error = Double((Wide(one) - other).magnitude) / allowed(index)
        guard error <= worst else {
            worst = error.isNaN ? .infinity : error
            continue
        }
    }
    return worst
}
