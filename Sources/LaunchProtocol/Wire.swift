/// What a received message violates.
package struct WireError: Error, Equatable, CustomStringConvertible {
    package var detail: String

    package init(_ detail: String) { self.detail = detail }

    package var description: String { "the message is malformed: \(detail)" }
}

/// Builds a message: little-endian integers, length-prefixed text, nothing self-describing.
package struct ByteWriter: Sendable {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    /// Writes a fixed-width integer, least significant byte first.
    package mutating func integer<T: FixedWidthInteger & UnsignedInteger>(_ value: T) {
        for shift in stride(from: 0, to: T.bitWidth, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> T(shift)))
        }
    }

    /// Writes 64 bits.
    package mutating func put(_ value: UInt64) { integer(value) }

    /// Writes a signed integer as 64 bits in two's complement.
    package mutating func put(_ value: Int) { integer(UInt64(bitPattern: Int64(value))) }

    /// Writes one byte, 0 or 1.
    package mutating func put(_ value: Bool) { bytes.append(value ? 1 : 0) }

    /// Writes the bits of a number.
    package mutating func put(_ value: Double) { integer(value.bitPattern) }

    /// Writes the number of UTF-8 bytes, then the bytes.
    package mutating func put(_ text: String) {
        let utf8 = Array(text.utf8)
        put(utf8.count)
        bytes.append(contentsOf: utf8)
    }

    /// Writes a presence byte, then the value where there is one.
    package mutating func optional<T>(_ value: T?, _ write: (inout ByteWriter, T) -> Void) {
        put(value != nil)
        if let value { write(&self, value) }
    }

    /// Writes a count, then each element.
    package mutating func list<T>(_ values: [T], _ write: (inout ByteWriter, T) -> Void) {
        put(values.count)
        for value in values { write(&self, value) }
    }
}

/// Takes a message apart; every read is checked, so no bytes can crash it.
package struct ByteReader {
    private let bytes: [UInt8]
    private var position = 0

    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Whether everything was read.
    package var isAtEnd: Bool { position == bytes.count }

    /// Reads a fixed-width integer, least significant byte first.
    package mutating func integer<T: FixedWidthInteger & UnsignedInteger>(
        _ type: T.Type = T.self
    ) throws(WireError) -> T {
        let width = T.bitWidth / 8
        guard bytes.count - position >= width else { throw WireError("it ends too early") }
        var value: T = 0
        for index in 0..<width { value |= T(bytes[position + index]) << T(8 * index) }
        position += width
        return value
    }

    /// Reads 64 bits.
    package mutating func uint64() throws(WireError) -> UInt64 { try integer() }

    /// Reads a signed integer of 64 bits.
    package mutating func int() throws(WireError) -> Int { Int(Int64(bitPattern: try integer())) }

    /// Reads a number; NaN and infinities are refused, because no record can hold them.
    package mutating func double() throws(WireError) -> Double {
        let value = Double(bitPattern: try integer())
        guard value.isFinite else { throw WireError("a number is \(value)") }
        return value
    }

    /// Reads a byte that is 0 or 1.
    package mutating func bool() throws(WireError) -> Bool {
        let byte: UInt8 = try integer()
        guard byte <= 1 else { throw WireError("a truth value is \(byte)") }
        return byte == 1
    }

    /// Reads text; bytes that are no UTF-8 become replacement characters.
    package mutating func text() throws(WireError) -> String {
        let count = try self.count(elementBytes: 1)
        let slice = bytes[position..<position + count]
        position += count
        return String(decoding: slice, as: UTF8.self)
    }

    /// Reads a presence byte, then the value where there is one.
    package mutating func optional<T>(
        _ read: (inout ByteReader) throws(WireError) -> T
    ) throws(WireError) -> T? {
        try bool() ? try read(&self) : nil
    }

    /// Reads a count, then each element.
    package mutating func list<T>(
        _ read: (inout ByteReader) throws(WireError) -> T
    ) throws(WireError) -> [T] {
        let count = try self.count(elementBytes: 1)
        var values: [T] = []
        values.reserveCapacity(min(count, 4096))
        for _ in 0..<count { values.append(try read(&self)) }
        return values
    }

    /// Reads a count and refuses one that the rest of the message cannot hold.
    private mutating func count(elementBytes: Int) throws(WireError) -> Int {
        let count = try int()
        guard count >= 0, count <= (bytes.count - position) / elementBytes else {
            throw WireError("it claims \(count) elements but holds fewer")
        }
        return count
    }
}
