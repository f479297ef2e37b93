import AssayABI
import Testing

extension ThePlugin {
    @Suite struct LoadedLatencyTests {
        private static let nodes = 512
        private static let words = 3 * 8192

        /// One cycle through all nodes of 64 bytes.
        private var table: Tensor {
            var cells = [Int64](repeating: 0, count: Self.nodes * 8)
            for node in 0..<Self.nodes { cells[node * 8] = Int64((node + 37) % Self.nodes * 8) }
            var tensor = Tensor(ASSAY_I64, [cells.count], cells)
            tensor.isConstant = true
            return tensor
        }

        private func run(
            threads: Int, load: String = "read", delay: Int = 0, words: Int = Self.words
        ) throws -> (end: Int64, bytes: Int64, sum: Int64) {
            let stream = Tensor(
                ASSAY_I64, [words], (0..<words).map { Int64(bitPattern: UInt64($0) << 40 | 7) })
            let outputs = try Session(threads: threads).run(
                "LoadedLatency", domain: "assay", load == "none" ? [table] : [table, stream],
                [
                    "bytes": .int(Self.nodes * 64), "stride": .int(64), "steps": .int(20_011),
                    "load": .string(load), "delay": .int(delay), "streamBytes": .int(words * 8),
                ],
                outputs: [Tensor(room: ASSAY_I64, [1]), Tensor(room: ASSAY_I64, [2])], calls: 3)
            let streamed: [Int64] = outputs[1].values()
            let end: [Int64] = outputs[0].values()
            return (end[0], streamed[0], streamed[1])
        }

        /// The sum of the words of so many blocks, in the plainest way.
        private func sum(blocks: Int) -> Int64 {
            (0..<blocks * 8192).reduce(Int64(0)) { sum, position in
                sum &+ Int64(bitPattern: UInt64(position % Self.words) << 40 | 7)
            }
        }

        @Test(arguments: [2, 3], [0, 5000])
        func `The walk ends where it should, and what was read is what is said`(
            threads: Int, delay: Int
        ) throws {
            let call = try run(threads: threads, delay: delay)
            #expect(call.end == Int64(20_011 * 37 % Self.nodes * 8))
            #expect(call.bytes >= Int64((threads - 1) * 65536) && call.bytes % 65536 == 0)
            // So short a walk leaves few blocks to be added up again.
            let blocks = Int(call.bytes) / 65536
            try #require(blocks < 200_000)
            let rounds = Int64(blocks / 3)
            #expect(call.sum == rounds &* sum(blocks: 3) &+ sum(blocks: blocks % 3))
        }

        @Test(arguments: [1, 2]) func `Without a load nothing is read`(threads: Int) throws {
            let call = try run(threads: threads, load: "none")
            #expect(call.end == Int64(20_011 * 37 % Self.nodes * 8))
            #expect(call.bytes == 0 && call.sum == 0)
        }

        @Test func `A load needs a thread of its own`() {
            let refusal = #expect(throws: Refusal.self) { _ = try run(threads: 1) }
            #expect(refusal?.status == ASSAY_E_UNSUPPORTED)
            #expect(refusal?.message == "LoadedLatency needs a second thread for its load")
        }

        @Test func `A stream of parts of blocks is invalid`() {
            let refusal = #expect(throws: Refusal.self) { _ = try run(threads: 2, words: 8200) }
            #expect(refusal?.status == ASSAY_E_INVALID)
        }
    }
}
