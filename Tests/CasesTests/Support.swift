import Cases
import Foundation
import Model

enum Fixtures {
    static let repository = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    static let cases = repository.appending(path: "cases")
    static let folder = repository.appending(path: "Tests/Fixtures/cases")
}

/// The lines that reading these files yields; empty when nothing is wrong.
func errorLines(_ files: CaseFile...) -> [String] {
    do throws(CaseErrors) {
        _ = try CaseLibrary(files)
        return []
    } catch {
        return error.errors.map(\.description)
    }
}

/// The only case of a file; fails the test by throwing.
func readCase(_ text: String) throws -> Case {
    try CaseLibrary([CaseFile(path: "x.yaml", text: text)]).cases[0]
}

/// A case with this workload and whatever else, at fixed lines: the workload begins in line 4.
func caseText(_ rest: String) -> String {
    "assay: 1\nid: op/x\ntitle: A case\n" + rest
}

extension Point {
    func value(of axis: String) -> String? { parameters.first { $0.axis == axis }?.value }
}
