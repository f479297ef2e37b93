import Model

/// Makes a JSON Schema from a type's own decoding: it is decoded from nothing, and watched.
///
/// So the published schema cannot differ from what is read and written.
package struct SchemaRecorder {
    /// The schemas of all types met, by name.
    private(set) var definitions: [String: JSONValue] = [:]

    /// Types whose text has a form of its own, with a value to go on with.
    private let special: [ObjectIdentifier: (schema: JSONValue, value: Any)]

    package init() {
        special = [
            ObjectIdentifier(DType.self): (Self.names(DType.allCases.map(\.name)), DType.f32),
            ObjectIdentifier(Seed.self): (
                Self.text(pattern: "^[0-9a-f]{16}$"), Seed(0)
            ),
            ObjectIdentifier(DataPattern.self): (
                Self.text(pattern: "^(normal|uniform|trigonometric|zeros|sparse\\(.+\\))$"),
                DataPattern.normal
            ),
            ObjectIdentifier(ThreadCount.self): (
                Self.text(pattern: "^(all|[1-9][0-9]*)$"), ThreadCount.all
            ),
            ObjectIdentifier(AttributeValue.self): (
                .object([
                    "type": .string("object"), "minProperties": .integer(1),
                    "maxProperties": .integer(1),
                    "propertyNames": Self.names([
                        "int", "float", "string", "ints", "floats", "strings",
                    ]),
                ]), AttributeValue.int(0)
            ),
        ]
    }

    private static func names(_ names: [String]) -> JSONValue {
        .object(["enum": .array(names.map(JSONValue.string))])
    }

    private static func text(pattern: String) -> JSONValue {
        .object(["type": .string("string"), "pattern": .string(pattern)])
    }

    /// A value of the type made from nothing, and a reference to its schema.
    mutating func record<T: Decodable>(_ type: T.Type) throws -> (T, JSONValue) {
        if let (scalar, name) = Self.scalar(type) {
            return (scalar, .object(["type": .string(name)]))
        }
        if let (schema, value) = special[ObjectIdentifier(type)], let value = value as? T {
            return (value, schema)
        }
        if let listed = type as? any (CaseIterable & RawRepresentable).Type,
            let (names, first) = Self.cases(listed), let value = first as? T
        {
            return (value, Self.names(names))
        }
        let watcher = Watcher(recorder: self)
        let value = try T(from: watcher)
        definitions = watcher.recorder.definitions
        guard watcher.kind == .object else { return (value, watcher.schema) }
        let name = String(describing: type)
        definitions[name] = watcher.schema
        return (value, .object(["$ref": .string("#/$defs/\(name)")]))
    }

    private static func scalar<T>(_ type: T.Type) -> (T, String)? {
        let known: [(Any, String)] = [
            (false, "boolean"), ("", "string"), (0.0, "number"), (Int(0), "integer"),
            (Int64(0), "integer"), (UInt64(0), "integer"), (UInt32(0), "integer"),
        ]
        for (value, name) in known {
            if let value = value as? T, Swift.type(of: value) == type { return (value, name) }
        }
        return nil
    }

    private static func cases<C: CaseIterable & RawRepresentable>(
        _ type: C.Type
    ) -> ([String], Any)? {
        let names = type.allCases.compactMap { $0.rawValue as? String }
        guard let first = type.allCases.first, !names.isEmpty else { return nil }
        return (names, first)
    }
}

/// A decoder that has nothing to decode and remembers what it was asked for.
final class Watcher: Decoder {
    enum Kind { case object, array, scalar }

    var recorder: SchemaRecorder
    private(set) var kind = Kind.scalar
    private var properties: [String: JSONValue] = [:]
    private var required: [String] = []
    private var item = JSONValue.object([:])

    let codingPath: [any CodingKey] = []
    let userInfo: [CodingUserInfoKey: Any] = [:]

    init(recorder: SchemaRecorder) { self.recorder = recorder }

    /// The schema of what was asked for.
    var schema: JSONValue {
        switch kind {
        case .object:
            .object([
                "type": .string("object"), "additionalProperties": .bool(false),
                "properties": .object(properties),
                "required": .array(required.sorted().map(JSONValue.string)),
            ])
        case .array: .object(["type": .string("array"), "items": item])
        case .scalar: item
        }
    }

    func property<T: Decodable>(_ name: String, _ type: T.Type, isRequired: Bool) throws -> T {
        let (value, schema) = try recorder.record(type)
        properties[name] = schema
        if isRequired { required.append(name) }
        return value
    }

    func element<T: Decodable>(_ type: T.Type) throws -> T {
        let (value, schema) = try recorder.record(type)
        item = schema
        return value
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
        kind = .object
        return KeyedDecodingContainer(WatchedObject<Key>(watcher: self))
    }

    func unkeyedContainer() -> any UnkeyedDecodingContainer {
        kind = .array
        return WatchedArray(watcher: self)
    }

    func singleValueContainer() -> any SingleValueDecodingContainer {
        WatchedScalar(watcher: self)
    }
}
