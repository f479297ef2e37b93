import TestSupport
import Testing

@testable import Bundle

@Suite struct TemporaryTests {
    @Test func `real`() throws {
        for name in PackageFiles.names(in: PackageFiles.root + "/results") {
            let path = PackageFiles.root + "/results/" + name
            guard let reader = try? BundleReader(path) else { continue }
            do { print(name, try reader.verify()) } catch { print(name, error) }
        }
    }
}
