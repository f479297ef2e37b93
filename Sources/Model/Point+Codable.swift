extension DataPattern: Codable {
    package init(from decoder: any Decoder) throws {
        self = try decodeNamed(from: decoder, "data pattern", DataPattern.init(name:))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(name)
    }
}

extension ThreadCount: Codable {
    package init(from decoder: any Decoder) throws {
        self = try decodeNamed(from: decoder, "thread count", ThreadCount.init(name:))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(name)
    }
}

/// Decodes a string that names a value.
func decodeNamed<Value>(
    from decoder: any Decoder, _ kind: String, _ make: (String) -> Value?
) throws -> Value {
    let container = try decoder.singleValueContainer()
    let name = try container.decode(String.self)
    guard let value = make(name) else {
        throw DecodingError.dataCorruptedError(
            in: container, debugDescription: "unknown \(kind) '\(name)'")
    }
    return value
}
