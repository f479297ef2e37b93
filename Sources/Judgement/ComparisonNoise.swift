import Glibc
import Model
import Statistics

/// What calibrations say of the noise of both sides' machines.
struct ComparisonNoise {
    private let baseline: Calibration?
    private let candidate: Calibration?
    private let isOneMachine: Bool

    init(_ calibrations: [Calibration], baseline: MachineFacts, candidate: MachineFacts) {
        func found(_ machine: MachineFacts) -> Calibration? {
            calibrations.first {
                $0.fingerprint == machine.fingerprint && $0.machineID == machine.machineID
            }
        }
        self.baseline = found(baseline)
        self.candidate = found(candidate)
        isOneMachine =
            baseline.fingerprint == candidate.fingerprint
            && baseline.machineID == candidate.machineID
    }

    /// The noise of a metric on either machine; nil where a machine's is not known.
    func noise(_ metric: Metric, _ pair: ComparisonPair) -> (Calibration.Noise, Calibration.Noise)?
    {
        let point = pair.candidate.point
        guard
            var first = baseline?.noise(of: metric, point: point, subject: pair.baseline.subject),
            var second = candidate?.noise(of: metric, point: point, subject: pair.candidate.subject)
        else { return nil }
        if isOneMachine {
            // One machine has one spread: two subjects' figures are no independent estimates.
            let firstIsLarger =
                first.noise.spread.standardDeviation > second.noise.spread.standardDeviation
            let larger = firstIsLarger ? first.noise.spread : second.noise.spread
            first.noise.spread = larger
            second.noise.spread = larger
        }
        return (first, second)
    }

    /// δ and where it is from, and whether the machine is fit for verdicts.
    func threshold(
        _ metric: Metric, _ pair: ComparisonPair, timerQuantum: Double
    ) -> (threshold: VerdictThreshold, delta: ComparedDelta) {
        let known = noise(metric, pair)
        let larger = known.map { $0.noise.floor >= $1.noise.floor ? $0 : $1 }
        let floor = larger.map { expm1($0.noise.floor) } ?? 0
        let threshold = VerdictThreshold(timerQuantum: timerQuantum, noiseFloor: floor)
        var source = "least δ"
        if threshold.delta == timerQuantum, timerQuantum > VerdictThreshold.deltaMin {
            source = "timer quantum"
        } else if threshold.delta > VerdictThreshold.deltaMin, let larger {
            source = "A/A floor of \(larger.source)"
        } else if larger == nil {
            source = "least δ; the A/A floor is not known"
        }
        return (threshold, ComparedDelta(value: threshold.delta, source: source))
    }

    /// What there is to say about calibration; one sentence each.
    func sentences(isNeeded: Bool) -> [String] {
        var sentences: [String] = []
        let sides =
            isOneMachine
            ? [("the machine", candidate)]
            : [("the baseline's machine", baseline), ("the candidate's machine", candidate)]
        for (name, calibration) in sides {
            guard let calibration else {
                sentences.append(
                    "The A/A noise of \(name) is not known ('assay machine --calibrate' measures "
                        + "it)"
                        + (isNeeded ? "; without it single sessions have no verdict." : "."))
                continue
            }
            let missing = SessionNoise.occasionsMin - calibration.occasions
            sentences.append(
                missing > 0
                    ? "The A/A calibration of \(name) has sessions of \(calibration.occasions) "
                        + "boots or nights; \(SessionNoise.occasionsMin) are needed."
                    : "The A/A noise of \(name) is from \(calibration.sessions.count) sessions of "
                        + "\(calibration.occasions) boots or nights, the last on "
                        + "\(calibration.updated.prefix(10)).")
        }
        return sentences
    }
}
