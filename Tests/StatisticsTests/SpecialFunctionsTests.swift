import Testing

@testable import Statistics

@Suite struct SpecialFunctionsTests {
    @Test func `The logarithm of the gamma function is scipy's`() {
        for row in Reference.shared.log_gamma {
            let value = SpecialFunctions.logGamma(row[0])
            #expect(agree(value, row[1], relative: 1e-14, absolute: 1e-15), "\(row)")
        }
    }

    @Test func `The incomplete beta function is scipy's to a relative 1e-10`() {
        for row in Reference.shared.beta {
            let value = SpecialFunctions.incompleteBeta(row[0], a: row[1], b: row[2])
            #expect(agree(value, row[3], relative: 1e-10, absolute: 1e-290), "\(row) \(value)")
        }
    }

    @Test func `The incomplete beta function keeps its symmetry`() {
        for row in Reference.shared.beta {
            let (x, a, b) = (row[0], row[1], row[2])
            let one = SpecialFunctions.incompleteBeta(x, a: a, b: b)
            let other = SpecialFunctions.incompleteBeta(1 - x, complement: x, a: b, b: a)
            #expect(abs(one + other - 1) < 1e-10, "\(row)")
        }
        #expect(SpecialFunctions.incompleteBeta(0, a: 2, b: 3) == 0)
        #expect(SpecialFunctions.incompleteBeta(1, a: 2, b: 3) == 1)
    }

    @Test func `The normal distribution is scipy's in both tails`() {
        for row in Reference.shared.normal.cumulative {
            let (z, below, above) = (row[0], row[1], row[2])
            #expect(agree(NormalDistribution.cumulative(z), below, relative: 1e-12), "\(row)")
            #expect(agree(NormalDistribution.upperTail(z), above, relative: 1e-12), "\(row)")
        }
    }

    @Test func `Normal quantiles are scipy's`() {
        for row in Reference.shared.normal.quantile {
            let value = NormalDistribution.quantile(row[0])
            #expect(agree(value, row[1], relative: 1e-14, absolute: 1e-15), "\(row) \(value)")
        }
        #expect(NormalDistribution.quantile(0) == -.infinity)
        #expect(NormalDistribution.quantile(1) == .infinity)
    }

    @Test func `Student's distribution is scipy's in both tails`() {
        for row in Reference.shared.student.cumulative {
            let student = StudentDistribution(degreesOfFreedom: row[0])
            #expect(agree(student.cumulative(row[1]), row[2], relative: 1e-10), "\(row)")
            #expect(agree(student.upperTail(row[1]), row[3], relative: 1e-10), "\(row)")
        }
    }

    @Test func `Student's quantiles are scipy's`() {
        for row in Reference.shared.student.quantile {
            let value = StudentDistribution(degreesOfFreedom: row[0]).quantile(row[1])
            #expect(agree(value, row[2], relative: 1e-10, absolute: 1e-14), "\(row) \(value)")
        }
    }

    @Test(arguments: [
        (1.0, 12.706_204_736_174_694), (2, 4.302_652_729_749_462), (4, 2.776_445_105_197_793),
        (9, 2.262_157_162_798_205), (19, 2.093_024_054_408_309),
        (Double.infinity, 1.959_963_984_540_054),
    ])
    func `The two-sided 95 % point of t is the published one`(df: Double, expected: Double) {
        let value = StudentDistribution(degreesOfFreedom: df).twoSidedQuantile(level: 0.95)
        #expect(agree(value, expected, relative: 1e-12), "\(value)")
    }

    @Test func `Binomial probabilities are scipy's`() {
        for row in Reference.shared.binomial {
            let distribution = BinomialDistribution(trials: Int(row[0]), probability: row[1])
            let k = Int(row[2])
            #expect(agree(distribution.cumulative(k), row[3], relative: 1e-10), "\(row)")
            #expect(agree(distribution.upperTail(k), row[4], relative: 1e-10), "\(row)")
            #expect(agree(distribution.density(k), row[5], relative: 1e-10), "\(row)")
        }
    }

    @Test func `A binomial quantile is the first number that reaches the probability`() {
        let distribution = BinomialDistribution(trials: 100, probability: 0.3)
        for p in [0.001, 0.025, 0.5, 0.975, 0.999] {
            let k = distribution.quantile(p)
            #expect(distribution.cumulative(k) >= p)
            #expect(distribution.cumulative(k - 1) < p)
        }
    }
}
