import Glibc

/// Items 1 to 3 of section 17: which intervals cover the truth as often as they say.
enum Intervals {
    /// Item 1: samples pooled over launches against t on the logarithms of launch medians.
    static func pooling(_ runs: Int, _ seed: UInt64) {
        for (launchSD, sampleSD) in [(0.01, 0.01), (0.02, 0.005)] {
            for count in [3, 5, 10, 20] {
                let name = "\(launchSD)/\(sampleSD)/L=\(count)"
                var random = Random("pooling" + name, seed: seed)
                let ranks = RankInterval.median(count: 30 * count)
                var (pooled, launchLevel) = (0, 0)
                for _ in 0..<runs {
                    let launches = (0..<count).map { _ in
                        let centre = launchSD * random.normal()
                        return (0..<30).map { _ in exp(centre + sampleSD * random.normal()) }
                    }
                    let all = launches.flatMap { $0 }.sorted()
                    if ranks?.interval(ofSorted: all, level: 0.95).contains(1) == true {
                        pooled += 1
                    }
                    let medians = launches.compactMap { Median.of($0) }
                    let estimate = MeanEstimate(launchValues: medians, scale: .geometric)
                    if estimate?.interval?.contains(1) == true { launchLevel += 1 }
                }
                Simulations.report("pooled/\(name)", pooled, of: runs)
                Simulations.report("launches/\(name)", launchLevel, of: runs)
            }
        }
        for deviation in [0.003, 0.01, 0.03] {
            for count in [3, 5, 10, 20] {
                var random = Random("coverage\(deviation)/\(count)", seed: seed)
                let hits = Simulations.count(runs) {
                    let values = random.launches(count, deviation: deviation)
                    let estimate = MeanEstimate(launchValues: values, scale: .geometric)
                    return estimate?.interval?.contains(1) == true
                }
                Simulations.report("covers/\(deviation)/L=\(count)", hits, of: runs)
            }
        }
    }

    /// Item 2: the percentile bootstrap of a ratio against Welch's t on logarithms.
    static func bootstrap(_ runs: Int, _ seed: UInt64) {
        for count in [3, 5, 10, 20] {
            var random = Random("bootstrap\(count)", seed: seed)
            // Resampling is a thousand times the work of a t interval.
            let fewer = max(50, runs / 5)
            let hits = Simulations.count(fewer) {
                let first = random.launches(count, deviation: 0.01)
                let second = random.launches(count, deviation: 0.01)
                return percentileInterval(first, second, &random).contains(1)
            }
            Simulations.report("bootstrap/L=\(count)", hits, of: fewer)
            for shape in Shape.allCases {
                let hits = Simulations.count(runs) {
                    let first = random.launches(count, deviation: 0.01, shape: shape)
                    let second = random.launches(count, deviation: 0.01, shape: shape)
                    let found = Comparison(candidate: first, baseline: second, sense: .cost)
                    return found?.interval().contains(0) == true
                }
                Simulations.report("welch/\(shape)/L=\(count)", hits, of: runs)
            }
        }
    }

    /// 2.5 % and 97.5 % of the ratio of means over 1 000 resamplings.
    private static func percentileInterval(
        _ first: [Double], _ second: [Double], _ random: inout Random
    ) -> ConfidenceInterval {
        func mean(_ values: [Double]) -> Double {
            var sum = 0.0
            for _ in values { sum += values[random.index(below: values.count)] }
            return sum
        }
        let ratios = (0..<1000).map { _ in mean(first) / mean(second) }.sorted()
        return ConfidenceInterval(low: ratios[24], high: ratios[975], level: 0.95)
    }

    /// Item 3: stopping on the width of the exact interval, checked at every tenth sample.
    static func stopping(_ runs: Int, _ seed: UInt64) {
        let shapes: [(String, Double, (inout Random) -> Double)] = [
            ("normal", 1, { 1 + 0.05 * $0.normal() }),
            ("lognormal", 1, { exp(0.05 * $0.normal()) }),
            ("exponential", 1 + 0.05 * log(2), { 1 + 0.05 * $0.exponential() }),
        ]
        for (name, median, draw) in shapes {
            for least in [6, 10, 20, 30] {
                var random = Random("stopping\(name)\(least)", seed: seed)
                let limits = StoppingRule.Limits(
                    samplesMin: least, samplesMax: 1000, timeMin: 0, timeMax: .max,
                    targetHalfWidth: 0.02)
                let hits = Simulations.count(runs) {
                    var rule = StoppingRule(limits: limits)
                    while rule.add(draw(&random), elapsed: 0) == nil {}
                    return MedianEstimate(rule.samples)?.interval?.contains(median) == true
                }
                Simulations.report("stopping/\(name)/n>=\(least)", hits, of: runs)
            }
        }
    }

    /// Item 3, dependent samples: exact ranks, and ranks widened for what was measured.
    static func autocorrelation(_ runs: Int, _ seed: UInt64) {
        for coefficient in [0.0, 0.5, 0.8] {
            for count in [30, 100, 300] {
                let name = "rho=\(coefficient)/n=\(count)"
                var random = Random("autocorrelation" + name, seed: seed)
                let ranks = RankInterval.median(count: count)
                var (exact, widened) = (0, 0)
                for _ in 0..<runs {
                    let samples = random.autoregressive(count, coefficient)
                    let plain = ranks?.interval(ofSorted: samples.sorted(), level: 0.95)
                    if plain?.contains(0) == true { exact += 1 }
                    if MedianEstimate(samples)?.interval?.contains(0) == true { widened += 1 }
                }
                Simulations.report("exact/\(name)", exact, of: runs)
                Simulations.report("widened/\(name)", widened, of: runs)
            }
        }
    }
}
