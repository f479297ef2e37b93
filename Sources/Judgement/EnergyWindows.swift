import Bundle
import Model
import Statistics

/// A stretch of steady work whose energy is asked for, by the run's clock.
struct EnergyWindow: Equatable {
    var start: UInt64
    var end: UInt64
    /// Calls that began and ended inside.
    var calls: Double
}

/// The stretches of a point's work, and idle beside them.
struct EnergyWindows {
    /// Windows of the energy phase, or the measuring time of each launch where there was none.
    let windows: [EnergyWindow]
    /// Whether they are of a phase of their own (measurement method, section 11).
    let isPhase: Bool
    /// The last idle stretch before, and the first one after; empty outside the phase.
    let idle: [EnergyWindow?]

    init(
        _ contents: BundleContents, launches: [LaunchSeries], pointHash: String, subject: Subject
    ) {
        let own = contents.launches.filter { $0.subject == subject }
        let phase = own.last {
            $0.phase == .energy && $0.pointHash == pointHash && $0.outcome == .ok
        }
        guard let phase, let plan = contents.plan.energy,
            let found = Self.cut(phase, contents.samples, plan), !found.isEmpty
        else {
            windows = launches.compactMap { Self.whole($0.entry) }
            isPhase = false
            idle = []
            return
        }
        windows = found
        isPhase = true
        let rests = own.filter { $0.phase == .idle && $0.outcome == .ok }
        idle = [
            rests.last { $0.index < phase.index }.flatMap(Self.whole),
            rests.first { $0.index > phase.index }.flatMap(Self.whole),
        ]
    }

    /// The measuring time of one launch.
    private static func whole(_ entry: LaunchEntry) -> EnergyWindow? {
        guard let start = entry.counters.measuringStartNanoseconds else { return nil }
        return EnergyWindow(
            start: start, end: start + entry.counters.measuringNanoseconds,
            calls: Double(entry.samples) * Double(entry.batch))
    }

    /// Equal windows along the phase, from the start of a sample to the end of one.
    ///
    /// Each begins at another fraction of what is left over, so that nothing keeps in step.
    private static func cut(
        _ entry: LaunchEntry, _ samples: [String: [Int64]], _ plan: EnergyPlan
    ) -> [EnergyWindow]? {
        guard entry.files.count == 2, let origin = entry.counters.measuringStartNanoseconds,
            let elapsed = samples[entry.files[0]], let starts = samples[entry.files[1]],
            elapsed.count == starts.count
        else { return nil }
        var windows: [EnergyWindow] = []
        var next = 0
        for number in 0..<plan.windows {
            let phase = (Double(number) * 0.618_033_988_75 + 0.5).truncatingRemainder(dividingBy: 1)
            let length = Double(plan.window.value)
            let begin = Int64((1.05 * Double(number) + 0.05 * phase) * length)
            while next < starts.count, starts[next] < begin { next += 1 }
            let first = next
            // Up to the sample that makes it as long as it should be.
            var end = first < starts.count ? starts[first] : 0
            while next < starts.count, end < starts[first] + Int64(plan.window.value) {
                end = starts[next] + elapsed[next]
                next += 1
            }
            guard next > first else { continue }
            windows.append(
                EnergyWindow(
                    start: origin + UInt64(max(0, starts[first])),
                    end: origin + UInt64(max(0, starts[next - 1] + elapsed[next - 1])),
                    calls: Double(next - first) * Double(entry.batch)))
        }
        return windows
    }
}
