import Glibc

/// Items 5 and 6 of section 17: warm-up and drift.
enum Steadiness {
    /// How a series begins; the level it ends at is 1.
    private static let beginnings: [(String, @Sendable (Int) -> Double)] = [
        ("step at 40", { $0 < 40 ? 1.2 : 1 }),
        ("decay, tau 20", { 1 + exp(-Double($0) / 20) }),
        ("slow trend, tau 80", { 1 + 0.05 * exp(-Double($0) / 80) }),
    ]

    /// Item 5: the median of the 50 samples after warm-up ended, against the true level.
    static func warmup(_ runs: Int, _ seed: UInt64) {
        for (name, level) in beginnings {
            var random = Random("warmup" + name, seed: seed)
            var (byVariation, byWindows, drifted) = (RunningMoments(), RunningMoments(), 0)
            for _ in 0..<runs {
                let samples = (0..<600).map { level($0) * (1 + 0.01 * random.normal()) }
                byVariation.add(bias(samples, from: steadyByVariation(samples)))
                let start = steadyByWindows(samples)
                byWindows.add(bias(samples, from: start))
                let measured = Array(samples[start..<min(samples.count, start + 200)])
                if DriftTest(measured)?.isDrift == true { drifted += 1 }
            }
            Simulations.report("warmup/CoV(10)/\(name)", value: byVariation.mean)
            Simulations.report("warmup/two windows/\(name)", value: byWindows.mean)
            Simulations.report("warmup/drift found/\(name)", drifted, of: runs)
        }
    }

    private static func bias(_ samples: [Double], from start: Int) -> Double {
        let measured = samples.dropFirst(start).prefix(50)
        return (Median.of(Array(measured)) ?? .nan) - 1
    }

    /// After how many samples the last ten vary by less than 2 %.
    private static func steadyByVariation(_ samples: [Double]) -> Int {
        for end in 10...samples.count {
            let moments = RunningMoments(samples[(end - 10)..<end])
            if moments.standardDeviation < 0.02 * moments.mean { return end }
        }
        return samples.count
    }

    /// After how many samples the product's detector says steady.
    private static func steadyByWindows(_ samples: [Double]) -> Int {
        var detector = SteadyState()
        for sample in samples where !detector.isSteady { detector.add(sample) }
        return detector.isSteady ? detector.count : samples.count
    }

    /// Item 6: how often steady samples are called drifting, and drift of 5 % is found.
    static func drift(_ runs: Int, _ seed: UInt64) {
        for (count, deviation) in [(30, 0.01), (30, 0.03), (150, 0.03)] {
            let name = "n=\(count)/cv=\(deviation)"
            var random = Random("drift" + name, seed: seed)
            var (alarms, bare, found) = (0, 0, 0)
            for _ in 0..<runs {
                let steady = (0..<count).map { _ in 1 + deviation * random.normal() }
                if DriftTest(steady)?.isDrift == true { alarms += 1 }
                if abs(DriftTest(steady)?.shift ?? 0) > DriftTest.shiftMin { bare += 1 }
                let drifting = steady.enumerated().map { index, value in
                    value * (1 + 0.05 * Double(index) / Double(count - 1))
                }
                if DriftTest(drifting)?.isDrift == true { found += 1 }
            }
            Simulations.report("drift/false alarms/\(name)", alarms, of: runs)
            Simulations.report("drift/bare 2 % shift/\(name)", bare, of: runs)
            Simulations.report("drift/5 % found/\(name)", found, of: runs)
        }
        var random = Random("driftAR", seed: seed)
        let alarms = Simulations.count(runs) {
            let samples = random.autoregressive(150, 0.5).map { 1 + 0.03 * $0 }
            return DriftTest(samples)?.isDrift == true
        }
        Simulations.report("drift/false alarms/rho=0.5/cv=0.03", alarms, of: runs)
    }
}
