/// One quantity that the telemetry role reads again and again.
package struct TelemetryChannel: Sendable, Hashable, Codable {
    /// What a single value means.
    package enum Kind: String, Sendable, Hashable, Codable {
        /// The value of the moment, or of the averaging window before it.
        case gauge
        /// A sum since some start; only differences mean something.
        case counter
        /// A number that stands for a condition, such as 1 for "on mains".
        case state
    }

    /// The position in the list of channels.
    package var id: Int
    /// Such as `cpu3.busy` or `powercap.package-0.energy`; unique in a list.
    package var name: String
    /// The UCUM code of the value after scaling: `s`, `Hz`, `Cel`, `J`, `W`, `1`.
    package var unit: String
    package var kind: Kind
    /// What the value covers: `cpu`, `package`, `board`, `system`.
    package var domain: String
    /// The file that it is read from.
    package var source: String
    /// What a raw value is multiplied by to be in `unit`.
    package var scale: Double
    /// Where a counter starts again from zero, in raw units; nil: not within any run.
    package var modulus: UInt64?
    /// The window that a gauge averages over; nil: not known.
    package var averagingSeconds: Double?

    package init(
        id: Int, name: String, unit: String, kind: Kind, domain: String, source: String,
        scale: Double = 1, modulus: UInt64? = nil, averagingSeconds: Double? = nil
    ) {
        self.id = id
        self.name = name
        self.unit = unit
        self.kind = kind
        self.domain = domain
        self.source = source
        self.scale = scale
        self.modulus = modulus
        self.averagingSeconds = averagingSeconds
    }

    /// The growth of a counter between two raw values, over at most one wrap.
    ///
    /// Nil when the counter went back without being one that wraps: it was reset.
    package func growth(from earlier: Int64, to later: Int64) -> Int64? {
        if later >= earlier { return later - earlier }
        guard kind == .counter, let modulus = modulus.flatMap({ Int64(exactly: $0) }),
            earlier < modulus
        else { return nil }
        return modulus - earlier + later
    }
}

/// A sensor that was looked for and cannot be read here.
package struct UnavailableSensor: Sendable, Hashable, Codable {
    /// What would have been measured, such as `cpu frequency`.
    package var name: String
    /// What was tried and what came of it.
    package var reason: String

    package init(name: String, reason: String) {
        self.name = name
        self.reason = reason
    }
}

/// A raw value of a channel at one sweep; multiply by the channel's scale.
package struct TelemetryReading: Sendable, Hashable {
    /// The channel's id.
    package var channel: Int
    /// Nil: the sensor gave none this time.
    package var value: Int64?

    package init(channel: Int, value: Int64?) {
        self.channel = channel
        self.value = value
    }
}
