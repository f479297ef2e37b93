import Model

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A function that LSTM and GRU apply to the sums of their gates; all of them are monotone.
struct RecurrentActivation: Sendable {
    enum Kind: String, Sendable, CaseIterable {
        case affine, elu, hardsigmoid, leakyrelu, relu, scaledtanh, sigmoid, softplus, softsign
        case tanh

        /// The defaults of alpha and beta; nil: the function has none.
        var defaults: (alpha: Double?, beta: Double?) {
            switch self {
            case .affine, .scaledtanh: (1, self == .affine ? 0 : 1)
            case .elu: (1, nil)
            // The nearest f64 of the f32 in which ONNX keeps its defaults.
            case .hardsigmoid: (Double(Float(0.2)), 0.5)
            case .leakyrelu: (Double(Float(0.01)), nil)
            default: (nil, nil)
            }
        }
    }

    let kind: Kind
    var alpha = 1.0
    var beta = 0.0
    /// Arguments are limited to ± this; infinite: they are not.
    var limit = Double.infinity

    /// The function with its argument limited.
    func value(_ argument: Double) -> Double {
        let x = limit.isFinite ? max(-limit, min(limit, argument)) : argument
        switch kind {
        case .affine: return alpha * x + beta
        case .elu: return x < 0 ? alpha * expm1(x) : x
        case .hardsigmoid: return max(0, min(1, alpha * x + beta))
        case .leakyrelu: return x < 0 ? alpha * x : x
        case .relu: return max(x, 0)
        case .scaledtanh: return alpha * hyperbolicTangent(beta * x)
        case .sigmoid: return logistic(x)
        case .softplus: return max(x, 0) + log1p(exp(-abs(x)))
        case .softsign: return x / (1 + abs(x))
        case .tanh: return hyperbolicTangent(x)
        }
    }

    /// What a good implementation may be off by, in units of roundoff: docs/tolerances.md.
    private func error(_ argument: Double, _ y: Double) -> Double {
        let x = limit.isFinite ? max(-limit, min(limit, argument)) : argument
        switch kind {
        case .affine, .hardsigmoid: return 2 * (abs(alpha * x) + abs(beta))
        case .elu: return x < 0 ? 9 * abs(alpha) : 0
        case .leakyrelu: return x < 0 ? 2 * abs(y) : 0
        case .relu: return 0
        case .scaledtanh: return 11 * abs(y) + abs(alpha * beta * x)
        case .sigmoid: return 12 * max(abs(y), 0.5)
        case .softplus: return 13 * max(y, 1)
        case .softsign: return 6 * abs(y)
        case .tanh: return 10 * abs(y)
        }
    }

    /// The function of a number that is off by at most `bound`.
    func callAsFunction(_ x: Bounded, _ math: Double) -> Bounded {
        let y = value(x.value)
        let spread = max(abs(value(x.value + x.bound) - y), abs(y - value(x.value - x.bound)))
        return Bounded(y, spread + math * error(x.value, y))
    }
}

/// The C library's function, which the case of that name hides.
private func hyperbolicTangent(_ x: Double) -> Double { tanh(x) }

/// A number and how far a right one may be from it.
struct Bounded {
    var value: Double
    var bound: Double

    init(_ value: Double, _ bound: Double) {
        self.value = value
        self.bound = bound
    }

    /// The product, without its own rounding.
    static func * (left: Bounded, right: Bounded) -> Bounded {
        Bounded(
            left.value * right.value,
            abs(left.value) * right.bound + abs(right.value) * left.bound
                + left.bound * right.bound)
    }

    static func + (left: Bounded, right: Bounded) -> Bounded {
        Bounded(left.value + right.value, left.bound + right.bound)
    }

    /// The same, rounded by arithmetic of that roundoff.
    func rounded(_ math: Double, _ magnitude: Double) -> Bounded {
        Bounded(value, bound + math * magnitude)
    }
}

extension Operation {
    /// The functions of one direction after the other; throws where they are not known ones.
    func recurrentActivations(
        _ defaults: [RecurrentActivation.Kind], directions: Int
    ) throws(OperatorError) -> [RecurrentActivation] {
        var names: [String] = []
        if case .strings(let given)? = attribute("activations") { names = given }
        let wanted = defaults.count * directions
        guard names.isEmpty || names.count == wanted else {
            throw error(
                .attribute,
                "attribute 'activations' has \(names.count) functions; it must have \(wanted)")
        }
        var (alphas, betas) = (numbers("activation_alpha"), numbers("activation_beta"))
        var result: [RecurrentActivation] = []
        for index in 0..<wanted {
            var kind = defaults[index % defaults.count]
            if !names.isEmpty {
                // ONNX's names may be written in any case.
                guard let named = RecurrentActivation.Kind(rawValue: names[index].lowercased())
                else {
                    let known = RecurrentActivation.Kind.allCases.map(\.rawValue)
                    throw error(
                        .attribute,
                        "attribute 'activations' names '\(names[index])'; known are "
                            + known.joined(separator: ", "))
                }
                kind = named
            }
            var function = RecurrentActivation(kind: kind)
            // Parameters are taken in order by the functions that have them.
            if let alpha = kind.defaults.alpha {
                function.alpha = alphas.isEmpty ? alpha : alphas.removeFirst()
            }
            if let beta = kind.defaults.beta {
                function.beta = betas.isEmpty ? beta : betas.removeFirst()
            }
            // Of gates only: the third function is applied to the cell.
            if index % defaults.count < 2 { function.limit = double("clip") ?? .infinity }
            result.append(function)
        }
        guard alphas.isEmpty, betas.isEmpty else {
            throw error(
                .attribute,
                "attributes 'activation_alpha' and 'activation_beta' have more numbers than the "
                    + "functions take")
        }
        return result
    }

    private func numbers(_ name: String) -> [Double] {
        switch attribute(name) {
        case .floats(let values)?: values
        case .ints(let values)?: values.map { Double($0) }
        default: []
        }
    }
}
