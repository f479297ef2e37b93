import Machine
import Testing

@Suite struct ProcessorsTests {
    @Test func `A feature that one processor lacks is not counted`() {
        let processors = Processors(
            cpuinfo: """
                processor\t: 0
                flags\t\t: sse2 avx2 avx512f

                processor\t: 1
                flags\t\t: sse2 avx2
                """)
        #expect(processors.features == ["sse2", "avx2"])
        #expect(processors.partialFeatures == ["avx512f"])
        #expect(processors.count == 2)
    }

    @Test func `Mixed arm64 cores are all named`() {
        let processors = Processors(
            cpuinfo: """
                processor : 0
                CPU implementer : 0x41
                CPU architecture: 8
                CPU variant : 0x0
                CPU part : 0xd05
                CPU revision : 0

                processor : 1
                CPU implementer : 0x41
                CPU architecture: 8
                CPU variant : 0x4
                CPU part : 0xd0b
                CPU revision : 2
                """)
        #expect(processors.vendor == "0x41")
        #expect(processors.model == "0xd05+0xd0b")
        #expect(processors.stepping == "0x0.0+0x4.2")
    }

    /// XCR0: nothing beyond SSE; AVX; AVX-512; AVX-512 and tiles.
    static let states: [(UInt64, [String])] = [
        (0x3, ["sse2"]), (0x7, ["sse2", "avx2"]), (0xe7, ["sse2", "avx2", "avx512f"]),
        (0x600e7, ["sse2", "avx2", "avx512f", "amx-tile"]),
    ]

    @Test(arguments: states)
    func `Registers that the system keeps off make an extension unusable`(
        states: UInt64, usable: [String]
    ) {
        let found = InstructionSets.find(
            architecture: "x86_64", features: ["sse2", "avx2", "avx512f", "amx_tile"],
            states: states)
        #expect(found.usable == usable)
        #expect(found.usable.count + found.switchedOff.count == 4)
    }

    @Test func `A reading says why there is none`() {
        // Numbers of errno: ENOENT, EACCES, EPERM, EIO.
        #expect(FileReading(errorNumber: 2) == .absent)
        #expect(FileReading(errorNumber: 13) == .denied)
        #expect(FileReading(errorNumber: 1) == .denied)
        #expect(FileReading(errorNumber: 5).reason == "reading failed with error 5")
    }
}
