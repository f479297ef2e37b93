import Bundle
import Model
import TestSupport
import Testing

@testable import Planning

@Suite struct RotationTests {
    private func plan(_ points: [AskedPoint], _ limits: RunLimits) throws -> Plan {
        try Planner.plan(request: ["x"], points: points, limits: limits)
    }

    /// Over how many nights points take turns, as their reasons say; nil when all run.
    private func turns(_ plan: Plan) -> UInt64? {
        plan.points.compactMap(\.exclusion).first { $0.reason.hasPrefix("its turn") }
            .flatMap { UInt64($0.reason.filter(\.isNumber)) }
    }

    @Test(arguments: [2.0, 3, 4.5, 8], [5, 40, 97])
    func `Over the nights of a round every point runs exactly once, by its hash`(
        budgetSeconds: Double, count: Int
    ) throws {
        let asked = (1...count).map { Asked.matMul($0 * 8, rotates: true) }
        let limit = { (night: UInt64) in
            Asked.limits(budgetSeconds: budgetSeconds, night: night)
        }
        let first = try plan(asked, limit(20_000))
        let round = turns(first) ?? 1
        var ran: [String: UInt64] = [:]
        for night in 20_000..<(20_000 + round) {
            let plan = try plan(asked, limit(night))
            #expect((turns(plan) ?? round) == round)
            for hash in plan.running {
                #expect(ran[hash] == nil, "twice in one round")
                ran[hash] = night
            }
            let spent = plan.points.filter { $0.exclusion == nil }.reduce(0) {
                $0 + $1.cost.seconds
            }
            #expect(spent <= budgetSeconds)
            // The next round is the same.
            #expect(try self.plan(asked, limit(night + round)) == plan)
        }
        #expect(ran.count == count)
        for (hash, night) in ran {
            let number = try #require(UInt64(hash.prefix(15), radix: 16))
            #expect(night % round == number % round)
        }
    }

    @Test func `Points that always run stay when others take turns`() throws {
        let always = (1...4).map { Asked.matMul($0 * 8) }
        let others = (5...60).map { Asked.matMul($0 * 8, rotates: true) }
        let own = Set(always.map { PointIdentity.hash(of: $0.point) })
        for night in 0..<30 as Range<UInt64> {
            // Declared last, they are still the first to get room.
            let plan = try plan(
                others + always, Asked.limits(budgetSeconds: 4, night: night))
            #expect(Set(plan.running).isSuperset(of: own))
            #expect(plan.running.count < 60)
        }
    }

    @Test func `Without a budget everything runs every night`() throws {
        let asked = (1...50).map { Asked.matMul($0 * 8, rotates: true) }
        for night in 0..<5 as Range<UInt64> {
            #expect(try plan(asked, Asked.limits(night: night)).running.count == 50)
        }
    }

    @Test func `What always runs beyond the budget is not scheduled and says why`() throws {
        let asked = (1...10).map { Asked.matMul($0 * 8) }
        let plan = try plan(asked, Asked.limits(budgetSeconds: 1))
        let running = plan.running.count
        #expect(running > 0 && running < 10)
        #expect(plan.points.prefix(running).allSatisfy { $0.exclusion == nil })
        for planned in plan.points.dropFirst(running) {
            #expect(
                planned.exclusion
                    == Exclusion(
                        outcome: .notScheduled,
                        reason: "the budget of 1 s is used up before it"))
        }
    }

    @Test func `A budget is shared by the subjects`() throws {
        let asked = (1...10).map { Asked.matMul($0 * 8) }
        let alone = try plan(asked, Asked.limits(budgetSeconds: 4))
        let shared = try plan(asked, Asked.limits(budgetSeconds: 4, subjects: ["a", "b"]))
        #expect(shared.running.count <= alone.running.count / 2 + 1)
        let cost = shared.points.filter { $0.exclusion == nil }.reduce(0) { $0 + $1.cost.seconds }
        #expect(cost * 2 <= 4)
    }

    @Test func `A rotating point dearer than a night has no night, and the others have theirs`()
        throws
    {
        let dear = Asked.matMul(2048, 2048, 2048, profile: .nightly, rotates: true)
        let others = (1...10).map { Asked.matMul($0 * 8, rotates: true) }
        for night in 0..<10 as Range<UInt64> {
            let limits = Asked.limits(budgetSeconds: 3, night: night)
            let plan = try plan([dear] + others, limits)
            #expect(
                plan.points[0].exclusion
                    == Exclusion(
                        outcome: .notScheduled,
                        reason: "it costs more than the budget leaves in any night"))
            // It changes nothing for the others.
            #expect(plan.running == (try self.plan(others, limits)).running)
        }
    }

    @Test func `Points that cannot run take no turn and no budget`() throws {
        let large = Asked.matMul(1 << 15, 1 << 13, 8, rotates: true)
        let others = (1...4).map { Asked.matMul($0 * 8, rotates: true) }
        let plan = try plan(
            [large] + others, Asked.limits(budgetSeconds: 10, memory: 1 << 26))
        #expect(plan.points[0].exclusion?.outcome == .skipped)
        #expect(plan.running.count == 4)
    }
}
