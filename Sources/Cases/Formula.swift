/// Integer arithmetic: `+ - * / ( )`, whole numbers and the references `$name`, `$axis.field`.
///
/// Division drops the remainder. Nothing else is evaluated, and no result exceeds 64 bits.
struct Formula: Sendable {
    /// Longer text, or parentheses nested deeper, is not a dimension of anything.
    static let lengthMax = 200
    static let depthMax = 32

    indirect enum Term: Sendable {
        case literal(Int64)
        case reference(Reference)
        case negated(Term)
        case combined(Term, Operator, Term, Place)
    }

    enum Operator: UInt8, Sendable {
        case add = 0x2B
        case subtract = 0x2D
        case multiply = 0x2A
        case divide = 0x2F
    }

    let text: String
    let place: Place
    let root: Term

    /// Reads a scalar as arithmetic; references must exist and stand for whole numbers.
    init(_ scalar: Scalar, at place: Place, axes: inout AxisTable) throws(Fault) {
        self.text = scalar.text
        self.place = place
        // Quotation marks stand before the text.
        var reader = FormulaReader(scalar.text, at: place.moved(by: scalar.isPlain ? 0 : 1))
        root = try reader.read { (path, place) throws(Fault) in
            try axes.resolve(path, at: place, as: .integer)
        }
    }

    /// A formula that is a number.
    init(_ value: Int64, at place: Place = .start) {
        self.text = "\(value)"
        self.place = place
        self.root = .literal(value)
    }

    /// Whether arithmetic without references could begin like this; most words could not.
    static func mayBegin(_ text: String) -> Bool {
        guard let first = text.utf8.first else { return false }
        return (0x30...0x39).contains(first) || [0x20, 0x28, 0x2B, 0x2D].contains(first)
    }

    /// The value of arithmetic without references; nil when the text is anything else.
    static func constant(_ scalar: Scalar, at place: Place) -> Int64? {
        var none = AxisTable()
        guard let formula = try? Formula(scalar, at: place, axes: &none) else { return nil }
        return try? formula.value(at: Combination(axes: [], indices: []))
    }

    /// The value at a point.
    func value(at combination: Combination) throws(Fault) -> Int64 {
        try Self.value(root, self, combination)
    }

    private static func value(
        _ term: Term, _ formula: Formula, _ combination: Combination
    ) throws(Fault) -> Int64 {
        switch term {
        case .literal(let value): return value
        case .reference(let reference): return combination.cell(reference).integer!
        case .negated(let inner):
            let (value, overflow) = Int64(0).subtractingReportingOverflow(
                try self.value(inner, formula, combination))
            if overflow { throw formula.overflow(at: formula.place) }
            return value
        case .combined(let left, let operation, let right, let place):
            return try formula.combine(
                try self.value(left, formula, combination), operation,
                try self.value(right, formula, combination), place)
        }
    }

    private func combine(
        _ left: Int64, _ operation: Operator, _ right: Int64, _ place: Place
    ) throws(Fault) -> Int64 {
        let result: (partialValue: Int64, overflow: Bool)
        switch operation {
        case .add: result = left.addingReportingOverflow(right)
        case .subtract: result = left.subtractingReportingOverflow(right)
        case .multiply: result = left.multipliedReportingOverflow(by: right)
        case .divide:
            if right == 0 { throw Fault(place, "division by zero in \(quoted(text))") }
            result = left.dividedReportingOverflow(by: right)
        }
        if result.overflow { throw overflow(at: place) }
        return result.partialValue
    }

    private func overflow(at place: Place) -> Fault {
        Fault(place, "the value of \(quoted(text)) exceeds 64 bits")
    }
}

/// Reads arithmetic by recursive descent.
private struct FormulaReader {
    typealias Resolve = (String, Place) throws(Fault) -> Reference

    private let text: String
    private let bytes: [UInt8]
    private let start: Place
    private var index = 0
    private var depth = 0

