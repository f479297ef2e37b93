import Model

extension SampleRecord {
    mutating func addOperators() {
        addMatMul()
        addElementwise()
        addSoftmax()
    }

    private func ceilings(_ dtype: String, flops: Double, bytes: Double) -> [Reference] {
        let peak = dtype == "f64" ? 190.7e9 : 381.4e9
        return [
            Reference(
                kind: .measuredCeiling, value: min(peak, bytes > 0 ? flops / bytes * 14.2e9 : peak),
                citation: flops / max(1, bytes) * 14.2e9 < peak
                    ? "memory/bandwidth kernel=triad bytes=256MiB threads=all on cpu-simd"
                    : "peak/fma dtype=\(dtype) path=avx512 threads=all on cpu-simd")
        ]
    }

    private func operation(
        _ name: String, _ dtype: DType, inputs: [[Int]], output: [Int]
    ) -> Model.Operation {
        Model.Operation(
            name: name, opset: 13,
            inputs: inputs.enumerated().map { TensorSpec(["A", "B", "C"][$0], dtype, $1) },
            outputs: [TensorSpec("Y", dtype, output)])
    }

    private mutating func addMatMul() {
        for (dtype, efficiency) in [("f32", 1.0), ("f64", 0.5), ("f16", 0.9)] {
            for (size, edge) in [("small", 256), ("model", 768)] {
                let type = DType(name: dtype) ?? .f32
                let bytes = edge * edge * type.bits / 8
                let work = Work(
                    flops: UInt64(2 * edge * edge * edge), bytesRead: Bytes(UInt64(2 * bytes)),
                    bytesWritten: Bytes(UInt64(bytes)))
                let point = Point(
                    caseID: "op/matmul",
                    parameters: [
                        Parameter(axis: "types", value: dtype),
                        Parameter(axis: "size", value: size),
                    ],
                    operation: operation(
                        "MatMul", type, inputs: [[edge, edge], [edge, edge]], output: [edge, edge]))
                if dtype == "f16" {
                    add(point, backend: "blas", .unsupported, "no f16 matrix product")
                    addHalf(point, isSmall: size == "small", work)
                    continue
                }
                for (backend, share) in [("blas", 0.86), ("cpu-simd", 0.41)] {
                    let rate = 381.4e9 * efficiency * share * (size == "small" ? 0.82 : 1)
                    addOperator(point, work, backend: backend, rate: rate, dtype: dtype)
                }
            }
        }
    }

    private mutating func addHalf(_ point: Point, isSmall: Bool, _ work: Work) {
        if isSmall {
            add(
                point, backend: "cpu-simd", .invalid,
                "3 of 65536 outputs differ from the oracle by more than the tolerance", work: work,
                correctness: Correctness(
                    checked: true, passed: false, method: "full", coverage: 1, value: 3.71,
                    tolerance: "8 u sqrt(k)", detail: "the largest error is 3.71 tolerances"),
                flags: [
                    Flag(
                        "accuracyFailed", .error, observed: 3.71, limit: 1, unit: "1",
                        message: "outputs differ from the oracle by up to 3.71 tolerances",
                        hint: "assay check op/matmul shows which outputs")
                ])
        } else {
            add(
                point, backend: "cpu-simd", .error,
                "the worker <pid 4711> was stopped after 20 s without a finished call", work: work,
                flags: [
                    Flag(
                        "timedOut", .error, observed: 20, limit: 20, unit: "s",
                        message: "no call finished within 20 s",
                        hint: "raise the time limit, or report it to the backend's owner")
                ])
        }
    }

    private mutating func addOperator(
        _ point: Point, _ work: Work, backend: String, rate: Double, dtype: String,
        spread: Double = 0.008, status: Validity = .valid, flags: [Flag] = []
    ) {
        let time = Double(work.flops) / rate
        let references = ceilings(
            dtype, flops: Double(work.flops), bytes: Double(work.bytes.value))
        add(
            point, work: work, backend: backend, time: time,
            metrics: [
                metric(
                    "time", unit: "s", value: time, spread: spread, status: status, flags: flags),
                metric(
                    "throughput.flop", unit: "{FLOP}/s", value: rate, spread: spread,
                    references: references, status: status, flags: flags),
                metric(
                    "bandwidth.stream", unit: "By/s", value: Double(work.bytes.value) / time,
                    spread: spread),
            ])
    }

