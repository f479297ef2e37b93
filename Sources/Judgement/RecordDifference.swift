package import Bundle
package import Model

extension Judge {
    /// How far two renderings of one computation may be apart: libraries differ in the last bits.
    private static let tolerance = 1e-9

    /// What a record says that its bundle's journal and samples do not bear out; nil when nothing.
    ///
    /// Judges again and compares everything that is derived. The first difference is enough.
    package static func discrepancy(
        _ record: Record, contents: BundleContents
    ) throws -> String? {
        let again = Judge.record(
            of: contents, status: record.run.status, ended: record.run.ended)
        return difference(
            try JSONCoding.value(of: record), try JSONCoding.value(of: again), at: "")
    }

    private static func difference(
        _ stated: JSONValue, _ derived: JSONValue, at path: String
    ) -> String? {
        switch (stated, derived) {
        case (.object(let left), .object(let right)):
            for name in Set(left.keys).union(right.keys).sorted() {
                let place = path.isEmpty ? name : path + "." + name
                guard let found = left[name], let expected = right[name] else {
                    return place + (left[name] == nil ? " is missing" : " was added")
                }
                if let first = difference(found, expected, at: place) { return first }
            }
            return nil
        case (.array(let left), .array(let right)):
            guard left.count == right.count else {
                return "\(path) has \(left.count) elements, and should have \(right.count)"
            }
            for (index, pair) in zip(left, right).enumerated() {
                if let first = difference(pair.0, pair.1, at: "\(path)[\(index)]") { return first }
            }
            return nil
        default:
            return isSame(stated, derived)
                ? nil : "\(path) is \(text(stated)), and should be \(text(derived))"
        }
    }

    private static func isSame(_ left: JSONValue, _ right: JSONValue) -> Bool {
        guard let first = number(left), let second = number(right) else { return left == right }
        return (first - second).magnitude
            <= tolerance * max(first.magnitude, second.magnitude)
    }

    private static func number(_ value: JSONValue) -> Double? {
        switch value {
        case .integer(let integer): Double(integer)
        case .number(let number): number
        default: nil
        }
    }

    private static func text(_ value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .string(let value): "'\(value)'"
        case .array: "a list"
        case .object: "an object"
        }
    }
}
