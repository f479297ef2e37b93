import Bundle
package import Model
package import Operators

/// Decides what runs, before anything runs, from what was asked and what there is.
package enum Planner {
    /// The share of the budget kept for re-runs.
    private static let reserve = 0.15
    /// The longest that a point may wait for its turn, in nights.
    private static let turnCountMax: UInt64 = 365

    /// The plan, with points in the order they were asked for. Pure: the same input, the same plan.
    package static func plan(
        request: [String], points requests: [AskedPoint], limits: RunLimits
    ) throws(OperatorError) -> Plan {
        var seen: Set<String> = []
        var planned: [PlannedPoint] = []
        var rotating: Set<String> = []
        for asked in requests {
            let entry = try plannedPoint(asked, limits: limits)
            guard seen.insert(entry.pointHash).inserted else { continue }
            if asked.rotates { rotating.insert(entry.pointHash) }
            planned.append(entry)
        }
        if let budget = limits.budget {
            takeTurns(&planned, rotating: rotating, budget: budget, limits: limits)
        }
        return Plan(
            request: request, seed: limits.seed, subjects: limits.subjects, points: planned,
            harnessPoints: [harnessPoint()],
            cpus: limits.cpus, memoryLimit: limits.memory, clock: limits.clock,
            budget: limits.budget, debugBuild: limits.debugBuild)
    }

    private static func plannedPoint(
        _ asked: AskedPoint, limits: RunLimits
    ) throws(OperatorError) -> PlannedPoint {
        let operation = asked.point.operation
        let work = try OperatorRegistry.work(of: operation)
        let memory = OperatorRegistry.memoryNeeded(operation)
        let profile =
            asked.point.repetitions.map(asked.profile.repeating)
            ?? asked.point.duration.map(asked.profile.sustaining) ?? asked.profile
        return PlannedPoint(
            point: asked.point, pointHash: PointIdentity.hash(of: asked.point), work: work,
            memory: memory, profile: profile,
            cost: try CostModel.cost(
                of: asked.point, work: work, memory: memory, profile: profile),
            exclusion: exclusion(asked.point, memory: memory, limits: limits))
    }

    /// Why a point cannot run here, known from numbers alone.
    private static func exclusion(
        _ point: Point, memory: Bytes, limits: RunLimits
    ) -> Exclusion? {
        // The verifier makes the inputs again while the sealed outputs are held.
        let needed = Bytes(memory.value * 2)
        if needed > limits.memory {
            return Exclusion(
                outcome: .skipped,
                reason: "needs \(needed.value) bytes with verification; "
                    + "\(limits.memory.value) are there")
        }
        if let threads = point.threads,
            threads.resolved(cores: limits.cpus.count) > limits.cpus.count
        {
            return Exclusion(
                outcome: .skipped,
                reason: "needs \(threads.name) cores; \(limits.cpus.count) were given")
        }
        return nil
    }

    /// Fits the plan into its budget: always first, the others by turns, the rest not scheduled.
    private static func takeTurns(
        _ planned: inout [PlannedPoint], rotating: Set<String>, budget: Nanoseconds,
        limits: RunLimits
    ) {
        let whole = budget.seconds / Double(max(1, limits.subjects.count))
        let running = planned.indices.filter { planned[$0].exclusion == nil }
        let always = running.filter { !rotating.contains(planned[$0].pointHash) }
        let alwaysCost = always.reduce(0) { $0 + planned[$1].cost.seconds }
        var inTurn = running.filter { rotating.contains(planned[$0].pointHash) }
        // A point that no night has room for must not make the others wait.
        for index in inTurn where planned[index].cost.seconds > whole - alwaysCost {
            planned[index].exclusion = Exclusion(
                outcome: .notScheduled,
                reason: "it costs more than the budget leaves in any night")
        }
        inTurn.removeAll { planned[$0].exclusion != nil }
        let turns = turnCount(
            inTurn.map { planned[$0] }, usable: whole * (1 - reserve) - alwaysCost,
            whole: whole - alwaysCost)
        for index in inTurn
        where turn(of: planned[index].pointHash, turns: turns) != limits.night % turns {
            planned[index].exclusion = Exclusion(
                outcome: .notScheduled, reason: "its turn is one of the next \(turns) nights")
        }
        var spent = 0.0
        for index in always + inTurn where planned[index].exclusion == nil {
            spent += planned[index].cost.seconds
            // Whole budget here: the reserve is for re-runs, not for leaving points out.
            if spent > whole {
                planned[index].exclusion = Exclusion(
                    outcome: .notScheduled,
                    reason: "the budget of \(Int(budget.seconds)) s is used up before it")
            }
        }
    }

    /// Over how many nights points are spread, so that each of them has a night that has room.
    ///
    /// The fewest for which the average night is within `usable` and the fullest within `whole`.
    private static func turnCount(
        _ points: [PlannedPoint], usable: Double, whole: Double
    ) -> UInt64 {
        let cost = points.reduce(0) { $0 + $1.cost.seconds }
        guard cost > 0 else { return 1 }
        guard usable > 0 else { return turnCountMax }
        let fewest = UInt64(min(Double(turnCountMax), max(1, (cost / usable).rounded(.up))))
        for turns in fewest...turnCountMax {
            let nights = Dictionary(grouping: points) { turn(of: $0.pointHash, turns: turns) }
            let isRoomy = nights.values.allSatisfy { night in
                night.reduce(0) { $0 + $1.cost.seconds } <= whole
            }
            if isRoomy { return turns }
        }
        return turnCountMax
    }

    /// The night a point belongs to, from its hash alone: adding points moves no other.
    private static func turn(of hash: String, turns: UInt64) -> UInt64 {
        (UInt64(hash.prefix(15), radix: 16) ?? 0) % turns
    }
}
