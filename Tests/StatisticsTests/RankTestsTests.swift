import Testing

@testable import Statistics

@Suite struct RankTestsTests {
    @Test func `Mann–Whitney is scipy's, exact and approximate, with ties and without`() throws {
        for row in Reference.shared.mann_whitney {
            let test = try #require(MannWhitney(row.first, row.second))
            #expect(test.statistic == row.statistic)
            #expect(test.isExact == row.exact)
            #expect(agree(test.pValue, row.pValue, relative: 1e-10), "\(test) \(row.pValue)")
        }
        #expect(MannWhitney([], [1]) == nil)
    }

    @Test(arguments: [(4, 0.028_571_428_571), (5, 0.007_936_507_937), (7, 0.000_582_750_583)])
    func `The least p-value of n against n is the published one`(count: Int, expected: Double) {
        let low = (0..<count).map(Double.init)
        let test = MannWhitney(low, low.map { $0 + 100 })
        #expect(abs((test?.pValue ?? 0) - expected) < 1e-11)
    }

    @Test func `Arrangements of U add up to the binomial coefficient`() {
        #expect(MannWhitney.arrangements(20, 20).reduce(0, +) == 137_846_528_820)
        #expect(MannWhitney.arrangements(2, 3) == [1, 1, 2, 2, 2, 1, 1])
    }

    @Test func `The dip is the reference implementation's`() {
        for row in Reference.shared.dips {
            #expect(
                agree(DipTest.dip(ofSorted: row.values.sorted()), row.dip, relative: 1e-9),
                "\(row.values.count)")
        }
    }

    @Test func `The dip's p-value is the reference table's within its error`() throws {
        for row in Reference.shared.dips {
            let test = try #require(DipTest(row.values))
            #expect(abs(test.pValue - row.pValue) < 0.01, "\(test) \(row.pValue)")
            #expect((test.pValue < 0.05) == (row.pValue < 0.05))
        }
    }

    @Test func `The dip test needs ten values and takes equal ones`() {
        #expect(DipTest([1, 2, 3, 4, 5, 6, 7, 8, 9]) == nil)
        #expect(DipTest([Double](repeating: 7, count: 12))?.pValue == 1)
        #expect(DipTest((0..<20).map(Double.init))?.pValue == 1)
    }

    @Test func `Two clear peaks are found in ten launches`() {
        let values = [1.00, 1.001, 1.002, 1.003, 1.004, 1.10, 1.101, 1.102, 1.103, 1.104]
        #expect((DipTest(values)?.pValue ?? 1) < 0.01)
    }

    @Test func `One peak is called two in about one series of twenty`() {
        var simulation = Simulation(seed: 5)
        var found = 0
        for _ in 0..<500 {
            let values = (0..<40).map { _ in simulation.uniform() }
            if (DipTest(values)?.pValue ?? 1) < 0.05 { found += 1 }
        }
        // 25 expected, standard deviation 4.9.
        #expect((10...40).contains(found), "\(found)")
    }
}
