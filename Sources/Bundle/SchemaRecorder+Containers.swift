/// An object that has every key it is asked for.
struct WatchedObject<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let watcher: Watcher
    let codingPath: [any CodingKey] = []
    let allKeys: [Key] = []

    func contains(_ key: Key) -> Bool { true }
    func decodeNil(forKey key: Key) -> Bool { false }

    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
        try watcher.property(key.stringValue, type, isRequired: true)
    }

    func decodeIfPresent<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T? {
        _ = try watcher.property(key.stringValue, type, isRequired: false)
        return nil
    }

    // The protocol's own versions for scalars would ask `decode`, and make the key required.
    func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? {
        _ = try watcher.property(key.stringValue, type, isRequired: false)
        return nil
    }

    func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? {
        _ = try watcher.property(key.stringValue, type, isRequired: false)
        return nil
    }

    func decodeIfPresent(_ type: Double.Type, forKey key: Key) throws -> Double? {
        _ = try watcher.property(key.stringValue, type, isRequired: false)
        return nil
    }

    func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? {
        _ = try watcher.property(key.stringValue, type, isRequired: false)
        return nil
    }

    func decodeIfPresent(_ type: Int64.Type, forKey key: Key) throws -> Int64? {
        _ = try watcher.property(key.stringValue, type, isRequired: false)
        return nil
    }

    func decodeIfPresent(_ type: UInt64.Type, forKey key: Key) throws -> UInt64? {
        _ = try watcher.property(key.stringValue, type, isRequired: false)
        return nil
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> {
        throw unwatched(codingPath)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        throw unwatched(codingPath)
    }

    func superDecoder() throws -> any Decoder { throw unwatched(codingPath) }
    func superDecoder(forKey key: Key) throws -> any Decoder { throw unwatched(codingPath) }
}

/// An array of one element.
struct WatchedArray: UnkeyedDecodingContainer {
    let watcher: Watcher
    let codingPath: [any CodingKey] = []
    let count: Int? = 1
    private(set) var currentIndex = 0
    var isAtEnd: Bool { currentIndex == 1 }

    init(watcher: Watcher) { self.watcher = watcher }

    mutating func decodeNil() -> Bool { false }

    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
        currentIndex = 1
        return try watcher.element(type)
    }

    mutating func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type
    ) throws -> KeyedDecodingContainer<Nested> { throw unwatched(codingPath) }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        throw unwatched(codingPath)
    }

    mutating func superDecoder() throws -> any Decoder { throw unwatched(codingPath) }
}

/// A single value.
struct WatchedScalar: SingleValueDecodingContainer {
    let watcher: Watcher
    let codingPath: [any CodingKey] = []

    func decodeNil() -> Bool { false }
    func decode<T: Decodable>(_ type: T.Type) throws -> T { try watcher.element(type) }
}

/// A form of decoding that no type of a bundle uses.
private func unwatched(_ path: [any CodingKey]) -> DecodingError {
    .dataCorrupted(.init(codingPath: path, debugDescription: "this form has no schema"))
}
