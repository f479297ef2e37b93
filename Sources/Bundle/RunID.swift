/// A UUIDv7 (RFC 9562): sortable by the time of creation.
package enum RunID {
    /// - Parameters:
    ///   - milliseconds: Unix time.
    ///   - random: 74 bits of it are used.
    package static func make(milliseconds: UInt64, random: (UInt64, UInt64)) -> String {
        let high = milliseconds << 16 | 0x7000 | random.0 & 0x0fff
        let low = 0x8000_0000_0000_0000 | random.1 & 0x3fff_ffff_ffff_ffff
        let digits = hexadecimal(high) + hexadecimal(low)
        let parts = [(0, 8), (8, 12), (12, 16), (16, 20), (20, 32)]
        let all = Array(digits)
        return parts.map { String(all[$0.0..<$0.1]) }.joined(separator: "-")
    }

    private static func hexadecimal(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
