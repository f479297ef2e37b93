import Foundation
import Testing

/// What a manifest says of a plug-in is held against the plug-in before anything is measured.
@Suite struct ManifestTests {
    /// The plug-in `good` with a manifest that says something else.
    private func run(_ change: (inout [String: Any]) -> Void) throws -> (Finished, Scratch) {
        let scratch = try Scratch()
        let original = URL(filePath: Programs.plugins + "/good.json")
        var manifest = try #require(
            try JSONSerialization.jsonObject(with: Data(contentsOf: original)) as? [String: Any])
        manifest["file"] = Programs.plugins + "/good.so"
        manifest["id"] = "changed"
        change(&manifest)
        let folder = scratch.path + "/manifests"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        try JSONSerialization.data(withJSONObject: manifest)
            .write(to: URL(filePath: folder + "/changed.json"))
        let id = manifest["id"] as? String ?? ""
        let done = try scratch.finish(
            scratch.runArguments(
                ["t/product", "--set", "size=tiny", "--backend", id], plugins: folder))
        return (done, scratch)
    }

    @Test func `A library that calls itself otherwise is refused`() throws {
        let (done, scratch) = try run { _ in }
        #expect(done.code == 2)
        #expect(done.error.contains("its manifest calls it 'changed' and the library 'good'"))
        #expect(scratch.bundles.isEmpty)
    }

    @Test func `An extension that is claimed and not offered is refused`() throws {
        let (done, scratch) = try run {
            $0["id"] = "good"
            $0["extensions"] = ["assay.op/1", "assay.collective/1"]
        }
        #expect(done.code == 2)
        #expect(done.error.contains("claims assay.collective/1, which the library does not offer"))
        #expect(scratch.bundles.isEmpty)
    }

    @Test func `A library that is needed and missing is named, with what to do`() throws {
        let (done, _) = try run {
            $0["id"] = "good"
            $0["needs"] = ["libassay-is-not-there.so.1"]
        }
        #expect(done.code == 2)
        #expect(
            done.error.contains("it needs libassay-is-not-there.so.1, which cannot be loaded"))
    }

    @Test func `One library of those needed is enough`() throws {
        let (done, _) = try run {
            $0["id"] = "good"
            $0["needs"] = ["libassay-is-not-there.so.1", "libc.so.6"]
        }
        #expect(done.code == 0, "\(done.error)")
    }

    @Test func `A manifest that claims another kind of device than the library is refused`() throws
    {
        let (done, _) = try run {
            $0["id"] = "good"
            $0["isCPU"] = false
        }
        #expect(done.code == 2)
        #expect(
            done.error.contains(
                "its manifest says isCPU false and the library says that device 0 is a cpu"))
    }

    @Test func `Another major version of the interface is refused without loading anything`()
        throws
    {
        let (done, _) = try run {
            $0["id"] = "good"
            $0["abi"] = "2.0"
        }
        #expect(done.code == 2)
        #expect(done.error.contains("its manifest says ABI '2.0', and this harness speaks 1"))
    }
}
