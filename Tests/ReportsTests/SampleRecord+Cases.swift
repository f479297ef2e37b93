import Model

extension SampleRecord {
    private static let noKernel = "the backend has no kernel for this operator"

    mutating func addPeaks() {
        var planned: [Point] = []
        for (dtype, factor) in [("f32", 1.0), ("f64", 0.5)] {
            for (path, width) in [("scalar", 1.0), ("avx2", 8.0), ("avx512", 16.0)] {
                for threads in [ThreadCount.exactly(1), .all] {
                    let point = Point(
                        caseID: "peak/fma",
                        parameters: [
                            Parameter(axis: "dtype", value: dtype),
                            Parameter(axis: "path", value: path),
                            Parameter(axis: "threads", value: threads.name),
                        ],
                        operation: Operation(
                            domain: "assay", name: "Peak", opset: 1, inputs: [],
                            outputs: [TensorSpec("checksum", .f64, [1])],
                            attributes: [
                                Attribute("dtype", .string(dtype)),
                                Attribute("path", .string(path)),
                                Attribute("unit", .string("vector")),
                                Attribute("operations", .int(100_663_296)),
                            ]), threads: threads, headline: .throughputFlop)
                    planned.append(point)
                    let scale = path == "scalar" ? 1.0 : factor
                    let rate = 12.1e9 * width * scale * (threads == .all ? 1.97 : 1)
                    let declared = Reference(
                        kind: .declaredPeak,
                        value: 12.8e9 * width * scale
                            * (threads == .all ? 2 : 1),
                        citation: "2 FMA a cycle at 3.2 GHz, vendor's manual")
                    add(
                        point, work: Work(flops: 100_663_296), time: 100_663_296 / rate,
                        metrics: [
                            metric(
                                "throughput.flop", unit: "{FLOP}/s", value: rate,
                                references: path == "avx512" ? [declared] : []),
                            metric("time", unit: "s", value: 100_663_296 / rate),
                        ])
                }
            }
        }
        for point in planned { add(point, backend: "blas", .unsupported, Self.noKernel) }
    }

    mutating func addBandwidths() {
        let kernels: [(String, String, Double, [String])] = [
            ("read", "MemoryRead", 1.0, ["plain"]),
            ("write", "MemoryWrite", 0.52, ["plain", "nonTemporal"]),
            ("copy", "MemoryCopy", 0.71, ["plain", "nonTemporal"]),
            ("triad", "MemoryTriad", 0.8, ["plain", "nonTemporal"]),
        ]
        let sizes: [(String, Int64, Double)] = [
            ("32KiB", 32 << 10, 240e9), ("256KiB", 256 << 10, 121e9), ("1MiB", 1 << 20, 98e9),
            ("8MiB", 8 << 20, 34e9), ("64MiB", 64 << 20, 21e9), ("256MiB", 256 << 20, 14.2e9),
        ]
        var planned: [Point] = []
        for (kernel, name, share, allStores) in kernels {
            for stores in allStores {
                for (text, bytes, full) in sizes {
                    for threads in [ThreadCount.exactly(1), .all] {
                        let point = Point(
                            caseID: "memory/bandwidth",
                            parameters: [
                                Parameter(axis: "kernel", value: kernel),
                                Parameter(axis: "stores", value: stores),
                                Parameter(axis: "bytes", value: text),
                                Parameter(axis: "threads", value: threads.name),
                            ],
                            operation: Operation(
                                domain: "assay", name: name, opset: 1, inputs: [], outputs: [],
                                attributes: [
                                    Attribute("bytes", .int(bytes)),
                                    Attribute("stores", .string(stores)),
                                ]), threads: threads, headline: .bandwidth)
                        planned.append(point)
                        addBandwidth(point, bytes: bytes, full: full * share)
                    }
                }
            }
        }
        for point in planned { add(point, backend: "blas", .unsupported, Self.noKernel) }
    }

    private mutating func addBandwidth(_ point: Point, bytes: Int64, full: Double) {
        let streams = point.operation.string("stores") == "nonTemporal"
        let isSmall = bytes < 4 << 20
        let threads = point.threads == .all ? (bytes > 4 << 20 ? 1.25 : 1.95) : 1
        let rate = streams ? min(full * 1.4, 12.5e9) * (isSmall ? 0.8 : 1.1) : full * threads
        let isNoisy = bytes == 64 << 20 && point.threads == .all
        let flags =
            isNoisy
            ? [
                Flag(
                    "notConverged", .qualifier, observed: 0.041, limit: 0.03, unit: "1",
                    message: "the interval's half-width is 4.1 %; 3 % was asked for",
                    hint: "run with more launches, or on a quieter machine")
            ] : []
        add(
            point, work: Work(bytesRead: Bytes(UInt64(bytes))), time: Double(bytes) / rate,
            metrics: [
                metric(
                    "bandwidth.stream", unit: "By/s", value: rate, spread: isNoisy ? 0.041 : 0.006,
                    status: isNoisy ? .qualified : .valid, flags: flags),
                metric("bandwidth.real", unit: "By/s", value: rate * (streams ? 1 : 4.0 / 3)),
                metric("time", unit: "s", value: Double(bytes) / rate),
            ])
    }

    mutating func addLatencies() {
        let sizes: [(String, Int64, Double)] = [
            ("16KiB", 16 << 10, 1.6e-9), ("128KiB", 128 << 10, 4.6e-9), ("1MiB", 1 << 20, 5.2e-9),
            ("16MiB", 16 << 20, 31e-9), ("64MiB", 64 << 20, 62e-9), ("256MiB", 256 << 20, 118e-9),
        ]
        var planned: [Point] = []
        for pages in ["small", "huge"] {
            for (text, bytes, time) in sizes {
                let point = Point(
                    caseID: "memory/latency",
                    parameters: [
                        Parameter(axis: "pages", value: pages),
                        Parameter(axis: "bytes", value: text),
                        Parameter(axis: "stride", value: "64"),
                    ],
                    operation: Operation(
                        domain: "assay", name: "PointerChase", opset: 1, inputs: [], outputs: [],
                        attributes: [
                            Attribute("bytes", .int(bytes)), Attribute("stride", .int(64)),
                            Attribute("pages", .string(pages)),
                        ]), threads: .exactly(1), headline: .latencyAccess)
                planned.append(point)
                if pages == "huge" && bytes == 256 << 20 {
                    add(
                        point, backend: "cpu-simd", .skipped,
                        "needs 128 pages of 2 MiB and 0 are free")
                    continue
                }
                let value = pages == "huge" && bytes > 2 << 20 ? time * 0.78 : time
                add(
                    point, work: Work(steps: 1 << 20), time: value * Double(1 << 20),
                    metrics: [metric("latency.access", unit: "s", value: value, spread: 0.012)])
            }
        }
        for point in planned { add(point, backend: "blas", .unsupported, Self.noKernel) }
    }
}
