import AssayABI
import Testing

extension ThePlugin {
    @Suite struct EmptyMoveTests {
        private func given(_ shape: [Int]) -> Tensor {
            Tensor(shape, (0..<shape.reduce(1, *)).map { Float($0) })
        }

        private func constant(_ values: [Int64]) -> Tensor {
            var tensor = Tensor(ASSAY_I64, [values.count], values)
            tensor.isConstant = true
            return tensor
        }

        private func room(_ shape: [Int], _ dtype: UInt32 = ASSAY_F32) -> Tensor {
            Tensor(room: dtype, shape)
        }

        @Test(
            arguments: [
                ("Transpose", [0, 3], [3, 0], [] as [Int64]), ("Expand", [1, 0], [4, 0], [4, 0]),
                ("Tile", [2, 3], [2, 0], [1, 0]), ("Slice", [3], [0], []),
                ("Reshape", [0, 2], [2, 0], [2, 0]), ("Identity", [2, 0, 3], [2, 0, 3], []),
                ("Trilu", [0, 2], [0, 2], []), ("CumSum", [3, 0], [3, 0], []),
                ("Pad", [0, 2], [0, 4], [0, 1, 0, 1]), ("Flatten", [0, 2, 3], [0, 6], []),
            ] as [(String, [Int], [Int], [Int64])])
        func `A tensor without elements gives one without elements`(
            operation: (String, [Int], [Int], [Int64])
        ) throws {
            let (name, input, output, values) = operation
            var inputs: [Tensor?] = [given(input)]
            if !values.isEmpty { inputs.append(constant(values)) }
            if name == "Slice" { inputs += [constant([1]), constant([1])] }
            if name == "CumSum" {
                var axis = Tensor(ASSAY_I64, [], [1 as Int64])
                axis.isConstant = true
                inputs.append(axis)
            }
            let results = try Session(threads: 2).run(name, inputs, outputs: [room(output)])
            #expect(results[0].bytes.isEmpty)
        }

        @Test func `Empty parts are left out, and nothing is chosen from nothing`() throws {
            let session = try Session(threads: 3)
            let joined = try session.run(
                "Concat", [given([0, 2]), given([3, 2]), given([0, 2])], ["axis": .int(0)],
                outputs: [room([3, 2])])
            #expect(joined[0].values() == [0, 1, 2, 3, 4, 5] as [Float])
            let parts = try session.run(
                "Split", [given([2, 3])], ["axis": .int(1)],
                outputs: [room([2, 0]), room([2, 3]), room([2, 0])])
            #expect(parts[1].values() == [0, 1, 2, 3, 4, 5] as [Float])
            let padded = try session.run(
                "Pad", [given([0]), constant([1, 1]), Tensor([], [7 as Float])],
                outputs: [room([2])])
            #expect(padded[0].values() == [7, 7] as [Float])
            let none = Tensor(ASSAY_I64, [0], [Int64]())
            #expect(
                try session.run("Gather", [given([0, 2]), none], outputs: [room([0, 2])])[0].bytes
                    == [])
            let kept = try session.run(
                "ScatterElements", [given([3]), none, given([0])], outputs: [room([3])])
            #expect(kept[0].values() == [0, 1, 2] as [Float])
            let top = try session.run(
                "TopK", [given([2, 3]), constant([0])],
                outputs: [room([2, 0]), room([2, 0], ASSAY_I64)])
            #expect(top[0].bytes.isEmpty && top[1].bytes.isEmpty)
        }

        @Test(
            arguments: [
                ("Transpose", [[2, 3]], [2, 3], ["perm": .ints([0, 0])]),
                ("Transpose", [[2, 3]], [2, 3], ["perm": .ints([1, 0])]),
                ("Concat", [[2, 3], [2, 4]], [4, 3], ["axis": .int(0)]),
                ("Concat", [[2], [2]], [4], ["axis": .int(1)]),
                ("Split", [[4]], [3], [:]), ("Expand", [[2, 3]], [2, 4], [:]),
                ("Tile", [[2, 3]], [3, 3], [:]), ("Identity", [[2, 3]], [3, 2], [:]),
                ("Reshape", [[2, 3]], [2, 2], [:]), ("Trilu", [[3]], [3], [:]),
                ("DepthToSpace", [[1, 3, 2, 2]], [1, 3, 2, 2], ["blocksize": .int(2)]),
                ("SpaceToDepth", [[1, 1, 3, 2]], [1, 4, 1, 1], ["blocksize": .int(2)]),
                ("RotaryEmbedding", [[1, 2, 6], [1, 2, 1], [1, 2, 1]], [1, 2, 6], [:]),
            ] as [(String, [[Int]], [Int], [String: Value])])
        func `A request that breaks its operator's rules is invalid and names it`(
            operation: (String, [[Int]], [Int], [String: Value])
        ) throws {
            let (name, inputs, output, attributes) = operation
            let session = try Session()
            let refusal = #expect(throws: Refusal.self) {
                _ = try session.run(
                    name, inputs.map { given($0) }, attributes, outputs: [room(output)])
            }
            #expect(refusal?.status == ASSAY_E_INVALID)
            #expect(refusal?.message.hasPrefix(name) == true)
        }

        @Test func `What must be known beforehand must be constant`() throws {
            let session = try Session()
            let refusal = #expect(throws: Refusal.self) {
                _ = try session.run(
                    "Slice",
                    [given([3]), Tensor(ASSAY_I64, [1], [0 as Int64]), constant([2])],
                    outputs: [room([2])])
            }
            #expect(refusal?.status == ASSAY_E_UNSUPPORTED)
            #expect(refusal?.message == "Slice needs its starts to be constant")
        }
    }
}
