/// The natural logarithm of a positive number, in basic operations only.
///
/// The C library's differs in the last bit between platforms, and reports are compared byte by
/// byte.
func logarithm(_ value: Double) -> Double {
    precondition(value > 0 && value.isFinite, "only positive numbers have a logarithm")
    var exponent = Double(value.exponent)
    var mantissa = value.significand
    if mantissa > 1.4142135623730951 {
        mantissa /= 2
        exponent += 1
    }
    let ratio = (mantissa - 1) / (mantissa + 1)
    var power = ratio
    var sum = ratio
    // ratio² is below 0.03, so that 12 terms reach the last bit.
    for odd in stride(from: 3.0, through: 25.0, by: 2) {
        power *= ratio * ratio
        sum += power / odd
    }
    return exponent * 0.6931471805599453 + 2 * sum
}

/// The decimal logarithm, exact for the powers of ten that a double can hold exactly.
func logarithm10(_ value: Double) -> Double {
    let estimate = logarithm(value) / 2.302585092994046
    let nearest = estimate.rounded()
    return (estimate - nearest).magnitude < 1e-13 ? nearest : estimate
}

/// Ten to an integer power; exact up to 10²².
func powerOfTen(_ exponent: Int) -> Double {
    var power = 1.0
    for _ in 0..<exponent.magnitude { power *= 10 }
    return exponent < 0 ? 1 / power : power
}
