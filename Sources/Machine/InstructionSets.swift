/// Instruction-set extensions by the names used in records, decided on feature bits alone.
///
/// Never on the model number: under a hypervisor that may name another processor. For the tile
/// extensions a process must also ask the kernel for permission before the first use.
package enum InstructionSets {
    /// Register states (bits of XCR0) that the system must switch on.
    private enum State {
        static let none: UInt64 = 0
        static let vector256: UInt64 = 0x6
        static let vector512: UInt64 = 0xe6
        static let tile: UInt64 = 0x6_0000
    }

    private static let x86: [(name: String, feature: String, states: UInt64)] = [
        ("sse2", "sse2", State.none), ("sse3", "pni", State.none),
        ("ssse3", "ssse3", State.none), ("sse4.1", "sse4_1", State.none),
        ("sse4.2", "sse4_2", State.none), ("avx", "avx", State.vector256),
        ("f16c", "f16c", State.vector256), ("fma", "fma", State.vector256),
        ("avx2", "avx2", State.vector256), ("avx-vnni", "avx_vnni", State.vector256),
        ("avx512f", "avx512f", State.vector512), ("avx512cd", "avx512cd", State.vector512),
        ("avx512bw", "avx512bw", State.vector512), ("avx512dq", "avx512dq", State.vector512),
        ("avx512vl", "avx512vl", State.vector512),
        ("avx512-ifma", "avx512ifma", State.vector512),
        ("avx512-vbmi", "avx512vbmi", State.vector512),
        ("avx512-vnni", "avx512_vnni", State.vector512),
        ("avx512-bf16", "avx512_bf16", State.vector512),
        ("avx512-fp16", "avx512_fp16", State.vector512),
        ("amx-tile", "amx_tile", State.tile), ("amx-int8", "amx_int8", State.tile),
        ("amx-bf16", "amx_bf16", State.tile), ("amx-fp16", "amx_fp16", State.tile),
    ]

    private static let arm64: [(name: String, feature: String)] = [
        ("neon", "asimd"), ("fp16", "asimdhp"), ("dotprod", "asimddp"), ("lse", "atomics"),
        ("i8mm", "i8mm"), ("bf16", "bf16"), ("sve", "sve"), ("sve-i8mm", "svei8mm"),
        ("sve-bf16", "svebf16"), ("sve2", "sve2"), ("sme", "sme"), ("sme2", "sme2"),
    ]

    /// The usable extensions, and those the processor has while the system keeps them off.
    ///
    /// - Parameter states: XCR0; nil: the kernel's feature list is trusted alone.
    package static func find(
        architecture: String, features: Set<String>, states: UInt64?
    ) -> (usable: [String], switchedOff: [String]) {
        guard architecture.hasPrefix("x86") || architecture == "i686" else {
            return (arm64.filter { features.contains($0.feature) }.map(\.name), [])
        }
        let present = x86.filter { features.contains($0.feature) }
        let enabled = states ?? .max
        return (
            present.filter { $0.states & enabled == $0.states }.map(\.name),
            present.filter { $0.states & enabled != $0.states }.map(\.name)
        )
    }
}
