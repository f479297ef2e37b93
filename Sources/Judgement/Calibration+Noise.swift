import Glibc
package import Model
package import Statistics

extension Calibration {
    /// The noise of a metric and where it is from.
    package struct Noise: Sendable, Hashable {
        package var noise: SessionNoise
        package var source: String
    }

    /// The noise to reckon with for a metric of a point; nil for fewer than three occasions.
    ///
    /// The larger of its class's and, where it was part of the calibration, its own; for a class
    /// that was not calibrated the noisiest of those that were.
    package func noise(of metric: Metric, point: Point, subject: Subject) -> Noise? {
        let name = ComparisonRules.noiseClass(metric: metric.name, point: point)
        let series = Self.series(metric, subject)
        let own = noise { $0.noiseClass == name }
        guard var found = own else {
            let others = Set(sessions.flatMap(\.values).map(\.noiseClass)).sorted()
            let known = others.compactMap { other in
                noise { $0.noiseClass == other }.map { (other, $0) }
            }
            guard let widest = known.max(by: { $0.1.floor < $1.1.floor }) else { return nil }
            return Noise(noise: widest.1, source: "class '\(widest.0)' for '\(name)', \(dates)")
        }
        if let exact = noise({ $0.series == series }) {
            found.floor = max(found.floor, exact.floor)
            if exact.spread.standardDeviation > found.spread.standardDeviation {
                found.spread = exact.spread
            }
        }
        return Noise(noise: found, source: "class '\(name)', \(dates)")
    }

    /// The A/A floor of a metric, as a logarithm; nil where it is not known.
    package func floor(of metric: Metric, point: Point, subject: Subject) -> Double? {
        noise(of: metric, point: point, subject: subject)?.noise.floor
    }

    /// How many different occasions (boots or nights) the sessions are of.
    package var occasions: Int { Set(occasionNumbers).count }

    private var dates: String {
        "\(occasions) occasions until \(updated.prefix(10))"
    }

    var noiseClasses: [ClassNoise] {
        Set(sessions.flatMap(\.values).map(\.noiseClass)).sorted().compactMap { name in
            guard let found = noise({ $0.noiseClass == name }) else { return nil }
            return ClassNoise(
                noiseClass: name, occasions: found.occasions, pairs: found.pairs,
                sessionDeviation: found.spread.standardDeviation, floor: found.floor,
                isFit: VerdictThreshold(noiseFloor: expm1(found.floor)).isMachineFit)
        }
    }

    private func noise(_ isWanted: (Value) -> Bool) -> SessionNoise? {
        var series: [String: [SessionNoise.Value]] = [:]
        for (session, occasion) in zip(sessions, occasionNumbers) {
            for value in session.values where isWanted(value) {
                series[value.series, default: []].append(
                    SessionNoise.Value(occasion: occasion, logarithm: log(value.value)))
            }
        }
        return SessionNoise(series: series.sorted { $0.key < $1.key }.map(\.value))
    }

    /// Hours between sessions of one boot that make two nights of them.
    private static let nightHours = 8.0

    /// The occasion of each session: another boot, or hours apart, makes another occasion.
    private var occasionNumbers: [Int] {
        var firsts: [(boot: String, hours: Double)] = []
        return sessions.map { session in
            // A date that cannot be read makes no occasion of its own.
            let hours = Self.hours(session.started) ?? firsts.last?.hours ?? 0
            let known = firsts.firstIndex {
                $0.boot == session.boot && abs($0.hours - hours) < Self.nightHours
            }
            if let known { return known }
            firsts.append((session.boot, hours))
            return firsts.count - 1
        }
    }

    /// Hours since some day long ago, of a time such as `2026-11-22T00:22:07Z`; nil for others.
    static func hours(_ text: String) -> Double? {
        let digits = text.split { !$0.isNumber }.compactMap { Double($0) }
        guard digits.count >= 6, text.hasSuffix("Z") else { return nil }
        // Days of the civil calendar, with years that begin in March.
        let month = digits[1] > 2 ? digits[1] - 3 : digits[1] + 9
        let year = digits[1] > 2 ? digits[0] : digits[0] - 1
        let days =
            365 * year + (year / 4).rounded(.down) - (year / 100).rounded(.down)
            + (year / 400).rounded(.down) + ((153 * month + 2) / 5).rounded(.down) + digits[2]
        return days * 24 + digits[3] + digits[4] / 60 + digits[5] / 3600
    }
}
