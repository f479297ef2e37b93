import AssayABI
import Foundation
import TestSupport
import Testing

extension ThePlugin {
    @Suite struct ProductTests {
        private static func cases() throws -> [TensorCase] {
            let bytes = try PackageFiles.bytes(PackageFiles.fixture("kernels/products.json"))
            return try JSONDecoder().decode([TensorCase].self, from: Data(bytes))
        }

        @Test(arguments: instructionSets, [1, 3])
        func `Products of every type give what numpy gives`(set: String, threads: Int) throws {
            let session = try Session(set, threads: threads)
            let misalignment = threads == 1 ? 0 : 8
            for one in try Self.cases() {
                try TensorTests().check(one, session, misalignment: misalignment)
            }
        }

        @Test func `Sums that are rounded to f16 and bf16 are kept in f32 until the end`() throws {
            let session = try Session()
            // 1 + 1100 steps of 2^-11: each too small for f16 and bf16, and for a sum kept in them.
            let count = 1101
            for (type, one, step, expected) in [
                (ASSAY_F16, 0x3C00, 0x1000, 0x3E26), (ASSAY_BF16, 0x3F80, 0x3A00, 0x3FC5),
            ] as [(UInt32, UInt16, UInt16, UInt16)] {
                let left = [one] + [UInt16](repeating: step, count: count - 1)
                let right = [UInt16](repeating: one, count: count * 40)
                for rows in [1, 40] {
                    let all = Array(repeating: left, count: rows).flatMap { $0 }
                    var room = Tensor(room: type, [rows, 40])
                    room.bytes = Array(repeating: 0xA5, count: rows * 80)
                    let result = try session.run(
                        "MatMul",
                        [Tensor(type, [rows, count], all), Tensor(type, [count, 40], right)],
                        outputs: [room])[0]
                    #expect(result.values(as: UInt16.self).allSatisfy { $0 == expected })
                }
            }
        }

        @Test(
            arguments: [
                ([3, 4], [5, 2], [3, 2], [Int]()), ([3, 4], [4, 2], [3, 3], []),
                ([3, 4], [4, 2], [3, 2], [4]),
            ])
        func `A product of bytes that does not fit is invalid`(
            shapes: ([Int], [Int], [Int], [Int])
        ) throws {
            let session = try Session()
            func tensor(_ type: UInt32, _ shape: [Int], bytes: Int) -> Tensor {
                Tensor(type, shape, [UInt8](repeating: 1, count: shape.reduce(bytes, *)))
            }
            let refusal = #expect(throws: Refusal.self) {
                _ = try session.run(
                    "MatMulInteger",
                    [
                        tensor(ASSAY_U8, shapes.0, bytes: 1), tensor(ASSAY_I8, shapes.1, bytes: 1),
                        tensor(ASSAY_U8, shapes.3, bytes: 1),
                    ], outputs: [tensor(ASSAY_I32, shapes.2, bytes: 4)])
            }
            #expect(refusal?.status == ASSAY_E_INVALID)
            #expect(refusal?.message.hasPrefix("MatMulInteger's ") == true)
        }
    }
}
