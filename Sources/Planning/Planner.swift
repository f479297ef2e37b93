import Bundle
package import Model
package import Operators

/// Decides what runs, before anything runs, from what was asked and what there is.
package enum Planner {
    /// The share of the budget kept for re-runs.
    private static let reserve = 0.15

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
            debugBuild: limits.debugBuild)
    }

    private static func plannedPoint(
        _ asked: AskedPoint, limits: RunLimits
    ) throws(OperatorError) -> PlannedPoint {
        let operation = asked.point.operation
        let work = try OperatorRegistry.work(of: operation)
        let memory = OperatorRegistry.memoryNeeded(operation)
        return PlannedPoint(
            point: asked.point, pointHash: PointIdentity.hash(of: asked.point), work: work,
            memory: memory, profile: asked.profile,
            cost: try CostModel.cost(
                of: asked.point, work: work, memory: memory, profile: asked.profile),
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
        let subjects = Double(max(1, limits.subjects.count))
        let usable = budget.seconds * (1 - reserve) / subjects
        func cost(_ isRotating: Bool) -> Double {
            planned.filter { $0.exclusion == nil && rotating.contains($0.pointHash) == isRotating }
                .reduce(0) { $0 + $1.cost.seconds }
        }
        let left = max(usable - cost(false), 0)
        let turns = rotationCount(cost: cost(true), left: left)
        for index in planned.indices where planned[index].exclusion == nil {
            guard rotating.contains(planned[index].pointHash) else { continue }
            if turn(of: planned[index].pointHash, turns: turns) != limits.night % turns {
                planned[index].exclusion = Exclusion(
                    outcome: .notScheduled, reason: "its turn is one of the next \(turns) nights")
            }
        }
        var spent = 0.0
        for index in planned.indices where planned[index].exclusion == nil {
            spent += planned[index].cost.seconds
            // Whole budget here: the reserve is for re-runs, not for leaving points out.
            if spent > budget.seconds / subjects {
                planned[index].exclusion = Exclusion(
                    outcome: .notScheduled,
                    reason: "the budget of \(Int(budget.seconds)) s is used up before it")
            }
        }
    }

    /// Over how many nights the rotating points are spread.
    private static func rotationCount(cost: Double, left: Double) -> UInt64 {
        guard cost > 0 else { return 1 }
        guard left > 0 else { return 365 }
        return UInt64(min(365, max(1, (cost / left).rounded(.up))))
    }

    /// The night a point belongs to, from its hash alone: adding points moves no other.
    private static func turn(of hash: String, turns: UInt64) -> UInt64 {
        (UInt64(hash.prefix(15), radix: 16) ?? 0) % turns
    }
}