    init(_ text: String, at start: Place) {
        self.text = text
        self.bytes = Array(text.utf8.prefix(Formula.lengthMax + 1))
        self.start = start
    }

    mutating func read(_ resolve: Resolve) throws(Fault) -> Formula.Term {
        guard bytes.count <= Formula.lengthMax else {
            throw Fault(start, "arithmetic of more than \(Formula.lengthMax) characters")
        }
        let term = try sum(resolve)
        skipSpaces()
        if index < bytes.count { throw unexpected() }
        return term
    }

    private var place: Place { start.moved(by: index) }

    private mutating func skipSpaces() {
        while index < bytes.count, bytes[index] == 0x20 { index += 1 }
    }

    private mutating func next(of operators: [Formula.Operator]) -> Formula.Operator? {
        skipSpaces()
        guard index < bytes.count, let found = Formula.Operator(rawValue: bytes[index]),
            operators.contains(found)
        else { return nil }
        return found
    }

    private func unexpected() -> Fault {
        guard index < bytes.count else {
            return Fault(place, "the arithmetic \(quoted(text)) ends too early")
        }
        // The index is behind ASCII only, so it lies on a character's first byte.
        let rest = String(decoding: bytes[index...], as: UTF8.self)
        return Fault(
            place,
            "\(quoted(String(rest.prefix(1)))) has no place in the arithmetic "
                + quoted(text))
    }

    private mutating func sum(_ resolve: Resolve) throws(Fault) -> Formula.Term {
        var left = try product(resolve)
        while let operation = next(of: [.add, .subtract]) {
            let place = self.place
            index += 1
            left = .combined(left, operation, try product(resolve), place)
        }
        return left
    }

    private mutating func product(_ resolve: Resolve) throws(Fault) -> Formula.Term {
        var left = try factor(resolve)
        while let operation = next(of: [.multiply, .divide]) {
            let place = self.place
            index += 1
            left = .combined(left, operation, try factor(resolve), place)
        }
        return left
    }

    private mutating func factor(_ resolve: Resolve) throws(Fault) -> Formula.Term {
        skipSpaces()
        guard index < bytes.count else { throw unexpected() }
        depth += 1
        defer { depth -= 1 }
        guard depth <= Formula.depthMax else {
            throw Fault(place, "nested more than \(Formula.depthMax) levels deep")
        }
        switch bytes[index] {
        case UInt8(ascii: "+"):
            index += 1
            return try factor(resolve)
        case UInt8(ascii: "-"):
            index += 1
            return .negated(try factor(resolve))
        case UInt8(ascii: "("):
            index += 1
            let term = try sum(resolve)
            skipSpaces()
            guard index < bytes.count, bytes[index] == UInt8(ascii: ")") else {
                throw unexpected()
            }
            index += 1
            return term
        case UInt8(ascii: "$"): return try reference(resolve)
        case UInt8(ascii: "0")...UInt8(ascii: "9"): return try literal()
        default: throw unexpected()
        }
    }

    private mutating func literal() throws(Fault) -> Formula.Term {
        let place = self.place
        let digits = bytes[index...].prefix { (0x30...0x39).contains($0) }
        index += digits.count
        guard let value = Int64(String(decoding: digits, as: UTF8.self)) else {
            throw Fault(place, "the number in \(quoted(text)) exceeds 64 bits")
        }
        return .literal(value)
    }

    private mutating func reference(_ resolve: Resolve) throws(Fault) -> Formula.Term {
        let place = self.place
        index += 1
        let path = bytes[index...].prefix {
            (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) || $0 == 0x2E
        }
        index += path.count
        let name = String(decoding: path, as: UTF8.self)
        guard !name.isEmpty, name.utf8.first != 0x2E, name.utf8.last != 0x2E else {
            throw Fault(place, "'$' must be followed by the name of an axis")
        }
        return .reference(try resolve(name, place))
    }
}
