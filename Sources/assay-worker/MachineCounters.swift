import Glibc

/// What the kernel counts about the whole machine, and about the group that this process is in.
struct MachineCounters {
    var busyNanoseconds: UInt64?
    var stolenNanoseconds: UInt64?
    var pressureNanoseconds: UInt64?
    var cgroupThrottles: UInt64?
    var throttleEvents: UInt64?

    /// Reads the counters now; takes some tens of microseconds, so never inside a measurement.
    ///
    /// - Parameter cpus: the processors whose throttling is counted.
    static func read(cpus: [Int]) -> MachineCounters {
        var counters = MachineCounters()
        counters.readProcessorTime()
        counters.readPressure()
        counters.readGroup()
        for cpu in cpus {
            let path = "/sys/devices/system/cpu/cpu\(cpu)/thermal_throttle/core_throttle_count"
            guard let count = Self.number(ProcessFacts.contents(of: path)) else { continue }
            counters.throttleEvents = (counters.throttleEvents ?? 0) + count
        }
        return counters
    }

    /// What was counted since an earlier reading.
    func since(_ before: MachineCounters) -> MachineCounters {
        func difference(_ field: KeyPath<MachineCounters, UInt64?>) -> UInt64? {
            guard let now = self[keyPath: field], let then = before[keyPath: field] else {
                return nil
            }
            return now > then ? now - then : 0
        }
        return MachineCounters(
            busyNanoseconds: difference(\.busyNanoseconds),
            stolenNanoseconds: difference(\.stolenNanoseconds),
            pressureNanoseconds: difference(\.pressureNanoseconds),
            cgroupThrottles: difference(\.cgroupThrottles),
            throttleEvents: difference(\.throttleEvents))
    }

    /// `cpu user nice system idle iowait irq softirq steal …`, in ticks over all processors.
    private mutating func readProcessorTime() {
        let text = ProcessFacts.contents(of: "/proc/stat")
        let line = text.prefix { $0 != "\n" }
        let ticks = line.split(separator: " ").dropFirst().map { UInt64($0) ?? 0 }
        guard line.hasPrefix("cpu "), ticks.count >= 8 else { return }
        let tick = 1_000_000_000 / UInt64(max(1, sysconf(Int32(_SC_CLK_TCK))))
        busyNanoseconds = (ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6]) * tick
        stolenNanoseconds = ticks[7] * tick
    }

    /// `some avg10=… avg60=… avg300=… total=microseconds`.
    private mutating func readPressure() {
        let text = ProcessFacts.contents(of: "/proc/pressure/cpu")
        guard let total = text.prefix(while: { $0 != "\n" }).split(separator: "=").last else {
            return
        }
        pressureNanoseconds = Self.number(total).map { $0 * 1000 }
    }

    private mutating func readGroup() {
        let groups = ProcessFacts.contents(of: "/proc/self/cgroup").split(separator: "\n")
        guard let own = groups.first(where: { $0.hasPrefix("0::") }) else { return }
        let text = ProcessFacts.contents(of: "/sys/fs/cgroup\(own.dropFirst(3))/cpu.stat")
        for line in text.split(separator: "\n") where line.hasPrefix("nr_throttled ") {
            cgroupThrottles = Self.number(line.dropFirst("nr_throttled ".count))
        }
    }

    private static func number(_ text: some StringProtocol) -> UInt64? {
        UInt64(text.prefix { $0.isNumber })
    }
}
