import Bundle
import Glibc

/// The wall clock, which is for stamps only.
enum Timestamp {
    /// UTC as ISO 8601 with seconds.
    static func now() -> String {
        var seconds = time(nil)
        var parts = unsafe tm()
        unsafe gmtime_r(&seconds, &parts)
        func two(_ value: Int32) -> String { (value < 10 ? "0" : "") + "\(value)" }
        let date = unsafe [1900 + parts.tm_year, parts.tm_mon + 1, parts.tm_mday]
        let hour = unsafe [parts.tm_hour, parts.tm_min, parts.tm_sec]
        return date.map(two).joined(separator: "-") + "T"
            + hour.map(two).joined(separator: ":") + "Z"
    }

    /// Days since 1970-01-01 UTC.
    static func nightNumber() -> UInt64 { UInt64(time(nil)) / 86400 }

    /// A new run id.
    static func runID() -> String {
        var moment = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &moment)
        let milliseconds = UInt64(moment.tv_sec) * 1000 + UInt64(moment.tv_nsec) / 1_000_000
        var random = SystemRandomNumberGenerator()
        return RunID.make(milliseconds: milliseconds, random: (random.next(), random.next()))
    }
}
