/// One quantity that an adapter reads, and all that is known about how it is measured.
///
/// What is not known is nil, never a guess: the class of an energy value depends on it.
package struct PowerSource: Sendable, Hashable, Codable {
    /// What the value includes.
    package enum Domain: String, Sendable, Hashable, Codable, CaseIterable {
        /// One accelerator or processor chip.
        case chip
        /// The cores of a processor package, without its caches and controllers.
        case cores
        /// A part of a processor package beside its cores.
        case uncore
        case package
        case memory
        /// A board with what is plugged into it, or the platform as its firmware sees it.
        case board
        /// The whole machine, on which side of its power supplies is not known.
        case node
        /// The whole machine at the wall.
        case nodeAC
        /// The whole machine behind its power supplies.
        case nodeDC
        /// What a battery delivers.
        case battery
    }

    /// What a single value says.
    package enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        /// The energy since some start; only differences mean something.
        case counter
        /// The mean power of a window that ends at the value.
        case averaging
        /// The power of the moment.
        case instantaneous
    }

    /// Such as `powercap.package-0`; unique in a list.
    package var name: String
    /// What found it: `powercap`, `hwmon`, `ipmi`, `redfish`, `scpi`, `ptd`, `battery`.
    package var adapter: String
    package var domain: Domain
    package var kind: Kind
    /// The UCUM code of the value after scaling: `J` for counters, else `W`.
    package var unit: String
    /// What a raw value is multiplied by to be in `unit`.
    package var scale: Double
    /// Raw units after which a counter starts again from zero; nil: not within any run.
    package var wrap: UInt64?
    /// Time between two new values; nil: not known.
    package var updatePeriodSeconds: Double?
    /// What part of that time a value covers; nil: not known. Without meaning for counters.
    package var averagingWindowSeconds: Double?
    /// The largest error as a share of the value; nil: not known.
    package var accuracy: Double?
    /// How the accuracy is known, or that it is not.
    package var accuracyBasis: String
    /// The date, as `YYYY-MM-DD`, on which it was compared with a standard; nil: never, or unknown.
    package var calibrationDate: String?
    /// How far a value lies behind what it describes.
    package var clockOffsetSeconds = 0.0
    /// One standard deviation of how long a window is by the source's clock.
    package var clockUncertaintySeconds = 0.0
    /// The source that contains this one: the two must never be added; nil: none.
    package var containedIn: String?
    /// More than what it measures can ever take: a reading beyond is refused.
    package var wattsMax: Double
    /// The file, the program with its arguments, or the address that it is read from.
    package var origin: String

    package init(
        name: String, adapter: String, domain: Domain, kind: Kind, scale: Double, origin: String
    ) {
        self.name = name
        self.adapter = adapter
        self.domain = domain
        self.kind = kind
        unit = kind == .counter ? "J" : "W"
        self.scale = scale
        self.origin = origin
        accuracyBasis = "not stated"
        wattsMax = Self.wattsMax(domain)
    }

    /// A counter must be read at least this often: a quarter of the time in which it can wrap.
    ///
    /// Nil for whatever does not wrap.
    package var readPeriodMaxSeconds: Double? {
        wrap.map { Double($0) * scale / wattsMax / 4 }
    }

    /// Far above what is built today, far below what a broken sensor says.
    package static func wattsMax(_ domain: Domain) -> Double {
        switch domain {
        case .chip, .cores, .uncore, .package, .memory: 5_000
        case .board: 20_000
        case .node, .nodeAC, .nodeDC: 100_000
        case .battery: 1_000
        }
    }
}
