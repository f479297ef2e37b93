import FoundationEssentials
import Model

/// The JSON Schema of `run.json`, generated from the types that are written.
package enum RunSchema {
    /// The schema as indented JSON with sorted keys.
    package static func text() throws -> String {
        var recorder = SchemaRecorder()
        let (_, root) = try recorder.record(Record.self)
        var definitions = recorder.definitions
        for (name, rule) in rules {
            guard case .object(var members)? = definitions[name] else { continue }
            members.merge(rule) { _, new in new }
            definitions[name] = .object(members)
        }
        let document: JSONValue = .object([
            "$schema": .string("https://json-schema.org/draft/2020-12/schema"),
            "$id": .string("assay.run/1"),
            "title": .string("A run's record (run.json)"),
            "allOf": .array([root]),
            "$defs": .object(definitions),
        ])
        return String(decoding: try JSONCoding.pretty(document), as: UTF8.self)
    }

    /// What the types alone do not say.
    private static let rules: [String: [String: JSONValue]] = [
        // A number beside a missing sensor cannot be written.
        "Metric": [
            "oneOf": .array([requires("estimate"), requires("unavailable")])
        ],
        "PointRecord": [
            "if": property("outcome", is: "ok"),
            "then": .object([
                "required": .array([.string("correctness"), .string("metrics")]),
                "properties": .object(["metrics": .object(["minItems": .integer(1)])]),
            ]),
            "else": .object([
                "properties": .object(["reasons": .object(["minItems": .integer(1)])])
            ]),
        ],
    ]

    private static func requires(_ name: String) -> JSONValue {
        .object(["required": .array([.string(name)])])
    }

    private static func property(_ name: String, is value: String) -> JSONValue {
        .object(["properties": .object([name: .object(["const": .string(value)])])])
    }
}
