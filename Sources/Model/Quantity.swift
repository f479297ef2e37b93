/// A number whose type says what it counts, so that joules cannot be added to nanoseconds.
///
/// `Dimension` is an empty enum used as a label; there is no arithmetic across dimensions.
package struct Quantity<Dimension, Value: Numeric & Comparable & Hashable & Sendable & Codable>:
    Sendable, Hashable, Comparable
{
    package var value: Value

    package init(_ value: Value) { self.value = value }

    /// Nothing of it.
    package static var zero: Self { Self(.zero) }
    package static func < (left: Self, right: Self) -> Bool { left.value < right.value }
    package static func + (left: Self, right: Self) -> Self { Self(left.value + right.value) }
    package static func - (left: Self, right: Self) -> Self { Self(left.value - right.value) }
    package static func += (left: inout Self, right: Self) { left.value += right.value }
    package static func * (left: Self, factor: Value) -> Self { Self(left.value * factor) }
}

extension Quantity: Codable {
    package init(from decoder: any Decoder) throws {
        value = try decoder.singleValueContainer().decode(Value.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(value)
    }
}

/// Labels of the dimensions that a ``Quantity`` can have.
package enum Dimension {
    package enum Time {}
    package enum DeviceTime {}
    package enum Energy {}
    package enum Power {}
    package enum Frequency {}
    package enum Information {}
    package enum Count {}
}

/// Host time or a span of it, in nanoseconds.
package typealias Nanoseconds = Quantity<Dimension.Time, UInt64>
/// A span of a device's own clock, in that clock's ticks.
package typealias DeviceTicks = Quantity<Dimension.DeviceTime, UInt64>
/// Energy in joules.
package typealias Joules = Quantity<Dimension.Energy, Double>
/// Power in watts.
package typealias Watts = Quantity<Dimension.Power, Double>
/// Frequency in hertz.
package typealias Hertz = Quantity<Dimension.Frequency, Double>
/// An amount of memory in bytes.
package typealias Bytes = Quantity<Dimension.Information, UInt64>
/// A number of work items.
package typealias Items = Quantity<Dimension.Count, UInt64>

extension Quantity where Dimension == Model.Dimension.Time, Value == UInt64 {
    /// The span in seconds.
    package var seconds: Double { Double(value) * 1e-9 }

    /// A span from seconds, rounded to the nearest nanosecond; negative and NaN become zero.
    ///
    /// Ends at 2^62 ns, 146 years, so that a sum of two cannot overflow.
    package static func seconds(_ seconds: Double) -> Self {
        guard seconds > 0 else { return .zero }
        let nanoseconds = (seconds * 1e9).rounded()
        return nanoseconds < 0x1p62 ? Self(UInt64(nanoseconds)) : Self(1 << 62)
    }

    /// A span of whole milliseconds.
    package static func milliseconds(_ count: UInt64) -> Self { Self(count * 1_000_000) }
}
