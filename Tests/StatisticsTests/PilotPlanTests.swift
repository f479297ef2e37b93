import Testing

@testable import Statistics

@Suite struct PilotPlanTests {
    private func plan(
        _ row: ComparisonReference.Pilot, budget: Double? = nil
    ) -> PilotPlan? {
        PilotPlan(
            pilot: row.pilot.map { RunningMoments($0) },
            cost: PilotPlan.Cost(sample: row.sampleCost, launch: row.launchCost),
            limits: PilotPlan.Limits(
                samples: 20...200, launches: 5,
                targetHalfWidth: row.target > 0 ? row.target : nil, budget: budget))
    }

    @Test func `Samples, launches, width and cost after a pilot are numpy's`() throws {
        for row in ComparisonReference.shared.pilots {
            let found = try #require(plan(row))
            #expect(found.samplesPerLaunch == row.samples)
            #expect(found.launches == row.launches)
            #expect(agree(found.expectedHalfWidth, row.halfWidth, relative: 1e-9))
            #expect(agree(found.cost, row.cost, relative: 1e-12))
        }
    }

    @Test func `An extension never goes beyond twice the planned launches`() throws {
        // Two per cent between launches: no ten launches reach half a per cent.
        let row = ComparisonReference.shared.pilots[3]
        let found = try #require(plan(row))
        #expect(found.launches == 10)
        #expect(found.expectedHalfWidth > row.target)
    }

    @Test func `A budget ends an extension, but takes away no planned launch`() throws {
        let row = ComparisonReference.shared.pilots[3]
        let whole = try #require(plan(row))
        let each = (whole.cost - (try #require(plan(row, budget: 0)).cost)) / 5
        #expect(try #require(plan(row, budget: 0)).launches == 5)
        let two = try #require(plan(row, budget: whole.cost - 3 * each + each / 2))
        #expect(two.launches == 7)
        #expect(two.cost <= whole.cost - 3 * each + each / 2)
    }

    @Test func `A pilot of one launch plans nothing`() {
        let limits = PilotPlan.Limits(samples: 1...10, launches: 5, targetHalfWidth: 0.01)
        let cost = PilotPlan.Cost(sample: 1, launch: 1)
        #expect(PilotPlan(pilot: [RunningMoments([1, 2])], cost: cost, limits: limits) == nil)
        let split = VarianceSplit(launches: [[9.0, 11], [13, 15]])
        #expect(split.map { PilotPlan.halfWidth($0, launches: 1, samples: 2) } == .infinity)
    }
}
