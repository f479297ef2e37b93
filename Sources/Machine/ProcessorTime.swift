/// Processor time since the system started, in clock ticks, as `/proc/stat` counts it.
package struct ProcessorTime: Sendable, Hashable {
    /// Spent computing for this system, interrupts included.
    package var busyTicks: UInt64
    /// Spent idle or waiting for storage.
    package var idleTicks: UInt64
    /// Taken by the hypervisor for others while something here wanted to run.
    package var stolenTicks: UInt64

    package init(busyTicks: UInt64, idleTicks: UInt64, stolenTicks: UInt64) {
        self.busyTicks = busyTicks
        self.idleTicks = idleTicks
        self.stolenTicks = stolenTicks
    }

    /// The sum over all processors; nil when the text of `/proc/stat` has no such line.
    package init?(stat text: String) {
        guard let line = text.lines.first(where: { $0.hasPrefix("cpu ") }) else { return nil }
        // Guest time, in the last two columns, is contained in user time already.
        let ticks = line.words.dropFirst().prefix(8).compactMap { UInt64($0) }
        guard ticks.count == 8 else { return nil }
        busyTicks = ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6]
        idleTicks = ticks[3] + ticks[4]
        stolenTicks = ticks[7]
    }

    /// All time that was counted, in ticks.
    package var totalTicks: UInt64 { busyTicks + idleTicks + stolenTicks }

    /// The growth since an earlier reading; a counter that went back (it may) counts as still.
    package func since(_ earlier: ProcessorTime) -> ProcessorTime {
        func growth(_ now: UInt64, _ before: UInt64) -> UInt64 { now - min(now, before) }
        return ProcessorTime(
            busyTicks: growth(busyTicks, earlier.busyTicks),
            idleTicks: growth(idleTicks, earlier.idleTicks),
            stolenTicks: growth(stolenTicks, earlier.stolenTicks))
    }
}
