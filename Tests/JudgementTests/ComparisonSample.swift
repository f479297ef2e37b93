import Bundle
import Glibc
import Model
import TestSupport

@testable import Judgement

/// Runs of known launch values, to be set against each other.
struct ComparisonSample {
    static let old = Subject(backend: "cpu-simd", device: 0, side: 1)
    static let new = Subject(backend: "cpu-simd", device: 0)

    /// One subject's launches: the value of each, in nanoseconds.
    struct Side {
        var subject = ComparisonSample.new
        var launches: [Double]
        var math: DType? = .f32
        /// What is changed in each launch's entry.
        var change: (inout LaunchEntry) -> Void = { _ in }
    }

    var id = "run"
    var started = "2025-01-01T00:00:00Z"
    var boot = "b"
    var fingerprint = "f00d"
    var profile = ProfileID.standard
    var point = SampleRun.matMul()
    var sides: [Side]
    /// Whether the launches of each side were made one after the other.
    var isSequential = false
    var version = "1"

    /// Launch values around a centre; exactly normal in shape and seeded.
    static func values(
        _ count: Int, centre: Double = 1e6, deviation: Double = 0.003, seed: UInt64
    ) -> [Double] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { _ in
            let radius = (-2 * log(generator.unit() + 1e-12)).squareRoot()
            return centre * exp(deviation * radius * cos(2 * .pi * generator.unit()))
        }
    }

    private var planned: PlannedPoint {
        var profile = Profile.named(profile)
        profile.launches = sides.map(\.launches.count).max() ?? 0
        return PlannedPoint(
            point: point, pointHash: PointIdentity.hash(of: point),
            work: Work(flops: 1000, bytesRead: Bytes(8), bytesWritten: Bytes(8)),
            memory: Bytes(64), profile: profile, cost: .milliseconds(1))
    }

    private func entry(_ side: Side, _ launch: Int, index: Int) -> LaunchEntry {
        var entry = LaunchEntry(
            index: index, pointHash: planned.pointHash, subject: side.subject, launch: launch)
        entry.outcome = .ok
        entry.stopReason = .sampleCap
        entry.samples = 40
        entry.files = ["\(index).time.i64", "\(index).start.i64"]
        entry.calibrationStart = ClockCalibration(
            overheadNanoseconds: 20, resolutionNanoseconds: 20, overheadP99Nanoseconds: 30)
        entry.calibrationEnd = entry.calibrationStart
        entry.firstCallNanoseconds = UInt64(side.launches[launch] * 3)
        entry.execution = ExecutionInfo(math: side.math, accumulate: side.math)
        entry.correctness = Correctness(
            checked: true, passed: true, method: "full", coverage: 1, value: 0.1, tolerance: "t")
        entry.counters = LaunchCounters(measuringNanoseconds: 100_000_000)
        entry.counters.processorNanoseconds = 99_000_000
        entry.counters.peakResidentBytes = 1 << 20
        entry.counters.clockHertzBefore = 3e9
        entry.counters.clockHertzAfter = 3e9
        side.change(&entry)
        return entry
    }

    /// The content of the bundle: launches in blocks A B, B A, …
    var contents: BundleContents {
        var order: [(Side, Int)] = []
        let count = sides.map(\.launches.count).max() ?? 0
        if isSequential {
            for side in sides { order += side.launches.indices.map { (side, $0) } }
        } else {
            for launch in 0..<count {
                let block = launch % 2 == 0 ? sides : sides.reversed()
                order += block.filter { launch < $0.launches.count }.map { ($0, launch) }
            }
        }
        var entries: [LaunchEntry] = []
        var samples: [String: [Int64]] = [:]
        for (index, (side, launch)) in order.enumerated() {
            let entry = entry(side, launch, index: index)
            entries.append(entry)
            // Constant within a launch, in picosecond-like detail: the median is the value.
            samples[entry.files[0]] = [Int64](
                repeating: Int64(side.launches[launch].rounded()), count: 40)
            samples[entry.files[1]] = (0..<40).map(Int64.init)
        }
        let plan = Plan(
            request: ["x"], seed: Seed(1), subjects: sides.map(\.subject), points: [planned],
            cpus: [0, 1], memoryLimit: Bytes(1 << 30), clock: "monotonic_raw", debugBuild: false)
        var machine = SampleRun.machine
        machine.fingerprint = fingerprint
        machine.facts = [Fact("bootId", boot, source: "s"), Fact("kernel", "6", source: "s")]
        let environment = Environment(
            runID: id, started: started,
            harness: HarnessFacts(
                name: "assay", version: version, commit: "c", binarySha256: "",
                buildMode: "release"),
            before: machine,
            backends: Set(sides.map { "\($0.subject.backend)/\($0.subject.side)" }).sorted().map {
                let parts = $0.split(separator: "/")
                return BackendUse(
                    manifest: BackendManifest(
                        id: String(parts[0]), name: "n", version: "2", licence: "l"),
                    sha256: "d", devices: [], side: parts[1] == "0" ? nil : 1)
            })
        return BundleContents(
            plan: plan, planSha256: "plan", environment: environment, launches: entries,
            samples: samples)
    }

    var record: Record { SampleRun.record(contents) }

    var run: ComparedRun {
        let contents = contents
        return ComparedRun(
            name: id, record: SampleRun.record(contents), contents: contents, seal: "")
    }

    /// A run of two sides of one backend: the baseline and the candidate.
    static func against(_ baseline: [Double], _ candidate: [Double]) -> ComparisonSample {
        ComparisonSample(sides: [Side(launches: candidate), Side(subject: old, launches: baseline)])
    }

    /// The comparison of the sides of this run.
    func compared(_ request: ComparisonRequest = ComparisonRequest()) throws -> ComparisonRecord {
        let run = run
        return try ComparisonJudge.compare(baseline: run, candidate: run, request: request)
    }
}

extension ComparisonRecord {
    /// The row of the point's time.
    var time: ComparisonRow? { rows.first { $0.metric == "time" } }
}
