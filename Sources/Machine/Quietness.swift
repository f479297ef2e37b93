/// The texts that quietness is judged from, read at one moment.
package struct QuietnessReading: Sendable, Hashable {
    /// The content of `/proc/stat`; nil when it could not be read.
    package var stat: String?
    /// The content of `/proc/pressure/cpu`.
    package var pressure: String?
    /// The content of `/proc/loadavg`.
    package var load: String?
    /// Processor time that the harness and its workers had used by then, in ticks of 10 ms.
    package var ownTicks: UInt64

    package init(stat: String?, pressure: String?, load: String?, ownTicks: UInt64) {
        self.stat = stat
        self.pressure = pressure
        self.load = load
        self.ownTicks = ownTicks
    }

    /// Reads the files now.
    package init(files: SystemFiles, ownTicks: UInt64) {
        self.init(
            stat: files.text("/proc/stat"), pressure: files.text("/proc/pressure/cpu"),
            load: files.text("/proc/loadavg"), ownTicks: ownTicks)
    }
}

/// How quiet the machine was between two readings; nil where a source was missing.
package struct Quietness: Sendable, Hashable, Codable {
    /// Runnable threads, mean over a minute, at the second reading.
    package var loadAverage: Double?
    /// The share of ten seconds in which some thread waited for a processor, 0 to 1.
    package var pressureShare: Double?
    /// The share of processor time that the hypervisor gave to others, 0 to 1.
    package var stealShare: Double?
    /// The share of processor time used by anything but the harness, 0 to 1.
    package var foreignShare: Double?
    /// Processor time that passed between the readings, in ticks over all processors.
    ///
    /// One tick is 10 ms: a share over fewer than some hundred ticks is coarse.
    package var ticks: UInt64

    /// Judges the interval between two readings.
    package init(from before: QuietnessReading, to after: QuietnessReading) {
        loadAverage = after.load?.words.first.flatMap { Double($0) }
        pressureShare = after.pressure.flatMap { Self.someShare(pressure: $0) }
        guard let first = before.stat.flatMap({ ProcessorTime(stat: $0) }),
            let second = after.stat.flatMap({ ProcessorTime(stat: $0) }),
            second.since(first).totalTicks > 0
        else {
            ticks = 0
            return
        }
        let spent = second.since(first)
        let total = Double(spent.totalTicks)
        ticks = spent.totalTicks
        stealShare = Double(spent.stolenTicks) / total
        let own = after.ownTicks - min(after.ownTicks, before.ownTicks)
        foreignShare = Double(spent.busyTicks - min(spent.busyTicks, own)) / total
    }

    /// The ten-second mean in the line `some avg10=1.25 …` of a pressure file, as a share.
    package static func someShare(pressure text: String) -> Double? {
        guard let line = text.lines.first(where: { $0.hasPrefix("some ") }) else { return nil }
        for word in line.words {
            if let (key, value) = word.pair(at: "="), key == "avg10" {
                return Double(value).map { $0 / 100 }
            }
        }
        return nil
    }
}
