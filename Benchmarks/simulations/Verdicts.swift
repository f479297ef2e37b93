import Glibc

/// Item 7 of section 17, and what holds of verdicts between sessions.
enum Verdicts {
    private static let threshold = VerdictThreshold()

    /// Whether the product calls equal sides different: by the interval, in a clean session.
    private static func isWrong(_ comparison: Comparison?, _ sides: [[Double]]) -> Bool {
        let deviations = sides.compactMap { LogMoments($0)?.standardDeviation }
        return isFinding(comparison?.verdict(threshold, launchDeviations: deviations))
    }

    private static func isFinding(_ verdict: ComparisonVerdict?) -> Bool {
        verdict == .slower || verdict == .faster
    }

    /// Interleaved launches as blocks, compared as the product compares them.
    private static func paired(_ candidate: [Double], _ baseline: [Double]) -> Comparison? {
        Comparison(
            pairs: zip(candidate, baseline).map { (candidate: $0, baseline: $1) }, sense: .cost)
    }

    /// A true slow-down of 2 %, and of 5 %: how often it is found.
    static func power(_ runs: Int, _ seed: UInt64) {
        for (deviation, counts) in [(0.003, [5]), (0.01, [5, 10, 20])] {
            for count in counts {
                let name = "sd=\(deviation)/L=\(count)"
                var random = Random("power" + name, seed: seed)
                var (welch, pairs, same) = (0, 0, 0)
                for _ in 0..<runs {
                    let baseline = random.launches(count, deviation: deviation)
                    let slower = random.launches(count, deviation: deviation, centre: 1.02)
                    let found = Comparison(candidate: slower, baseline: baseline, sense: .cost)
                    if found?.verdict(threshold) == .slower { welch += 1 }
                    if paired(slower, baseline)?.verdict(threshold) == .slower { pairs += 1 }
                    let equal = random.launches(count, deviation: deviation)
                    let other = Comparison(candidate: equal, baseline: baseline, sense: .cost)
                    if other?.verdict(threshold) == .same { same += 1 }
                }
                Simulations.report("power/welch 2 %/\(name)", welch, of: runs)
                Simulations.report("power/paired 2 %/\(name)", pairs, of: runs)
                Simulations.report("same/welch/\(name)", same, of: runs)
            }
        }
        var random = Random("power5", seed: seed)
        for deviation in [0.003, 0.01, 0.02] {
            var (found, covered) = (0, 0)
            for _ in 0..<runs {
                let baseline = random.launches(10, deviation: deviation)
                let slower = random.launches(10, deviation: deviation, centre: 1.05)
                let comparison = paired(slower, baseline)
                if comparison?.verdict(threshold) == .slower { found += 1 }
                if comparison?.ratioInterval().contains(1.05) == true { covered += 1 }
            }
            Simulations.report("power/paired 5 %/sd=\(deviation)/L=10", found, of: runs)
            Simulations.report("power/interval has 5 %/sd=\(deviation)/L=10", covered, of: runs)
        }
    }

    /// A/A: equal sides, and how often they are called different.
    static func equal(_ runs: Int, _ seed: UInt64) {
        for deviation in [0.003, 0.01, 0.03] {
            for count in [5, 10, 20] {
                for shape in Shape.allCases {
                    let name = "sd=\(deviation)/L=\(count)/\(shape)"
                    var random = Random("equal" + name, seed: seed)
                    var (welch, pairs, bare, plain, expected) = (0, 0, 0, 0, 0.0)
                    for _ in 0..<runs {
                        let sides = (0..<2).map { _ in
                            random.launches(count, deviation: deviation, shape: shape)
                        }
                        let found = Comparison(
                            candidate: sides[0], baseline: sides[1], sense: .cost)
                        if isWrong(found, sides) { welch += 1 }
                        if (found?.pValue ?? 1) < 0.05 { plain += 1 }
                        let blocks = paired(sides[0], sides[1])
                        if isWrong(blocks, sides) { pairs += 1 }
                        if isFinding(blocks?.verdict(threshold)) { bare += 1 }
                        expected += blocks?.falseVerdictProbability(threshold) ?? 0
                    }
                    Simulations.report("A/A welch/\(name)", welch, of: runs)
                    Simulations.report("A/A paired/\(name)", pairs, of: runs)
                    guard shape == .normal else { continue }
                    Simulations.report("A/A interval alone/\(name)", bare, of: runs)
                    Simulations.report("A/A plain p<.05/\(name)", plain, of: runs)
                    Simulations.report(
                        "A/A expected/\(name)", value: expected / Double(runs))
                }
            }
        }
    }

    /// Section 8: two nights of five launches, judged by launches alone and with their spread.
    static func sessions(_ runs: Int, _ seed: UInt64) {
        for night in [0.005, 0.01] {
            var random = Random("sessions\(night)", seed: seed)
            var (plain, included, covered) = (0, 0, 0)
            for _ in 0..<runs {
                func session() -> [Double] {
                    random.launches(5, deviation: 0.003, centre: exp(night * random.normal()))
                }
                // The machine's own calibration: five nights, ten series that share each night.
                let nights = (0..<5).map { _ in night * random.normal() }
                let series = (0..<10).map { _ in
                    nights.enumerated().map { occasion, level in
                        let value = level + 0.003 * random.normal() / 5.0.squareRoot()
                        return SessionNoise.Value(occasion: occasion, logarithm: value)
                    }
                }
                let candidate = session()
                let baseline = session()
                guard
                    let comparison = Comparison(
                        candidate: candidate, baseline: baseline, sense: .cost),
                    let noise = SessionNoise(series: series)
                else { continue }
                if isFinding(comparison.verdict(threshold)) { plain += 1 }
                let whole = comparison.unpaired(candidate: noise.spread, baseline: noise.spread)
                let limit = VerdictThreshold(noiseFloor: expm1(noise.floor))
                if limit.isMachineFit, isFinding(whole.verdict(limit)) { included += 1 }
                if whole.interval().contains(0) { covered += 1 }
            }
            Simulations.report("sessions/launches alone/night=\(night)", plain, of: runs)
            Simulations.report("sessions/included/night=\(night)", included, of: runs)
            Simulations.report("sessions/covers/night=\(night)", covered, of: runs)
        }
        pilot(runs, seed)
    }

    /// Section 1: launches planned after a pilot of three; the interval must still cover.
    private static func pilot(_ runs: Int, _ seed: UInt64) {
        for deviation in [0.003, 0.01, 0.03] {
            var random = Random("pilot\(deviation)", seed: seed)
            var launches = RunningMoments()
            let hits = Simulations.count(runs) {
                func launch(_ count: Int) -> [Double] {
                    let centre = deviation * random.normal()
                    return (0..<count).map { _ in centre + 0.01 * random.normal() }
                }
                var all = (0..<3).map { _ in launch(30) }
                let plan = PilotPlan(
                    pilot: all.map { RunningMoments($0) },
                    cost: PilotPlan.Cost(sample: 0.001, launch: 0.3),
                    limits: PilotPlan.Limits(samples: 10...200, launches: 5, targetHalfWidth: 0.01))
                guard let plan else { return false }
                while all.count < plan.launches { all.append(launch(plan.samplesPerLaunch)) }
                launches.add(Double(plan.launches))
                let medians = all.compactMap { Median.of($0).map { exp($0) } }
                let estimate = MeanEstimate(launchValues: medians, scale: .geometric)
                return estimate?.interval?.contains(1) == true
            }
            Simulations.report("pilot/covers/sd=\(deviation)", hits, of: runs)
            Simulations.report("pilot/launches/sd=\(deviation)", value: launches.mean)
        }
    }
}
