import Bundle
import Model
import TestSupport

@testable import Judgement

/// A run made of known samples, so that what is made of them is known too.
struct SampleRun {
    static let subject = Subject(backend: "cpu-simd", device: 0)

    var profile = Profile.named(.smoke)
    var work = Work(flops: 1_000_000, bytesRead: Bytes(3_000), bytesWritten: Bytes(1_000))
    var point = SampleRun.matMul()
    /// Samples of each launch, in ticks of a nanosecond.
    var launches: [[Int64]] = [SampleRun.clean(seed: 1)]
    var batch: UInt64 = 1
    var debugBuild = false
    var exclusion: Exclusion?
    /// The clock of processor 0 in each launch, in hertz; empty: none was read.
    var frequencies: [Int64] = []
    /// What is changed in each launch's entry.
    var change: (inout LaunchEntry) -> Void = { _ in }

    static func matMul(_ type: DType = .f32, timing: TimingMode = .batch) -> Point {
        Point(
            caseID: "op/matmul", parameters: [Parameter(axis: "types", value: type.name)],
            operation: Operation(
                name: "MatMul", opset: 13,
                inputs: [TensorSpec("A", type, [8, 8]), TensorSpec("B", type, [8, 8])],
                outputs: [TensorSpec("Y", type, [8, 8])]), timing: timing, threads: .exactly(1))
    }

    /// Independent samples around 2 ms with a spread of one percent, nothing odd about them.
    static func clean(seed: UInt64, count: Int = 40, centre: Double = 2e6) -> [Int64] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { _ in
            // Twelve uniform numbers less six: nearly normal, and never far out.
            let normal = (0..<12).reduce(-6.0) { sum, _ in sum + generator.unit() }
            return Int64(centre * (1 + 0.01 * normal))
        }
    }

    static let machine = MachineFacts(
        architecture: "x86_64", processor: "p", packages: 1, cores: 2, threads: 2,
        allowedCPUs: [0, 1], isa: [], caches: [], nodes: [], memory: Bytes(1 << 30),
        memoryAvailable: Bytes(1 << 30), hugePages: "", facts: [], notes: [])

    var planned: PlannedPoint {
        var profile = profile
        profile.launches = launches.count
        return PlannedPoint(
            point: point, pointHash: PointIdentity.hash(of: point), work: work,
            memory: Bytes(4_000), profile: profile, cost: .milliseconds(1), exclusion: exclusion)
    }

    /// Entries of the launches, numbered from `first`, and their samples by file.
    func finished(from first: Int = 0) -> ([LaunchEntry], [String: [Int64]]) {
        var entries: [LaunchEntry] = []
        var samples: [String: [Int64]] = [:]
        for (number, ticks) in launches.enumerated() {
            var entry = LaunchEntry(
                index: first + number, pointHash: planned.pointHash, subject: Self.subject,
                launch: number)
            entry.outcome = .ok
            entry.stopReason = .sampleCap
            entry.samples = ticks.count
            entry.batch = batch
            entry.files = ["\(first + number).time.i64", "\(first + number).start.i64"]
            entry.calibrationStart = ClockCalibration(
                overheadNanoseconds: 20, resolutionNanoseconds: 20, overheadP99Nanoseconds: 30)
            entry.calibrationEnd = entry.calibrationStart
            entry.loadNanoseconds = 1_000
            entry.prepareNanoseconds = 2_000
            entry.firstCallNanoseconds = 3_000_000
            entry.correctness = Correctness(
                checked: true, passed: true, method: "full", coverage: 1, value: 0.1,
                tolerance: "t")
            entry.counters = LaunchCounters(measuringNanoseconds: 100_000_000)
            entry.counters.processorNanoseconds = 99_000_000
            entry.counters.peakResidentBytes = 1 << 20
            entry.counters.clockHertzBefore = 3e9
            entry.counters.clockHertzAfter = 3e9
            entry.counters.throughputBefore = 1e9
            entry.counters.throughputAfter = 1e9
            change(&entry)
            entries.append(entry)
            samples[entry.files[0]] = ticks
            samples[entry.files[1]] = ticks.indices.map(Int64.init)
        }
        return (entries, samples)
    }

    /// The content of a bundle of these runs, each a point of its own.
    static func contents(_ runs: [SampleRun]) -> BundleContents {
        var entries: [LaunchEntry] = []
        var samples: [String: [Int64]] = [:]
        for run in runs {
            let (own, files) = run.finished(from: entries.count)
            entries += own
            samples.merge(files) { first, _ in first }
        }
        let plan = Plan(
            request: ["x"], seed: Seed(1), subjects: [subject], points: runs.map(\.planned),
            cpus: [0, 1], memoryLimit: Bytes(1 << 30), clock: "monotonic_raw",
            debugBuild: runs.contains { $0.debugBuild })
        let environment = Environment(
            runID: "id", started: "2025-01-01T00:00:00Z",
            harness: HarnessFacts(
                name: "assay", version: "1", commit: "", binarySha256: "", buildMode: "release"),
            before: machine,
            backends: [
                BackendUse(
                    manifest: BackendManifest(
                        id: "cpu-simd", name: "n", version: "2", licence: "l"), sha256: "d",
                    devices: [])
            ])
        var contents = BundleContents(
            plan: plan, planSha256: "plan", environment: environment, launches: entries,
            samples: samples)
        for run in runs where !run.frequencies.isEmpty {
            // One reading in the middle of each launch.
            contents.frequencies[0] = zip(entries, run.frequencies).flatMap { entry, hertz in
                let start = Int64(entry.counters.measuringStartNanoseconds ?? 0)
                return [start + Int64(entry.counters.measuringNanoseconds) / 2, hertz]
            }
        }
        return contents
    }

    /// The record of one point.
    func judged() -> PointRecord { Self.judged([self])[0] }

    static func judged(_ runs: [SampleRun]) -> [PointRecord] {
        record(contents(runs)).points
    }

    static func record(_ contents: BundleContents) -> Record {
        Judge.record(of: contents, status: "complete", ended: "2025-01-01T00:01:00Z")
    }
}

extension PointRecord {
    /// The ids of all findings, of the point and of its metrics.
    var flagIDs: Set<String> { Set((flags + metrics.flatMap(\.flags)).map(\.id)) }

    func estimate(_ name: String) -> Estimate? { metric(name)?.estimate }
}
