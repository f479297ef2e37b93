import Cases
import Model
import Testing

@Suite struct ExpansionTests {
    private let product = """
        workload:
          operator: MatMul
          inputs:
            A: { dtype: $types.activation, shape: [$m, $k] }
            B: { dtype: $types.weight, shape: [$size.k, 2*($n - 1) + 2], role: weight }
          outputs:
            Y: { dtype: $types.output }
        axes:
          types:
            - { name: f32, activation: f32, weight: f32, output: f32, math: f32 }
            - { name: tf32, activation: f32, weight: f32, output: f32, math: tf32 }
            - name: bf16
              activation: bf16
              weight: bf16
              output: f32
              math: bf16
              accumulate: f32
          size:
            - { name: a, m: 2, n: 3, k: 4 }
            - { name: b, m: 5, n: 1, k: 64*1024, source: model/x }
        data: [normal, sparse(0.5)]
        measure: { timing: single, cache: [hot, coldRotate] }

        """

    @Test
    func `Axes vary in declared order, the last one fastest, lists outside of axes at the end`()
        throws
    {
        let value = try readCase(caseText(product))
        #expect(value.id == "op/x")
        #expect(value.points.count == 3 * 2 * 2 * 2)
        let labels = value.points.map(\.label)
        #expect(
            labels.prefix(5) == [
                "op/x types=f32 size=a data=normal cache=hot",
                "op/x types=f32 size=a data=normal cache=coldRotate",
                "op/x types=f32 size=a data=sparse(0.5) cache=hot",
                "op/x types=f32 size=a data=sparse(0.5) cache=coldRotate",
                "op/x types=f32 size=b data=normal cache=hot",
            ])
        #expect(labels.last == "op/x types=bf16 size=b data=sparse(0.5) cache=coldRotate")
        #expect(try readCase(caseText(product)).points == value.points)
    }

    @Test func `References and arithmetic give shapes, types and settings`() throws {
        let points = try readCase(caseText(product)).points
        let last = try #require(points.last)
        #expect(last.operation.name == "MatMul")
        #expect(
            last.operation.inputs == [
                TensorSpec("A", .bf16, [5, 65536]),
                TensorSpec("B", .bf16, [65536, 2], isConstant: true),
            ])
        #expect(last.operation.outputs == [TensorSpec("Y", .f32, [5, 2])])
        #expect(last.data == .sparse(0.5))
        #expect(last.cache == .coldRotate)
        #expect(last.timing == .single)
        #expect(last.threads == nil)
        #expect(last.headline == .throughputFlop)
        #expect(last.tolerance == "standard")
    }

    @Test func `Arithmetic in the type of the inputs is not stated twice`() throws {
        let points = try readCase(caseText(product)).points
        let operation = { (name: String) in
            points.first { $0.value(of: "types") == name }!.operation
        }
        #expect(operation("f32").math == nil)
        #expect(operation("tf32").math == .tf32)
        #expect(operation("bf16").math == nil)
        #expect(operation("bf16").accumulate == .f32)
    }

    @Test func `A bare type stands for all roles of storage`() throws {
        let value = try readCase(
            caseText(
                """
                workload:
                  operator: Exp
                  inputs: { input: { dtype: $types.activation, shape: [3] } }
                  outputs: { output: { dtype: $types.output } }
                axes: { types: [f64] }

                """))
        #expect(value.points[0].operation.outputs == [TensorSpec("output", .f64, [3])])
        #expect(value.points[0].headline == .time)
    }

    @Test func `Attributes keep the type they are written in, and follow references`() throws {
        let value = try readCase(
            caseText(
                """
                workload:
                  operator: LayerNormalization
                  attributes: { axis: $axis, epsilon: 1.0e-3 }
                  inputs:
                    X: { dtype: f32, shape: [2, 3] }
                    Scale: { dtype: f32, shape: [$c] }
                axes: { rows: [{ name: a, axis: -1, c: 3 }] }

                """))
        let operation = value.points[0].operation
        #expect(operation.attribute("axis") == .int(-1))
        #expect(operation.attribute("epsilon") == .float(0.001))
        #expect(operation.opset == 17)
    }

    @Test func `Index inputs carry their values`() throws {
        let value = try readCase(
            caseText(
                """
                workload:
                  operator: ReduceSum
                  attributes: { keepdims: 0 }
                  inputs:
                    data: { dtype: f32, shape: [2, 3, 4] }
                    axes: { values: [1 - 2, 0] }

                """))
        let operation = value.points[0].operation
        let axes = TensorSpec("axes", .i64, [2], isConstant: true, values: [-1, 0])
        #expect(operation.inputs[1] == axes)
        #expect(operation.outputs == [TensorSpec("reduced", .f32, [3])])
    }

    @Test func `A peak has defaults, and threads that an axis gives`() throws {
        let value = try readCase(
            caseText(
                "workload: { peak: fma, dtype: $dtype, threads: $threads }\n"
                    + "axes: { dtype: [f32, f64], threads: [1, all] }\n"))
        #expect(value.points.count == 4)
        let point = value.points[3]
        #expect(point.operation.domain == "assay")
        #expect(point.operation.name == "Peak")
        #expect(point.operation.string("dtype") == "f64")
        #expect(point.operation.string("path") == "best")
        #expect(point.operation.int("operations") == 100_663_296)
        #expect(point.threads == .all)
        #expect(value.points[2].threads == .exactly(1))
        #expect(point.headline == .throughputFlop)
    }

    @Test(arguments: [
        ("dot", "i8", "vector"), ("multiplyAdd", "i32", "vector"), ("tile", "f16", "matrix"),
    ])
    func `Each kind of peak has its unit`(kind: String, dtype: String, unit: String) throws {
        let value = try readCase(caseText("workload: { peak: \(kind), dtype: \(dtype) }\n"))
        let operation = value.points[0].operation
        #expect(operation.string("dtype") == dtype)
        #expect(operation.string("unit") == unit)
        #expect(value.points[0].headline == .throughputFlop)
    }

    @Test func `A cost of ours is shown for one of the things done`() throws {
        let value = try readCase(
            caseText(
                "workload: { operator: CoreToCore, domain: assay, attributes: { partner: 3 } }\n"))
        #expect(value.points[0].headline == .latencyAccess)
        #expect(value.points[0].operation.int("roundTrips") == 10_000)
    }

    @Test func `A launch is an empty operation`() throws {
        let value = try readCase(
            caseText("workload: { launch: empty }\nmeasure: { timing: [single, batch] }\n"))
        #expect(value.points.map(\.timing) == [.single, .batch])
        #expect(value.points[0].operation.name == "Empty")
        #expect(value.points[0].headline == .time)
    }

    @Test func `An axis of a setting's name needs no reference`() throws {
        let value = try readCase(
            caseText(
                "workload: { launch: empty }\naxes: { threads: [1, 2], cache: [hot, coldFlush] }\n")
        )
        #expect(
            value.points.map(\.threads) == [.exactly(1), .exactly(1), .exactly(2), .exactly(2)])
        #expect(value.points[1].cache == .coldFlush)
    }
}

