import Bundle
import Model

extension Planner {
    /// The empty operation in batches: what the harness itself costs a call.
    static func harnessPoint() -> PlannedPoint {
        let point = Point(
            caseID: "launch/empty", parameters: [],
            operation: Operation(domain: "assay", name: "Empty", opset: 1, inputs: [], outputs: []),
            timing: .batch, threads: .exactly(1), headline: .time)
        let profile = Profile.named(.trend).limited(toPointTime: .milliseconds(600))
        return PlannedPoint(
            point: point, pointHash: PointIdentity.hash(of: point), work: Work(steps: 1),
            memory: .zero, profile: profile, cost: .milliseconds(700))
    }
}
