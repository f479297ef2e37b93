/// A number with that many decimals, correctly rounded, without a locale: the same text everywhere.
package func fixed(_ value: Double, _ decimals: Int = 2) -> String {
    precondition((0...15).contains(decimals))
    guard value.isFinite else { return value.isNaN ? "not a number" : value < 0 ? "-∞" : "∞" }
    var scale: UInt64 = 1
    for _ in 0..<decimals { scale *= 10 }
    let magnitude = value.magnitude
    guard magnitude < 1e15 else { return "\(value)" }
    var whole = UInt64(magnitude)
    var fraction = roundedProduct(
        magnitude - Double(whole), Double(scale), wholeIsOdd: whole % 2 == 1)
    if fraction >= scale {
        whole += 1
        fraction -= scale
    }
    let sign = value < 0 && (whole > 0 || fraction > 0) ? "-" : ""
    guard decimals > 0 else { return "\(sign)\(whole)" }
    let digits = "\(fraction)"
    let zeros = String(repeating: "0", count: decimals - digits.utf8.count)
    return "\(sign)\(whole).\(zeros)\(digits)"
}

/// `fraction · scale` to the nearest integer, ties to even.
///
/// The product alone would turn 0.675 · 100, which lies below 67.5, into exactly 67.5; the
/// remainder that the multiplication lost decides such a tie.
private func roundedProduct(_ fraction: Double, _ scale: Double, wholeIsOdd: Bool) -> UInt64 {
    let product = fraction * scale
    let lost = (-product).addingProduct(fraction, scale)
    let floor = product.rounded(.down)
    let part = product - floor
    let isOdd = scale == 1 ? wholeIsOdd : UInt64(floor) % 2 == 1
    let up = part > 0.5 || (part == 0.5 && (lost > 0 || (lost == 0 && isOdd)))
    return UInt64(floor) + (up ? 1 : 0)
}
