import Foundation
import Testing

/// `assay verify` tells a bundle that is what it claims from everything else.
@Suite struct VerifyTests {
    /// A sealed bundle, made once; each test changes a copy.
    static let sealed = Result<Bundle, any Error> {
        let scratch = try Scratch()
        let done = try scratch.run("t/product", "--set", "size=tiny", "--backend", "cpu-simd")
        try #require(done.code == 0, "\(done.error)")
        scratch.keepUntilExit()
        return try scratch.bundle()
    }

    /// Copies the sealed bundle and changes the copy; what `verify` says of it.
    private func verify(
        _ change: (Bundle) throws -> Void
    ) throws -> (done: Finished, scratch: Scratch) {
        let scratch = try Scratch()
        let path = scratch.path + "/bundle"
        try FileManager.default.copyItem(
            atPath: try Self.sealed.get().path, toPath: path)
        try change(Bundle(path: path))
        return (try scratch.assay("verify", path), scratch)
    }

    private func edit(_ path: String, _ change: (inout Data) -> Void) throws {
        let file = URL(filePath: path)
        var data = try Data(contentsOf: file)
        change(&data)
        try data.write(to: file)
    }

    /// Made by commit 8bcafd1, whose records named no rules: `assay run op/add --set size=small
    /// --set types=f32 --set cache=hot --backend cpu-simd --profile smoke`.
    @Test func `A bundle of an earlier version is verified, judged again and shown`() throws {
        let scratch = try Scratch()
        let path = scratch.path + "/earlier"
        let fixture = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../Fixtures/bundle/earlier").path
        try FileManager.default.copyItem(atPath: fixture, toPath: path)
        #expect(try scratch.assay("verify", path).output.contains("complete and unchanged"))
        let judged = try scratch.assay("judge", path)
        #expect(judged.code == 0 && judged.output.contains("op/add"), "\(judged.error)")
        #expect(judged.output.contains("the record's 1.0"))
        let shown = try scratch.assay("report", path)
        #expect(shown.code == 0 && shown.output.contains("op/add"))
    }

    @Test func `A fresh bundle is sealed, complete and unchanged`() throws {
        let (done, _) = try verify { _ in }
        #expect(done.code == 0 && done.error.isEmpty)
        #expect(done.output.contains("sealed, complete and unchanged"))
    }

    @Test func `Notes and a page that is made again are no change`() throws {
        let (done, _) = try verify { bundle in
            try Data("{}".utf8).write(to: URL(filePath: bundle.path + "/notes.json"))
            try edit(bundle.path + "/report.html") { $0.append(UInt8(ascii: " ")) }
        }
        #expect(done.code == 0)
    }

    @Test(arguments: ["run.json", "plan.json", "environment.json", "launches.jsonl"])
    func `A changed file is named`(file: String) throws {
        let (done, _) = try verify { bundle in
            try edit(bundle.path + "/" + file) { data in
                let place = data.index(data.startIndex, offsetBy: data.count / 2)
                data[place] = data[place] == UInt8(ascii: "1") ? UInt8(ascii: "2") : 0x31
            }
        }
        #expect(done.code == 3)
        #expect(done.errorLines.count == 1 && done.error.contains("\(file): was changed"))
    }

    @Test func `A changed sample is found`() throws {
        let (done, _) = try verify { bundle in
            let file = try #require(bundle.files.first { $0.hasSuffix(".time.i64") })
            try edit(bundle.path + "/" + file) { $0[$0.startIndex] ^= 1 }
        }
        #expect(done.code == 3)
        #expect(done.error.contains(".time.i64: was changed after sealing"))
    }

    @Test func `A missing file is named`() throws {
        for suffix in [".time.i64", "run.json", "plan.json", "channels.json"] {
            var missing = ""
            let (done, _) = try verify { bundle in
                missing = try #require(bundle.files.first { $0.hasSuffix(suffix) })
                try FileManager.default.removeItem(atPath: bundle.path + "/" + missing)
            }
            // Without its plan a folder is not a bundle at all.
            #expect(done.code == (suffix == "plan.json" ? 2 : 3), "\(suffix): \(done.error)")
            #expect(done.error.contains(missing))
        }
    }

    @Test func `An added file is named`() throws {
        let (done, _) = try verify { bundle in
            try Data("x".utf8).write(to: URL(filePath: bundle.path + "/samples/more.i64"))
        }
        #expect(done.code == 3)
        #expect(done.error.contains("samples/more.i64: was added after sealing"))
    }

    @Test func `A truncated journal is found, also behind a forged seal`() throws {
        let cut = { (bundle: Bundle) in
            try self.edit(bundle.path + "/launches.jsonl") { $0 = $0.prefix($0.count - 40) }
        }
        let (done, _) = try verify(cut)
        #expect(done.code == 3 && done.error.contains("launches.jsonl: was changed"))
        // A seal says who sealed nothing, but a run.json that the journal does not bear out shows.
        let (forged, scratch) = try verify { bundle in
            try cut(bundle)
            try FileManager.default.removeItem(atPath: bundle.path + "/manifest.sha256")
        }
        #expect(forged.code == 3)
        let sums = try scratch.finish([
            "/bin/sh", "-c",
            "cd bundle && find . -type f ! -name report.html ! -name manifest.sha256"
                + " -printf '%P\\n' | LC_ALL=C sort | xargs -d '\\n' sha256sum > ../sums"
                + " && mv ../sums manifest.sha256",
        ])
        try #require(sums.code == 0, "\(sums.error)")
        let again = try scratch.assay("verify", scratch.path + "/bundle")
        #expect(again.code == 3)
        #expect(again.error.contains("does not follow from journal and samples"))
    }

    @Test func `A better number behind a forged seal does not follow from the samples`() throws {
        let (_, scratch) = try verify { bundle in
            try edit(bundle.path + "/run.json") { data in
                let text = String(decoding: data, as: UTF8.self)
                data = Data(
                    text.replacing(/"value" : (\d)/, maxReplacements: 40) { match in
                        "\"value\" : \((Int(match.1) ?? 0) % 9 + 1)"
                    }.utf8)
            }
        }
        let sums = try scratch.finish([
            "/bin/sh", "-c",
            "cd bundle && find . -type f ! -name report.html ! -name manifest.sha256"
                + " -printf '%P\\n' | LC_ALL=C sort | xargs -d '\\n' sha256sum > ../sums"
                + " && mv ../sums manifest.sha256",
        ])
        try #require(sums.code == 0, "\(sums.error)")
        let done = try scratch.assay("verify", scratch.path + "/bundle")
        #expect(done.code == 3)
        #expect(done.error.contains("run.json: does not follow from journal and samples"))
    }

    @Test func `A seal that is no list of digests is found`() throws {
        let (done, _) = try verify { bundle in
            try Data("not a digest\n".utf8).write(
                to: URL(filePath: bundle.path + "/manifest.sha256"))
        }
        #expect(done.code == 3)
        #expect(done.error.contains("manifest.sha256"))
    }

    @Test func `What is no bundle is wrong use`() throws {
        let scratch = try Scratch()
        try Data("x".utf8).write(to: URL(filePath: scratch.path + "/file"))
        let cases = [
            ("/home", "no plan.json"), ("/file", "is a file"), ("/nowhere", "does not exist"),
        ]
        for (place, words) in cases {
            let done = try scratch.assay("verify", scratch.path + place)
            #expect(done.code == 2)
            #expect(done.errorLines.count == 1 && done.error.contains(words), "\(done.error)")
        }
    }
}
