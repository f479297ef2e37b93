/// The angle of a line in a drawing.
struct Angle {
    var degrees: Double
    var sine: Double
    var cosine: Double
}

/// The angle whose tangent is `slope`, in basic operations only: the same bits everywhere.
func arctangent(_ slope: Double) -> Angle {
    let length = (1 + slope * slope).squareRoot()
    // Halving the angle three times brings the argument below 0.2, where ten terms suffice.
    var argument = slope
    for _ in 0..<3 { argument /= 1 + (1 + argument * argument).squareRoot() }
    var power = argument
    var sum = argument
    for odd in stride(from: 3.0, through: 21.0, by: 2) {
        power *= -argument * argument
        sum += power / odd
    }
    return Angle(
        degrees: sum * 8 * 57.29577951308232, sine: slope / length, cosine: 1 / length)
}
