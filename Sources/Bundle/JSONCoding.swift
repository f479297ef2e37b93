package import FoundationEssentials
import Model

/// JSON in and out of bundles: sorted keys, two-space indentation, the same bytes for one value.
package enum JSONCoding {
    /// The value as indented JSON with a final newline.
    package static func pretty(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        var data = try encoder.encode(value)
        data.append(UInt8(ascii: "\n"))
        return data
    }

    /// The value as one line of JSON with a final newline.
    package static func line(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var data = try encoder.encode(value)
        data.append(UInt8(ascii: "\n"))
        return data
    }

    /// A value from JSON, refusing keys that the type does not have.
    package static func decode<Value: Codable>(
        _ type: Value.Type, from data: Data, file: String
    ) throws(BundleError) -> Value {
        do {
            let decoder = JSONDecoder()
            let value = try decoder.decode(type, from: data)
            // What the type does not know is lost on the way back; JSON null equals absence.
            let read = try decoder.decode(JSONValue.self, from: data)
            let known = try decoder.decode(JSONValue.self, from: JSONEncoder().encode(value))
            if let path = unknownKey(in: read, known: known, at: "") {
                throw BundleError(.malformed, file: file, detail: "unknown key '\(path)'")
            }
            return value
        } catch let error as BundleError {
            throw error
        } catch let error as DecodingError {
            throw BundleError(.malformed, file: file, detail: sentence(error))
        } catch {
            throw BundleError(.malformed, file: file, detail: "it is not JSON of the expected form")
        }
    }

    /// The canonical JSON value of anything encodable.
    package static func value(of value: some Encodable) throws -> JSONValue {
        try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(value))
    }

    private static func unknownKey(in read: JSONValue, known: JSONValue, at path: String) -> String?
    {
        switch (read, known) {
        case (.object(let members), .object(let names)):
            for (name, member) in members.sorted(by: { $0.key < $1.key }) {
                let place = path.isEmpty ? name : path + "." + name
                guard let expected = names[name] else {
                    if member == .null { continue }
                    return place
                }
                if let found = unknownKey(in: member, known: expected, at: place) { return found }
            }
            return nil
        case (.array(let elements), .array(let expected)):
            for (index, pair) in zip(elements, expected).enumerated() {
                let place = "\(path)[\(index)]"
                if let found = unknownKey(in: pair.0, known: pair.1, at: place) { return found }
            }
            return nil
        default: return nil
        }
    }

    private static func sentence(_ error: DecodingError) -> String {
        let context: DecodingError.Context
        switch error {
        case .typeMismatch(_, let found): context = found
        case .valueNotFound(_, let found): context = found
        case .keyNotFound(let key, let found):
            let place = path(found.codingPath)
            return "key '\(key.stringValue)' is missing" + (place.isEmpty ? "" : " at \(place)")
        case .dataCorrupted(let found): context = found
        @unknown default: return "it cannot be decoded"
        }
        let place = path(context.codingPath)
        return context.debugDescription + (place.isEmpty ? "" : " at \(place)")
    }

    private static func path(_ keys: [any CodingKey]) -> String {
        keys.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
    }
}

/// What is wrong with a bundle or its files.
package struct BundleError: Error, Equatable, CustomStringConvertible {
    /// What kind of thing is wrong, which decides the exit code.
    package enum Code: Sendable {
        /// The path is no bundle at all.
        case notABundle
        /// A file is truncated, edited or not what it claims.
        case malformed
        /// The disk refused: full, read-only, no permission.
        case disk
    }

    package var code: Code
    package var file: String
    package var detail: String

    package init(_ code: Code, file: String, detail: String) {
        self.code = code
        self.file = file
        self.detail = detail
    }

    package var description: String { "\(file): \(detail)" }
}
