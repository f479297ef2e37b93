package import Model

/// All cases and suites of a directory, read, checked and expanded.
package struct CaseLibrary: Sendable {
    /// Sorted by id.
    package let cases: [Case]
    /// Sorted by name.
    package let suites: [Suite]

    /// Reads `DIRECTORY/**/*.yaml` as cases and `DIRECTORY/suites/*.yaml` as suites.
    ///
    /// Everything that is wrong with any of the files is thrown at once.
    ///
    /// - Parameter withSuites: whether suites are read and checked too.
    package static func load(
        directory: String, withSuites: Bool = true, catalogue: OperatorCatalogue = .standard
    ) throws(CaseErrors) -> CaseLibrary {
        let files = try CaseFile.all(in: directory)
        return try CaseLibrary(
            withSuites ? files : files.filter { !$0.isSuite }, catalogue: catalogue)
    }

    /// Reads files that are in memory.
    package init(
        _ files: [CaseFile], catalogue: OperatorCatalogue = .standard
    ) throws(CaseErrors) {
        var errors: [CaseError] = []
        var cases: [Case] = []
        var brokenIDs: [String?] = []
        var repeated: [RepeatedCase] = []
        var fileOfID: [String: String] = [:]
        let files = files.sorted { $0.path < $1.path }
        let own = files.filter { !$0.isSuite }
        // A library has hundreds of files, which do not depend on each other.
        let read = Parallel.map(own) { file -> (outcome: CaseOutcome?, errors: [CaseError]) in
            var errors: [CaseError] = []
            let bytes = file.bytes(&errors)
            return (
                bytes.map { CaseReader.read($0, file: file.path, catalogue: catalogue) }, errors
            )
        }
        for (file, found) in zip(own, read) {
            errors += found.errors
            guard let outcome = found.outcome else {
                brokenIDs.append(nil)
                continue
            }
            errors += outcome.errors
            if let id = outcome.id, let other = fileOfID.updateValue(file.path, forKey: id) {
                errors.append(
                    CaseError(
                        file: file.path, line: outcome.idPlace.line,
                        column: outcome.idPlace.column,
                        message: "the id '\(id)' stands in \(other) already"))
            }
            if let value = outcome.value {
                cases.append(value)
            } else if let found = outcome.repeated {
                repeated.append(found)
            } else {
                brokenIDs.append(outcome.id)
            }
        }
        RepeatedCase.resolve(repeated, &cases, &brokenIDs, &errors)
        cases.sort { $0.id < $1.id }
        self.cases = cases
        suites = Self.suites(files.filter(\.isSuite), cases, brokenIDs, &errors)
        if !errors.isEmpty { throw CaseErrors(errors) }
    }

    private static func suites(
        _ files: [CaseFile], _ cases: [Case], _ brokenIDs: [String?], _ errors: inout [CaseError]
    ) -> [Suite] {
        let index = CaseIndex(cases)
        var suites: [Suite] = []
        var fileOfName: [String: String] = [:]
        for file in files {
            guard let bytes = file.bytes(&errors) else { continue }
            let outcome = SuiteReader.read(bytes, file: file.path, index: index) { pattern in
                brokenIDs.contains { id in
                    id.map { Selection.matches($0, pattern: pattern) } ?? true
                }
            }
            errors += outcome.errors
            if let name = outcome.name,
                let other = fileOfName.updateValue(file.path, forKey: name)
            {
                errors.append(
                    CaseError(
                        file: file.path, line: outcome.namePlace.line,
                        column: outcome.namePlace.column,
                        message: "the suite \(quoted(name)) stands in \(other) already"))
            }
            if let value = outcome.value { suites.append(value) }
        }
        return suites.sorted { $0.name < $1.name }
    }
}