    private mutating func addElementwise() {
        for (name, flops, isBinary) in [("Add", 1, true), ("Exp", 1, false)] {
            for (size, count, rate) in [("small", 65_536, 5.6e9), ("large", 4 << 20, 1.31e9)] {
                let bytes = count * 4
                let work = Work(
                    flops: UInt64(count * flops),
                    bytesRead: Bytes(UInt64(bytes * (isBinary ? 2 : 1))),
                    bytesWritten: Bytes(UInt64(bytes)))
                let point = Point(
                    caseID: "op/elementwise",
                    parameters: [
                        Parameter(axis: "operator", value: name),
                        Parameter(axis: "size", value: size),
                    ],
                    operation: operation(
                        name, .f32, inputs: isBinary ? [[count], [count]] : [[count]],
                        output: [count]))
                if isBinary {
                    addOperator(point, work, backend: "blas", rate: rate * 0.74, dtype: "f32")
                } else {
                    add(point, backend: "blas", .unsupported, "no Exp", work: work)
                }
                let isShort = name == "Exp" && size == "small"
                addOperator(
                    point, work, backend: "cpu-simd", rate: rate * (isBinary ? 1 : 0.9),
                    dtype: "f32", spread: isShort ? 0.09 : 0.008,
                    status: isShort ? .invalid : .valid,
                    flags: isShort
                        ? [
                            Flag(
                                "intervalTooShort", .error, observed: 180e-9, limit: 210e-9,
                                unit: "s",
                                message: "a sample lasts less than 10 clock resolutions",
                                hint: "use batch timing"),
                            Flag(
                                "outliers", .info, observed: 0.08, limit: 0.05, unit: "1",
                                message: "8 % of the samples lie beyond three quartile ranges",
                                hint: "look at the samples; none was dropped"),
                        ] : [])
            }
        }
    }

    private mutating func addSoftmax() {
        for (size, rows) in [("small", 128), ("large", 4096)] {
            let count = rows * 1024
            let work = Work(
                flops: UInt64(5 * count), bytesRead: Bytes(UInt64(4 * count)),
                bytesWritten: Bytes(UInt64(4 * count)))
            let point = Point(
                caseID: "op/softmax", parameters: [Parameter(axis: "size", value: size)],
                operation: operation(
                    "Softmax", .f32, inputs: [[rows, 1024]], output: [rows, 1024]))
            add(point, backend: "blas", .unsupported, "no Softmax", work: work)
            if size == "small" {
                addOperator(point, work, backend: "cpu-simd", rate: 4.4e9, dtype: "f32")
            } else {
                add(
                    point, backend: "cpu-simd", .notReached, "the run's time was used up",
                    work: work)
            }
        }
    }

    mutating func addLaunch() {
        for backend in ["blas", "cpu-simd"] {
            let point = Point(
                caseID: "launch/empty", parameters: [],
                operation: Model.Operation(
                    domain: "assay", name: "Empty", opset: 1, inputs: [], outputs: []))
            let flag = Flag(
                "preempted", .qualifier, observed: 0.021, limit: 0.01, unit: "1",
                message: "the worker waited 2.1 % of the time for a processor",
                hint: "leave a core free, or stop other programs")
            let isQualified = backend == "blas"
            add(
                point, backend: backend, time: 41e-9,
                metrics: [
                    metric(
                        "time", unit: "s", value: isQualified ? 44e-9 : 41e-9, spread: 0.02,
                        status: isQualified ? .qualified : .valid)
                ],
                correctness: Correctness(
                    checked: false, passed: true, method: "none", coverage: 0, value: 0,
                    tolerance: "nothing to compare"), flags: isQualified ? [flag] : [])
        }
    }
}
