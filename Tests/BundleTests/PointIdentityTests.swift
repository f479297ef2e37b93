import Model
import TestSupport
import Testing

@testable import Bundle

@Suite struct PointIdentityTests {
    /// The points that canonical.py writes, built from our own types.
    private static let points: [String: Point] = {
        var points: [String: Point] = [
            "matmul": matmul(), "matmul f64": matmul(.f64), "matmul 65": matmul(size: 65),
            "reduce": Point(
                caseID: "op/reduce", parameters: [],
                operation: Operation(
                    name: "ReduceSum", opset: 13,
                    inputs: [
                        TensorSpec("data", .bf16, [4, 5]),
                        TensorSpec("axes", .i64, [1], values: [-1]),
                    ], outputs: [TensorSpec("reduced", .bf16, [4, 1])],
                    attributes: [Attribute("keepdims", .int(1))]), threads: .exactly(2)),
            "normalization": Point(
                caseID: "op/n", parameters: [],
                operation: Operation(
                    name: "LayerNormalization", opset: 17,
                    inputs: [
                        TensorSpec("X", .f32, [8, 16]),
                        TensorSpec("Scale", .f32, [16], isConstant: true),
                    ], outputs: [TensorSpec("Y", .f32, [8, 16])],
                    attributes: [Attribute("epsilon", .float(1e-5)), Attribute("axis", .int(-1))])
            ),
            "triad": Point(
                caseID: "memory/triad", parameters: [],
                operation: Operation(
                    domain: "assay", name: "MemoryTriad", opset: 1,
                    inputs: [TensorSpec("B", .f64, [64]), TensorSpec("C", .f64, [64])],
                    outputs: [TensorSpec("A", .f64, [64])],
                    attributes: [
                        Attribute("stores", .string("nonTemporal")),
                        Attribute("bytes", .int(1536)), Attribute("repetitions", .int(7)),
                        Attribute("scalar", .float(3)),
                        Attribute("weights", .floats([0.5, 1e21, -0.0])),
                        Attribute("names", .strings(["é", "\n\"\\"])),
                    ])),
        ]
        for (name, change) in changes { points["matmul " + name] = changed(change) }
        return points
    }()

    /// What makes a point another point.
    private static let changes: [(String, @Sendable (inout Point) -> Void)] = [
        ("cold", { $0.cache = .coldFlush }), ("single", { $0.timing = .single }),
        ("chained", { $0.timing = .chained }), ("loose", { $0.tolerance = "loose" }),
        ("one", { $0.threads = .exactly(1) }), ("all", { $0.threads = .all }),
        ("sparse", { $0.data = .sparse(0.5) }), ("tf32", { $0.operation.math = .tf32 }),
        ("sums", { $0.operation.accumulate = .f64 }), ("repeated", { $0.repetitions = 1000 }),
        ("sustained", { $0.duration = .seconds(60) }),
    ]

    private static func matmul(_ type: DType = .f32, size: Int = 64) -> Point {
        Point(
            caseID: "op/matmul", parameters: [],
            operation: Operation(
                name: "MatMul", opset: 13,
                inputs: [TensorSpec("A", type, [size, 128]), TensorSpec("B", type, [128, size])],
                outputs: [TensorSpec("Y", type, [size, size])]))
    }

    private static func changed(_ change: (inout Point) -> Void) -> Point {
        var point = matmul()
        change(&point)
        return point
    }

    @Test func `Hashes and canonical forms are those of an independent program`() throws {
        let rows = try Table.rows("bundle/points.tsv")
        #expect(Set(rows.map { $0[0] }) == Set(Self.points.keys))
        for row in rows {
            let point = try #require(Self.points[row[0]])
            #expect(PointIdentity.canonical(point) == row[2])
            #expect(PointIdentity.hash(of: point) == row[1], "\(row[0])")
        }
    }

    @Test func `What a point is called does not matter`() {
        var point = Self.matmul()
        let hash = PointIdentity.hash(of: point)
        point.caseID = "other/name"
        point.parameters = [Parameter(axis: "size", value: "small")]
        point.headline = .throughputFlop
        #expect(PointIdentity.hash(of: point) == hash)
        point.parameters = [Parameter(axis: "shape", value: "64")]
        #expect(PointIdentity.hash(of: point) == hash)
    }

    @Test func `The order in which attributes are given does not matter`() {
        func hash(_ attributes: [Attribute]) -> String {
            PointIdentity.hash(
                of: Self.changed {
                    $0.operation = Operation(
                        name: "X", opset: 1, inputs: [], outputs: [], attributes: attributes)
                })
        }
        let (a, b) = (Attribute("a", .int(1)), Attribute("b", .string("x")))
        #expect(hash([a, b]) == hash([b, a]))
    }

    @Test func `Everything that is computed, and how, makes another point`() {
        var hashes: Set<String> = []
        var count = 0
        let others: [(inout Point) -> Void] = [
            { $0.operation.inputs[0].shape = [128, 64] },
            { $0.operation.inputs[0].name = "X" }, { $0.operation.inputs[1].isConstant = true },
            { $0.operation.inputs[1].values = [1] }, { $0.operation.outputs[0].dtype = .f16 },
            { $0.operation.domain = "assay" }, { $0.operation.name = "Gemm" },
            { $0.operation.opset = 14 }, { $0.data = .uniform }, { $0.data = .zeros },
            { $0.data = .sparse(0.25) }, { $0.cache = .coldRotate }, { $0.threads = .exactly(2) },
            { $0.operation.attributes = [Attribute("a", .int(3))] },
            { $0.operation.attributes = [Attribute("a", .float(3))] },
            { $0.operation.attributes = [Attribute("a", .string("3"))] },
        ]
        for change in others {
            hashes.insert(PointIdentity.hash(of: Self.changed(change)))
            count += 1
        }
        for point in Self.points.values {
            hashes.insert(PointIdentity.hash(of: point))
            count += 1
        }
        #expect(hashes.count == count)
    }

    @Test func `An attribute that stands twice in a tampered plan is hashed all the same`() {
        let point = Self.changed {
            $0.operation.attributes = [Attribute("a", .int(1)), Attribute("a", .int(2))]
        }
        #expect(PointIdentity.hash(of: point).count == 64)
    }
}
