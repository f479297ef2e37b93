import Model
import Testing

@testable import Reports

@Suite struct CoverageReportTests {
    /// The cells of the row that begins with this operator.
    private func cells(_ text: String, _ name: String) -> [String]? {
        text.split(separator: "\n").first { $0.hasPrefix("| \(name) |") }
            .map {
                $0.split(separator: "|").map { $0.trimmingPrefix(" ").dropLast() }.map(String.init)
            }
    }

    @Test func `Each operator has a row with its types for each backend`() throws {
        let text = CoverageReport.render(SampleRecord.record)
        #expect(cells(text, "operator") == ["operator", "cases", "blas", "cpu-simd"])
        #expect(cells(text, "Exp") == ["Exp", "op/elementwise", "–", "f32"])
        #expect(cells(text, "Add") == ["Add", "op/elementwise", "f32", "f32"])
        // f16 is unsupported by one, and wrong or stuck in the other.
        #expect(
            cells(text, "MatMul") == ["MatMul", "op/matmul", "f32 f64", "f16: invalid f32 f64"])
    }

    @Test func `A type that some points lack stands in parentheses`() throws {
        var record = SampleRecord.record
        let index = try #require(
            record.points.firstIndex {
                $0.point.operation.name == "Add" && $0.subject.backend == "blas"
            })
        record.points[index].outcome = .unsupported
        #expect(
            cells(CoverageReport.render(record), "Add") == [
                "Add", "op/elementwise", "(f32)", "f32",
            ])
        for index in record.points.indices where record.points[index].point.operation.name == "Add"
        {
            record.points[index].outcome = .notReached
        }
        #expect(
            cells(CoverageReport.render(record), "Add")
                == ["Add", "op/elementwise", "not run", "not run"])
    }

    @Test func `Names of plug-ins cannot break the table`() {
        for line in CoverageReport.render(Hostile.record).split(separator: "\n")
        where line.hasPrefix("|") {
            #expect(line.replacing(/\\./, with: "").count { $0 == "|" } == 5)
        }
    }
}
