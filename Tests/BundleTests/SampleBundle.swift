import FoundationEssentials
import Model
import TestSupport

@testable import Bundle

/// A small run with known content, for tests of how it is kept.
enum SampleBundle {
    static let point = Point(
        caseID: "op/add", parameters: [Parameter(axis: "types", value: "f32")],
        operation: Operation(
            name: "Add", opset: 14,
            inputs: [TensorSpec("A", .f32, [16]), TensorSpec("B", .f32, [16])],
            outputs: [TensorSpec("C", .f32, [16])]))

    static let machine = MachineFacts(
        architecture: "x86_64", processor: "a processor", packages: 1, cores: 2, threads: 2,
        allowedCPUs: [0, 1], isa: ["avx2"], caches: [], nodes: [], memory: Bytes(1 << 30),
        memoryAvailable: Bytes(1 << 29), hugePages: "madvise",
        facts: [Fact("kernel", "6.1", source: "uname"), Fact("smt", nil, source: "no file")],
        notes: [])

    static let environment = Environment(
        runID: "017f22e2-79b0-7cc3-98c4-dc0c0c07398f", started: "2025-01-01T00:00:00Z",
        harness: HarnessFacts(
            name: "assay", version: "1", commit: "c", binarySha256: "s", buildMode: "release"),
        before: machine,
        backends: [
            BackendUse(
                manifest: BackendManifest(id: "cpu-simd", name: "n", version: "1", licence: "l"),
                sha256: "d", devices: [])
        ])

    static func plan(samplesMax: Int = 50) -> Plan {
        var profile = Profile.named(.smoke)
        profile.samplesMax = samplesMax
        return Plan(
            request: ["op/add"], seed: Seed(20),
            subjects: [Subject(backend: "cpu-simd", device: 0)],
            points: [
                PlannedPoint(
                    point: point, pointHash: PointIdentity.hash(of: point), work: Work(flops: 16),
                    memory: Bytes(192), profile: profile, cost: .milliseconds(100))
            ], cpus: [0, 1], memoryLimit: Bytes(1 << 28), clock: "monotonic_raw",
            debugBuild: false)
    }

    static func entry(_ index: Int) -> LaunchEntry {
        var entry = LaunchEntry(
            index: index, pointHash: PointIdentity.hash(of: point),
            subject: Subject(backend: "cpu-simd", device: 0), launch: index)
        entry.outcome = .ok
        entry.samples = 3
        entry.batch = 2
        entry.output = "a line\nand a \"quoted\" one / with é"
        return entry
    }

    static func record(_ writer: BundleWriter) -> Record {
        let planned = plan().points[0]
        let metric = Metric(
            name: "time", quantity: "duration", unit: "s", direction: .smaller, kind: .measured,
            source: "monotonic_raw",
            estimate: Estimate(
                statistic: "median", value: 1e-6, n: 3, launches: 1, interval: nil))
        let record = PointRecord(
            point: planned.point, pointHash: planned.pointHash, work: planned.work,
            profile: .smoke, subject: Subject(backend: "cpu-simd", device: 0), backend: nil,
            outcome: .ok, reasons: [], correctness: nil, launches: [], metrics: [metric], flags: [])
        return Record(
            run: RunFacts(
                id: environment.runID, started: environment.started, ended: "2025-01-01T00:01:00Z",
                status: "complete", harness: environment.harness, methodology: "1.0", rules: "1.1",
                planSha256: writer.planSha256, seed: Seed(20), request: ["op/add"],
                profiles: [.smoke]),
            machine: machine, calibration: CalibrationFacts(clock: "monotonic_raw"),
            points: [record], flags: [])
    }

    /// A bundle with two launches, not sealed.
    static func unsealed(in results: String, samplesMax: Int = 50) throws -> BundleWriter {
        let writer = try BundleWriter(
            creatingIn: results, plan: plan(samplesMax: samplesMax), environment: environment)
        for index in 0..<2 {
            var entry = entry(index)
            entry.files = [
                try writer.writeSamples([100, -1, .max], entry: entry, metric: "time"),
                try writer.writeSamples([0, 1, 2], entry: entry, metric: "time.start"),
            ]
            try writer.append(entry)
        }
        return writer
    }

    /// The path of a sealed bundle.
    static func sealed(in results: String) throws -> String {
        let writer = try unsealed(in: results)
        try writer.writeTelemetry([1, 2, 3, 4], channel: "clock")
        try writer.seal(record: record(writer), environment: environment)
        return writer.path
    }
}
