import Model
import TestSupport
import Testing

@Suite struct QuantityTests {
    /// Each line is one program's worth of arithmetic; only those marked `fits` may compile.
    private static let snippets: [(fits: Bool, code: String)] = [
        (true, "Nanoseconds(1) + Nanoseconds(2)"),
        (false, "Joules(1) + Nanoseconds(2)"),
        (true, "Joules(1) - Joules(2)"),
        (false, "Nanoseconds(1) + DeviceTicks(2)"),
        (false, "Bytes(1) + Items(2)"),
        (true, "Bytes(1) * 3"),
        (false, "Watts(1) + Joules(2)"),
        (false, "Hertz(1) < Watts(2)"),
        (true, "Hertz(1) < Hertz(2)"),
        (false, "Bytes(1) == Items(1)"),
        (false, "Nanoseconds(1) * Nanoseconds(2)"),
        (false, "Nanoseconds(1) + UInt64(2)"),
        (false, "Nanoseconds(Joules(1))"),
    ]

    @Test func `Quantities of different dimensions do not compile together`() throws {
        let scratch = try ScratchDirectory()
        let model = PackageFiles.files(below: PackageFiles.root + "/Sources/Model")
        #expect(model.count > 5)
        let text = Self.snippets.enumerated().map { "let snippet\($0) = \($1.code)" }
        try PackageFiles.write(text.joined(separator: "\n"), to: scratch("Snippets.swift"))
        let result = try Program.run(
            "swiftc",
            [
                "-typecheck", "-swift-version", "6", "-package-name", "assay", "-module-name",
                "Model", "-enable-upcoming-feature", "ExistentialAny", scratch("Snippets.swift"),
            ] + model)
        #expect(result.exitCode == 1)
        let errors = result.stderr.split(separator: "\n").filter {
            $0.contains(".swift:") && $0.contains(": error: ")
        }
        for (index, snippet) in Self.snippets.enumerated() {
            let place = "Snippets.swift:\(index + 1):"
            let isRefused = errors.contains { $0.contains(place) }
            #expect(isRefused != snippet.fits, "\(snippet.code): \(result.stderr)")
        }
        // Nothing but the snippets is wrong: without them the sources compile.
        #expect(errors.allSatisfy { $0.contains("Snippets.swift:") })
    }

    @Test(
        arguments: [
            (0.0, 0), (1.0, 1_000_000_000), (1e-9, 1), (0.4e-9, 0), (0.6e-9, 1), (-1.0, 0),
            (-Double.infinity, 0), (Double.nan, 0), (120, 120_000_000_000),
            (Double.infinity, 1 << 62), (1e300, 1 << 62), (Double.leastNonzeroMagnitude, 0),
        ] as [(Double, UInt64)])
    func `Seconds become nanoseconds without ever trapping`(seconds: Double, expected: UInt64) {
        #expect(Nanoseconds.seconds(seconds).value == expected)
    }

    @Test func `Spans read back in seconds`() {
        #expect(Nanoseconds(1_500_000_000).seconds == 1.5)
        #expect(Nanoseconds.milliseconds(3).seconds == 0.003)
    }
}