private let repetitionsByBytes: [(Int, Int64)] = [
    (24 * 1024, 682), (1 << 20, 16), (16 << 20, 1), ((16 << 20) - 512, 1), (1 << 30, 1),
    (3072, 5461),
]

private let stepsByBytes: [(Int, Int64)] = [
    (1 << 14, 1 << 14), (1 << 20, 1 << 14), (4 << 20, 1 << 16), (64 << 20, 1 << 20),
    (1 << 30, 1 << 20),
]

@Suite struct MemoryTests {
    private func operations(_ kernel: String, _ rest: String = "") throws -> [Point] {
        try readCase(caseText("workload: { memory: \(kernel) }\n" + rest)).points
    }

    @Test(arguments: [
        ("read", "MemoryRead"), ("write", "MemoryWrite"), ("copy", "MemoryCopy"),
        ("scale", "MemoryScale"), ("add", "MemoryAdd"), ("triad", "MemoryTriad"),
    ])
    func `Each kernel has its operator`(kernel: String, name: String) throws {
        let point = try operations("{ kernel: \(kernel), bytes: 98304 }")[0]
        #expect(point.operation.name == name)
        #expect(point.operation.string("stores") == "plain")
        #expect(point.operation.double("scalar") == 3)
        #expect(point.headline == .bandwidth)
    }

