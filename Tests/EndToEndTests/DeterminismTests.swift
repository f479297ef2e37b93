import Foundation
import Testing

/// The same input, the same plan, the same data, the same order.
@Suite struct DeterminismTests {
    private func run(seed: String) throws -> (plan: Data, errors: [String: Double], hash: String) {
        let scratch = try Scratch()
        let done = try scratch.run(
            "t/product", "--backend", "cpu-simd", "--backend", "good", "--seed", seed)
        try #require(done.code == 0, "\(done.error)")
        let bundle = try scratch.bundle()
        var errors: [String: Double] = [:]
        for point in try bundle.points() {
            try #require(point.passed == true && point.coverage == 1)
            errors[point.label + " " + point.backend] = point.error
        }
        let facts = try bundle.json("run.json")["run"] as? [String: Any]
        let plan = try Data(contentsOf: URL(filePath: bundle.path + "/plan.json"))
        return (plan, errors, facts?["planSha256"] as? String ?? "")
    }

    @Test func `The same seed gives the same plan and the same verified outputs`() throws {
        let (first, second) = (try run(seed: "2a"), try run(seed: "2a"))
        #expect(first.plan == second.plan)
        #expect(first.hash == second.hash && first.hash.count == 64)
        // The largest error is a fingerprint of all outputs.
        #expect(first.errors == second.errors && first.errors.count == 4)
        let other = try run(seed: "2b")
        #expect(other.hash != first.hash)
        #expect(other.errors != first.errors)
    }

    @Test func `Points stand by case in declared order, backends in alphabetical order`() throws {
        let scratch = try Scratch()
        let done = try scratch.run(
            "t/product", "t/empty", "--backend", "good", "--backend", "cpu-simd")
        #expect(done.code == 0)
        let points = try scratch.bundle().points().map { "\($0.label) on \($0.backend)" }
        #expect(
            points == [
                "t/empty on cpu-simd", "t/empty on good",
                "t/product size=small on cpu-simd", "t/product size=small on good",
                "t/product size=tiny on cpu-simd", "t/product size=tiny on good",
            ])
        let product = try #require(done.output.range(of: "t/product"))
        let empty = try #require(done.output.range(of: "t/empty"))
        #expect(empty.lowerBound < product.lowerBound, "the report has the same order")
    }

    @Test func `Backends take turns, A B B A`() throws {
        let scratch = try Scratch()
        let done = try scratch.run(
            "t/empty", "--backend", "good", "--backend", "cpu-simd", "--profile", "trend")
        #expect(done.code == 0)
        let order = try scratch.bundle().launches().dropFirst(3).map {
            $0.split(separator: " ").dropFirst().joined(separator: " ")
        }
        #expect(
            order == ["good 0", "cpu-simd 0", "cpu-simd 1", "good 1", "good 2", "cpu-simd 2"])
    }
}
