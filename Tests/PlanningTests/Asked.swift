import Model
import Planning

/// Requests for plans in tests.
enum Asked {
    /// A matrix product; the sizes decide its memory, its cost and its hash.
    static func matMul(
        _ m: Int, _ k: Int = 128, _ n: Int = 64, profile: ProfileID = .smoke,
        rotates: Bool = false, threads: ThreadCount? = nil, caseID: String = "op/matmul"
    ) -> AskedPoint {
        AskedPoint(
            point: Point(
                caseID: caseID, parameters: [Parameter(axis: "size", value: "\(m)")],
                operation: Operation(
                    name: "MatMul", opset: 13,
                    inputs: [TensorSpec("A", .f32, [m, k]), TensorSpec("B", .f32, [k, n])],
                    outputs: [TensorSpec("Y", .f32, [m, n])]), threads: threads),
            profile: .named(profile), rotates: rotates)
    }

    static func limits(
        budgetSeconds: Double? = nil, memory: UInt64 = 1 << 30, cpus: [Int] = [0, 1],
        night: UInt64 = 0, subjects: [String] = ["cpu-simd"]
    ) -> RunLimits {
        RunLimits(
            subjects: subjects.map { Subject(backend: $0, device: 0) }, cpus: cpus,
            memory: Bytes(memory), budget: budgetSeconds.map { .seconds($0) }, seed: Seed(1),
            clock: "monotonic_raw", night: night, debugBuild: false)
    }
}

extension Plan {
    /// Hashes of the points that run.
    var running: [String] { points.filter { $0.exclusion == nil }.map(\.pointHash) }
}
