import Model

/// A run as a two-core cloud machine would give it: every outcome and status occurs.
///
/// The numbers follow simple formulas; a seeded generator adds the spread between launches.
struct SampleRecord {
    private(set) var points: [PointRecord] = []
    private var generator: UInt64 = 0x5EED

    static let record = SampleRecord.make()

    static func make() -> Record {
        var sample = SampleRecord()
        sample.addPeaks()
        sample.addBandwidths()
        sample.addLatencies()
        sample.addOperators()
        sample.addLaunch()
        return Record(
            run: run, machine: SampleMachine.facts, calibration: calibration,
            points: sample.points,
            flags: [
                Flag(
                    "governorNotPerformance", .warning, message: "the frequency policy is unknown",
                    hint: "a fixed frequency makes launches agree better"),
                Flag(
                    "sensorUnknown", .info, message: "no power sensor was found",
                    hint: "energy metrics are unavailable; nothing else is affected"),
            ])
    }

    static let run = RunFacts(
        id: "019a7c3e-55d1-7c02-9b1f-3e8a6d2f4c10", started: "2025-11-21T02:14:07Z",
        ended: "2025-11-21T02:19:52Z", status: "complete",
        harness: HarnessFacts(
            name: "assay", version: "0.1.0", commit: "4be19d2",
            binarySha256: String(repeating: "9c3f", count: 16), buildMode: "release"),
        methodology: "1.0", rules: "1.1", planSha256: String(repeating: "a1b2c3d4", count: 8),
        seed: Seed(0x0123_4567_89AB_CDEF), request: ["quick"], profiles: [.trend])

    static var calibration: CalibrationFacts {
        func metric(_ name: String, _ value: Double, _ low: Double, _ high: Double) -> Metric {
            Metric(
                name: name, quantity: "duration", unit: "s", direction: .smaller, kind: .measured,
                source: "monotonic_raw",
                estimate: Estimate(
                    statistic: "median", value: value, n: 10_000, launches: 1,
                    interval: Interval(
                        low: low, high: high, level: 0.95, method: "order statistic",
                        basis: .samples)))
        }
        return CalibrationFacts(
            clock: "monotonic_raw", clockPairNanoseconds: metric("clock", 21e-9, 21e-9, 21e-9),
            harnessOverhead: metric("overhead", 38.4e-9, 38.1e-9, 38.8e-9),
            workerStart: metric("start", 1.31e-3, 1.22e-3, 1.44e-3))
    }

    // MARK: - Building blocks

    mutating func spread() -> Double {
        generator = generator &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Double(generator >> 33) / Double(1 << 31) * 2 - 1
    }

    /// A metric of a point from its true value and the relative spread between launches.
    mutating func metric(
        _ name: String, unit: String, value: Double, spread share: Double = 0.004,
        references: [Reference] = [], status: Validity = .valid, flags: [Flag] = []
    ) -> Metric {
        let shift = 1 + spread() * share * 0.5
        let half = share * (1 + 0.4 * spread())
        let isTime = unit == "s"
        return Metric(
            name: name, quantity: isTime ? "duration" : "rate", unit: unit,
            direction: isTime ? .smaller : .larger, kind: isTime ? .measured : .derived,
            source: "monotonic_raw",
            estimate: Estimate(
                statistic: "geometric mean of launch medians", value: value * shift, n: 300,
                launches: 3,
                interval: Interval(
                    low: value * shift * (1 - half), high: value * shift * (1 + half),
                    level: 0.95, method: "student-t of log launch medians", basis: .launches)),
            status: status, flags: flags, references: references)
    }

    func unavailable(_ name: String, unit: String, _ why: String) -> Metric {
        Metric(
            name: name, quantity: "energy", unit: unit, direction: .smaller, kind: .measured,
            source: "none", unavailable: why, status: .valid)
    }

    mutating func launches(time: Double) -> [LaunchSummary] {
        (0..<3).map { index in
            var counters = LaunchCounters(measuringNanoseconds: 210_000_000)
            counters.involuntarySwitches = UInt64(index * 2)
            counters.runQueueWaitNanoseconds = UInt64(120_000 + 40_000 * index)
            counters.peakResidentBytes = 48 << 20
            let value = time * (1 + spread() * 0.003)
            return LaunchSummary(
                index: index, outcome: .ok, stopReason: index == 2 ? .plateau : .sampleCap,
                n: 100, batch: UInt64(max(1, (1e-3 / time).rounded())), value: value,
                interval: Interval(
                    low: value * 0.999, high: value * 1.001, level: 0.95,
                    method: "order statistic", basis: .samples), counters: counters)
        }
    }

    mutating func add(
        _ point: Point, work: Work = Work(), backend: String = "cpu-simd", time: Double,
        metrics: [Metric], correctness: Correctness? = nil, flags: [Flag] = []
    ) {
        points.append(
            PointRecord(
                point: point, pointHash: Self.hash(point), work: work, profile: .trend,
                subject: Subject(backend: backend, device: 0),
                backend: Self.facts(backend, kernel: point.operation.name), outcome: .ok,
                reasons: [],
                correctness: correctness
                    ?? Correctness(
                        checked: true, passed: true, method: "full", coverage: 1, value: 0.031,
                        tolerance: "8 u sqrt(k)"), launches: launches(time: time),
                metrics: metrics + [
                    metric("firstCall", unit: "s", value: time * 1.8, spread: 0.05),
                    unavailable("energy.total", unit: "J", "no power sensor was found"),
                ], flags: flags))
    }

    mutating func add(
        _ point: Point, backend: String, _ outcome: Outcome, _ reason: String,
        work: Work = Work(), correctness: Correctness? = nil, flags: [Flag] = []
    ) {
        points.append(
            PointRecord(
                point: point, pointHash: Self.hash(point), work: work, profile: .trend,
                subject: Subject(backend: backend, device: 0), backend: nil, outcome: outcome,
                reasons: [reason], correctness: correctness, launches: [], metrics: [],
                flags: flags))
    }

    static func hash(_ point: Point) -> String { point.label }

    static func facts(_ backend: String, kernel: String) -> BackendFacts {
        let isBLAS = backend == "blas"
        return BackendFacts(
            id: backend, version: isBLAS ? "0.3.29" : "0.1.0",
            sha256: String(repeating: "5d", count: 32),
            device: DeviceFacts(
                index: 0, type: "cpu", name: "host processor", vendor: "", architecture: "x86-64",
                driver: "", runtime: "", computeUnits: 2, timingSource: "none",
                memory: Bytes(16 << 30)),
            implementation: isBLAS ? "OpenBLAS 0.3.29 (SkylakeX)" : "cpu-simd 0.1.0",
            execution: ExecutionInfo(
                kernel: isBLAS ? "cblas_\(kernel.lowercased())" : "\(kernel.lowercased())_avx512",
                executedOn: "", math: nil, packedBytes: .zero))
    }
}
