import Model
import Testing

@testable import Cases

@Suite struct RepeatedCaseTests {
    private let base = CaseFile(
        path: "base.yaml", isSuite: false,
        text: caseText(
            """
            workload: { memory: { kernel: copy, bytes: $bytes } }
            axes: { bytes: [4096, 8192] }
            measure: { threads: [1, all], timing: batch }

            """))

    private func file(_ integrity: String, _ rest: String = "") -> CaseFile {
        CaseFile(
            path: "r.yaml", isSuite: false,
            text: "assay: 1\nid: integrity/x\ntitle: t\nworkload: { integrity: \(integrity) }\n"
                + rest)
    }

    private func lines(_ files: [CaseFile]) -> [String] {
        do throws(CaseErrors) {
            _ = try CaseLibrary(files)
            return []
        } catch {
            return error.errors.map(\.description)
        }
    }

    @Test func `The points of the other case are repeated, each call a sample`() throws {
        let library = try CaseLibrary([
            file("{ of: { case: op/x, bytes: 8192 }, repetitions: 3*100 }"), base,
        ])
        let own = try #require(library.cases.first { $0.id == "integrity/x" })
        let original = try #require(library.cases.first { $0.id == "op/x" })
        #expect(
            own.points.map(\.label) == [
                "integrity/x bytes=8192 threads=1", "integrity/x bytes=8192 threads=all",
            ])
        for (point, source) in zip(own.points, original.points.suffix(2)) {
            #expect(point.operation == source.operation && point.threads == source.threads)
            #expect(point.repetitions == 300 && source.repetitions == nil)
            #expect(point.timing == .single && point.headline == .corruption)
        }
        let all = try CaseLibrary([base, file("{ of: op/x }")])
        #expect(all.cases[0].points.count == 4)
        #expect(all.cases[0].points[0].repetitions == 1000)
    }

    @Test(
        arguments: [
            (
                "{ of: op/y }", "",
                "r.yaml:4:30: error: there is no case 'op/y' to repeat; did you mean 'op/x'?"
            ),
            (
                "{ of: { case: op/x, byte: 4096 } }", "",
                "r.yaml:4:44: error: no case that matches 'op/x' has the axis 'byte'; did you mean "
                    + "'bytes'?"
            ),
            (
                "{ of: { case: op/x, bytes: 4095 } }", "",
                "r.yaml:4:51: error: the axis 'bytes' has no value '4095'; did you mean '4096'?"
            ),
            (
                "{ of: op/x, repetitions: 1 }", "",
                "r.yaml:4:49: error: 'repetitions' is '1'; it must be a whole number from 2 to "
                    + "100000000"
            ),
            (
                "{ of: op/x }", "measure: { cache: hot }\n",
                "r.yaml:5:1: error: 'measure' comes from the case that is repeated"
            ),
            (
                "{ repetitions: 7 }", "", "r.yaml:4:24: error: 'of' is missing"
            ),
        ])
    func `What is wrong with a repetition is said where it stands`(
        integrity: String, rest: String, line: String
    ) {
        #expect(lines([base, file(integrity, rest)]) == [line])
    }

    private func strain(_ text: String) -> CaseFile {
        CaseFile(
            path: "s.yaml", isSuite: false,
            text: "assay: 1\nid: stress/x\ntitle: t\nworkload: { stress: \(text) }\n")
    }

    @Test func `Work that goes on keeps the other case's points and headline`() throws {
        let library = try CaseLibrary([strain("{ of: op/x, duration: 2m }"), base])
        let own = try #require(library.cases.first { $0.id == "stress/x" })
        #expect(own.points.count == 4)
        for point in own.points {
            #expect(point.duration == .seconds(120) && point.repetitions == nil)
            #expect(point.timing == .batch && point.headline == .bandwidth)
        }
        let usual = try CaseLibrary([strain("{ of: op/x }"), base])
        #expect(usual.cases.last?.points.first?.duration == .seconds(60))
        #expect(
            lines([base, strain("{ of: op/x, duration: 0.1s }")]) == [
                "s.yaml:4:43: error: 'duration' must be from half a second to a week"
            ])
    }

    @Test func `What has no outputs to compare is not repeated`() {
        let empty = CaseFile(
            path: "base.yaml", isSuite: false, text: caseText("workload: { launch: empty }\n"))
        #expect(
            lines([empty, file("{ of: op/x }")]) == [
                "r.yaml:4:30: error: Empty has no outputs that are the same at every call"
            ])
    }

    @Test func `A case that is wrong itself is not missed a second time`() {
        let broken = CaseFile(
            path: "base.yaml", isSuite: false, text: caseText("workload: { launch: full }\n"))
        #expect(lines([broken, file("{ of: op/x }")]).allSatisfy { $0.hasPrefix("base.yaml") })
    }
}
