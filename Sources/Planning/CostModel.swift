import Model
import Operators

/// What a point is expected to cost: L·(start + inputs + warm-up + measuring + verifying).
///
/// A model of this kind of machine, used until history knows better. It leans to the dear side:
/// what runs must not depend on how fast tonight is.
enum CostModel {
    private static let startSeconds = 0.08
    /// Making seeded inputs, and touching outputs.
    private static let bytesPerSecond = 4e8
    /// A call and comparing its outputs, where calls are counted and not timed.
    private static let callSeconds = 1e-4
    private static let callOperationsPerSecond = 1e10
    private static let callBytesPerSecond = 2e9
    /// The oracle, in operations of the workload.
    private static let operationsPerSecond = 3e8
    /// Only the first launch pays for the oracle in full; others compare.
    private static let laterVerification = 0.15
    /// The share of the measuring time's cap that points use on the whole.
    private static let typicalShare = 0.8

    static func cost(
        of point: Point, work: Work, memory: Bytes, profile: Profile
    ) throws(OperatorError) -> Nanoseconds {
        let inputs = Double(memory.value) / bytesPerSecond
        let checked = min(try OperatorRegistry.operationCount(point.operation), 1_000_000_000)
        let verify = 0.01 + Double(checked) / operationsPerSecond
        let warmup =
            profile.warmupTimeMin.seconds
            + 0.2 * (profile.warmupTimeMax.seconds - profile.warmupTimeMin.seconds)
        let measure =
            point.repetitions.map { repeating($0, work: work, memory: memory) }
            ?? point.duration?.seconds ?? typicalShare * profile.measureTimeMax.seconds
        let launches = Double(profile.launches)
        let verification = verify * (1 + laterVerification * (launches - 1))
        let seconds = launches * (startSeconds + inputs + warmup + measure) + verification
        return .seconds(seconds)
    }

    /// The time of so many calls, with the comparison of each one's outputs.
    private static func repeating(_ count: Int, work: Work, memory: Bytes) -> Double {
        let call =
            callSeconds + Double(work.flops) / callOperationsPerSecond
            + Double(max(memory.value, work.bytes.value)) / callBytesPerSecond
        return Double(count) * call
    }
}
