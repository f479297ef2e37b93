import AssayABI
import Testing

extension ThePlugin {
    @Suite struct CostOperatorTests {
        private func counts(
            _ name: String, _ attributes: [String: Value], threads: Int = 1, outputs: Int = 1
        ) throws -> [Int64] {
            try Session(threads: threads).run(
                name, domain: "assay", [], attributes,
                outputs: [Tensor(room: ASSAY_I64, [outputs])], calls: 3)[0].values()
        }

        private func refusal(_ body: () throws -> Void) -> Refusal? {
            #expect(throws: Refusal.self) { try body() }
        }

        @Test(arguments: [(2, 1), (4, 1), (4, 3)])
        func `A line changes hands twice for each round trip`(threads: Int, partner: Int) throws {
            let hands = try counts(
                "CoreToCore", ["roundTrips": .int(100), "partner": .int(partner)],
                threads: threads)
            #expect(hands == [200])
        }

        @Test func `A partner that is not there is unsupported`() {
            let refusal = refusal {
                _ = try counts(
                    "CoreToCore", ["roundTrips": .int(1), "partner": .int(2)], threads: 2)
            }
            #expect(refusal?.status == ASSAY_E_UNSUPPORTED)
            #expect(
                refusal?.message == "CoreToCore to thread 2 needs 3 threads, and there are 2")
        }

        @Test(arguments: [1, 5, 300])
        func `Every page is fresh and takes a fault`(pages: Int) throws {
            let both = try counts("PageFault", ["pages": .int(pages)], outputs: 2)
            #expect(both == [Int64(pages), Int64(pages)])
        }

        @Test(arguments: [1, 3], ["small", "huge"])
        func `Every page that is touched holds its own number`(threads: Int, size: String) throws {
            do {
                let pages = try counts(
                    "Capacity", ["bytes": .int(4096 * 1025), "size": .string(size)],
                    threads: threads)
                #expect(pages == [1025])
            } catch let refusal as Refusal {
                #expect(size == "huge" && refusal.status == ASSAY_E_UNSUPPORTED)
            }
        }

        @Test(arguments: [1, 2, 5])
        func `Every thread takes part in every region`(threads: Int) throws {
            #expect(try counts("ParallelRegion", ["regions": .int(77)], threads: threads) == [77])
        }

        @Test func `As many threads run as are started`() throws {
            #expect(try counts("ThreadSpawn", ["count": .int(9)]) == [9])
        }

        @Test(arguments: [
            ("CoreToCore", "roundTrips"), ("ParallelRegion", "regions"), ("ThreadSpawn", "count"),
        ])
        func `Doing it less than once is invalid`(name: String, attribute: String) {
            let refusal = refusal { _ = try counts(name, [attribute: .int(0)], threads: 2) }
            #expect(refusal?.status == ASSAY_E_INVALID)
        }

        /// The table that updates make, in the plainest way.
        private func updated(_ words: Int, _ updates: Int) -> [Int64] {
            var table = (0..<words).map { UInt64($0) }
            for stream in 0..<256 {
                var z = UInt64(stream + 1) &* 0x9e37_79b9_7f4a_7c15
                z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
                z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
                var x = (z ^ (z >> 31)) | 1
                for _ in 0..<updates / 256 {
                    x = x << 1 ^ (Int64(bitPattern: x) < 0 ? 7 : 0)
                    let line = Int(x >> 3) & (words / 2048 - 1)
                    table[(line * 256 + stream) * 8 + Int(x & 7)] ^= x & 0xf_ffff_ffff_ffff
                }
            }
            return table.map { Int64($0) }
        }

        @Test(arguments: [1, 2, 3, 7])
        func `Random updates give the same table with any number of threads`(
            threads: Int
        ) throws {
            for (words, updates) in [(2048, 256), (4096, 256 * 100), (65536, 256 * 33)] {
                let result = try Session(threads: threads).run(
                    "RandomAccess", domain: "assay",
                    [Tensor(ASSAY_I64, [words], (0..<words).map { Int64($0) })],
                    ["bytes": .int(words * 8), "updates": .int(updates)],
                    outputs: [Tensor(room: ASSAY_I64, [words])], calls: 2)
                #expect(result[0].values() == updated(words, updates))
            }
        }

        @Test(arguments: [(16384, 255), (16384, 0), (8192, 256), (24576, 256)])
        func `A table that random updates cannot fill evenly is invalid`(
            bytes: Int, updates: Int
        ) {
            let refusal = refusal {
                _ = try Session().run(
                    "RandomAccess", domain: "assay", [Tensor(room: ASSAY_I64, [bytes / 8])],
                    ["bytes": .int(bytes), "updates": .int(updates)],
                    outputs: [Tensor(room: ASSAY_I64, [bytes / 8])])
            }
            #expect(refusal?.status == ASSAY_E_INVALID)
        }
    }
}
