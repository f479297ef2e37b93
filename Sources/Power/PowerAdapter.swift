package import Model

/// What one source said when it was asked once.
package enum PowerReading: Sendable, Hashable {
    /// A raw value; multiply by the source's scale.
    case value(Int64)
    /// The source sends values by itself, and none has come since the last reading.
    case nothingNew
    /// Why there is no value, in one sentence.
    case failed(String)
}

/// A way to read power or energy: finds its sources, declares them and reads them.
///
/// A value, so that a recorder's thread can own it. Readings carry no time: the reader takes it
/// before and after.
package protocol PowerAdapter: Sendable {
    /// What it reads, in the order of its readings; never empty.
    var sources: [PowerSource] { get }
    /// Reading more often than this makes no sense or costs too much.
    var readPeriodMin: Nanoseconds { get }
    /// Reads every source once; as many readings as there are sources.
    mutating func read() -> [PowerReading]
    /// Ends connections; nothing is read afterwards.
    mutating func close()
}

/// A kind of source that was looked for and cannot be read here.
package struct UnavailablePower: Sendable, Hashable, Codable, CustomStringConvertible {
    /// What would have been read, such as `powercap` or `scpi://meter:5025`.
    package var name: String
    /// What was tried and what came of it.
    package var reason: String

    package init(name: String, reason: String) {
        self.name = name
        self.reason = reason
    }

    package var description: String { "\(name) (\(reason))" }
}

/// Why a source cannot be read, or what is wrong with its text form.
package struct PowerError: Error, Hashable, CustomStringConvertible {
    /// What kind of thing stood in the way.
    package enum Code: String, Sendable, Hashable {
        /// The text that names a source is wrong.
        case syntax
        case absent
        case permissionDenied
        case programMissing
        case programFailed
        case timedOut
        case unreachable
        /// It answered, but not with a number of watts or joules.
        case garbage
        /// It answered with a number that cannot be.
        case absurd
    }

    package var code: Code
    package var detail: String

    package init(_ code: Code, _ detail: String) {
        self.code = code
        self.detail = detail
    }

    package var description: String { detail }
}
