/// Numbers about one launch, one metric or one point, by name, with words where numbers lack them.
///
/// What is not known is absent, never zero.
struct Facts {
    private(set) var numbers: [String: Double] = [:]
    private(set) var texts: [String: String] = [:]

    /// Sets a number; nil and what is no number leave the fact unknown.
    mutating func set(_ name: String, _ value: Double?, text: String? = nil) {
        // Infinity is a number that is above every limit; the message says "more".
        guard let value, !value.isNaN else { return }
        numbers[name] = value
        texts[name] = text
    }

    subscript(name: String) -> Double? { numbers[name] }
}

extension Predicate {
    /// Whether it holds for these facts. A count of launches is for ``Rule/finding(in:)`` to take.
    func holds(_ facts: Facts) -> Bool {
        switch self {
        case .compare(let name, let comparison, let limit):
            guard let value = facts[name], let bound = limit.value(facts) else { return false }
            return comparison.holds(value, bound)
        case .range(let name, let low, let high):
            guard let value = facts[name] else { return false }
            return value < low || value > high
        case .required(let name): return facts[name] == nil
        case .count(let inner, _): return inner.holds(facts)
        case .implies(let first, let second): return first.holds(facts) && !second.holds(facts)
        case .all(let inner): return inner.allSatisfy { $0.holds(facts) }
        }
    }
}

extension Predicate.Comparison {
    func holds(_ value: Double, _ bound: Double) -> Bool {
        switch self {
        case .above: value > bound
        case .below: value < bound
        case .equal: value == bound
        case .magnitudeAbove: value.magnitude > bound
        }
    }

    /// Whether a value is further beyond than another.
    func isWorse(_ value: Double, than other: Double) -> Bool {
        switch self {
        case .below: value < other
        case .above, .equal: value > other
        case .magnitudeAbove: value.magnitude > other.magnitude
        }
    }
}

extension Predicate.Limit {
    func value(_ facts: Facts) -> Double? {
        switch self {
        case .number(let number): number
        case .fact(let name): facts[name]
        }
    }
}
