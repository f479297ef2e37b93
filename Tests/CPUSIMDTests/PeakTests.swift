import AssayABI
import Testing

extension ThePlugin {
    @Suite struct PeakTests {
        private static let dtypes = ["f64", "f32", "f16", "bf16", "i32", "i16", "i8"]

        private func run(
            _ session: Session, _ dtype: String, unit: String = "vector", path: String = "best",
            operations: Int
        ) throws -> Double {
            try session.run(
                "Peak", domain: "assay", [],
                [
                    "dtype": .string(dtype), "unit": .string(unit), "path": .string(path),
                    "operations": .int(operations),
                ], outputs: [Tensor(room: ASSAY_F64, [1])])[0].values()[0]
        }

        /// The refusal where the processor lacks what the path needs; nil where it ran.
        private func refusal(_ body: () throws -> Void) throws -> Refusal? {
            do { try body() } catch let refusal as Refusal { return refusal }
            return nil
        }

        @Test(arguments: dtypes, ["scalar", "sse", "avx2", "avx512", "neon", "amx"])
        func `Every element type counts its multiply-adds on every path, or says why not`(
            dtype: String, path: String
        ) throws {
            let unit = path == "amx" ? "matrix" : "vector"
            let grain = unit == "matrix" ? 524_288 : 3072
            // 3 threads cannot share 7 grains evenly; 4096 pass half precision's 2048 steps.
            for (threads, grains) in [(1, 1), (3, 7), (2, 4096)] {
                let session = try Session(threads: threads)
                let operations = grain * grains
                var count = 0.0
                let refusal = try refusal {
                    count = try run(session, dtype, unit: unit, path: path, operations: operations)
                }
                if let refusal {
                    #expect(refusal.status == ASSAY_E_UNSUPPORTED)
                    #expect(
                        refusal.message.hasPrefix("Peak of \(dtype) cannot run here: \(path) "))
                } else {
                    #expect(count == Double(operations / 2))
                    #expect(session.kernel.hasSuffix("-\(dtype)-\(path)"))
                }
            }
        }

        @Test func `Long runs add up their lanes before they round or wrap around`() throws {
            // 2^23 steps of the widest accumulators, and half as many again.
            for dtype in Self.dtypes {
                let session = try Session(threads: 1)
                let operations = 3072 * 6_291_456
                var count = Double(operations / 2)
                let refusal = try refusal {
                    count = try run(session, dtype, operations: operations)
                }
                #expect(count == Double(operations / 2), "\(dtype)")
                #expect(refusal == nil || refusal?.status == ASSAY_E_UNSUPPORTED)
            }
        }

        @Test func `A type that no path has is refused with what each path lacks`() throws {
            guard instructionSets.contains("sse") else { return }
            let session = try Session("sse")
            let refusal = try refusal { _ = try run(session, "bf16", operations: 3072) }
            #expect(refusal?.status == ASSAY_E_UNSUPPORTED)
            #expect(
                refusal?.message == "Peak of bf16 cannot run here: sse has no kernel for it")
        }

        @Test func `Only a path that a feature would mend is named, where there is one`() throws {
            let session = try Session(threads: 1)
            let refusal = try refusal { _ = try run(session, "f16", operations: 1536) }
            // Nothing to see where the processor has it.
            guard let refusal else { return }
            #expect(
                ["avx512 needs AVX512_FP16", "avx512 needs AVX-512", "neon needs FEAT_FP16"]
                    .contains { refusal.message == "Peak of f16 cannot run here: " + $0 }
                    || !instructionSets.contains("avx512"))
        }

        @Test func `Vector paths are none of the matrix unit`() throws {
            let session = try Session(threads: 1)
            let refusal = try refusal {
                _ = try run(session, "bf16", unit: "matrix", path: "sse", operations: 524_288)
            }
            #expect(refusal?.status == ASSAY_E_UNSUPPORTED)
            #expect(refusal?.message == "Peak's unit 'matrix' has no path 'sse'")
        }

        @Test func `The best path is as good as any that is named`() throws {
            let session = try Session(threads: 1)
            _ = try run(session, "i16", operations: 1536)
            let parts = session.kernel.split(separator: "-")
            #expect(["dot", "madd"].contains(parts[0]))
            #expect(instructionSets.contains(String(parts[2])))
        }

        @Test(arguments: [("i8", 1536), ("bf16", 768), ("i32", 100)])
        func `Operations come in whole grains of the type`(dtype: String, operations: Int) throws {
            guard instructionSets.contains("avx2") || dtype == "i32" else { return }
            let session = try Session(threads: 1)
            let refusal = try refusal { _ = try run(session, dtype, operations: operations) }
            guard refusal?.status != ASSAY_E_UNSUPPORTED else { return }
            #expect(refusal?.status == ASSAY_E_INVALID)
            #expect(
                refusal?.message.hasPrefix("Peak's operations must be a positive multiple of ")
                    == true)
        }
    }
}
