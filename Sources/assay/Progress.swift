import Model
import Runner

/// Shows what a run is doing on standard error: a live line, or plain lines without a terminal.
final class Progress {
    private var lastPoint = ""

    func show(_ event: RunEvent) {
        switch event {
        case .launching(let point, let subject, let launch, let done, let total, let left):
            let place = "\(done + 1)/\(total)"
            let name = "\(point.point.label) on \(subject.backend)"
            if Terminal.isErrorTerminal {
                Terminal.status(
                    "\(place)  \(name)  launch \(launch + 1)/\(point.profile.launches)  "
                        + "about \(Self.duration(left)) left")
            } else if name != lastPoint {
                Terminal.status("\(place) \(name) (about \(Self.duration(left)) left)")
            }
            lastPoint = name
        case .planned(let point, let launches, let samples, let halfWidth):
            Terminal.endStatus()
            let width = (halfWidth * 1000).rounded() / 10
            Terminal.error(
                "\(point.point.label): after the pilot \(launches) launches, "
                    + "\(samples) samples in each; ±\(width) % is to be expected")
        case .finished(let entry, let point):
            guard entry.outcome == .error || entry.outcome == .invalid else { return }
            Terminal.endStatus()
            let reason = entry.reasons.first ?? entry.failure ?? "failed"
            Terminal.error("\(point.point.label) on \(entry.subject.backend): \(reason)")
        }
    }

    static func duration(_ time: Nanoseconds) -> String {
        let seconds = Int(time.seconds.rounded())
        if seconds < 90 { return "\(seconds) s" }
        if seconds < 5400 { return "\((seconds + 30) / 60) min" }
        return "\((seconds + 1800) / 3600) h"
    }
}
