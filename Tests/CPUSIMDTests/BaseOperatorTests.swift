import AssayABI
import Testing

extension ThePlugin {
    @Suite struct BaseOperatorTests {
        @Test(arguments: ["scalar", "sse", "avx2", "avx512", "neon"], ["f32", "f64"])
        func `Peak's checksum is half its operations`(path: String, dtype: String) throws {
            guard instructionSets.contains(path) else { return }
            // 3 threads cannot share 7 units evenly; 1.2e9 operations pass float's 2^24 steps.
            for (threads, operations) in [(1, 768), (3, 7 * 768), (2, 768 * 1_572_864)] {
                let session = try Session(threads: threads)
                let result = try session.run(
                    "Peak", domain: "assay", [],
                    [
                        "dtype": .string(dtype), "path": .string(path),
                        "operations": .int(operations),
                    ], outputs: [Tensor(room: ASSAY_F64, [1])])
                #expect(result[0].values() == [Double(operations / 2)])
                #expect(session.kernel.hasSuffix("-\(dtype)-\(path)"))
            }
        }

        @Test(arguments: ["scalar", "sse"])
        func `Without fused multiply-add Peak multiplies and adds`(set: String) throws {
            guard instructionSets.contains("sse") else { return }
            let session = try Session(set)
            let result = try session.run(
                "Peak", domain: "assay", [],
                ["dtype": .string("f32"), "path": .string("best"), "operations": .int(76800)],
                outputs: [Tensor(room: ASSAY_F64, [1])])
            #expect(result[0].values() == [38400.0])
            #expect(session.kernel == "muladd-f32-\(set)")
        }

        @Test func `Peak's best path is named in the kernel`() throws {
            let session = try Session(threads: 1)
            _ = try session.run(
                "Peak", domain: "assay", [],
                ["dtype": .string("f32"), "path": .string("best"), "operations": .int(768)],
                outputs: [Tensor(room: ASSAY_F64, [1])])
            #expect(session.kernel.hasPrefix("fma-f32-"))
            #expect(session.executedOn == "CPU, 1 thread")
        }

        @Test(arguments: instructionSets, ["plain", "nonTemporal"])
        func `Memory kernels compute what they are named for`(
            set: String, stores: String
        ) throws {
            let session = try Session(set, threads: 3)
            let n = 64 * 5
            let a = (0..<n).map { Double($0) + 0.5 }
            let b = (0..<n).map { 1000 - Double($0) }
            func run(_ name: String, _ inputs: [[Double]], _ arrays: Int) throws -> [Double] {
                try session.run(
                    name, domain: "assay", inputs.map { Tensor([n], $0) },
                    [
                        "bytes": .int(n * 8 * arrays + 17), "stores": .string(stores),
                        "repetitions": .int(3), "scalar": .float(2.5),
                    ], outputs: [Tensor(room: ASSAY_F64, [n])], calls: 2
                )[0].values()
            }
            #expect(try run("MemoryWrite", [], 1) == Array(repeating: 2.5, count: n))
            #expect(try run("MemoryCopy", [a], 2) == a)
            #expect(try run("MemoryScale", [a], 2) == a.map { 2.5 * $0 })
            #expect(try run("MemoryAdd", [a, b], 3) == zip(a, b).map { $0 + $1 })
            #expect(try run("MemoryTriad", [a, b], 3) == zip(a, b).map { $0 + 2.5 * $1 })
            let temporal = stores == "plain" ? "plain" : "nontemporal"
            #expect(session.kernel == "triad-\(temporal)-\(set)")
        }

        @Test(arguments: instructionSets, [1, 4])
        func `Reading sums one pass`(set: String, threads: Int) throws {
            let session = try Session(set, threads: threads)
            let n = 64 * 3
            let result = try session.run(
                "MemoryRead", domain: "assay", [Tensor([n], (1...n).map { Double($0) })],
                ["bytes": .int(n * 8), "repetitions": .int(5)],
                outputs: [Tensor(room: ASSAY_F64, [1])])
            #expect(result[0].values() == [Double(n * (n + 1) / 2)])
        }

        @Test(arguments: ["small", "huge"], [0, 1, 15, 16, 17, 63, 64, 1000])
        func `A chase ends where its table leads`(pages: String, steps: Int) throws {
            let session = try Session()
            let nodes = 64
            let stride = 128
            var table = [Int64](repeating: 0, count: nodes * stride / 8)
            // 37 is coprime to 64: one cycle through all nodes.
            for node in 0..<nodes {
                table[node * stride / 8] = Int64((node + 37) % nodes * stride / 8)
            }
            var tensor = Tensor(ASSAY_I64, [table.count], table)
            tensor.isConstant = true
            let result = try session.run(
                "PointerChase", domain: "assay", [tensor],
                [
                    "bytes": .int(nodes * stride), "stride": .int(stride), "window": .int(0),
                    "steps": .int(steps), "pages": .string(pages),
                ], outputs: [Tensor(room: ASSAY_I64, [1])])
            #expect(result[0].values() == [Int64(steps * 37 % nodes * stride / 8)])
        }

        @Test func `The empty operation runs many times`() throws {
            let session = try Session(threads: 2)
            #expect(
                try session.run("Empty", domain: "assay", [], outputs: [], calls: 1000).isEmpty)
        }

        @Test(arguments: 1...3)
        func `The device says what it is`(threads: Int) throws {
            let properties = try Session(threads: threads).properties
            #expect(properties.compute_units == UInt32(threads))
            #expect(properties.clock_hz == 0)
            let name = withUnsafeBytes(of: properties.name) { String(cString: Array($0)) }
            let runtime = withUnsafeBytes(of: properties.runtime) { String(cString: Array($0)) }
            #expect(!name.isEmpty)
            #expect(runtime == "assay cpu-simd \(instructionSets.last ?? "")")
        }
    }
}
