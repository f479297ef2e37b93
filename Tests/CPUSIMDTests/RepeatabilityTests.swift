import AssayABI
import Testing

extension ThePlugin {
    /// What can give other bits at every call says so where the same are asked for.
    @Suite struct RepeatabilityTests {
        private func read(threads: Int, flags: UInt32) throws {
            _ = try Session(threads: threads).run(
                "MemoryRead", domain: "assay",
                [Tensor([1024], (0..<1024).map { Double($0) })], ["bytes": .int(8192)],
                outputs: [Tensor(room: ASSAY_F64, [1])], flags: flags)
        }

        @Test func `Sums of several threads, added in any order, are refused`() throws {
            try read(threads: 2, flags: 0)
            try read(threads: 1, flags: ASSAY_DETERMINISTIC)
            let refusal = #expect(throws: Refusal.self) {
                try read(threads: 2, flags: ASSAY_DETERMINISTIC)
            }
            #expect(refusal?.status == ASSAY_E_UNSUPPORTED)
            #expect(
                refusal?.message == "MemoryRead adds the sums of several threads in any order")
        }

        @Test(arguments: [1, 3]) func `Whole outputs are the same at every call`(threads: Int)
            throws
        {
            let inputs = (0..<2).map { seed in
                Tensor([96, 96], (0..<9216).map { Float(($0 * 7 + seed) % 31) / 3 })
            }
            let session = try Session(threads: threads)
            let results = try (0..<5).map { _ in
                try session.run(
                    "MatMul", inputs, outputs: [Tensor(room: ASSAY_F32, [96, 96])],
                    flags: ASSAY_DETERMINISTIC)[0].bytes
            }
            #expect(Set(results).count == 1)
        }
    }
}
