import AssayABI
import Glibc
import Testing

extension ThePlugin {
    @Suite struct RefusalTests {
        private func refusal(_ body: (Session) throws -> Void) throws -> Refusal? {
            let session = try Session()
            return #expect(throws: Refusal.self) { try body(session) }
        }

        @Test func `An operator that is not here is unsupported`() throws {
            let refusal = try refusal {
                _ = try $0.run(
                    "Imagined", [Tensor([1], [1 as Float])], outputs: [Tensor(room: ASSAY_F32, [1])]
                )
            }
            #expect(refusal?.status == ASSAY_E_UNSUPPORTED)
            #expect(refusal?.message == "cpu-simd has no operator Imagined")
        }

        @Test func `Another element type is unsupported and the input named`() throws {
            let refusal = try refusal {
                _ = try $0.run(
                    "Exp", [Tensor(ASSAY_I64, [1], [1 as Int64])],
                    outputs: [Tensor(room: ASSAY_I64, [1])])
            }
            #expect(refusal?.status == ASSAY_E_UNSUPPORTED)
            #expect(
                refusal?.message
                    == "Exp works on f64, f32, f16 and bf16 here, and its input is something else")
        }

        @Test(
            arguments: [
                ("Add", [[2], [3]], [2], [:]), ("Where", [[2], [2], [2]], [2], [:]),
                ("Clip", [[3], [2]], [3], [:]), ("Softmax", [[3]], [3], ["axis": 1]),
                ("ArgMax", [[3, 0]], [3, 1], ["axis": 1]),
                ("LayerNormalization", [[3]], [3], [:]),
                ("GroupNormalization", [[1, 4], [4], [4]], [1, 4], ["num_groups": 3]),
                ("GroupNormalization", [[1, 4], [1], [4]], [1, 4], ["num_groups": 2]),
                ("Max", [[2], [2], [3]], [3], [:]), ("Exp", [[2], [2]], [2], [:]),
                ("Mod", [[2], [2]], [2], [:]), ("PRelu", [[1], [2]], [2], [:]),
                ("Mean", [[2], [2], [3]], [3], [:]),
                ("BatchNormalization", [[1, 4], [4], [4], [4], [3]], [1, 4], [:]),
                ("InstanceNormalization", [[4], [4], [4]], [4], [:]),
                ("SoftmaxCrossEntropyLoss", [[1, 4], [1]], [], [:]),
                ("DequantizeLinear", [[2]], [2], [:]),
            ] as [(String, [[Int]], [Int], [String: Int])])
        func `A request that breaks its operator's rules is invalid and names it`(
            operation: (String, [[Int]], [Int], [String: Int])
        ) throws {
            let (name, inputs, output, attributes) = operation
            let refusal = try refusal {
                let result = name == "ArgMax" ? ASSAY_I64 : ASSAY_F32
                _ = try $0.run(
                    name, inputs.map { Tensor(room: ASSAY_F32, $0) },
                    attributes.mapValues { .int($0) }, outputs: [Tensor(room: result, output)])
            }
            #expect(refusal?.status == ASSAY_E_INVALID)
            #expect(refusal?.message.hasPrefix(name) == true)
        }

        @Test func `Arithmetic in another type is unsupported`() throws {
            let refusal = try refusal {
                _ = try $0.run(
                    "Exp", [Tensor([1], [1 as Float])], outputs: [Tensor(room: ASSAY_F32, [1])],
                    mathType: ASSAY_F64)
            }
            #expect(refusal?.status == ASSAY_E_UNSUPPORTED)
        }

        @Test(
            arguments: [
                ([2, 3], [4, 2], [2, 2]), ([2, 3], [3, 2], [2, 3]),
                ([2, 2, 3], [3, 3, 2], [2, 2, 2]),
            ]
                as [([Int], [Int], [Int])])
        func `Matrices that do not fit are invalid`(shapes: ([Int], [Int], [Int])) throws {
            let refusal = try refusal {
                _ = try $0.run(
                    "MatMul",
                    [Tensor(room: ASSAY_F32, shapes.0), Tensor(room: ASSAY_F32, shapes.1)],
                    outputs: [Tensor(room: ASSAY_F32, shapes.2)])
            }
            #expect(refusal?.status == ASSAY_E_INVALID)
            #expect(refusal?.message.hasPrefix("MatMul's ") == true)
        }

        @Test func `Arrays off their alignment are refused and not read`() throws {
            let refusal = try refusal {
                var array = Tensor([64], [Double](repeating: 1, count: 64))
                array.misalignment = 8
                _ = try $0.run(
                    "MemoryRead", domain: "assay", [array], ["bytes": .int(512)],
                    outputs: [Tensor(room: ASSAY_F64, [1])])
            }
            #expect(refusal?.status == ASSAY_E_INVALID)
        }

        @Test func `A chase that would leave its table is refused`() throws {
            let refusal = try refusal {
                var table = Tensor(ASSAY_I64, [8], [8, 0, 0, 0, 0, 0, 0, 0] as [Int64])
                table.isConstant = true
                _ = try $0.run(
                    "PointerChase", domain: "assay", [table],
                    ["bytes": .int(64), "stride": .int(64), "steps": .int(1)],
                    outputs: [Tensor(room: ASSAY_I64, [1])])
            }
            #expect(refusal?.message == "PointerChase's table has an index outside it")
        }

        @Test(arguments: [
            ("path", Value.string("amx")), ("unit", .string("tensor")), ("dtype", .string("u4")),
            ("operations", .int(100)),
        ])
        func `Peak refuses what it does not have`(attribute: (String, Value)) throws {
            let refusal = try refusal {
                var attributes: [String: Value] = ["dtype": .string("f32")]
                attributes[attribute.0] = attribute.1
                _ = try $0.run(
                    "Peak", domain: "assay", [], attributes,
                    outputs: [Tensor(room: ASSAY_F64, [1])])
            }
            #expect(refusal?.message.hasPrefix("Peak") == true)
        }

        @Test func `An instruction set that does not exist stops the start`() throws {
            #expect(throws: Refusal.self) { try Session("mmx") }
            unsetenv("ASSAY_CPU_ISA")
        }

        @Test func `Starting and stopping leaves no thread behind`() throws {
            func threads() -> Int {
                var count = 0
                let folder = opendir("/proc/self/task")!
                while readdir(folder) != nil { count += 1 }
                closedir(folder)
                return count
            }
            _ = try Session(threads: 4)
            let before = threads()
            for _ in 0..<20 { _ = try Session(threads: 4) }
            #expect(threads() <= before + 1)
        }
    }
}
