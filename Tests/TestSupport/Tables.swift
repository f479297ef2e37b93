/// Fixture tables: one row a line, fields apart by tabs, lines that begin with `#` are remarks.
package enum Table {
    package static func rows(_ fixture: String) throws -> [[String]] {
        try PackageFiles.text(PackageFiles.fixture(fixture)).split(separator: "\n")
            .filter { !$0.hasPrefix("#") }
            .map {
                $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            }
    }
}
