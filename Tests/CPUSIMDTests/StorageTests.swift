import AssayABI
import Testing

extension ThePlugin {
    @Suite struct StorageTests {
        private static let bytes = 5 * 8192
        private var data: [Int64] { (0..<Self.bytes / 8).map { Int64($0) &* 0x9e37_79b9_7f4a } }

        private func run(_ name: String, _ access: String, _ cache: String) throws -> [Int64]? {
            var input = Tensor(ASSAY_I64, [Self.bytes / 8], data)
            input.isConstant = name == "StorageRead"
            let count = name == "StorageRead" ? Self.bytes / 8 : 1024
            do {
                return try Session().run(
                    name, domain: "assay", [input],
                    [
                        "bytes": .int(Self.bytes), "block": .int(8192),
                        "access": .string(access), "cache": .string(cache),
                    ], outputs: [Tensor(room: ASSAY_I64, [count])], calls: 2)[0].values()
            } catch let refusal as Refusal {
                // Not every file system can pass by the page cache.
                #expect(cache == "bypass" && refusal.status == ASSAY_E_UNSUPPORTED)
                return nil
            }
        }

        @Test(arguments: ["sequential", "random"], ["bypass", "use"])
        func `What is read is what the file was given`(access: String, cache: String) throws {
            guard let read = try run("StorageRead", access, cache) else { return }
            #expect(read == data)
        }

        @Test(arguments: ["sequential", "random"], ["bypass", "use"])
        func `The last block of the file is the last that was given`(
            access: String, cache: String
        ) throws {
            guard let last = try run("StorageWrite", access, cache) else { return }
            #expect(last == Array(data.suffix(1024)))
        }
    }
}
