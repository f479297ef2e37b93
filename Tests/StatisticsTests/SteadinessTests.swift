import Foundation
import Testing

@testable import Statistics

@Suite struct SteadinessTests {
    /// The number of samples after which the detector says steady; nil when it never does.
    private func steadyAfter(_ samples: [Double], resolution: Double = 0) -> Int? {
        var detector = SteadyState(resolution: resolution)
        for (index, sample) in samples.enumerated() {
            detector.add(sample)
            if detector.isSteady { return index + 1 }
        }
        return nil
    }

    private func noise(_ count: Int, cv: Double, seed: UInt64) -> [Double] {
        var simulation = Simulation(seed: seed)
        return (0..<count).map { _ in 1 + cv * simulation.normal() }
    }

    @Test func `Steady samples are steady after two windows`() {
        #expect(steadyAfter([Double](repeating: 3, count: 100)) == 40)
    }

    @Test func `A first sample that is an outlier delays the verdict by one slide`() {
        let samples = [9] + [Double](repeating: 3, count: 99)
        #expect(steadyAfter(samples) == 45)
        // Within one and a half ticks of a coarse clock it is none.
        #expect(steadyAfter([4] + [Double](repeating: 3, count: 99), resolution: 1) == 40)
    }

    @Test func `A step at iteration 40 is waited for`() throws {
        let samples = noise(200, cv: 0.01, seed: 3).enumerated().map { index, value in
            index < 40 ? value * 1.2 : value
        }
        // 40 samples before the step look steady by any online rule, so let it come sooner.
        let after = try #require(steadyAfter(Array(samples.dropFirst(20))))
        #expect(after >= 45)
    }

    @Test func `A fast decay is waited for`() throws {
        let samples = noise(400, cv: 0.005, seed: 4).enumerated().map { index, value in
            value * (1 + exp(-Double(index) / 20))
        }
        let after = try #require(steadyAfter(samples))
        #expect(after >= 80)
        let window = Median.of(Array(samples[(after - 20)..<after])) ?? 0
        #expect(abs(window - 1) < 0.03, "\(window)")
    }

    @Test func `A steep trend is never steady`() {
        #expect(steadyAfter((0..<300).map { 100 + Double($0) * 2 }) == nil)
    }

    @Test func `A drift of 5 % at 1 % noise is found in 30 samples almost always`() {
        var found = 0
        for seed in 0..<200 as Range<UInt64> {
            let samples = noise(30, cv: 0.01, seed: seed).enumerated().map { index, value in
                value * (1 + 0.05 * Double(index) / 29)
            }
            if DriftTest(samples)?.isDrift == true { found += 1 }
        }
        // 96 % were found in the design's simulation with samples; blocks cost some power.
        #expect(found >= 170, "\(found)")
    }

    @Test func `Steady noise of 3 % is called drift in less than 1.5 % of series`() {
        var found = 0
        for seed in 0..<1000 as Range<UInt64> {
            if DriftTest(noise(30, cv: 0.03, seed: 1000 + seed))?.isDrift == true { found += 1 }
        }
        #expect(found < 15, "\(found)")
    }

    @Test func `Autocorrelated noise is compared by blocks and seldom called drift`() {
        var simulation = Simulation(seed: 8)
        var found = 0
        var blocked = 0
        for _ in 0..<400 {
            let samples = simulation.autoregressive(count: 150, coefficient: 0.5)
                .map { 1 + 0.03 * $0 }
            guard let test = DriftTest(samples) else { continue }
            if test.blockSize > 1 { blocked += 1 }
            if test.isDrift { found += 1 }
        }
        #expect(blocked >= 395, "\(blocked)")
        // Samples themselves would be called drift in 5 % of these series.
        #expect(found <= 16, "\(found)")
    }

    @Test func `Drift has a sign, and too few samples none`() {
        #expect((DriftTest((0..<60).map { 100 - Double($0) })?.shift ?? 0) < -0.3)
        #expect((DriftTest((0..<60).map { 100 + Double($0) })?.shift ?? 0) > 0.3)
        #expect(DriftTest((0..<60).map { 100 + Double($0) })?.isDrift == true)
        #expect(DriftTest((0..<14).map { 100 + Double($0) }) == nil)
    }

    @Test func `Change points are those of an exhaustive search`() {
        for row in Reference.shared.change_points {
            let found = ChangePoints(row.values, varianceFloor: 1e-4, penalty: row.penalty)
            #expect(found.starts == row.starts)
        }
        #expect(ChangePoints([], varianceFloor: 1).starts == [])
        #expect(ChangePoints([1, 2, 3], varianceFloor: 1).starts == [0])
    }

    @Test func `Long series are told apart by their shape`() {
        let level = noise(400, cv: 0.005, seed: 21)
        func shape(_ change: (Int) -> Double) -> SeriesShape? {
            SeriesShape(level.enumerated().map { $1 * change($0) }, resolution: 1e-6)
        }
        #expect(shape { _ in 1 } == .flat)
        #expect(shape { $0 < 60 ? 1.5 : 1 } == .warmup)
        #expect(shape { $0 < 60 ? 0.8 : 1 } == .slowdown)
        #expect(shape { $0 < 350 ? 1 : 1.3 } == .noSteadyState)
        // A single spike and a change of a quarter of a percent are no shape.
        #expect(shape { $0 == 200 ? 9 : 1 } == .flat)
        #expect(shape { $0 < 200 ? 1.0025 : 1 } == .flat)
        #expect(SeriesShape([], resolution: 0) == nil)
    }

    @Test func `Launches of different shapes are inconsistent`() {
        #expect(SeriesShape.agreed([.warmup, .warmup]) == .warmup)
        #expect(SeriesShape.agreed([.warmup, .flat]) == nil)
    }

    @Test func `Winsorising moves only what lies far from its neighbours`() {
        var samples = noise(500, cv: 0.01, seed: 33)
        samples[250] = 5
        let winsorized = Winsorized.values(samples)
        #expect(winsorized[250] < 1.2)
        #expect(zip(samples, winsorized).filter { $0 != $1 }.count == 1)
    }
}
