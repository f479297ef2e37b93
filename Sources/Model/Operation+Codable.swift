extension AttributeValue: Codable {
    private enum Key: String, CodingKey { case int, float, string, ints, floats, strings }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        if let value = try container.decodeIfPresent(Int64.self, forKey: .int) {
            self = .int(value)
        } else if let value = try container.decodeIfPresent(Double.self, forKey: .float) {
            self = .float(value)
        } else if let value = try container.decodeIfPresent(String.self, forKey: .string) {
            self = .string(value)
        } else if let value = try container.decodeIfPresent([Int64].self, forKey: .ints) {
            self = .ints(value)
        } else if let value = try container.decodeIfPresent([Double].self, forKey: .floats) {
            self = .floats(value)
        } else {
            self = .strings(try container.decode([String].self, forKey: .strings))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        switch self {
        case .int(let value): try container.encode(value, forKey: .int)
        case .float(let value): try container.encode(value, forKey: .float)
        case .string(let value): try container.encode(value, forKey: .string)
        case .ints(let value): try container.encode(value, forKey: .ints)
        case .floats(let value): try container.encode(value, forKey: .floats)
        case .strings(let value): try container.encode(value, forKey: .strings)
        }
    }
}