    @Test(arguments: repetitionsByBytes)
    func `Small arrays are passed as often as 16 MiB take`(bytes: Int, repetitions: Int64) throws {
        let point = try operations("{ kernel: triad, bytes: \(bytes) }")[0]
        #expect(point.operation.int("repetitions") == repetitions)
    }

    @Test func `A read has no stores to choose, so other stores make no second point`() throws {
        let points = try operations(
            "{ kernel: $kernel, bytes: 4096, stores: $stores }",
            "axes: { kernel: [read, write], stores: [plain, nonTemporal] }\n")
        #expect(
            points.map(\.label) == [
                "op/x kernel=read stores=plain", "op/x kernel=write stores=plain",
                "op/x kernel=write stores=nonTemporal",
            ])
    }

    @Test(arguments: stepsByBytes)
    func `A chase visits every node once, within bounds`(bytes: Int, steps: Int64) throws {
        let point = try operations("{ kernel: chase, bytes: \(bytes) }")[0]
        #expect(point.operation.name == "PointerChase")
        #expect(point.operation.int("steps") == steps)
        #expect(point.operation.int("stride") == 64)
        #expect(point.operation.int("window") == 0)
        #expect(point.operation.string("pages") == "small")
        #expect(point.headline == .latencyAccess)
    }

    @Test(
        arguments: [
            (16384, 262_144), (4 << 20, 2 << 20), (1 << 30, 134_217_728),
        ] as [(Int, Int64)])
    func `Random updates visit each word four times, within bounds`(
        bytes: Int, updates: Int64
    ) throws {
        let point = try operations("{ kernel: random, bytes: \(bytes) }")[0]
        #expect(point.operation.name == "RandomAccess")
        #expect(point.operation.int("updates") == updates)
        #expect(point.headline == .latencyAccess)
    }

    @Test func `A loaded chase has the walk of a chase, and pauses only where there is a load`()
        throws
    {
        let points = try operations(
            "{ kernel: loadedChase, bytes: 65536, stride: 256, load: $load, delay: $delay }",
            "axes: { load: [none, read], delay: [0, 100] }\n")
        #expect(
            points.map(\.label) == [
                "op/x load=none delay=0", "op/x load=read delay=0", "op/x load=read delay=100",
            ])
        let operation = points[2].operation
        #expect(operation.name == "LoadedLatency" && points[2].headline == .latencyAccess)
        #expect(operation.int("steps") == 1 << 14 && operation.int("delay") == 100)
        #expect(operation.inputs.map(\.name) == ["table", "stream"])
        #expect(operation.inputs[1].byteCount == 256 << 20)
        #expect(points[0].operation.inputs.map(\.name) == ["table"])
    }

    @Test func `A window that is not smaller than the table makes no point`() throws {
        let points = try operations(
            "{ kernel: chase, bytes: $bytes, window: $window }",
            "axes: { bytes: [4096, 16384], window: [0, 4096, 8192] }\n")
        #expect(
            points.map(\.label) == [
                "op/x bytes=4096 window=0", "op/x bytes=16384 window=0",
                "op/x bytes=16384 window=4096", "op/x bytes=16384 window=8192",
            ])
    }

    @Test func `What a file says goes before defaults`() throws {
        let stream = try operations(
            "{ kernel: write, bytes: 4096, repetitions: 3, scalar: 0.5, stores: nonTemporal, "
                + "threads: 2 }")[0]
        #expect(stream.operation.int("repetitions") == 3)
        #expect(stream.operation.double("scalar") == 0.5)
        #expect(stream.operation.string("stores") == "nonTemporal")
        #expect(stream.threads == .exactly(2))
        let chase = try operations(
            "{ kernel: chase, bytes: 4096, stride: 128, window: 1024, steps: 9, pages: huge }")[0]
        #expect(chase.operation.int("stride") == 128)
        #expect(chase.operation.int("window") == 1024)
        #expect(chase.operation.int("steps") == 9)
        #expect(chase.operation.string("pages") == "huge")
    }
}
