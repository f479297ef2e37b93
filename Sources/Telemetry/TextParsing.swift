/// Parses numbers straight from the bytes of kernel files, so that a sweep allocates nothing.
enum TextParsing {
    private static let space = UInt8(ascii: " ")
    private static let newline = UInt8(ascii: "\n")
    private static let zero = UInt8(ascii: "0")
    private static let minus = UInt8(ascii: "-")

    /// The whole number at `position`, which moves past it; nil when none starts there.
    static func integer(_ bytes: borrowing Span<UInt8>, at position: inout Int) -> Int64? {
        let isNegative = position < bytes.count && bytes[position] == minus
        var index = isNegative ? position + 1 : position
        let start = index
        var value: Int64 = 0
        while index < bytes.count, case let digit = bytes[index] &- zero, digit <= 9 {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(Int64(digit))
            if overflow || carry { return nil }
            value = sum
            index += 1
        }
        guard index > start else { return nil }
        position = index
        return isNegative ? -value : value
    }

    /// Moves past spaces.
    static func skipSpaces(_ bytes: borrowing Span<UInt8>, at position: inout Int) {
        while position < bytes.count && bytes[position] == space { position += 1 }
    }

    /// Moves past the end of the line.
    static func skipLine(_ bytes: borrowing Span<UInt8>, at position: inout Int) {
        while position < bytes.count && bytes[position] != newline { position += 1 }
        position += 1
    }

    /// Whether the bytes at `position` are those of `text`.
    static func matches(
        _ bytes: borrowing Span<UInt8>, at position: Int, _ text: StaticString
    ) -> Bool {
        let count = text.utf8CodeUnitCount
        guard position >= 0 && position + count <= bytes.count else { return false }
        for offset in 0..<count {
            let expected = unsafe text.utf8Start[offset]
            if bytes[position + offset] != expected { return false }
        }
        return true
    }

    /// The microseconds in `some avg10=… total=N` of a pressure file.
    static func pressureTotal(_ bytes: borrowing Span<UInt8>) -> Int64? {
        var position = 0
        while position < bytes.count {
            if matches(bytes, at: position, "some ") {
                while position < bytes.count && bytes[position] != newline {
                    if matches(bytes, at: position, "total=") {
                        position += 6
                        return integer(bytes, at: &position)
                    }
                    position += 1
                }
                return nil
            }
            skipLine(bytes, at: &position)
        }
        return nil
    }

    /// A processor line of `/proc/stat`, or the sum of all.
    struct ProcessorLine {
        /// Nil: the sum over all processors.
        var cpu: Int?
        var busyTicks: Int64
        var stolenTicks: Int64
    }

    /// The processor line at `position`, which moves to the next line; nil after the last one.
    static func processorLine(
        _ bytes: borrowing Span<UInt8>, at position: inout Int
    ) -> ProcessorLine? {
        guard matches(bytes, at: position, "cpu") else { return nil }
        position += 3
        let cpu = integer(bytes, at: &position)
        var busy: Int64 = 0
        var stolen: Int64 = 0
        // user nice system idle iowait irq softirq steal; guest time is contained in user.
        for column in 0..<8 {
            skipSpaces(bytes, at: &position)
            guard let ticks = integer(bytes, at: &position) else { return nil }
            switch column {
            case 3, 4: break
            case 7: stolen = ticks
            default: busy += ticks
            }
        }
        skipLine(bytes, at: &position)
        return ProcessorLine(cpu: cpu.map { Int($0) }, busyTicks: busy, stolenTicks: stolen)
    }
}
