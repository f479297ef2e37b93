import Model

/// How far a correct result may be from the exact one: docs/tolerances.md derives every number.
struct ErrorModel: Sendable {
    /// The number of standard deviations λ that a sum of rounding errors may reach.
    ///
    /// By Hoeffding's bound one output exceeds it with probability at most 2·exp(-λ²/2) = 2.5e-14:
    /// below 1e-3 for the 1e10 outputs that a year of nightly runs compares.
    static let deviations = 8.0
    /// The unit roundoff of the oracle itself.
    static let oracle = 0x1p-53

    /// Of one elementary operation, the oracle's own rounding included.
    let math: Double
    /// Of one addition inside a sum, the oracle's own rounding included.
    let accumulate: Double
    /// Of storing the result.
    let output: Double
    /// Below this, arithmetic may flush to zero.
    let smallestNormal: Double
    /// The largest number that the output can hold.
    let largest: Double
    /// Whether inputs are rounded to a narrower type before they are used.
    let roundsInputs: Bool
    /// The output that is judged, by its position among the operation's outputs.
    let outputIndex: Int
    /// The types behind the numbers, for the words of the tolerance.
    let mathType: DType
    let accumulateType: DType

    init(_ operation: Operation, output outputIndex: Int = 0) {
        let outputs = operation.outputs
        let outputType = outputs.indices.contains(outputIndex) ? outputs[outputIndex].dtype : .f64
        let inputType = operation.inputs.first { $0.dtype.isFloat }?.dtype ?? outputType
        // Nothing computes in eight bits: products of such numbers are exact in f32.
        let isStorage = DType.eightBitFloats.contains(inputType)
        let mathType = operation.math ?? (isStorage ? .f32 : inputType)
        self.outputIndex = outputIndex
        self.mathType = mathType
        // Matrix units that multiply in a short type add in f32 unless something else is asked for.
        let isShort = mathType.unitRoundoff > DType.f32.unitRoundoff
        accumulateType = operation.accumulate ?? (isShort ? .f32 : mathType)
        math = mathType.unitRoundoff + Self.oracle
        accumulate = accumulateType.unitRoundoff + Self.oracle
        output = outputType.unitRoundoff
        smallestNormal = max(
            outputType.smallestNormal, mathType.smallestNormal, accumulateType.smallestNormal)
        largest = outputType.largestFinite
        roundsInputs = mathType.unitRoundoff > inputType.unitRoundoff
    }

    /// λ·√n·u: the error of a sum of n terms as a share of the sum of their magnitudes.
    func reduction(_ count: Int) -> Double {
        Self.deviations * Double(max(count, 1)).squareRoot() * accumulate
    }

    /// The error that rounding both factors of a product to the arithmetic type adds.
    ///
    /// Two factors, each off by twice the unit roundoff because matrix units may chop.
    var roundedFactors: Double { roundsInputs ? 4 * math : 0 }
}

extension DType {
    /// The smallest normal number of a floating-point type.
    var smallestNormal: Double {
        switch self {
        case .f64: 0x1p-1022
        case .f16, .f8e5m2: 0x1p-14
        case .f8e4m3: 0x1p-6
        case _ where !isFloat: 0
        default: 0x1p-126
        }
    }

    /// The largest finite number of a floating-point type.
    var largestFinite: Double {
        switch self {
        case .f64: Double.greatestFiniteMagnitude
        case .f16: 65504
        case .bf16: 0x1.fep127
        case .f8e4m3: 448
        case .f8e5m2: 57344
        case _ where !isFloat: Double(integerRange.upperBound)
        default: Double(Float.greatestFiniteMagnitude)
        }
    }

    /// The unit roundoff in words, such as `2^-24`.
    var roundoffText: String { "2^\(unitRoundoff == 0 ? 0 : Int(unitRoundoff.exponent))" }
}
