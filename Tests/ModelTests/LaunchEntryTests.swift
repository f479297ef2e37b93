import Model
import Testing

@Suite struct LaunchEntryTests {
    private static func entry(
        _ index: Int, phase: ExtraPhase? = nil, retryOf: Int? = nil
    ) -> LaunchEntry {
        var entry = LaunchEntry(
            index: index, pointHash: "x", subject: Subject(backend: "b", device: 0), launch: 0)
        entry.phase = phase
        entry.retryOf = retryOf
        return entry
    }

    @Test func `Of launches that measure time those count that were not made again`() {
        let entries = [
            Self.entry(0, phase: .idle), Self.entry(1), Self.entry(2, retryOf: 1),
            Self.entry(3, phase: .energy), Self.entry(4),
        ]
        #expect(entries.timed.map(\.index) == [2, 4])
    }

    @Test(arguments: [
        ("1.0", true), ("1.7", true), ("1", true), ("2.0", false), ("", false), ("one", false),
    ])
    func `A manifest of another major ABI version is refused`(abi: String, isGood: Bool) {
        let manifest = BackendManifest(id: "b", name: "b", abi: abi, version: "1", licence: "l")
        #expect((manifest.abiProblem == nil) == isGood)
    }
}
