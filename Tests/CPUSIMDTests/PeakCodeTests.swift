#if arch(x86_64)
    import Foundation
    import TestSupport
    import Testing

    /// A step of a kernel: its instructions, and how often and on what the loop has it.
    private struct Step: Sendable {
        var kernel: String
        var names: [String]
        var count = 24
        var accumulators = 12
        var operandInMemory = false
    }

    private let steps: [Step] =
        ["f32", "f64"].flatMap { type in
            let (single, packed) = type == "f32" ? ("ss", "ps") : ("sd", "pd")
            return [
                Step(kernel: "fma_\(type)_scalar", names: ["vfmadd213\(single)"]),
                Step(kernel: "fma_\(type)_sse", names: ["vfmadd213\(packed)"]),
                Step(kernel: "fma_\(type)_avx2", names: ["vfmadd213\(packed)"]),
                Step(kernel: "fma_\(type)_avx512", names: ["vfmadd213\(packed)"]),
                Step(kernel: "muladd_\(type)_scalar", names: ["mul\(single)", "add\(single)"]),
                Step(kernel: "muladd_\(type)_sse", names: ["mul\(packed)", "add\(packed)"]),
            ]
        } + [
            Step(kernel: "fma_f16_avx512", names: ["vfmadd213ph"]),
            Step(kernel: "dot_bf16_avx512", names: ["vdpbf16ps"]),
            Step(kernel: "dot_i16_avx512", names: ["vpdpwssd"]),
            Step(kernel: "dot_i8_avx512", names: ["vpdpbusd"]),
            Step(kernel: "dot_i8_avx2", names: ["vpdpbusd"]),
            Step(kernel: "muladd_i32_scalar", names: ["imul", "add"], accumulators: 6),
            Step(kernel: "muladd_i32_sse", names: ["pmulld", "paddd"]),
            Step(kernel: "muladd_i32_avx2", names: ["vpmulld", "vpaddd"]),
            Step(kernel: "muladd_i32_avx512", names: ["vpmulld", "vpaddd"]),
            Step(kernel: "madd_i16_sse", names: ["pmaddwd", "paddd"]),
            Step(kernel: "madd_i16_avx2", names: ["vpmaddwd", "vpaddd"]),
            Step(kernel: "madd_i16_avx512", names: ["vpmaddwd", "vpaddd"]),
            Step(
                kernel: "madd_i8_sse", names: ["pmaddubsw", "pmaddwd", "paddd"],
                operandInMemory: true),
            Step(
                kernel: "madd_i8_avx2", names: ["vpmaddubsw", "vpmaddwd", "vpaddd"],
                operandInMemory: true),
            Step(
                kernel: "madd_i8_avx512", names: ["vpmaddubsw", "vpmaddwd", "vpaddd"],
                operandInMemory: true),
            Step(kernel: "tile_bf16_amx", names: ["tdpbf16ps"], count: 16, accumulators: 4),
            Step(kernel: "tile_f16_amx", names: ["tdpfp16ps"], count: 16, accumulators: 4),
            Step(kernel: "tile_i8_amx", names: ["tdpbusd"], count: 16, accumulators: 4),
        ]

    /// A function of lies.c, what it claims to be made of, and what is found instead.
    private let measuredLies: [(String, String, [String])] = [
        ("lie_deleted", "vfmadd", ["1 steps, not 12", "1 accumulators, not 12"]),
        ("lie_hoisted", "vfmadd", ["vaddsd stands where vfmadd should"]),
        (
            "lie_adjacent", "vfmadd",
            ["4 steps, not 12", "2 accumulators, not 12", "two dependent steps back to back"]
        ),
        (
            "lie_loading", "vfmadd",
            ["2 steps, not 12", "2 accumulators, not 12", "memory is read"]
        ),
        (
            "lie_clock", "add",
            [
                "4 steps, not 12", "1 accumulators, not 12", "two dependent steps back to back",
                "a number is added that a core can fold away",
            ]
        ),
    ]

    @Suite struct PeakCodeTests {
        private func kernels() throws -> [String: MachineCode] {
            let program = try FileManager.default.destinationOfSymbolicLink(
                atPath: "/proc/self/exe")
            let object = URL(filePath: program).deletingLastPathComponent()
                .appending(path: "CPUSIMDKernels.build/peak.c.o")
            let functions = try MachineCode.functions(ofObject: object.path)
            return Dictionary(uniqueKeysWithValues: functions.map { ($0.function, $0) })
        }

        @Test func `Every peak kernel's loop is the work that it counts, and nothing else`() throws
        {
            let kernels = try kernels()
            for step in steps {
                let code = try #require(kernels[step.kernel], "\(step.kernel)")
                let lies = code.lies(
                    step: step.names, count: step.count, accumulators: step.accumulators,
                    operandInMemory: step.operandInMemory)
                #expect(lies.isEmpty, "\(step.kernel)")
            }
        }

        @Test func `No peak kernel is left out of that`() throws {
            let kinds = ["fma_", "muladd_", "madd_", "dot_", "tile_"]
            let all = try kernels().keys.filter { name in kinds.contains { name.hasPrefix($0) } }
            #expect(Set(all) == Set(steps.map(\.kernel)))
        }

        @Test(arguments: measuredLies)
        func `Lies that were once measured are found`(
            name: String, step: String, lies: [String]
        ) throws {
            let text = try PackageFiles.text(PackageFiles.fixture("kernels/lies.txt"))
            let functions = MachineCode.functions(in: text)
            let code = try #require(functions.first { $0.function == name })
            #expect(code.lies(step: [step], count: 12, accumulators: 12) == lies)
        }
    }
#endif
