import Bundle
import Model
import Operators
import TestSupport
import Testing

@testable import Planning

@Suite struct PlannerTests {
    private func plan(_ points: [AskedPoint], _ limits: RunLimits = Asked.limits()) throws -> Plan {
        try Planner.plan(request: ["x"], points: points, limits: limits)
    }

    @Test func `A plan has the bytes that an independent program computes`() throws {
        let add = AskedPoint(
            point: Point(
                caseID: "op/add", parameters: [Parameter(axis: "types", value: "f64")],
                operation: Operation(
                    name: "Add", opset: 14,
                    inputs: [TensorSpec("A", .f64, [1000]), TensorSpec("B", .f64, [1000])],
                    outputs: [TensorSpec("C", .f64, [1000])]), headline: .bandwidth),
            profile: .named(.smoke))
        var matMul = Asked.matMul(256, 128, 512, profile: .nightly, threads: .all)
        matMul.point.parameters.insert(Parameter(axis: "types", value: "f32"), at: 0)
        matMul.point.headline = .throughputFlop
        var limits = Asked.limits(cpus: [0, 1, 3], subjects: ["blas", "cpu-simd"])
        limits.seed = Seed(255)
        let plan = try Planner.plan(
            request: ["suite", "golden"], points: [matMul, add], limits: limits)
        let golden = try PackageFiles.bytes(PackageFiles.fixture("bundle/plan.json"))
        let own = try JSONCoding.pretty(plan)
        #expect(String(decoding: own, as: UTF8.self) == String(decoding: golden, as: UTF8.self))
        // The plan's identity: sha256sum Tests/Fixtures/bundle/plan.json
        let sum = try Program.run("sha256sum", [PackageFiles.fixture("bundle/plan.json")])
        #expect(sum.stdout.hasPrefix(Hashing.sha256(own) + " "))
    }

    @Test func `What is repeated or goes on has a profile and a cost of its own`() throws {
        let usual = Asked.matMul(256)
        var repeated = usual
        repeated.point.repetitions = 5000
        var sustained = usual
        sustained.point.duration = .seconds(600)
        let plan = try plan([usual, repeated, sustained])
        #expect(Set(plan.points.map(\.pointHash)).count == 3)
        #expect(plan.points[0].profile == usual.profile)
        #expect(plan.points[1].profile == usual.profile.repeating(5000))
        #expect(plan.points[2].profile == usual.profile.sustaining(.seconds(600)))
        let launches = Double(usual.profile.launches)
        #expect(plan.points[1].cost > plan.points[0].cost)
        #expect(plan.points[2].cost.seconds >= 600 * launches)
        #expect(plan.points[2].cost.seconds < 602 * launches)
    }

    @Test func `The same request gives the same plan`() throws {
        let points = (1...20).map { Asked.matMul($0 * 8, rotates: $0 > 5) }
        let limits = Asked.limits(budgetSeconds: 3, night: 20_000)
        let first = try plan(points, limits)
        for _ in 0..<5 { #expect(try plan(points, limits) == first) }
    }

    @Test func `Points keep the order they were asked for, and each stands once`() throws {
        let asked = [
            Asked.matMul(24), Asked.matMul(8), Asked.matMul(16),
            // Another name for the first.
            Asked.matMul(24, caseID: "model/layer"), Asked.matMul(8, profile: .nightly),
        ]
        let plan = try plan(asked)
        #expect(plan.points.map { $0.point.operation.outputs[0].shape[0] } == [24, 8, 16])
        #expect(plan.points[0].point.caseID == "op/matmul")
        #expect(plan.points[1].profile.id == .smoke)
        for planned in plan.points {
            #expect(planned.pointHash == PointIdentity.hash(of: planned.point))
        }
    }

    @Test func `The harness measures itself in every plan, in a point that costs something`() throws
    {
        for asked in [[], [Asked.matMul(8)]] {
            let plan = try plan(asked)
            let own = try #require(plan.harnessPoints.first)
            #expect(plan.harnessPoints.count == 1)
            #expect(own.point.operation.name == "Empty")
            #expect(own.point.timing == .batch)
            #expect(own.cost > .zero)
            #expect(plan.cost >= own.cost)
        }
    }

    @Test func `Costs are above what the caps alone allow to be spent starting, and grow`() throws {
        for id in ProfileID.allCases {
            let small = try plan([Asked.matMul(8, profile: id)]).points[0].cost
            let large = try plan([Asked.matMul(4096, 4096, 64, profile: id)]).points[0].cost
            let profile = Profile.named(id)
            let least = profile.warmupTimeMin + profile.measureTimeMin
            #expect(small > least * UInt64(profile.launches))
            #expect(large > small)
        }
    }

    @Test func `The whole cost counts every subject and the points that run`() throws {
        let asked = [Asked.matMul(8), Asked.matMul(16)]
        let one = try plan(asked)
        let two = try plan(asked, Asked.limits(subjects: ["a", "b"]))
        let own = one.harnessPoints[0].cost.value
        #expect(two.cost.value - own == 2 * (one.cost.value - own))
        let none = try plan(asked, Asked.limits(memory: 1))
        #expect(none.cost.value == own)
    }

    @Test func `A point that does not fit into memory twice is skipped and says why`() throws {
        // 8·128 + 128·64 + 8·64 elements of four bytes.
        let bytes: UInt64 = 4 * (8 * 128 + 128 * 64 + 8 * 64)
        let fits = try plan([Asked.matMul(8)], Asked.limits(memory: 2 * bytes))
        #expect(fits.points[0].exclusion == nil)
        let tight = try plan([Asked.matMul(8)], Asked.limits(memory: 2 * bytes - 1))
        #expect(
            tight.points[0].exclusion
                == Exclusion(
                    outcome: .skipped,
                    reason: "needs \(2 * bytes) bytes with verification; \(2 * bytes - 1) are there"
                ))
    }

    @Test func `A point that needs more cores than there are is skipped and says why`() throws {
        let asked = [
            Asked.matMul(8, threads: .exactly(2)), Asked.matMul(8, threads: .exactly(3)),
            Asked.matMul(8, threads: .all), Asked.matMul(8),
        ]
        let plan = try plan(asked)
        #expect(
            plan.points.map(\.exclusion) == [
                nil, Exclusion(outcome: .skipped, reason: "needs 3 cores; 2 were given"), nil, nil,
            ])
    }

    @Test func `A point of an unknown operator is an error and not a plan`() {
        var asked = Asked.matMul(8)
        asked.point.operation.name = "MatMull"
        #expect(throws: OperatorError.self) { try plan([asked]) }
    }
}
