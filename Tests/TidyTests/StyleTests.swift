import TestSupport
import Testing

@Suite struct StyleTests {
    @Test func `Files have at most 400 lines`() {
        report(SourceTree.code.flatMap(Rules.fileLength))
    }

    @Test func `Every file that may be longer is still there and still longer`() {
        for (path, reason) in Rules.longFiles {
            let file = SourceTree.code.first { $0.path == path }
            #expect((file?.lines.count ?? 0) > Rules.fileLinesMax, "\(path): \(reason)")
        }
    }

    @Test func `Lines have at most 100 columns`() {
        report(SourceTree.code.flatMap(Rules.lineLength))
    }

    @Test func `Functions have at most 70 lines`() {
        report(SourceTree.code.flatMap(Rules.functionLength))
    }

    @Test func `What leaves its target has a summary of at most 120 characters`() {
        report(SourceTree.sources.filter { $0.hasExtension("swift") }.flatMap(Rules.documentation))
    }

    @Test func `Nothing is left unfinished`() {
        // This folder holds the words themselves.
        report(
            SourceTree.all.filter { !$0.path.hasPrefix("Tests/TidyTests/") }
                .flatMap(Rules.unfinished))
    }

    @Test func `The harness names no vendor`() {
        report(SourceTree.sources.flatMap(Rules.vendorName))
    }

    @Test func `Each page has exactly one title`() {
        report(SourceTree.all.filter { $0.hasExtension("md") }.flatMap(Rules.singleTitle))
    }

    @Test func `No target imports what the architecture does not let it`() {
        report(SourceTree.sources.filter { $0.hasExtension("swift") }.flatMap(Rules.importAllowed))
    }

    @Test func `The table of imports names exactly the targets that there are`() {
        let folders = Set(PackageFiles.names(in: PackageFiles.root + "/Sources"))
        #expect(folders.subtracting(Rules.cTargets) == Set(Rules.importGraph.keys))
    }

    @Test func `The graph of imports has no cycle`() {
        var open = Rules.importGraph.mapValues { $0.intersection(Rules.importGraph.keys) }
        while let leaf = open.first(where: { $0.value.isEmpty })?.key {
            open[leaf] = nil
            for name in open.keys { open[name]?.remove(leaf) }
        }
        #expect(open.isEmpty)
    }

    @Test func `Sources do without full Foundation and the worker without any`() {
        report(
            SourceTree.sources.filter { $0.hasExtension("swift") }.flatMap(Rules.noFullFoundation))
    }

    @Test func `Libraries neither print nor exit`() {
        report(
            SourceTree.sources.filter { $0.hasExtension("swift") }
                .flatMap(Rules.noOutputInLibraries))
    }

    @Test func `The formatter has nothing to change`() throws {
        let result = try Program.run(
            "swift",
            [
                "format", "lint", "--recursive", "--strict", "--configuration", ".swift-format",
                "Sources", "Tests", "vendors", "Package.swift",
            ], directory: PackageFiles.root, timeLimitSeconds: 300)
        for line in result.stderr.split(separator: "\n") { Issue.record("\(line)") }
        #expect(result.exitCode == 0)
    }
}
