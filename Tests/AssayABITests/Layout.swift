import Testing

/// One struct of the ABI as Swift sees it, and as version 1.0 froze it.
struct Layout: Sendable, CustomTestStringConvertible {
    var name: String
    var size: Int
    var frozenSize: Int
    var offsets: [Int?]
    var frozenOffsets: [Int?]

    var testDescription: String { name }

    init<Value>(_ type: Value.Type, _ size: Int, _ fields: [(PartialKeyPath<Value>, Int)]) {
        name = "\(type)"
        self.size = MemoryLayout<Value>.size
        frozenSize = size
        offsets = fields.map { MemoryLayout<Value>.offset(of: $0.0) }
        frozenOffsets = fields.map(\.1)
    }
}
