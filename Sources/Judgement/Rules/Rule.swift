package import Model

/// One row of the table of findings: when it is raised, how grave it is, and what it says.
package struct Rule: Sendable, Hashable, Codable {
    /// The finding's name, such as `notConverged`; explained in docs/warnings.md.
    package var id: String
    package var severity: Severity
    package var scope: Scope
    /// Nil: raised by name, as the journal names failures.
    package var when: Predicate?
    /// UCUM code of what is observed; nil where it is not a number.
    package var unit: String?
    /// What the report says: words with places for numbers, see ``Message``.
    package var message: String
    /// What a reader can do about it.
    package var hint: String

    /// What a finding is about, which is also where its facts come from.
    package enum Scope: String, Sendable, Hashable, Codable {
        /// Every metric that follows from the samples; facts of each launch.
        case samples
        /// One metric; facts of that metric.
        case metric
        /// Energy and power; facts of each launch's window.
        case energy
        /// The point as a whole; facts of each launch and of the point.
        case point
    }

    package init(
        _ id: String, _ severity: Severity, _ scope: Scope, when: Predicate? = nil,
        unit: String? = nil, message: String = "{text}", hint: String
    ) {
        self.id = id
        self.severity = severity
        self.scope = scope
        self.when = when
        self.unit = unit
        self.message = message
        self.hint = hint
    }

    /// The number that decides; nil where there is none or it is a fact itself.
    package var limit: Double? { when?.limit }
}

/// The closed language in which rules say when they are raised. There is no evaluation of text.
package indirect enum Predicate: Sendable, Hashable {
    /// The fact stands in that relation to the limit. Without the fact it does not.
    case compare(String, Comparison, Limit)
    /// The fact is outside the range.
    case range(String, low: Double, high: Double)
    /// The fact is missing.
    case required(String)
    /// More launches than that satisfy it.
    case count(Predicate, moreThan: Int)
    /// The first holds and the second does not.
    case implies(Predicate, Predicate)
    /// All of them hold.
    case all([Predicate])

    /// A relation of two numbers; those of magnitudes leave the sign away.
    package enum Comparison: String, Sendable, Hashable, Codable {
        case above = ">"
        case below = "<"
        case equal = "="
        case magnitudeAbove = "|>|"
    }

    /// A number, or another fact by name.
    package enum Limit: Sendable, Hashable {
        case number(Double)
        case fact(String)
    }

    /// The fact that a finding reports, with what it is held against.
    var subject: (fact: String, limit: Limit?)? {
        switch self {
        case .compare(let fact, _, let limit): (fact, limit)
        case .range(let fact, _, let high): (fact, .number(high))
        case .required(let fact): (fact, nil)
        case .count(let inner, _): inner.subject
        case .implies(let inner, _): inner.subject
        case .all(let inner): inner.lazy.compactMap(\.subject).first
        }
    }

    var limit: Double? {
        guard case .number(let number)? = subject?.limit else { return nil }
        return number
    }
}

extension Predicate.Limit: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral, Codable {
    package init(floatLiteral value: Double) { self = .number(value) }
    package init(integerLiteral value: Int) { self = .number(Double(value)) }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else {
            self = .fact(try container.decode(String.self))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .number(let number): try container.encode(number)
        case .fact(let name): try container.encode(name)
        }
    }
}

/// Written as an object with one key, the name of the form: `{"compare": ["drift", ">", 0.02]}`.
extension Predicate: Codable {
    private enum Form: String, CodingKey { case compare, range, required, count, implies, all }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Form.self)
        guard container.allKeys.count == 1, let form = container.allKeys.first else {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(
                    codingPath: decoder.codingPath,
                    debugDescription: "a predicate has one key: compare, range, required, count, "
                        + "implies or all"))
        }
        switch form {
        case .compare:
            var list = try container.nestedUnkeyedContainer(forKey: form)
            self = .compare(
                try list.decode(String.self), try list.decode(Comparison.self),
                try list.decode(Limit.self))
        case .range:
            var list = try container.nestedUnkeyedContainer(forKey: form)
            self = .range(
                try list.decode(String.self), low: try list.decode(Double.self),
                high: try list.decode(Double.self))
        case .required: self = .required(try container.decode(String.self, forKey: form))
        case .count:
            var list = try container.nestedUnkeyedContainer(forKey: form)
            self = .count(try list.decode(Predicate.self), moreThan: try list.decode(Int.self))
        case .implies:
            var list = try container.nestedUnkeyedContainer(forKey: form)
            self = .implies(try list.decode(Predicate.self), try list.decode(Predicate.self))
        case .all: self = .all(try container.decode([Predicate].self, forKey: form))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Form.self)
        switch self {
        case .compare(let fact, let comparison, let limit):
            var list = container.nestedUnkeyedContainer(forKey: .compare)
            try list.encode(fact)
            try list.encode(comparison)
            try list.encode(limit)
        case .range(let fact, let low, let high):
            var list = container.nestedUnkeyedContainer(forKey: .range)
            try list.encode(fact)
            try list.encode(low)
            try list.encode(high)
        case .required(let fact): try container.encode(fact, forKey: .required)
        case .count(let inner, let count):
            var list = container.nestedUnkeyedContainer(forKey: .count)
            try list.encode(inner)
            try list.encode(count)
        case .implies(let first, let second):
            var list = container.nestedUnkeyedContainer(forKey: .implies)
            try list.encode(first)
            try list.encode(second)
        case .all(let inner): try container.encode(inner, forKey: .all)
        }
    }
}
